"""How many requests for text one client may have in progress, and begin in a minute.

A client is a key; on a server without keys, an address. Counted are the requests that reach the model.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.errors import ConcurrencyLimited, RateLimited

WINDOW_S = 60.0
MAX_IDLE = 1024  # clients that are remembered although they have nothing in progress
RATE_HEADERS = tuple(f"x-ratelimit-{name}-requests" for name in ("limit", "remaining", "reset"))


@dataclass
class Counted:
    """One client's requests."""

    running: int = 0
    begun: deque[float] = field(default_factory=deque)  # within the last minute, oldest first


class ClientLimits:
    """Thread-safe. 0 is no limit."""

    def __init__(
        self, max_concurrent: int = 0, per_minute: int = 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._max_concurrent = max_concurrent
        self._per_minute = per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._clients: dict[str, Counted] = {}

    def enter(self, client: str) -> Callable[[], None]:
        """Count a request that begins. The returned function, which may be called more than once, ends it.

        Raises ConcurrencyLimited or RateLimited; the request is then not counted.
        """
        with self._lock:
            counted = self._counted(client)
            if self._per_minute and len(counted.begun) >= self._per_minute:
                wait_s = counted.begun[0] + WINDOW_S - self._clock()
                raise RateLimited(self._per_minute, max(1, math.ceil(wait_s)))
            if self._max_concurrent and counted.running >= self._max_concurrent:
                raise ConcurrencyLimited(self._max_concurrent)
            counted.running += 1
            if self._per_minute:
                counted.begun.append(self._clock())
        is_running = True

        def leave() -> None:
            nonlocal is_running
            with self._lock:
                counted.running -= is_running
                is_running = False

        return leave

    def headers(self, client: str) -> Mapping[str, str]:
        """What OpenAI's clients read; empty without a limit for a minute. All requests are free again at `reset`."""
        if not self._per_minute:
            return {}
        with self._lock:
            begun = self._counted(client).begun
            reset_s = max(0.0, begun[-1] + WINDOW_S - self._clock()) if begun else 0.0
            values = (str(self._per_minute), str(self._per_minute - len(begun)), f"{math.ceil(reset_s)}s")
        return dict(zip(RATE_HEADERS, values, strict=True))

    def _counted(self, client: str) -> Counted:
        if client not in self._clients and len(self._clients) >= MAX_IDLE:
            for name in list(self._clients):
                self._forget_old(self._clients[name])
            self._clients = {name: each for name, each in self._clients.items() if each.running or each.begun}
        counted = self._clients.setdefault(client, Counted())
        self._forget_old(counted)
        return counted

    def _forget_old(self, counted: Counted) -> None:
        while counted.begun and counted.begun[0] <= self._clock() - WINDOW_S:
            counted.begun.popleft()
