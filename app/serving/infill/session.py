"""The sequences of one infill, in phases."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from app.messages.events import Counters, Event, Finished
from app.serving.engine_client import EngineClient, SequenceRequest
from app.serving.generation import SILENCE, Generation, Silence


class InfillSession:
    """`submit` a phase, then iterate its `events`; as often as needed, also before an earlier one is over. `abort` may
    be called at any time from any thread.

    Only the first phase counts against the queue's limit: an admitted request is not refused halfway. A time budget is
    for all phases together; a soft one does not hurry sequences that are being decoded.
    """

    def __init__(
        self, engine: EngineClient, time_budget_ms: int | None = None, soft_budget_ms: int | None = None
    ) -> None:
        self._engine = engine
        self._deadline = _deadline(time_budget_ms)
        self._soft_deadline = _deadline(soft_budget_ms)
        self._is_admitted = False
        self._phases: list[Generation] = []  # in progress
        self._is_aborted = False
        self._is_watched = False
        self._fell_behind = False
        self._is_gone: Callable[[], bool] = lambda: False
        self.counters: list[Counters] = []

    def submit(self, requests: Sequence[SequenceRequest]) -> Generation:
        """Start a phase. Raises QueueFull, ModelLoading or ShuttingDown."""
        in_time = [self._in_time(request) for request in requests] if self._is_admitted else requests
        phase = self._engine.submit_requests(in_time, is_admitted=self._is_admitted)
        self._is_admitted = True
        self._phases.append(phase)
        phase.is_gone = self._is_gone
        if self._is_aborted:
            phase.abort()
        if self._is_watched:
            phase.watch(True)
        return phase

    def watch_client(self, is_gone: Callable[[], bool]) -> None:
        """Abort before the first step at which `is_gone` returns true."""
        self._is_gone = is_gone
        for phase in list(self._phases):
            phase.is_gone = is_gone

    def events(self, phase: Generation) -> Iterator[tuple[int, Event] | Silence]:
        """(index of the sequence, event) until all sequences of the phase have finished, with SILENCE in between.

        Raises EngineFailed or ShuttingDown. An aborted sequence ends with a Finished event whose reason is "abort".
        """
        for item in phase.events():
            if item is not SILENCE and isinstance(item[1], Finished):
                self.counters.append(item[1].counters)
            yield item
        self._fell_behind = self._fell_behind or phase.fell_behind
        self._phases.remove(phase)

    def abort(self) -> None:
        self._is_aborted = True
        for phase in list(self._phases):
            phase.abort()

    def watch(self, is_watched: bool) -> None:
        """Start or stop step events, for all phases."""
        self._is_watched = is_watched
        for phase in list(self._phases):
            phase.watch(is_watched)

    @property
    def is_aborted(self) -> bool:
        return self._is_aborted or self._is_gone()

    @property
    def fell_behind(self) -> bool:
        """Whether the caller read too slowly."""
        return self._fell_behind or any(phase.fell_behind for phase in list(self._phases))

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
