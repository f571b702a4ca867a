"""The sequences of one infill, phase after phase."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from app.messages.events import Counters, Event, Finished
from app.serving.engine_client import EngineClient, SequenceRequest
from app.serving.generation import SILENCE, Generation, Silence


class InfillSession:
    """`submit`, then iterate `events`; again as often as needed. `abort` may be called at any time from any thread.

    Only the first phase counts against the queue's limit: an admitted request is not refused halfway. A time budget is
    for all phases together; a soft one does not hurry sequences that are being decoded.
    """

    def __init__(
        self, engine: EngineClient, time_budget_ms: int | None = None, soft_budget_ms: int | None = None
    ) -> None:
        self._engine = engine
        self._deadline = _deadline(time_budget_ms)
        self._soft_deadline = _deadline(soft_budget_ms)
        self._generation: Generation | None = None
        self._is_aborted = False
        self._is_watched = False
        self._is_gone: Callable[[], bool] = lambda: False
        self.counters: list[Counters] = []

    def submit(self, requests: Sequence[SequenceRequest]) -> None:
        """Start a phase. Raises QueueFull, ModelLoading or ShuttingDown."""
        is_first = self._generation is None
        self._generation = self._engine.submit_requests(
            requests if is_first else [self._in_time(request) for request in requests], is_admitted=not is_first
        )
        self._generation.is_gone = self._is_gone
        if self._is_aborted:
            self._generation.abort()
        if self._is_watched:
            self._generation.watch(True)

    def watch_client(self, is_gone: Callable[[], bool]) -> None:
        """Abort before the first step at which `is_gone` returns true."""
        self._is_gone = is_gone
        if self._generation is not None:
            self._generation.is_gone = is_gone

    def events(self) -> Iterator[tuple[int, Event] | Silence]:
        """(index of the sequence, event) until all sequences of this phase have finished, with SILENCE in between.

        Raises EngineFailed or ShuttingDown. An aborted sequence ends with a Finished event whose reason is "abort".
        """
        assert self._generation is not None
        for item in self._generation.events():
            if item is not SILENCE and isinstance(item[1], Finished):
                self.counters.append(item[1].counters)
            yield item

    def abort(self, index: int | None = None) -> None:
        """Abort one sequence of this phase, or the whole infill."""
        if index is None:
            self._is_aborted = True
        if self._generation is not None:
            self._generation.abort(index)

    def watch(self, is_watched: bool) -> None:
        """Start or stop step events, for this phase and later ones."""
        self._is_watched = is_watched
        if self._generation is not None:
            self._generation.watch(is_watched)

    @property
    def is_aborted(self) -> bool:
        return self._is_aborted or self._is_gone()

    @property
    def fell_behind(self) -> bool:
        """Whether the caller read too slowly."""
        return self._generation is not None and self._generation.fell_behind

    @property
    def is_overdue(self) -> bool:
        """Whether a time budget is spent."""
        return any(end is not None and time.monotonic() >= end for end in (self._deadline, self._soft_deadline))

    @property
    def capacity(self) -> int:
        """The most sequences that a phase may have."""
        return self._engine.capacity

    def _in_time(self, request: SequenceRequest) -> SequenceRequest:
        """The request with the rest of the time budget."""
        if self._deadline is None:
            return request
        remaining_ms = max(1, round(1000 * (self._deadline - time.monotonic())))
        return replace(request, params=replace(request.params, time_budget_ms=remaining_ms))


def _deadline(budget_ms: int | None) -> float | None:
    return None if budget_ms is None else time.monotonic() + budget_ms / 1000
