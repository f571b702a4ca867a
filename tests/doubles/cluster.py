"""Replicas without Ray: a test says what they report, and when they are lost."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.cluster.wire import Hello, Message, Report, Status
from app.messages.events import Committed, Counters, Event, Finished, Token
from app.serving.engine_client import SequenceRequest
from tests.doubles.engine_client import CARD
from tests.waiting import wait_until

READY = Status("ready", 0.0, 0, 0)
INFO = replace(CARD, max_model_len=4096)


class ReplicaLost(Exception):
    pass


@dataclass
class Started:
    """A sequence that the pool sent to a replica."""

    name: str
    key: int
    request: SequenceRequest
    is_watched: bool
    is_cancelled: bool = False

    def cancel(self) -> None:
        self.is_cancelled = True


@dataclass
class FakeTransport:
    """A Transport. Replicas run two sequences each, and may have two waiting."""

    started: list[Started] = field(default_factory=list)
    watched: list[tuple[str, list[int], bool]] = field(default_factory=list)
    ended: set[str] = field(default_factory=set)  # disconnected
    is_closed: bool = False

    def __post_init__(self) -> None:
        self._messages: dict[str, queue.SimpleQueue[Message | Exception | None]] = {}
        self._on_members: Callable[[frozenset[str]], None] = lambda names: None

    def connect(self, on_members: Callable[[frozenset[str]], None]) -> None:
        self._on_members = on_members

    def events(self, name: str) -> Iterator[Message]:
        messages = self._messages[name] = self._messages.get(name) or queue.SimpleQueue()
        while (message := messages.get()) is not None:
            if isinstance(message, Exception):
                del self._messages[name]
                raise message
            yield message

    def disconnect(self, name: str) -> None:
        self.ended.add(name)
        self.send(name, ReplicaLost("disconnected"))

    def start(self, name: str, key: int, request: SequenceRequest, is_watched: bool) -> Callable[[], None]:
        self.started.append(Started(name, key, request, is_watched))
        return self.started[-1].cancel

    def watch(self, name: str, keys: Sequence[int], is_watched: bool) -> None:
        self.watched.append((name, list(keys), is_watched))

    def close(self) -> None:
        self.is_closed = True
        for name in list(self._messages):
            self.disconnect(name)

    # --- What tests say ---

    def members(self, *names: str) -> None:
        self._on_members(frozenset(names))

    def greet(self, *names: str, **info: Any) -> None:
        for name in names:
            self.send(name, Hello(replace(INFO, **info), 2, 2))

    def send(self, name: str, message: Message | Exception | None) -> None:
        """None: the stream ends, and the pool may ask for another."""
        if name in self._messages or not isinstance(message, ReplicaLost):
            wait_until(lambda: name in self._messages)
            self._messages[name].put(message)

    def report(self, name: str, *events: tuple[int, Event], status: Status = READY, **fields: Any) -> None:
        self.send(name, Report(events, status, **fields))

    def commit(self, started: Started, *token_ids: int, first_step: int = 0) -> None:
        tokens = tuple(Token(token_id, 0.5, first_step + step) for step, token_id in enumerate(token_ids))
        self.report(started.name, (started.key, Committed(0, tokens)))

    def finish(self, started: Started, reason: Any = "length") -> None:
        counters = Counters(4, 0, 4, 1, 8, 8, 1, 8, 0.0, 9.0, 5.0)
        self.report(started.name, (started.key, Finished(0, reason, counters)))
