"""Connections that wait for their clients, each no longer than its queue allows."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class WaitingLine(Generic[T]):
    """Connections in the order of their deadlines: all of them may wait equally long. Times are in seconds."""

    def __init__(self, timeout_s: float) -> None:
        self.timeout_s = timeout_s
        self._deadlines: dict[T, float] = {}

    def __len__(self) -> int:
        return len(self._deadlines)

    def __iter__(self) -> Iterator[T]:
        return iter(list(self._deadlines))

    def add(self, connection: T, now: float) -> None:
        self._deadlines[connection] = now + self.timeout_s

    def discard(self, connection: T) -> bool:
        """Whether it was waiting."""
        return self._deadlines.pop(connection, None) is not None

    def oldest(self) -> T | None:
        return next(iter(self._deadlines), None)

    def expired(self, now: float) -> list[T]:
        """Those whose time is over, oldest first. They stay until they are discarded."""
        found = []
        for connection, deadline in self._deadlines.items():
            if deadline > now:
                break
            found.append(connection)
        return found
