"""How long to wait for the next key before computing anything.

Waiting pays while the next key would come before the answer does. So the wait follows the gaps between keys, and of it
what the server needs anyway counts as waited for, but not all: a request that the next key cancels has cost the server
a step.
"""

from __future__ import annotations

import time
from collections.abc import Callable

PAUSE_S = 1.0  # a longer gap is not typing
FACTOR = 1.3
# With a server slower than the typing nothing would be waited for: the next key would cancel nearly every request.
SHORTEST = 1.0
REPEAT_S = 0.05  # changes that follow one another faster come from a held key or a macro, not from fingers


class Pace:
    """Gaps between changes of one user, and milliseconds of the server."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last_key: float | None = None
        self._gap_s: float | None = None
        self._latency_s: float | None = None

    @property
    def latency_ms(self) -> float | None:
        return self._latency_s * 1000 if self._latency_s is not None else None

    def key(self) -> None:
        """The user has changed a text."""
        now = self._clock()
        if self._last_key is not None and now - self._last_key < PAUSE_S:
            gap = max(now - self._last_key, REPEAT_S)
            self._gap_s = gap if self._gap_s is None else 0.7 * self._gap_s + 0.3 * gap
        self._last_key = now

    def answered(self, seconds: float) -> None:
        self._latency_s = seconds if self._latency_s is None else 0.7 * self._latency_s + 0.3 * seconds

    def wait_s(self, longest_s: float) -> float:
        """Nothing where nobody types; otherwise the usual gap, less what the answer takes, from now on."""
        if self._gap_s is None or self._last_key is None:
            return 0.0
        since = self._clock() - self._last_key
        if since >= PAUSE_S:
            return 0.0
        wait = max(self._gap_s * FACTOR - (self._latency_s or 0.0), self._gap_s * SHORTEST)
        return min(max(wait - since, 0.0), longest_s)
