"""How the pool reaches replicas; the pool itself knows nothing of Ray."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from app.cluster.wire import Message
from app.serving.engine_client import SequenceRequest


class Transport(Protocol):
    """Thread-safe. Only `events` blocks."""

    def connect(self, on_members: Callable[[frozenset[str]], None]) -> None:
        """`on_members` is called, on any thread, with the names of all replicas that take sequences."""
        ...

    def events(self, name: str) -> Iterator[Message]:
        """The events of this front's sequences on a replica: a Hello, then Reports, for some time; then call it again.

        Raises any exception if the replica is lost, or `disconnect` was called.
        """
        ...

    def disconnect(self, name: str) -> None:
        """End what `events` has returned for this replica."""
        ...

    def start(self, name: str, key: int, request: SequenceRequest, is_watched: bool) -> Callable[[], None]:
        """Submit a sequence, whose events have this key. Calling what this returns aborts it."""
        ...

    def watch(self, name: str, keys: Sequence[int], is_watched: bool) -> None: ...

    def close(self) -> None: ...
