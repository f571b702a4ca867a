"""The caller's handle on sequences in the engine."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from enum import Enum, auto
from typing import Final

from app.errors import EngineFailed, ShuttingDown
from app.messages.events import Event, Failed, Finished

TICK_S = 0.1
# Events that wait for the caller, whose client may have stopped reading.
MAX_PENDING = 10_000


class Silence(Enum):
    """Its one value is yielded instead of an event while nothing happens, so that callers can check the time."""

    SILENCE = auto()


SILENCE: Final = Silence.SILENCE


class Generation:
    """One request's sequences and their events, in order, each with the index of its sequence. Thread-safe."""

    def __init__(
        self,
        num_sequences: int,
        abort: Callable[[Generation, int], None],
        watch: Callable[[Generation, bool], None],
        trace: object = None,
    ) -> None:
        """`trace` is where the spans of its sequences belong (app.serving.tracing)."""
        self.num_sequences = num_sequences
        self.trace = trace
        self.is_gone: Callable[[], bool] = lambda: False
        self.fell_behind = False  # the caller reads too slowly
        self._num_running = num_sequences
        self._abort = abort
        self._watch = watch
        self._events: queue.SimpleQueue[tuple[int, Event]] = queue.SimpleQueue()

    def is_abandoned(self) -> bool:
        """Whether the caller is gone, or reads too slowly. Called on the engine's thread before every step."""
        return self.fell_behind or self.is_gone()

    def put(self, index: int, event: Event) -> None:
        """Called on the engine's thread."""
        self._events.put((index, event))
        self.fell_behind = self.fell_behind or self._events.qsize() > MAX_PENDING

    def next(self, timeout_s: float) -> tuple[int, Event] | None:
        """The next event, or None if there is none for `timeout_s`."""
        try:
            return self._events.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def events(self) -> Iterator[tuple[int, Event] | Silence]:
        """(index, event) until every sequence has finished; SILENCE about every TICK_S without one.

        Raises EngineFailed or ShuttingDown when a sequence fails; the others are aborted then.
        """
        while self._num_running:
            item = self.next(TICK_S)
            if item is None:
                yield SILENCE
                continue
            index, event = item
            if isinstance(event, Failed):
                self.abort()
                raise (
                    ShuttingDown
                    if event.by_shutdown
                    else EngineFailed(
                        "The engine failed while it worked on this request; the server's log has the cause."
                    )
                )
            if isinstance(event, Finished):
                self._num_running -= 1
            yield index, event

    def abort(self, index: int | None = None) -> None:
        """Remove one sequence, or all, from the engine before its next step; finished ones are left alone.

        A sequence that was still running ends with a Finished event whose reason is "abort".
        """
        for each in range(self.num_sequences) if index is None else [index]:
            self._abort(self, each)

    def watch(self, is_watched: bool) -> None:
        """Start or stop step events for all sequences; starting sends a SequenceSnapshot first."""
        self._watch(self, is_watched)
