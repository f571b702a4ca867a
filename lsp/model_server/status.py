"""The state of the connection and of the work: the notification `elbarto/status`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Status:
    """The state, sent to the client whenever it changes."""

    def __init__(self, notify: Callable[[dict[str, Any]], None]) -> None:
        self._notify = notify
        self._connection = "starting"
        self._message = ""
        self._server: str | None = None
        self._model: str | None = None
        self._ms: float | None = None
        self._tpf: float | None = None
        self._running = 0
        self._published: dict[str, Any] = {}

    def connection(self, state: str, message: str = "", server: str | None = None, model: str | None = None) -> None:
        """One of starting, loading, ready and error."""
        self._connection, self._message, self._server, self._model = state, message, server, model
        self._publish()

    def answered(self, seconds: float, tpf: float | None) -> None:
        self._ms, self._tpf = round(seconds * 1000, 1), tpf

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Mark the body's duration as work in progress."""
        self._running += 1
        self._publish()
        try:
            yield
        finally:
            self._running -= 1
            self._publish()

    def to_json(self) -> dict[str, Any]:
        is_busy = self._connection == "ready" and self._running > 0
        return {
            "state": "busy" if is_busy else self._connection,
            "message": self._message,
            "server": self._server,
            "model": self._model,
            "ms": self._ms,
            "tpf": self._tpf,
            "running": self._running,
        }

    def _publish(self) -> None:
        now = self.to_json()
        if now != self._published:
            self._published = now
            self._notify(now)
