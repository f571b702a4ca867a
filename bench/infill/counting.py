"""An engine that counts its steps and can run a callback during one, as if from another thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from app.messages.events import Counters, Event, Finished, SequenceSnapshot
from app.messages.params import GenerationParams
from app.messages.stats import EngineStats
from app.serving.backend import EngineLike


class CountedEngine:
    """Wraps the real engine. `counters` are those of all ended sequences.

    `leaves` has, for each aborted sequence, the number of steps that ended between the interruption and its removal,
    including the interrupted one.
    """

    def __init__(self, engine: EngineLike) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._left: int | None = None
        self._interruption: Callable[[], None] = lambda: None
        self._num_steps = 0
        self._interrupted_at: int | None = None
        self.counters: list[Counters] = []
        self.leaves: list[int] = []

    def interrupt(self, num_steps: int | None, call: Callable[[], None]) -> None:
        """Run `call` during the step `num_steps` from now (from 1), or never (None). Only while no sequence runs."""
        with self._lock:
            self._left, self._interruption, self._interrupted_at = num_steps, call, None

    @property
    def has_work(self) -> bool:
        return self._engine.has_work

    def add(self, prompt_ids: Sequence[int], params: GenerationParams, waited_ms: float = 0.0, client: str = "") -> int:
        return self._engine.add(prompt_ids, params, waited_ms, client)

    def step(self) -> list[Event]:
        self._num_steps += 1
        with self._lock:
            if self._left is not None:
                self._left -= 1
                if self._left == 0:
                    self._interrupted_at = self._num_steps
                    self._interruption()
        events = self._engine.step()
        self.counters += [event.counters for event in events if isinstance(event, Finished)]
        return events

    def abort(self, sequence_id: int) -> Finished | None:
        finished = self._engine.abort(sequence_id)
        if finished is not None:
            self.counters.append(finished.counters)
            if self._interrupted_at is not None:
                self.leaves.append(self._num_steps - self._interrupted_at + 1)
        return finished

    def stats(self) -> EngineStats:
        return self._engine.stats()

    def watch(self, sequence_id: int, is_watched: bool) -> SequenceSnapshot | None:
        return self._engine.watch(sequence_id, is_watched)
