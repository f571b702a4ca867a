"""Who is next among those who wait."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Turns(Generic[T]):
    """Lines of several clients, which take turns, one item each; within a line, first come, first served.

    A client whose line is new, or was empty, comes after the others.
    """

    def __init__(self) -> None:
        self._lines: OrderedDict[str, deque[T]] = OrderedDict()  # none is empty; the first one is next

    def __bool__(self) -> bool:
        return bool(self._lines)

    @property
    def next(self) -> T:
        return next(iter(self._lines.values()))[0]

    def add(self, item: T, client: str) -> None:
        self._lines.setdefault(client, deque()).append(item)

    def take(self) -> T:
        """Remove and return the next item."""
        client, line = self._lines.popitem(last=False)
        item = line.popleft()
        if line:
            self._lines[client] = line
        return item

    def remove(self, item: T) -> None:
        """Raises ValueError if it does not wait."""
        client, line = next(((client, line) for client, line in self._lines.items() if item in line), ("", deque[T]()))
        line.remove(item)
        if not line:
            del self._lines[client]
