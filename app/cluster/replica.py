"""A replica: an executor with its engine, and the fronts that it reports to. Runs in an asyncio loop; knows no Ray."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence

from app.cluster.wire import Hello, Message, Report, Status
from app.messages.events import Event, Failed, Finished
from app.serving.backend import Backend
from app.serving.engine_client import SequenceRequest
from app.serving.executor import LocalEngine
from app.serving.generation import Generation
from app.serving.metrics import Metrics

logger = logging.getLogger(__name__)

LEASE_S = 30.0  # a stream of events ends then, and the front asks for another: if it does not, it is gone
GONE_S = 15.0  # without a stream
HEARTBEAT_S = 1.0
MAX_STEP_TIMES = 10_000  # that are kept while no front reads them


class StepTimes(Metrics):
    """What the executor counts, as far as a front cannot count it itself. Nobody scrapes a replica."""

    def __init__(self) -> None:
        super().__init__()
        self._seconds: deque[float] = deque(maxlen=MAX_STEP_TIMES)

    def count_step(self, seconds: float) -> None:
        self._seconds.append(seconds)

    def take(self) -> list[float]:
        """Of the steps since the last call."""
        return [self._seconds.popleft() for _ in range(len(self._seconds))]


class RelayingEngine(LocalEngine):
    """Calls `on_events`, on the executor's thread, after each step that had events, and after each event of others.

    Other events are the ends of aborted sequences. They cannot wait for a step: there may be none.
    """

    def __init__(
        self,
        load: Callable[[], Backend],
        on_failure: Callable[[BaseException], None],
        max_queue: int,
        on_events: Callable[[], None],
    ) -> None:
        self.step_times = StepTimes()
        super().__init__(load, on_failure, max_queue, self.step_times)
        self.max_queue = max_queue
        self._on_events = on_events
        self._is_stepping = self._has_events = False

    def _step(self, backend: Backend) -> None:
        self._is_stepping, self._has_events = True, False
        try:
            super()._step(backend)
        finally:
            self._is_stepping = False
            if self._has_events:
                self._on_events()

    def _deliver(self, event: Event) -> None:
        super()._deliver(event)
        self._tell()

    def _count_ended(self) -> None:
        super()._count_ended()
        self._tell()

    def _tell(self) -> None:
        self._has_events = True
        if not self._is_stepping:
            self._on_events()


class Front:
    """One front's sequences, by key. For the loop's thread."""

    def __init__(self) -> None:
        self.generations: dict[int, Generation] = {}
        self.ended: dict[int, asyncio.Event] = {}
        self.news = asyncio.Event()
        self.step_seconds: deque[float] = deque(maxlen=MAX_STEP_TIMES)  # not reported yet
        self.num_streams = 0
        self.last_seen = time.monotonic()
        self._told_keys = 0.0

    def keys_if_due(self) -> tuple[int, ...] | None:
        """The keys of all sequences that are here, once in HEARTBEAT_S; otherwise None."""
        now = time.monotonic()
        if now - self._told_keys < HEARTBEAT_S * 0.9:
            return None
        self._told_keys = now
        return tuple(self.generations)

    def collect(self) -> list[tuple[int, Event]]:
        """All events that have not been sent yet."""
        collected: list[tuple[int, Event]] = []
        for key, generation in list(self.generations.items()):
            while (item := generation.next(0)) is not None:
                collected.append((key, item[1]))
                if isinstance(item[1], Finished | Failed):
                    del self.generations[key]
                    self.ended.pop(key).set()
        return collected

    def add(self, key: int, generation: Generation) -> asyncio.Event:
        self.generations[key] = generation
        ended = self.ended[key] = asyncio.Event()
        self.news.set()
        return ended

    def is_gone(self, now: float) -> bool:
        return self.num_streams == 0 and now - self.last_seen > GONE_S


class Replica:
    """The methods that fronts call, on one asyncio loop."""

    def __init__(
        self, load: Callable[[], Backend], on_failure: Callable[[BaseException], None], max_queue: int
    ) -> None:
        self.engine = RelayingEngine(load, on_failure, max_queue, self._wake)
        self._fronts: dict[str, Front] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._reaper: asyncio.Task[None] | None = None
        self._is_waking = threading.Event()  # a wake-up is on its way to the loop

    async def events(self, name: str) -> AsyncIterator[Message]:
        """For LEASE_S: a Report after each step that had events, or after several if the front reads slowly."""
        front = self._front(name)
        front.num_streams += 1
        try:
            yield Hello(self.engine.info, self.engine.max_running, self.engine.max_queue)
            end = time.monotonic() + LEASE_S
            while (left := end - time.monotonic()) > 0:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(front.news.wait(), min(left, HEARTBEAT_S))
                front.news.clear()
                yield self._report(front)
        finally:
            front.num_streams -= 1
            front.last_seen = time.monotonic()

    async def run(self, name: str, key: int, request: SequenceRequest, is_watched: bool) -> None:
        """Returns when the sequence has ended, so that Ray counts it while it is here. Cancelling aborts it."""
        front = self._front(name)
        generation = self.engine.submit_requests([request], is_admitted=True)
        if is_watched:
            generation.watch(True)
        ended = front.add(key, generation)
        try:
            await ended.wait()
        except asyncio.CancelledError:
            generation.abort()
            raise

    async def watch(self, name: str, keys: Sequence[int], is_watched: bool) -> None:
        front = self._front(name)
        for key in keys:
            for _ in range(20):  # the call that brings the sequence may be on its way
                if key in front.generations:
                    front.generations[key].watch(is_watched)
                    break
                await asyncio.sleep(0.05)

    def check_health(self) -> None:
        """Raises RuntimeError if the engine takes no sequences."""
        if self.engine.state != "ready":
            raise RuntimeError(f"the engine is {self.engine.state}")

    @property
    def num_sequences(self) -> int:
        return sum(self.engine.queue_lengths)

    def _front(self, name: str) -> Front:
        self._loop = self._loop or asyncio.get_running_loop()
        if self._reaper is None:
            self._reaper = self._loop.create_task(self._reap())
        return self._fronts.setdefault(name, Front())

    def _wake(self) -> None:
        """On the executor's thread."""
        if self._loop is not None and not self._is_waking.is_set():
            self._is_waking.set()
            with contextlib.suppress(RuntimeError):  # the loop has ended, and so does the process
                self._loop.call_soon_threadsafe(self._announce)

    def _announce(self) -> None:
        self._is_waking.clear()
        for front in self._fronts.values():
            if front.generations:
                front.news.set()

    def _report(self, front: Front) -> Report:
        new = self.engine.step_times.take()
        for each in self._fronts.values():
            each.step_seconds += new
        step_seconds = tuple(front.step_seconds)
        front.step_seconds.clear()
        events, keys = front.collect(), front.keys_if_due()
        return Report(events, self._status(front), step_seconds, keys, None if keys is None else self.engine.stats())

    def _status(self, front: Front) -> Status:
        others = sum(len(each.generations) for each in self._fronts.values() if each is not front)
        return Status(self.engine.state, self.engine.step_age_s, self.num_sequences, others)

    async def _reap(self) -> None:
        """Abort the sequences of fronts that have stopped asking for events."""
        while True:
            await asyncio.sleep(GONE_S / 3)
            for name, front in list(self._fronts.items()):
                if front.is_gone(time.monotonic()):
                    if front.generations:
                        logger.warning("front %s is gone; %d sequences are aborted", name, len(front.generations))
                    for generation in front.generations.values():
                        generation.abort()
                    front.collect()
                    if not front.generations:
                        del self._fronts[name]
