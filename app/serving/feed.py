"""What a running request says, for others than its caller."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from app.serving.generation import SILENCE, TICK_S
from app.serving.updates import Update


class End:
    """Behind a feed's last item; `error` is what the request failed with."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error


class Follower:
    """`past` was said before it came; iterate it for the rest, with SILENCE about every TICK_S without news.

    Raises what the request raised.
    """

    def __init__(self, past: Sequence[Any]) -> None:
        self.past = past
        self.items: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def __iter__(self) -> Iterator[Any]:
        while True:
            try:
                item = self.items.get(timeout=TICK_S)
            except queue.Empty:
                yield SILENCE
                continue
            if isinstance(item, End):
                if item.error:
                    raise item.error
                return
            yield item


class Feed:
    """The request's thread tells items, others follow. `watch` has the engine tell steps, or no longer.

    The engine is asked for steps as long as there are followers, so a request that nobody follows costs nothing more.
    """

    def __init__(self, watch: Callable[[bool], None]) -> None:
        self._watch = watch
        self._lock = threading.Lock()
        self._past: list[Any] = []
        self._followers: list[Follower] = []
        self._end: End | None = None

    @property
    def past(self) -> list[Any]:
        with self._lock:
            return list(self._past)

    @property
    def has_followers(self) -> bool:
        return bool(self._followers)

    def tell(self, item: Update) -> None:
        with self._lock:
            if item.kind == "result":
                self._past.append(item)
            for follower in self._followers:
                follower.items.put(item)

    @contextmanager
    def told(self) -> Iterator[None]:
        """Around everything that the request says."""
        try:
            yield
        except Exception as error:
            self.end(error)
            raise
        finally:
            self.end()

    def end(self, error: Exception | None = None) -> None:
        """Nothing more will be said; only the first call counts."""
        with self._lock:
            if self._end is None:
                self._end = End(error)
                for follower in self._followers:
                    follower.items.put(self._end)

    @contextmanager
    def followed(self) -> Iterator[Follower]:
        """A follower who leaves with the block."""
        with self._lock:
            follower = Follower(tuple(self._past))
            self._followers.append(follower)
            if self._end:
                follower.items.put(self._end)
            # Within the lock, so that who leaves just now cannot turn it off behind this.
            self._watch(True)
        try:
            yield follower
        finally:
            with self._lock:
                self._followers.remove(follower)
                if not self._followers:
                    self._watch(False)
