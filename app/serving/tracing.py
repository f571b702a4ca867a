"""Where requests and sequences tell that they began and ended; app.tracing makes spans of it, if that is turned on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from app.messages.events import Counters


class Tracing(Protocol):
    """Thread-safe. What `begin` and `current` return is opaque; None: nothing is traced."""

    def begin(self, headers: Iterable[tuple[str, str]], method: str, route: str) -> object:
        """A request has arrived, with a W3C `traceparent` header or without. Its other calls come on this thread."""

    def end(self, request: object, attributes: Mapping[str, Any], error: str | None) -> None:
        """The request's answer has ended; `error` is the code of the error that it ended with."""

    def current(self) -> object:
        """The place of the request that this thread serves, for the spans of its sequences."""

    def sequence_ended(self, place: object, index: int, counters: Counters) -> None:
        """Called on the engine's thread, just after the end."""


class _NoTracing:
    def begin(self, headers: Iterable[tuple[str, str]], method: str, route: str) -> object:
        return None

    def end(self, request: object, attributes: Mapping[str, Any], error: str | None) -> None: ...

    def current(self) -> object:
        return None

    def sequence_ended(self, place: object, index: int, counters: Counters) -> None: ...


NO_TRACING: Tracing = _NoTracing()
