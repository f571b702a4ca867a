"""An engine in this process, and the one thread that owns it and the device."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.errors import EngineBroken, ModelLoading, QueueFull, ShuttingDown
from app.messages.events import Committed, Event, Failed, Finished
from app.messages.params import GenerationParams
from app.messages.stats import EngineStats
from app.serving.backend import Backend, ModelInfo
from app.serving.engine_client import ReplicaHealth, SequenceRequest, State
from app.serving.generation import Generation
from app.serving.metrics import Metrics
from app.serving.ownership import Ownership
from app.serving.tracing import NO_TRACING, Tracing

logger = logging.getLogger(__name__)

# Replies that fail one after another before the engine is tested: each may have been at fault itself, but hardly all.
MAX_FAILED_IN_A_ROW = 5


@dataclass(frozen=True)
class Add:
    """Add sequences, one for each request."""

    generation: Generation
    requests: Sequence[SequenceRequest]
    submitted: float  # time.monotonic


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


class LocalEngine:
    """The EngineClient of an engine in this process. Callers never touch the engine: they queue commands.

    `load` runs on the executor's thread. If it raises, `on_failure` is called there with the error and the thread ends;
    likewise with EngineBroken when the engine cannot continue.
    """

    def __init__(
        self,
        load: Callable[[], Backend],
        on_failure: Callable[[BaseException], None],
        max_queue: int,
        metrics: Metrics | None = None,
        tracing: Tracing = NO_TRACING,
    ) -> None:
        self._load = load
        self._on_failure = on_failure
        self._backend: Backend | None = None
        self._failure: BaseException | None = None
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._changed = threading.Condition()
        self._live = 0  # sequences submitted and not ended; guarded by _changed
        self._arriving: Counter[str] = Counter()  # by client: those that the engine does not have yet; guarded likewise
        self._closing = False
        self._max_queue = max_queue
        self.metrics = metrics or Metrics()
        self.metrics.follow(self)
        self._tracing = tracing
        self._last_block: dict[int, float] = {}  # when each sequence's was final; used by the executor's thread only
        self._ownership = Ownership()  # used by the executor's thread only
        self._step_began: float | None = None
        self._failed_in_a_row = 0  # sequences, since one finished
        self.thread = threading.Thread(target=self._run, name="elbarto-executor", daemon=True)

    def start(self) -> None:
        self.thread.start()

    @property
    def replicas(self) -> Sequence[ReplicaHealth]:
        return ()

    @property
    def is_expected_to_run(self) -> bool:
        return self.state == "ready"

    @property
    def step_age_s(self) -> float:
        began = self._step_began
        return 0.0 if began is None else time.monotonic() - began

    @property
    def state(self) -> State:
        if self._closing:
            return "closed"
        if self._failure is not None:
            return "failed"
        return "loading" if self._backend is None else "ready"

    @property
    def info(self) -> ModelInfo:
        """Raises ModelLoading or ShuttingDown."""
        if self._closing:
            raise ShuttingDown
        if self._backend is None:
            raise ModelLoading
        return self._backend.info

    @property
    def max_running(self) -> int:
        """The number of sequences that the engine denoises at once."""
        return self._backend.max_running if self._backend else 1

    @property
    def capacity(self) -> int:
        return self.max_running + self._max_queue

    @property
    def queue_lengths(self) -> tuple[int, int]:
        """The numbers of sequences (running, waiting)."""
        with self._changed:
            return min(self._live, self.max_running), max(0, self._live - self.max_running)

    def submit_requests(self, requests: Sequence[SequenceRequest], is_admitted: bool = False) -> Generation:
        """Queue all or none. `is_admitted`: they continue a request that was admitted earlier, so no limit applies.

        Raises RequestError, QueueFull, ModelLoading or ShuttingDown.
        """
        if self._backend is None:
            raise ModelLoading
        for request in requests:
            request.check(self._backend.info.vocab_size)
        generation = Generation(len(requests), self._submit_abort, self._submit_watch, self._tracing.current())
        with self._changed:
            if self._closing:
                raise ShuttingDown
            if not is_admitted and self._live + len(requests) > self.capacity:
                raise QueueFull(self._live)
            self._live += len(requests)
            self._arriving.update(request.client for request in requests)
            self._commands.put(Add(generation, requests, time.monotonic()))
        return generation

    def stats(self) -> EngineStats | None:
        if self._backend is None:
            return None
        with self._changed:
            arriving = self._arriving.copy()
        stats = self._backend.engine.stats()
        return replace(stats, waiting=arriving + Counter(stats.waiting))

    def wait_until_ready(self) -> None:
        """Block until the model is loaded. Raises the error that loading it raised, or ShuttingDown."""
        with self._changed:
            self._changed.wait_for(lambda: self._backend is not None or self._failure is not None)
        if self._failure is not None:
            raise self._failure
        if self._closing:
            raise ShuttingDown

    def close(self, timeout_s: float = 0.0) -> None:
        """Refuse new requests, give running ones `timeout_s` to finish, then fail the rest and stop the thread."""
        with self._changed:
            self._closing = True
            self._changed.wait_for(lambda: self._live == 0, timeout=timeout_s)
        self._commands.put(Close())
        if self._backend is not None and self.thread is not threading.current_thread():
            self.thread.join(timeout=10)

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
            logger.info("ready to serve %s", backend.info.id)  # before anybody who waits for it goes on
            self._changed.notify_all()
        while self._turn(backend):
            pass

    def _turn(self, backend: Backend) -> bool:
        """Commands, then a step. False: the executor was closed."""
        try:
            if not self._obey_commands(backend):
                return False
            self._drop_abandoned(backend)
            if backend.engine.has_work:
                self._step(backend)
            if self._failed_in_a_row >= MAX_FAILED_IN_A_ROW and not backend.engine.has_work:
                self._test_itself(backend)
        except Exception as error:
            # The engine fails its own sequences; what arrives here is a defect of the engine or of this class.
            logger.exception("the executor failed outside a sequence; all sequences are dropped")
            self._fail_all(backend)
            if isinstance(error, EngineBroken) or backend.engine.has_work:  # Its sequences could not be aborted either.
                broken = error if isinstance(error, EngineBroken) else EngineBroken("the engine cannot continue")
                self._give_up(broken)
                return False
        return True

    def _step(self, backend: Backend) -> None:
        started = self._step_began = time.monotonic()
        try:
            events = backend.engine.step()
        finally:
            self._step_began = None
        now = time.monotonic()
        self.metrics.count_step(now - started)
        for event in events:
            if isinstance(event, Committed):
                if (last := self._last_block.get(event.sequence_id)) is not None:
                    self.metrics.count_gap(now - last)
                self._last_block[event.sequence_id] = now
            self._deliver(event)

    def _test_itself(self, backend: Backend) -> None:
        """Make a reply of one block to nobody. Raises EngineBroken if that fails as well."""
        self._failed_in_a_row = 0
        fault = f"{MAX_FAILED_IN_A_ROW} replies failed one after another, and so did a test"
        length = backend.info.block_length
        params = GenerationParams(gen_length=length, steps=length, block_length=length)
        ended: Event | None = None
        try:
            sequence_id = backend.engine.add((0,), params)
            while ended is None:
                ends = (event for event in backend.engine.step() if isinstance(event, Finished | Failed))
                ended = next((event for event in ends if event.sequence_id == sequence_id), None)
        except Exception as error:
            raise EngineBroken(fault) from error
        if isinstance(ended, Failed):
            raise EngineBroken(fault)
        logger.warning("%d replies failed one after another; a test succeeded", MAX_FAILED_IN_A_ROW)

    def _give_up(self, error: BaseException) -> None:
        """Threads in `wait_until_ready` raise the error; `on_failure` decides about the process."""
        with self._changed:
            self._failure = error
            self._changed.notify_all()
        self._on_failure(error)

    def _obey_commands(self, backend: Backend) -> bool:
        """Wait for a command if there is no work, then run all that are queued. False: the executor was closed."""
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
        for index, request in enumerate(command.requests):
            waited_ms = 1000 * (time.monotonic() - command.submitted)
            with self._changed:
                self._arriving -= Counter([request.client])  # none of it is 0
            try:
                sequence_id = backend.engine.add(request.prompt_ids, request.params, waited_ms, request.client)
            except Exception:
                logger.exception("a sequence could not be added")
                command.generation.put(index, Failed(-1))
                self._count_ended()
                continue
            self._ownership.add(sequence_id, command.generation, index)

    def _abort(self, backend: Backend, command: Abort) -> None:
        sequence_id = self._ownership.sequence_id(command.generation, command.index)
        event = None if sequence_id is None else backend.engine.abort(sequence_id)
        if event:
            self._deliver(event)

    def _watch(self, backend: Backend, command: Watch) -> None:
        for index in range(command.generation.num_sequences):
            sequence_id = self._ownership.sequence_id(command.generation, index)
            event = None if sequence_id is None else backend.engine.watch(sequence_id, command.is_watched)
            if event and command.is_watched:
                self._deliver(event)

    def _drop_abandoned(self, backend: Backend) -> None:
        """Abort requests whose client has gone.

        This is checked before each step, because a streaming handler notices only at its next write, which may be many
        steps later.
        """
        for generation in self._ownership.generations:
            if generation.is_abandoned():
                for index in range(generation.num_sequences):
                    self._abort(backend, Abort(generation, index))

    def _fail_all(self, backend: Backend, by_shutdown: bool = False) -> None:
        for sequence_id in self._ownership.sequence_ids:
            try:
                backend.engine.abort(sequence_id)
            except Exception:
                logger.exception("sequence %d could not be aborted", sequence_id)
            self._deliver(Failed(sequence_id, by_shutdown))

    def _deliver(self, event: Event) -> None:
        owner = self._ownership.owner(event.sequence_id)
        if owner is None:
            return
        generation, index = owner
        generation.put(index, event)
        if isinstance(event, Finished | Failed):
            self._failed_in_a_row = self._failed_in_a_row + 1 if isinstance(event, Failed) else 0
            self._last_block.pop(event.sequence_id, None)
            if isinstance(event, Finished):
                self.metrics.count_sequence(event.counters)
                self._tracing.sequence_ended(generation.trace, index, event.counters)
            self._ownership.remove(event.sequence_id)
            self._count_ended()

    def _count_ended(self) -> None:
        with self._changed:
            self._live -= 1
            self._changed.notify_all()
