"""Where the parts of a checkpoint come from. Needs no torch, except to read tensors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from app.errors import CheckpointError
from app.models.files import find_directory, find_tokenizer, read_json
from app.models.generation_config import FILE
from app.models.tokenizers import load_tokenizer

if TYPE_CHECKING:
    import torch
    from torch import Tensor


class CheckpointSource(Protocol):
    """One checkpoint in one storage format. Every method raises CheckpointError, with one sentence, for bad files.

    Results follow the conventions of Hugging Face checkpoints; a source in another format translates. That covers the
    keys of `config`, the tensor names (`Family.names`) and the order of a tensor's rows: query and key rows are in the
    half-split rotary layout. Nothing is read before a method needs it, and no code of the checkpoint is ever run.
    """

    @property
    def name(self) -> str:
        """The model's human-readable name: a hub id, or the name of a folder or file."""
        ...

    @property
    def generation_config_path(self) -> Path:
        """Where `generation_config` comes from, for error messages."""
        ...

    def config(self) -> Mapping[str, Any]:
        """The contents of `config.json`: architecture and sizes."""
        ...

    def generation_config(self) -> Mapping[str, Any]:
        """The contents of `generation_config.json`; empty if the checkpoint has none."""
        ...

    def tokenizer(self) -> Any:
        """A transformers tokenizer, the same object at every call. Needs no torch."""
        ...

    def tensors(self, device: torch.device) -> Iterator[tuple[str, Tensor]]:
        """Each weight with its name, in any order, one at a time in memory.

        A tensor is dense, of any floating-point dtype, [out, in] for a projection.
        """
        ...


class HuggingFaceFolder:
    """A local directory in Hugging Face's layout, or a hub id, which is downloaded when something is first read.

    `tokenizer` names another directory or hub id to take the tokenizer from.
    """

    def __init__(self, path: str, revision: str | None = None, tokenizer: str | None = None) -> None:
        self._path = path
        self._revision = revision
        self._tokenizer_path = tokenizer

    @property
    def name(self) -> str:
        return self._directory.resolve().name if Path(self._path).exists() else self._path

    @property
    def generation_config_path(self) -> Path:
        return self._directory / FILE

    def config(self) -> Mapping[str, Any]:
        return read_json(self._directory / "config.json")

    def generation_config(self) -> Mapping[str, Any]:
        return read_json(self.generation_config_path, optional=True)

    def tokenizer(self) -> Any:
        return self._tokenizer

    def tensors(self, device: torch.device) -> Iterator[tuple[str, Tensor]]:
        """The safetensors files are memory-mapped."""
        from safetensors import SafetensorError, safe_open

        for file in _weight_files(self._directory):
            try:
                with safe_open(file, framework="pt", device=str(device)) as tensors:
                    for name in tensors.keys():  # noqa: SIM118 (safe_open is not a mapping)
                        yield name, tensors.get_tensor(name)
            except (OSError, SafetensorError) as error:
                raise CheckpointError(f"{file} cannot be read: {error}") from error

    @cached_property
    def _directory(self) -> Path:
        return find_directory(self._path, self._revision)

    @cached_property
    def _tokenizer(self) -> Any:
        return read_tokenizer(find_tokenizer(self._tokenizer_path) if self._tokenizer_path else self._directory)


def read_tokenizer(directory: Path) -> Any:
    """A transformers tokenizer. Raises CheckpointError."""
    try:
        return load_tokenizer(directory)
    except Exception as error:  # Three libraries raise many types; each means that the files are bad.
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise CheckpointError(f"The tokenizer in {directory} cannot be loaded: {reason}") from error


def _weight_files(directory: Path) -> list[Path]:
    index = directory / "model.safetensors.index.json"
    if index.exists():
        weight_map = read_json(index).get("weight_map")
        if not isinstance(weight_map, dict):
            raise CheckpointError(f"{index} has no 'weight_map'.")
        files = [directory / name for name in sorted(set(weight_map.values()))]
    else:
        files = [directory / "model.safetensors"]
    for file in files:
        if not file.exists():
            raise CheckpointError(f"{file} is missing.")
    return files
