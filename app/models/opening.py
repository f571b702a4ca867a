"""Chooses the CheckpointSource for what the settings name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import CheckpointError
from app.messages.params import ModelSource
from app.models.gguf_source import GgufFile
from app.models.sources import CheckpointSource, HuggingFaceFolder

if TYPE_CHECKING:
    import torch


def open_source(options: ModelSource, dtype: torch.dtype | None = None) -> CheckpointSource:
    """The checkpoint that `options` name; tensors that are stored in another format are converted to `dtype`.

    Nothing is read yet, beyond what is needed to choose. Raises CheckpointError.
    """
    path = Path(options.path)
    if path.is_file() and path.suffix != ".gguf" and (path.parent / "config.json").exists():
        raise CheckpointError(f"{options.path} is a file of a checkpoint; name its folder, {path.parent}.")
    if path.is_file() or (path.suffix == ".gguf" and not path.is_dir()):
        return GgufFile(options.path, options.tokenizer, dtype)
    if path.is_dir() and not (path / "config.json").exists():
        files = sorted(file.name for file in path.glob("*.gguf"))
        if files:
            raise CheckpointError(
                f"{options.path} has no config.json, but GGUF files: name one of them, such as {path / files[0]}."
            )
    return HuggingFaceFolder(options.path, options.revision, options.tokenizer)
