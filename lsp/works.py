"""The commands that run, so that they can be cancelled: by the editor's request, by its progress, by a command."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager


class Works:
    """Running commands, by id."""

    def __init__(self) -> None:
        self._running: dict[str, tuple[str, asyncio.Task[object]]] = {}
        self._ids = itertools.count(1)

    def __len__(self) -> int:
        return len(self._running)

    @contextmanager
    def running(self, uri: str) -> Iterator[str]:
        """The current task is a command on that document, with the id that is given."""
        task = asyncio.current_task()
        assert task is not None
        id = f"c{next(self._ids)}"
        self._running[id] = (uri, task)
        try:
            yield id
        finally:
            del self._running[id]

    def cancel(self, uri: str | None = None) -> int:
        """Cancel the commands on a document, or all; how many there were."""
        found = [task for at, task in self._running.values() if uri in (None, at)]
        for task in found:
            task.cancel()
        return len(found)
