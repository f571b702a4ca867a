"""The caller's handle on sequences in the engine."""

from __future__ import annotations

import queue
from collections.abc import Callable

from app.messages.events import Event


class Generation:
    """Events of one request's sequences, in order, each with the index of its sequence. Safe from any thread."""

    def __init__(
        self,
        num_sequences: int,
        abort: Callable[[Generation, int], None],
        watch: Callable[[Generation, bool], None],
    ) -> None:
        self.num_sequences = num_sequences
        # Whether nobody listens any more. The executor's thread asks before every step.
        self.is_abandoned: Callable[[], bool] = lambda: False
        self._abort = abort
        self._watch = watch
        self._events: queue.SimpleQueue[tuple[int, Event]] = queue.SimpleQueue()

    def put(self, index: int, event: Event) -> None:
        """For the executor's thread."""
        self._events.put((index, event))

    def next(self, timeout_s: float) -> tuple[int, Event] | None:
        """The next event, or None where there was none for `timeout_s`."""
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

    def watch(self, is_watched: bool) -> None:
        """Have the steps of all sequences told from now on, each behind a Seen event, or no longer."""
        self._watch(self, is_watched)
