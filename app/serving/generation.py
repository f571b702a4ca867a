"""The caller's handle on sequences in the engine."""

from __future__ import annotations

import queue
from collections.abc import Callable

from app.engine.events import Event


class Generation:
    """Events of one request's sequences, in order, each with the index of its sequence. Safe from any thread."""

    def __init__(self, num_sequences: int, abort: Callable[[Generation, int], None]) -> None:
        self.num_sequences = num_sequences
        self._abort = abort
        self._events: queue.SimpleQueue[tuple[int, Event] | None] = queue.SimpleQueue()
        self._hears_steps = False

    def put(self, index: int, event: Event) -> None:
        """For the executor's thread."""
        self._events.put((index, event))

    def hear_steps(self) -> None:
        """Have `next` return None after every step that brings no event: a caller who looks then whether anybody still
        waits for the answer is never late by more than a step."""
        self._hears_steps = True

    def tick(self) -> None:
        """A step has ended. For the executor's thread."""
        if self._hears_steps and self._events.empty():
            self._events.put(None)

    def next(self, timeout_s: float) -> tuple[int, Event] | None:
        """The next event, or None where there was none for `timeout_s`, or in a step."""
        try:
            return self._events.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def abort(self, index: int | None = None) -> None:
        """Take one sequence, or all, out of the engine before its next step; nothing happens to those that ended.

        A sequence that is still there answers with a Finished event whose reason is "abort".
        """
        for each in range(self.num_sequences) if index is None else [index]:
            self._abort(self, each)
