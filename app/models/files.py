"""A checkpoint's directory and its JSON files. Needs no torch.

The files may come from anybody. Only regular files inside the directory are read, none of them further than a limit.
"""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path
from typing import Any

from app.errors import CheckpointError

TOKENIZER_FILES = ["*.json", "*.jinja", "tokenizer.model", "merges.txt"]
HUB_FILES = [*TOKENIZER_FILES, "*.safetensors"]
HUB_ID = re.compile(r"\w[\w.-]*/[\w.-]+")  # a path that begins with a dot, as in ./model, is none

MAX_JSON_BYTES = 64 * 2**20  # indexes of the largest models have a few MB
MAX_TOKENIZER_BYTES = 128 * 2**20  # the largest vocabularies have 40 MB
LFS_POINTER = b"version https://git-lfs"


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
    check_hub_id(path, setting)
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(path, revision=revision, allow_patterns=files))
    except Exception as error:  # The hub client raises many types; each means that the files are not available.
        raise CheckpointError(
            f"{setting} is {path!r} (revision {revision or 'main'}): not a directory here, and it could not "
            f"be downloaded from the Hugging Face hub: {hub_reason(error)}"
        ) from error


def check_hub_id(path: str, setting: str = "ELBARTO_MODEL_PATH") -> None:
    """Raises CheckpointError for a path that cannot be a hub id."""
    if Path(path).exists():
        raise CheckpointError(f"{setting} is {path!r}, a file; name the folder that has the checkpoint.")
    if path.startswith((".", "/", "~")):
        raise CheckpointError(f"{setting} is {path!r}: there is no such file or folder.")
    if not HUB_ID.fullmatch(path):
        raise CheckpointError(f"{setting} is {path!r}: neither a directory here nor a Hugging Face id (owner/name).")


def find_here(path: str, revision: str | None) -> Path | None:
    """The checkpoint's directory if it, or a part of it, is already on this machine; nothing is downloaded."""
    if Path(path).is_dir():
        return Path(path)
    if not HUB_ID.fullmatch(path):
        return None
    from huggingface_hub import try_to_load_from_cache

    config = try_to_load_from_cache(path, "config.json", revision=revision)
    return Path(config).parent if isinstance(config, str) else None


def folder_name(path: str) -> str:
    """What people call the checkpoint in this folder: a snapshot of the Hugging Face cache is named by a hash."""
    folder = Path(os.path.abspath(path))  # a link keeps the name that the user gave it
    if folder.parent.name == "snapshots" and folder.parent.parent.name.startswith("models--"):
        return folder.parent.parent.name.removeprefix("models--").replace("--", "/")  # owner/name
    return folder.name


def read_json(path: Path, optional: bool = False) -> dict[str, Any]:
    """A JSON object; an empty one if an optional file is missing. Raises CheckpointError."""
    if optional and not os.path.lexists(path):
        return {}
    try:
        check_file(path, MAX_JSON_BYTES)
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CheckpointError(f"{path.parent} has no {path.name}: it is not a model directory.") from error
    except RecursionError as error:
        raise CheckpointError(f"{path} cannot be read: it is nested too deeply.") from error
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path} cannot be read: {first_line(error)}") from error
    if not isinstance(value, dict):
        raise CheckpointError(f"{path} is not a JSON object.")
    return value


def check_file(path: Path, max_bytes: int | None = None) -> int:
    """The size of a file that may be read. Raises CheckpointError for any other, FileNotFoundError for none.

    Reading a FIFO would wait for ever. Outside of the directory a link may lead to the Hugging Face cache only.
    """
    target = Path(os.path.realpath(path, strict=True))
    state = target.stat()
    if not stat.S_ISREG(state.st_mode):
        raise CheckpointError(f"{path} is not a regular file.")
    if not _is_inside(target, path.parent.resolve()):
        raise CheckpointError(f"{path} is a link to {target}, outside of the checkpoint; copy the file instead.")
    if max_bytes is not None and state.st_size > max_bytes:
        raise CheckpointError(f"{path} has {state.st_size / 1e6:.0f} MB; at most {max_bytes / 1e6:.0f} are read.")
    with target.open("rb") as file:
        if file.read(len(LFS_POINTER)) == LFS_POINTER:
            raise CheckpointError(f"{path} is a Git LFS pointer, not the file itself: run git lfs pull.")
    return state.st_size


def naming(path: str, error: CheckpointError) -> CheckpointError:
    """The error with the checkpoint's path in it: many say only what is wrong with config.json."""
    return error if path in str(error) else CheckpointError(f"{path}: {error}")


def first_line(error: BaseException) -> str:
    """An error in one line; other libraries' have many, or none, and quote the file."""
    lines = (str(error).strip() or type(error).__name__).splitlines()
    line = f"{lines[0]} {lines[1].strip()}" if lines[0].endswith(":") and len(lines) > 1 else lines[0]
    return printable(line[:300])


def hub_reason(error: Exception) -> str:
    """Why the hub client failed, with what to do about it."""
    from huggingface_hub import errors

    reasons: list[tuple[type[Exception], str]] = [
        (
            errors.GatedRepoError,
            "it is gated: accept its terms on its page, then log in with HF_TOKEN or hf auth login.",
        ),
        (
            errors.RepositoryNotFoundError,
            "there is no such repository, or it is private: log in with HF_TOKEN or hf auth login.",
        ),
        (errors.RevisionNotFoundError, "it has no such revision."),
        (
            errors.NotASafetensorsRepoError,
            "it has no safetensors files; others may run code when they are loaded, so they are not read.",
        ),
        (errors.OfflineModeIsEnabled, "it is not on this machine, and HF_HUB_OFFLINE is set."),
        (errors.LocalEntryNotFoundError, "it is not on this machine, and the hub could not be reached."),
    ]
    known = (reason for kind, reason in reasons if isinstance(error, kind))
    return next(known, first_line(error))


def printable(text: str) -> str:
    """A file's text must not reach a terminal as it is: it may have escape sequences."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def shorten(value: object) -> str:
    """A value for a message: in a file it may be of any length."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _is_inside(target: Path, folder: Path) -> bool:
    """Whether it belongs to the checkpoint in `folder`. Snapshots of the Hugging Face cache link to its blobs."""
    if target.is_relative_to(folder):
        return True
    if folder.parent.name == "snapshots" and target.is_relative_to(folder.parent.parent / "blobs"):
        return True
    from huggingface_hub.constants import HF_HUB_CACHE

    return target.is_relative_to(Path(HF_HUB_CACHE).resolve())
