"""Downloads a checkpoint and checks what has arrived."""

from __future__ import annotations

from app.inspection.inspect import inspect
from app.inspection.report import Report
from app.messages.params import ModelSource
from app.models.hub import download


def pull(repository: str, revision: str | None) -> Report:
    """The report on what has arrived, without memory: it may be for another machine. Raises CheckpointError."""
    return inspect(ModelSource(path=str(download(repository, revision))), with_memory=False)
