"""The one thread that owns the model and the device."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from app.errors import EngineBroken, ModelLoading, QueueFull, ShuttingDown
from app.messages.events import Event, Failed, Finished
from app.messages.params import GenerationParams
from app.serving.backend import Backend
from app.serving.generation import Generation

logger = logging.getLogger(__name__)

State = Literal["loading", "ready", "failed", "closed"]


@dataclass(frozen=True)
class SequenceRequest:
    """One sequence that is asked for."""

    prompt_ids: Sequence[int]
    params: GenerationParams


@dataclass(frozen=True)
class Add:
    generation: Generation
    jobs: Sequence[SequenceRequest]
    submitted: float


@dataclass(frozen=True)
class Abort:
    generation: Generation
    index: int


@dataclass(frozen=True)
class Watch:
    generation: Generation
    is_watched: bool


class Close:
    """Ends the thread."""


Command = Add | Abort | Watch | Close


class Executor:
    """Other threads submit, iterate events and abort; they never touch the engine.

    `load` runs on the executor's thread. If it raises, `on_failure` is called there with the error and the thread ends;
    likewise with EngineBroken when the engine cannot go on.
    """

    def __init__(
        self,
        load: Callable[[], Backend],
        on_failure: Callable[[BaseException], None],
        max_queue: int,
    ) -> None:
        self._load = load
        self._on_failure = on_failure
        self._backend: Backend | None = None
        self._failure: BaseException | None = None
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._changed = threading.Condition()
        self._live = 0  # sequences submitted and not ended; guarded by _changed
        self._closing = False
        self._max_queue = max_queue
        # The engine thread's own: which caller a sequence belongs to, and the other way round.
        self._owners: dict[int, tuple[Generation, int]] = {}
        self._sequence_ids: dict[tuple[Generation, int], int] = {}
        self._thread = threading.Thread(target=self._run, name="elbarto-executor", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def state(self) -> State:
        if self._closing:
            return "closed"
        if self._failure is not None:
            return "failed"
        return "loading" if self._backend is None else "ready"

    @property
    def backend(self) -> Backend:
        """Raises ModelLoading or ShuttingDown."""
        if self._closing:
            raise ShuttingDown
        if self._backend is None:
            raise ModelLoading
        return self._backend

    @property
    def max_running(self) -> int:
        """Sequences that the engine denoises at once."""
        return self._backend.max_running if self._backend else 1

    @property
    def capacity(self) -> int:
        return self.max_running + self._max_queue

    @property
    def queue_lengths(self) -> tuple[int, int]:
        """Sequences (running, waiting)."""
        with self._changed:
            return min(self._live, self.max_running), max(0, self._live - self.max_running)

    def submit(self, prompt_ids: Sequence[int], params: Sequence[GenerationParams]) -> Generation:
        """Queue one sequence for each of `params`, all or none; raises QueueFull, ModelLoading or ShuttingDown."""
        return self.submit_requests([SequenceRequest(prompt_ids, each) for each in params])

    def submit_requests(self, jobs: Sequence[SequenceRequest], is_admitted: bool = False) -> Generation:
        """Queue all or none, and what belongs to a request that is admitted already (`is_admitted`) in any case.

        Raises QueueFull, ModelLoading or ShuttingDown.
        """
        if self._backend is None:
            raise ModelLoading
        generation = Generation(len(jobs), self._submit_abort, self._submit_watch)
        with self._changed:
            if self._closing:
                raise ShuttingDown
            if not is_admitted and self._live + len(jobs) > self.capacity:
                raise QueueFull(self._live)
            self._live += len(jobs)
            self._commands.put(Add(generation, jobs, time.monotonic()))
        return generation

    def wait_until_ready(self) -> Backend:
        """Block until the model is loaded, and raise what loading raised; for callers outside the server."""
        with self._changed:
            self._changed.wait_for(lambda: self._backend is not None or self._failure is not None)
        if self._failure is not None:
            raise self._failure
        return self.backend

    def close(self, timeout_s: float = 0.0) -> None:
        """Refuse new requests, give running ones `timeout_s` to end, then fail the rest and stop the thread."""
        with self._changed:
            self._closing = True
            self._changed.wait_for(lambda: self._live == 0, timeout=timeout_s)
        self._commands.put(Close())
        if self._backend is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=10)

    def _submit_abort(self, generation: Generation, index: int) -> None:
        self._commands.put(Abort(generation, index))

    def _submit_watch(self, generation: Generation, is_watched: bool) -> None:
        self._commands.put(Watch(generation, is_watched))

    def _run(self) -> None:
        try:
            backend = self._load()
        except BaseException as error:
            self._give_up(error)
            return
        with self._changed:
            self._backend = backend
            self._changed.notify_all()
        logger.info("ready to serve %s", backend.info.id)
        while self._turn(backend):
            pass

    def _turn(self, backend: Backend) -> bool:
        """Commands, then a step. False: the executor was closed."""
        try:
            if not self._obey_commands(backend):
                return False
            self._drop_abandoned(backend)
            for event in backend.engine.step() if backend.engine.has_work else ():
                self._deliver(event)
        except Exception as error:
            # The engine fails its own sequences; what arrives here is a defect of the engine or of this class.
            logger.exception("the executor failed outside a sequence; all its sequences are given up")
            self._fail_all(backend)
            if isinstance(error, EngineBroken) or backend.engine.has_work:  # It cannot even be emptied.
                self._give_up(EngineBroken("the engine cannot go on"))
                return False
        return True

    def _give_up(self, error: BaseException) -> None:
        """`wait_until_ready` raises the error to those who wait there; `on_failure` is for the process."""
        with self._changed:
            self._failure = error
            self._changed.notify_all()
        self._on_failure(error)

    def _obey_commands(self, backend: Backend) -> bool:
        """Wait for a command where there is no work; take in all that are there. False: the executor was closed."""
        while True:
            try:
                command = self._commands.get(block=not backend.engine.has_work)
            except queue.Empty:
                return True
            if isinstance(command, Close):
                self._fail_all(backend, by_shutdown=True)
                return False
            if isinstance(command, Add):
                self._add(backend, command)
            elif isinstance(command, Watch):
                self._watch(backend, command)
            else:
                self._abort(backend, command)

    def _add(self, backend: Backend, command: Add) -> None:
        for index, job in enumerate(command.jobs):
            try:
                sequence_id = backend.engine.add(job.prompt_ids, job.params, command.submitted)
            except Exception:
                logger.exception("a sequence could not be added")
                command.generation.put(index, Failed(-1))
                self._count_ended()
                continue
            self._owners[sequence_id] = (command.generation, index)
            self._sequence_ids[command.generation, index] = sequence_id

    def _abort(self, backend: Backend, command: Abort) -> None:
        sequence_id = self._sequence_ids.get((command.generation, command.index))
        event = None if sequence_id is None else backend.engine.abort(sequence_id)
        if event:
            self._deliver(event)

    def _watch(self, backend: Backend, command: Watch) -> None:
        for index in range(command.generation.num_sequences):
            sequence_id = self._sequence_ids.get((command.generation, index))
            event = None if sequence_id is None else backend.engine.watch(sequence_id, command.is_watched)
            if event and command.is_watched:
                self._deliver(event)

    def _drop_abandoned(self, backend: Backend) -> None:
        """A caller that only listens learns of its client's end when there is something to tell, which may be many
        steps later: so the client is asked here, and costs no step once it has left."""
        for generation in {generation for generation, _ in self._owners.values()}:
            if generation.is_abandoned():
                for index in range(generation.num_sequences):
                    self._abort(backend, Abort(generation, index))

    def _fail_all(self, backend: Backend, by_shutdown: bool = False) -> None:
        for sequence_id in list(self._owners):
            try:
                backend.engine.abort(sequence_id)
            except Exception:
                logger.exception("sequence %d could not be aborted", sequence_id)
            self._deliver(Failed(sequence_id, by_shutdown))

    def _deliver(self, event: Event) -> None:
        generation, index = self._owners.get(event.sequence_id, (None, 0))
        if generation is None:
            return
        generation.put(index, event)
        if not isinstance(event, Finished | Failed):
            return
        del self._owners[event.sequence_id], self._sequence_ids[generation, index]
        self._count_ended()

    def _count_ended(self) -> None:
        with self._changed:
            self._live -= 1
            self._changed.notify_all()
