"""Checkpoints on the Hugging Face hub: described without their weights, or downloaded as a whole. Needs no torch."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from app.errors import CheckpointError
from app.messages.params import ModelSource
from app.models.files import HUB_FILES, check_hub_id, hub_reason
from app.models.licence import README
from app.models.opening import open_source
from app.models.sources import CheckpointSource, HuggingFaceFolder
from app.models.tensor_files import FLOATS, SINGLE, TensorHeader

LICENCES = [README, "LICENSE*", "LICENCE*"]
CARD_FILES = [pattern for pattern in HUB_FILES if not pattern.endswith(".safetensors")] + LICENCES


def inspected_source(options: ModelSource) -> CheckpointSource:
    """What the loader would open, except that the weights of a hub id are not downloaded. Raises CheckpointError."""
    if Path(options.path).exists() or options.path.endswith(".gguf"):
        return open_source(options)
    check_hub_id(options.path)
    return HubCheckpoint(options.path, options.revision)


def download(repository: str, revision: str | None) -> Path:
    """The folder of a whole checkpoint; shows its progress, and goes on with what is here. Raises CheckpointError."""
    check_hub_id(repository)
    return _snapshot(repository, revision, [*HUB_FILES, *LICENCES])


def download_card(repository: str, revision: str | None) -> Path:
    """The folder of a checkpoint's small files, without the weights. Raises CheckpointError."""
    return _snapshot(repository, revision, CARD_FILES)


class HubCheckpoint(HuggingFaceFolder):
    """A hub id whose small files are downloaded, and of whose weights only the headers are read."""

    def __init__(self, repository: str, revision: str | None = None) -> None:
        super().__init__(repository, revision)
        self._repository, self._commit = repository, revision

    def headers(self) -> Mapping[str, TensorHeader]:
        if self.is_here:
            return super().headers()
        from huggingface_hub import HfApi

        try:
            files = HfApi().get_safetensors_metadata(self._repository, revision=self._commit).files_metadata
        except Exception as error:  # The hub client raises many types; each means that the headers are not available.
            raise _unavailable(self._repository, self._commit, error) from error
        return {
            name: TensorHeader(
                tensor.dtype,
                tuple(tensor.shape),
                tensor.data_offsets[1] - tensor.data_offsets[0],
                tensor.dtype in FLOATS,
            )
            for file in files.values()
            for name, tensor in file.tensors.items()
        }

    @property
    def is_here(self) -> bool:
        """Whether the weights, or some of them, were downloaded before."""
        return (self._directory / SINGLE).exists() or any(self._directory.glob("model-*.safetensors"))

    @cached_property
    def _directory(self) -> Path:
        return download_card(self._repository, self._commit)


def _snapshot(repository: str, revision: str | None, patterns: list[str]) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(repository, revision=revision, allow_patterns=patterns))
    except Exception as error:  # As above.
        raise _unavailable(repository, revision, error) from error


def _unavailable(repository: str, revision: str | None, error: Exception) -> CheckpointError:
    return CheckpointError(
        f"{repository} (revision {revision or 'main'}) could not be read from the Hugging Face hub: {hub_reason(error)}"
    )
