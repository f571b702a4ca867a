"""Who is next among those who wait."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Turns(Generic[T]):
    """Lines of several clients, which take turns, one item each; within a line, first come, first served.

    A client whose line is new, or was empty, comes after the others. For one thread, except `lengths`.
    """

    def __init__(self) -> None:
        self._lines: OrderedDict[str, deque[T]] = OrderedDict()  # none is empty; the first one is next
        self._lock = threading.Lock()  # held to change the lines, and to read them on another thread

    def __bool__(self) -> bool:
        return bool(self._lines)

    @property
    def next(self) -> T:
        return next(iter(self._lines.values()))[0]

    @property
    def lengths(self) -> dict[str, int]:
        """Of each client's line. May be read on any thread."""
        with self._lock:
            return {client: len(line) for client, line in self._lines.items()}

    def add(self, item: T, client: str) -> None:
        with self._lock:
            self._lines.setdefault(client, deque()).append(item)

    def take(self) -> T:
        """Remove and return the next item."""
        with self._lock:
            client, line = self._lines.popitem(last=False)
            item = line.popleft()
            if line:
                self._lines[client] = line
        return item

    def remove(self, item: T) -> None:
        """Raises ValueError if it does not wait."""
        lines = self._lines.items()
        client, line = next(((client, line) for client, line in lines if item in line), ("", deque[T]()))
        with self._lock:
            line.remove(item)
            if not line:
                del self._lines[client]
