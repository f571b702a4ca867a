"""The models on this machine: the embedded one, and those in the cache of the Hugging Face hub."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.errors import CheckpointError
from app.models.families import find_family
from app.models.files import first_line, read_json
from app.models.tensor_files import tensor_files


@dataclass(frozen=True)
class ModelHere:
    name: str  # as `serve` takes it
    num_bytes: int
    family: str | None  # None: not known, or not one that is supported
    problem: str | None  # why it cannot be served as it is; None: nothing is obvious


def models_here(embedded: Path) -> list[ModelHere]:
    """Without their weights being read. A repository of the cache that is no model for this server has a problem."""
    return [_described("the embedded model", embedded, _size(embedded)), *_cached()]


def _cached() -> list[ModelHere]:
    from huggingface_hub import CacheNotFound, scan_cache_dir

    try:
        repositories = [each for each in scan_cache_dir().repos if each.repo_type == "model"]
    except CacheNotFound:
        return []
    return sorted((_repository(each) for each in repositories), key=lambda model: model.name)


def _repository(repository: Any) -> ModelHere:
    """The revision that was used last."""
    revision = max(repository.revisions, key=lambda each: each.last_modified, default=None)
    if revision is None:
        return ModelHere(repository.repo_id, repository.size_on_disk, None, "nothing is downloaded")
    return _described(repository.repo_id, revision.snapshot_path, repository.size_on_disk)


def _described(name: str, folder: Path, num_bytes: int) -> ModelHere:
    family = None
    try:
        family = find_family(read_json(folder / "config.json")).name
        tensor_files(folder)
        return ModelHere(name, num_bytes, family, None)
    except CheckpointError as error:
        return ModelHere(
            name, num_bytes, family, first_line(error).replace(f"{folder}/", "").removeprefix(f"{folder} ")
        )


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
