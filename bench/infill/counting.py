"""An engine that counts its steps and can take a request back in the midst of one, as a caller elsewhere would."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from app.engine.events import Counters, Event, Finished
from app.engine.params import GenerationParams
from app.serving.backend import EngineLike


class CountedEngine:
    """Stands before the real one; `counters` are those of every sequence that has ended.

    `hold` before a request and `go` after it: the engine waits for the word, so that a request's steps are counted from
    its first one on. `leaves` says for each sequence that was taken out how many steps ended between the abort and its
    leaving, the one that was running included.
    """

    def __init__(self, engine: EngineLike) -> None:
        self._engine = engine
        self._may_step = threading.Event()
        self._may_step.set()
        self._left: int | None = None
        self._abort: Callable[[], None] = lambda: None
        self._num_steps = 0
        self._aborted_at: int | None = None
        self.counters: list[Counters] = []
        self.leaves: list[int] = []

    def hold(self) -> None:
        self._may_step.clear()

    def go(self, num_steps: int | None, abort: Callable[[], None]) -> None:
        """`abort` is called in the midst of the step of that number, from 1; None: never."""
        self._left, self._abort, self._aborted_at = num_steps, abort, None
        self._may_step.set()

    @property
    def has_work(self) -> bool:
        return self._engine.has_work

    def add(self, prompt_ids: Sequence[int], params: GenerationParams, submitted: float | None = None) -> int:
        return self._engine.add(prompt_ids, params, submitted)

    def step(self) -> list[Event]:
        self._may_step.wait()
        self._num_steps += 1
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                self._aborted_at = self._num_steps
                self._abort()
        events = self._engine.step()
        self.counters += [event.counters for event in events if isinstance(event, Finished)]
        return events

    def abort(self, sequence_id: int) -> Finished | None:
        finished = self._engine.abort(sequence_id)
        if finished is not None:
            self.counters.append(finished.counters)
            if self._aborted_at is not None:
                self.leaves.append(self._num_steps - self._aborted_at + 1)
        return finished
