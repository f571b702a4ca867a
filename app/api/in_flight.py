"""The requests in progress."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request

from app.api.request_log import record
from app.errors import GenerationNotFound
from app.serving.work import Work


@dataclass(frozen=True)
class InFlightRequest:
    """`head` has the answer's id, creation time and model."""

    head: Mapping[str, Any]
    work: Work
    endpoint: str
    request_id: str
    began: float = field(default_factory=time.monotonic)

    def body(self, with_text: bool) -> dict[str, Any]:
        answer = {
            "id": self.head["id"],
            "object": "generation",
            "request_id": self.request_id,
            "endpoint": self.endpoint,
            "model": self.head["model"],
            "created": self.head["created"],
            "age_ms": round(1000 * (time.monotonic() - self.began), 1),
            "progress": dict(self.work.progress()),
        }
        return answer | {"texts": self.work.texts()} if with_text else answer


class InFlight:
    """The registry of requests in progress, oldest first. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[str, InFlightRequest] = {}

    def enter(self, head: Mapping[str, Any], work: Work) -> Callable[[], None]:
        """Add this thread's request. The returned function removes it, and may be called on any thread."""
        rule = request.url_rule
        endpoint = f"{request.method} {rule.rule}" if rule else request.path
        if rule and rule.websocket:
            endpoint = f"WS {rule.rule}"
        running = InFlightRequest(head, work, endpoint, record().request_id)
        with self._lock:
            self._running[head["id"]] = running
        return lambda: self._leave(head["id"])

    def all(self) -> list[InFlightRequest]:
        with self._lock:
            return list(self._running.values())

    def find(self, generation_id: str) -> InFlightRequest:
        """Raises GenerationNotFound."""
        with self._lock:
            running = self._running.get(generation_id)
        if running is None:
            raise GenerationNotFound(generation_id)
        return running

    def _leave(self, generation_id: str) -> None:
        with self._lock:
            self._running.pop(generation_id, None)
