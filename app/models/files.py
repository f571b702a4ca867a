"""A checkpoint's directory and its JSON files. Needs no torch."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from app.errors import CheckpointError

TOKENIZER_FILES = ["*.json", "*.jinja", "tokenizer.model", "merges.txt"]
HUB_FILES = [*TOKENIZER_FILES, "*.safetensors"]


def find_directory(path: str, revision: str | None) -> Path:
    """The checkpoint's local directory; a hub id is downloaded unless it is in the local Hugging Face cache.

    Raises CheckpointError.
    """
    return _find(path, revision, "ELBARTO_MODEL_PATH", HUB_FILES)


def find_tokenizer(path: str) -> Path:
    """As `find_directory`, for ELBARTO_TOKENIZER: of a hub id, no weights are downloaded."""
    return _find(path, None, "ELBARTO_TOKENIZER", TOKENIZER_FILES)


def _find(path: str, revision: str | None, setting: str, files: list[str]) -> Path:
    if Path(path).is_dir():
        return Path(path)
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", path):
        raise CheckpointError(f"{setting} is {path!r}: neither a directory here nor a Hugging Face id (owner/name).")
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(path, revision=revision, allow_patterns=files))
    except Exception as error:  # The hub client raises many types; each means that the files are not available.
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise CheckpointError(
            f"{setting} is {path!r} (revision {revision or 'main'}): not a directory here, and it could not "
            f"be downloaded from the Hugging Face hub: {reason}"
        ) from error


def find_here(path: str, revision: str | None) -> Path | None:
    """The checkpoint's directory if it, or a part of it, is already on this machine; nothing is downloaded."""
    if Path(path).is_dir():
        return Path(path)
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", path):
        return None
    from huggingface_hub import try_to_load_from_cache

    config = try_to_load_from_cache(path, "config.json", revision=revision)
    return Path(config).parent if isinstance(config, str) else None


def read_json(path: Path, optional: bool = False) -> dict[str, Any]:
    """A JSON object; an empty one if an optional file is missing. Raises CheckpointError."""
    if optional and not path.exists():
        return {}
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CheckpointError(f"{path.parent} has no {path.name}: it is not a model directory.") from error
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path} cannot be read: {error}") from error
    if not isinstance(value, dict):
        raise CheckpointError(f"{path} is not a JSON object.")
    return value
