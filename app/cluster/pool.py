"""The EngineClient of many replicas: its lock, its threads, and what it admits."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from app.cluster.dispatch import Dispatch, PoolLimits
from app.cluster.fleet import Fleet
from app.cluster.link import LOST_S, Link
from app.cluster.routing import prefix_hashes
from app.cluster.totals import NOTHING, total
from app.cluster.transport import Transport
from app.cluster.wire import Hello, Message
from app.errors import ModelLoading, QueueFull, ShuttingDown, Unavailable
from app.messages.stats import EngineStats
from app.serving.backend import ModelInfo
from app.serving.engine_client import ReplicaHealth, SequenceRequest, State
from app.serving.generation import Generation
from app.serving.metrics import Metrics
from app.serving.tracing import NO_TRACING, Tracing

logger = logging.getLogger(__name__)

TICK_S = 0.05  # between looks at the clients' connections


class ReplicaPool:
    """An EngineClient. Thread-safe: one lock guards everything, and each replica has a thread that reads its events."""

    def __init__(
        self,
        transport: Transport,
        limits: PoolLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
        metrics: Metrics | None = None,
        tracing: Tracing = NO_TRACING,
    ) -> None:
        self._metrics = metrics or Metrics()
        self._metrics.follow(self)
        self._transport, self._tracing = transport, tracing
        self._changed = threading.Condition(threading.RLock())
        self._fleet = Fleet(clock)
        self._dispatch = Dispatch(
            self._fleet, transport, limits or PoolLimits(), self._changed, (self._metrics, tracing)
        )

    def start(self) -> None:
        threading.Thread(target=self._supervise, name="elbarto-pool", daemon=True).start()
        self._transport.connect(self.set_members)

    # --- EngineClient ---

    @property
    def state(self) -> State:
        with self._changed:
            if self._closing:
                return "closed"
            return "ready" if self._fleet.info is not None and self._fleet.is_available else "loading"

    @property
    def info(self) -> ModelInfo:
        """Raises ModelLoading, ShuttingDown, or Unavailable once all replicas are gone."""
        with self._changed:
            return self._available_info()

    @property
    def max_running(self) -> int:
        with self._changed:
            return self._fleet.max_running

    @property
    def capacity(self) -> int:
        with self._changed:
            return self._fleet.capacity

    @property
    def queue_lengths(self) -> tuple[int, int]:
        with self._changed:
            running = self._fleet.num_running
            return running, len(self._dispatch.jobs) - running

    @property
    def step_age_s(self) -> float:
        with self._changed:
            return self._fleet.step_age_s

    @property
    def replicas(self) -> Sequence[ReplicaHealth]:
        with self._changed:
            return self._fleet.health()

    def submit_requests(self, requests: Sequence[SequenceRequest], is_admitted: bool = False) -> Generation:
        """As EngineClient says. Raises Unavailable too, if no replica is ready."""
        info = self.info
        for request in requests:
            request.check(info.vocab_size)
        hashes = [prefix_hashes(request.prompt_ids, info.block_length) for request in requests]
        generation = Generation(len(requests), self._abort, self._watch, self._tracing.current())
        with self._changed:
            self._available_info()
            num_jobs = len(self._dispatch.jobs)
            if not is_admitted and num_jobs + len(requests) > self._fleet.capacity:
                raise QueueFull(num_jobs)
            self._dispatch.add(generation, requests, hashes)
            self._changed.notify_all()
        return generation

    def stats(self) -> EngineStats | None:
        with self._changed:
            if self._fleet.info is None:
                return None
            return total([replace(NOTHING, waiting=self._dispatch.waiting), self._fleet.stats()])

    def wait_until_ready(self) -> None:
        """Block until a replica is ready. Raises ShuttingDown."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or bool(self._fleet.usable()))
            if self._closing:
                raise ShuttingDown

    def close(self, timeout_s: float = 0.0) -> None:
        with self._changed:
            self._dispatch.is_closing = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._dispatch.jobs, timeout=timeout_s)
            self._dispatch.fail_all()
        self._transport.close()

    @property
    def _closing(self) -> bool:
        return self._dispatch.is_closing

    def _available_info(self) -> ModelInfo:
        if self._closing:
            raise ShuttingDown
        if self._fleet.info is None:
            raise ModelLoading
        if not self._fleet.is_available:
            raise Unavailable("No replica of the model is ready. Try again soon.")
        return self._fleet.info

    # --- Generations ---

    def _abort(self, generation: Generation, index: int) -> None:
        with self._changed:
            self._dispatch.abort(generation, index)

    def _watch(self, generation: Generation, is_watched: bool) -> None:
        with self._changed:
            self._dispatch.watch(generation, is_watched)

    # --- Replicas ---

    def set_members(self, names: frozenset[str]) -> None:
        """Ray's list of replicas changed: new ones are connected, and others are drained, if they are not dead."""
        with self._changed:
            new = self._fleet.set_members(names)
            for link in list(self._fleet.links.values()):
                self._release(link)
            for name in new:
                self._connect(name)
            self._changed.notify_all()

    def _connect(self, name: str, is_new: bool = True) -> None:
        if self._closing:
            return
        link = self._fleet.add(name, is_new)
        threading.Thread(target=self._listen, args=(link,), name=f"elbarto-{name}", daemon=True).start()

    def _listen(self, link: Link) -> None:
        """The thread of one replica."""
        while not link.is_gone and (link.jobs or not self._closing):
            try:
                for message in self._transport.events(link.name):
                    self._take(link, message)
            except Exception as error:
                self._lose(link, f"{type(error).__name__}: {error}".splitlines()[0])
            with self._changed:
                if not link.is_member and not link.is_gone:
                    self._lose(link, "it is shutting down")

    def _take(self, link: Link, message: Message) -> None:
        with self._changed:
            if link.is_gone:
                return
            link.heard = self._fleet.clock()
            if isinstance(message, Hello):
                if self._fleet.greet(link, message):
                    self._dispatch.house()
                    self._changed.notify_all()
                return
            link.status = message.status
            for seconds in message.step_seconds:
                self._metrics.count_step(seconds)
            for key, event in message.events:
                if key in link.jobs:
                    self._dispatch.take_event(link.jobs[key], event)
            if message.keys is not None:
                self._dispatch.restart_strays(link, set(message.keys))
            if message.stats is not None:
                link.stats = message.stats
            self._release(link)

    def _release(self, link: Link) -> None:
        """Let a replica go that is drained, once nothing is left on it."""
        if not link.is_member and not link.jobs and not link.is_gone:
            self._drop(link, is_lost=False)

    def _lose(self, link: Link, reason: str) -> None:
        with self._changed:
            if link.is_gone:
                return
            jobs = list(link.jobs.values())
            if not self._closing:
                logger.warning("replica %s is lost (%s); %d sequences continue elsewhere", link.name, reason, len(jobs))
            self._drop(link, is_lost=True)
            self._dispatch.restart_all(jobs)

    def _drop(self, link: Link, is_lost: bool) -> None:
        self._fleet.remove(link, is_lost)
        self._transport.disconnect(link.name)
        self._changed.notify_all()

    # --- Time ---

    def _supervise(self) -> None:
        while True:
            with self._changed:
                self._changed.wait(TICK_S)
                if self._closing and not self._dispatch.jobs:
                    return
                try:
                    self.tick()
                except Exception:
                    logger.exception("the pool could not look after its sequences")

    def tick(self) -> None:
        """Look after sequences, give up on replicas that are silent, and ask lost ones again."""
        with self._changed:
            self._dispatch.tick()
            for link in self._fleet.silent():
                self._lose(link, f"it has not reported for {LOST_S:g} s")
            for name in self._fleet.take_due():
                self._connect(name, is_new=False)
