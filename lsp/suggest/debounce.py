"""How long to wait for the next key before computing anything.

The debounce is about one gap between keys minus the server's latency (waiting for the answer is waiting too), but
never less than one gap: a request that the next key cancels has already cost the server a step.
"""

from __future__ import annotations

import time
from collections.abc import Callable

PAUSE_S = 1.0  # a longer gap is a pause, not typing
MARGIN = 1.3  # of a gap: the next key is often a little later than the average
MIN_GAPS = 1.0  # with a server slower than the typing, a shorter wait would have nearly every request cancelled
REPEAT_S = 0.05  # changes in quicker succession come from a held key or a macro, not from typing


class Debounce:
    """Moving averages of the gaps between changes and of the server's latency."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last_key: float | None = None
        self._gap_s: float | None = None
        self._latency_s: float | None = None

    @property
    def latency_ms(self) -> float | None:
        return self._latency_s * 1000 if self._latency_s is not None else None

    def key(self) -> None:
        """Called when the user has changed a text."""
        now = self._clock()
        if self._last_key is not None and now - self._last_key < PAUSE_S:
            gap = max(now - self._last_key, REPEAT_S)
            self._gap_s = gap if self._gap_s is None else 0.7 * self._gap_s + 0.3 * gap
        self._last_key = now

    def answered(self, seconds: float) -> None:
        self._latency_s = seconds if self._latency_s is None else 0.7 * self._latency_s + 0.3 * seconds

    def wait_s(self, longest_s: float) -> float:
        """Seconds to wait from now on, at most `longest_s`; 0 if the user is not typing."""
        if self._gap_s is None or self._last_key is None:
            return 0.0
        since = self._clock() - self._last_key
        if since >= PAUSE_S:
            return 0.0
        wait = max(self._gap_s * MARGIN - (self._latency_s or 0.0), self._gap_s * MIN_GAPS)
        return min(max(wait - since, 0.0), longest_s)
