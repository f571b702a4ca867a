"""The running commands, so that the client can cancel them: by request, by progress token or with a command."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager


class RunningCommands:
    """Running commands by id."""

    def __init__(self) -> None:
        self._running: dict[str, tuple[str, asyncio.Task[object]]] = {}
        self._ids = itertools.count(1)

    @contextmanager
    def running(self, uri: str) -> Iterator[str]:
        """Register the current task as a command on that document; yields the command's id."""
        task = asyncio.current_task()
        assert task is not None
        id = f"c{next(self._ids)}"
        self._running[id] = (uri, task)
        try:
            yield id
        finally:
            del self._running[id]

    def cancel(self, uri: str | None = None) -> int:
        """Cancel the commands on a document, or all; returns how many."""
        tasks = [task for at, task in self._running.values() if uri in (None, at)]
        for task in tasks:
            task.cancel()
        return len(tasks)
