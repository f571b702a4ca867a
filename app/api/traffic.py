"""The requests that are running now, for those who may look at them."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, request

from app.api.request_log import record
from app.errors import GenerationNotFound
from app.serving.completion import Completion
from app.serving.completion_parts import InfillPart, ReplyPart
from app.serving.infill.infill import Infill
from app.serving.infill.requests import HoleDone
from app.serving.reply import Reply

EXTENSION = "elbarto_traffic"
Work = Reply | Infill | Completion


@dataclass(frozen=True)
class Running:
    """`head` holds the answer's id, when it was created and the model."""

    head: Mapping[str, Any]
    work: Work
    endpoint: str
    request_id: str
    began: float = field(default_factory=time.monotonic)

    @property
    def parts(self) -> list[Reply | Infill]:
        if not isinstance(self.work, Completion):
            return [self.work]
        found: list[Reply | Infill] = []
        for part in self.work.parts:
            assert isinstance(part, ReplyPart | InfillPart)
            found.append(part.reply if isinstance(part, ReplyPart) else part.infill)
        return found

    def body(self, with_text: bool) -> dict[str, Any]:
        told = {
            "id": self.head["id"],
            "object": "generation",
            "request_id": self.request_id,
            "endpoint": self.endpoint,
            "model": self.head["model"],
            "created": self.head["created"],
            "age_ms": round(1000 * (time.monotonic() - self.began), 1),
            "progress": _progress(self.parts),
        }
        return told | {"texts": [text for part in self.parts for text in _texts(part)]} if with_text else told


class Traffic:
    """Thread-safe. The oldest request is the first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[str, Running] = {}

    def enter(self, head: Mapping[str, Any], work: Work) -> Callable[[], None]:
        """The request that this thread answers begins. Call what is returned when it is over, on any thread."""
        rule = request.url_rule
        endpoint = f"{request.method} {rule.rule}" if rule else request.path
        if rule and rule.websocket:
            endpoint = f"WS {rule.rule}"
        running = Running(head, work, endpoint, record().request_id)
        with self._lock:
            self._running[head["id"]] = running
        return lambda: self._leave(head["id"])

    def all(self) -> list[Running]:
        with self._lock:
            return list(self._running.values())

    def find(self, generation_id: str) -> Running:
        """Raises GenerationNotFound."""
        with self._lock:
            running = self._running.get(generation_id)
        if running is None:
            raise GenerationNotFound(generation_id)
        return running

    def _leave(self, generation_id: str) -> None:
        with self._lock:
            self._running.pop(generation_id, None)


def traffic() -> Traffic:
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Traffic)
    return found


def _progress(parts: list[Reply | Infill]) -> dict[str, int]:
    """Tokens are those of replies, and holes those of infills: of the candidate that has most."""
    progress = Counter[str]()
    for part in parts:
        if isinstance(part, Reply):
            progress["tokens"] += part.completion_tokens
            progress["max_tokens"] += sum(choice.max_tokens for choice in part.choices)
        else:
            filled = Counter(item.candidate for item in part.feed.past if isinstance(item, HoleDone))
            progress["holes_filled"] += max(filled.values(), default=0)
            progress["holes"] += len(part.request.holes)
    return dict(progress)


def _texts(part: Reply | Infill) -> list[str | None]:
    """So far: of each choice, or of each hole of the first candidate (None: not yet filled)."""
    if isinstance(part, Reply):
        return [choice.text for choice in part.choices]
    done = [item for item in part.feed.past if isinstance(item, HoleDone) and item.candidate == 0]
    filled = {item.hole: item.filled.text for item in done}
    return [filled.get(hole) for hole in range(len(part.request.holes))]
