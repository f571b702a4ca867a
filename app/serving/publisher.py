"""Publishes a running request's updates to subscribers."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from app.errors import FellBehind
from app.serving.generation import SILENCE, TICK_S, Silence
from app.serving.updates import Update

# Updates that wait for a subscriber. One that reads too slowly for this is dropped.
MAX_LAG = 4096


@dataclass(frozen=True)
class Closed:
    """Follows a publisher's last update."""

    error: Exception | None  # why the request failed; None: it did not


class Subscriber:
    """Iterate it for updates, with SILENCE in between; `past` are the results published before it subscribed.

    Iterating raises the request's exception if it failed.
    """

    def __init__(self, past: Sequence[Update]) -> None:
        self.past = past
        self.fell_behind = False
        self.items: queue.SimpleQueue[Update | Closed] = queue.SimpleQueue()

    def __iter__(self) -> Iterator[Update | Silence]:
        while True:
            try:
                item = self.items.get(timeout=TICK_S)
            except queue.Empty:
                yield SILENCE
                continue
            if isinstance(item, Closed):
                if item.error:
                    raise item.error
                return
            yield item


class Publisher:
    """The request's thread publishes; any thread may subscribe. `watch` starts and stops the engine's step events.

    The engine emits them only while there are subscribers: without any, a request costs nothing extra.
    """

    def __init__(self, watch: Callable[[bool], None]) -> None:
        self._watch = watch
        self._lock = threading.Lock()
        self._past: list[Update] = []
        self._subscribers: list[Subscriber] = []
        self._closed: Closed | None = None

    def publish(self, update: Update) -> None:
        """Results are also replayed to later subscribers."""
        with self._lock:
            if update.kind == "result":
                self._past.append(update)
            for subscriber in self._subscribers:
                if subscriber.items.qsize() < MAX_LAG:
                    subscriber.items.put(update)
                elif not subscriber.fell_behind:
                    subscriber.fell_behind = True
                    subscriber.items.put(Closed(FellBehind()))

    @contextmanager
    def publishing(self) -> Iterator[None]:
        """A context for the request: closes at its end, and passes its exception on to subscribers."""
        try:
            yield
        except Exception as error:
            self.close(error)
            raise
        finally:
            self.close()

    def close(self, error: Exception | None = None) -> None:
        """Call after the last update; only the first call counts."""
        with self._lock:
            if self._closed is None:
                self._closed = Closed(error)
                for subscriber in self._subscribers:
                    if not subscriber.fell_behind:
                        subscriber.items.put(self._closed)

    @contextmanager
    def subscribe(self) -> Iterator[Subscriber]:
        """A context with a new subscriber, which is removed at its end."""
        with self._lock:
            subscriber = Subscriber(tuple(self._past))
            self._subscribers.append(subscriber)
            if self._closed:
                subscriber.items.put(self._closed)
            # Under the lock, so that a subscriber removed at the same time cannot turn it off afterwards.
            self._watch(True)
        try:
            yield subscriber
        finally:
            with self._lock:
                self._subscribers.remove(subscriber)
                if not self._subscribers:
                    self._watch(False)
