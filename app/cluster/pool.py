"""The EngineClient of many replicas: it routes sequences to them, and starts them again when a replica is lost."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.cluster.link import LOST_S, Job, Link
from app.cluster.resumption import Resumption
from app.cluster.routing import Candidate, choose, prefix_hashes
from app.cluster.totals import NOTHING, after_its_end, total
from app.cluster.transport import Transport
from app.cluster.wire import Hello, Message
from app.errors import ModelLoading, QueueFull, ShuttingDown, Unavailable
from app.messages.events import Committed, Event, Failed, Finished
from app.messages.stats import EngineStats
from app.serving.backend import ModelInfo
from app.serving.engine_client import ReplicaHealth, SequenceRequest, State
from app.serving.generation import Generation
from app.serving.metrics import Metrics
from app.serving.tracing import NO_TRACING, Tracing

logger = logging.getLogger(__name__)

TICK_S = 0.05  # between looks at the clients' connections
ABORT_S = 5.0  # a replica has this long to say how an aborted sequence ended
ARRIVAL_S = 5.0  # a sequence that a replica does not know after this long has not reached it
RETRY_S = 5.0  # until a lost replica that is still a member is asked again


@dataclass(frozen=True, kw_only=True)
class PoolLimits:
    """How sequences are spread, and how long one is tried."""

    # The replica that knows a prompt's prefix may be this many sequences busier than the least loaded one. None: half
    # of what a replica runs at once.
    affinity_bound: int | None = None
    max_restarts: int = 3  # of one sequence, which may be what ends the replicas
    wait_s: float = 60.0  # for a replica, while there is none


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
        self._transport, self._limits, self._clock = transport, limits or PoolLimits(), clock
        self._metrics, self._tracing = metrics or Metrics(), tracing
        self._metrics.follow(self)
        self._stats_of_lost = NOTHING
        self._changed = threading.Condition(threading.RLock())
        self._links: dict[str, Link] = {}
        self._members: frozenset[str] = frozenset()
        self._lost: dict[str, float] = {}  # members that were lost, and when
        self._jobs: dict[tuple[Generation, int], Job] = {}
        self._homeless: list[Job] = []
        self._info: ModelInfo | None = None
        self._capacity = self._max_running = 1  # while there is no replica, those of before
        self._ids, self._keys = itertools.count(), itertools.count()
        self._closing = False

    def start(self) -> None:
        threading.Thread(target=self._supervise, name="elbarto-pool", daemon=True).start()
        self._transport.connect(self.set_members)

    # --- EngineClient ---

    @property
    def state(self) -> State:
        with self._changed:
            if self._closing:
                return "closed"
            return "ready" if self._info is not None and self._is_available() else "loading"

    @property
    def info(self) -> ModelInfo:
        """Raises ModelLoading, ShuttingDown, or Unavailable once all replicas are gone."""
        with self._changed:
            self._check_available()
            assert self._info is not None
            return self._info

    @property
    def max_running(self) -> int:
        with self._changed:
            return self._max_running

    @property
    def capacity(self) -> int:
        with self._changed:
            return self._capacity

    @property
    def queue_lengths(self) -> tuple[int, int]:
        with self._changed:
            running = sum(min(len(link.jobs), link.hello.max_running) for link in self._links.values() if link.hello)
            return running, len(self._jobs) - running

    @property
    def step_age_s(self) -> float:
        """Of the replica that is best off."""
        with self._changed:
            return min((link.status.step_age_s for link in self._usable() if link.status), default=0.0)

    @property
    def replicas(self) -> Sequence[ReplicaHealth]:
        with self._changed:
            return [self._health(link) for _, link in sorted(self._links.items())]

    def _health(self, link: Link) -> ReplicaHealth:
        status = link.status
        if link.hello is None or status is None:
            return ReplicaHealth(link.name, "loading" if link.hello is None else "ready", 0, 0.0)
        state: State = "closed" if not link.is_member else status.state
        return ReplicaHealth(link.name, state, status.num_sequences, status.step_age_s)

    def submit_requests(self, requests: Sequence[SequenceRequest], is_admitted: bool = False) -> Generation:
        """As EngineClient says. Raises Unavailable too, if no replica is ready."""
        with self._changed:
            self._check_available()
            assert self._info is not None
            info = self._info
        for request in requests:
            request.check(info.vocab_size)
        hashes = [prefix_hashes(request.prompt_ids, info.block_length) for request in requests]
        generation = Generation(len(requests), self._abort, self._watch, self._tracing.current())
        with self._changed:
            self._check_available()
            if not is_admitted and len(self._jobs) + len(requests) > self._capacity:
                raise QueueFull(len(self._jobs))
            for index, request in enumerate(requests):
                resumption = Resumption(request, info, next(self._ids))
                job = Job(generation, index, resumption, hashes[index], self._clock())
                self._jobs[generation, index] = job
                self._place(job)
            self._changed.notify_all()
        return generation

    def stats(self) -> EngineStats | None:
        """Of all replicas, also of those that are gone. A replica tells its own once a second."""
        with self._changed:
            if self._info is None:
                return None
            homeless = Counter(job.resumption.request.client for job in self._jobs.values() if job.link is None)
            here = replace(NOTHING, waiting=homeless)
            return total([here, self._stats_of_lost, *(link.stats for link in self._links.values())])

    def wait_until_ready(self) -> None:
        """Block until a replica is ready. Raises ShuttingDown."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or bool(self._usable()))
            if self._closing:
                raise ShuttingDown

    def close(self, timeout_s: float = 0.0) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._jobs, timeout=timeout_s)
            for job in list(self._jobs.values()):
                job.cancel()
                self._end(job, Failed(-1, by_shutdown=True))
        self._transport.close()

    # --- Callers' wishes ---

    def _abort(self, generation: Generation, index: int) -> None:
        with self._changed:
            job = self._jobs.get((generation, index))
            if job is None or job.aborted is not None:
                return
            job.aborted = self._clock()
            if job.link is None:
                self._end(job, job.resumption.aborted(self._elapsed_ms(job)))
            else:
                job.cancel()

    def _watch(self, generation: Generation, is_watched: bool) -> None:
        with self._changed:
            for index in range(generation.num_sequences):
                job = self._jobs.get((generation, index))
                if job is not None:
                    job.is_watched = is_watched
                    if job.link is not None:
                        self._transport.watch(job.link.name, [job.key], is_watched)

    # --- Replicas ---

    def set_members(self, names: frozenset[str]) -> None:
        """Ray's list of replicas changed: new ones are connected, and others are drained, if they are not dead."""
        with self._changed:
            self._members = names
            self._lost = {name: when for name, when in self._lost.items() if name in names}
            for link in list(self._links.values()):
                link.is_member = link.name in names
                self._release(link)
            for name in sorted(names - self._links.keys() - self._lost.keys()):
                self._connect(name)
            self._changed.notify_all()

    def _connect(self, name: str, is_new: bool = True) -> None:
        if self._closing:
            return
        link = self._links[name] = Link(name, self._clock(), is_new=is_new)
        threading.Thread(target=self._listen, args=(link,), name=f"elbarto-{name}", daemon=True).start()

    def _listen(self, link: Link) -> None:
        """The thread of one replica."""
        while not link.is_lost and (link.jobs or not self._closing):
            try:
                for message in self._transport.events(link.name):
                    self._take(link, message)
            except Exception as error:
                self._lose(link, f"{type(error).__name__}: {error}".splitlines()[0])
            with self._changed:
                if not link.is_member and not link.is_lost:
                    self._lose(link, "it is shutting down")

    def _take(self, link: Link, message: Message) -> None:
        with self._changed:
            if link.is_lost:
                return
            link.heard = self._clock()
            if isinstance(message, Hello):
                self._greet(link, message)
                return
            link.status = message.status
            for key, event in message.events:
                if key in link.jobs:
                    self._take_event(link.jobs[key], event)
            if message.keys is not None:
                self._restart_strays(link, set(message.keys))
            if message.stats is not None:
                link.stats = message.stats
            self._release(link)

    def _greet(self, link: Link, hello: Hello) -> None:
        if self._info is None:
            self._info = hello.info
        if replace(hello.info, device=self._info.device) != self._info:
            logger.error("replica %s serves %s, not %s: it is not used", link.name, hello.info, self._info)
            return
        if link.hello is None:
            logger.info("replica %s is ready, on %s", link.name, hello.info.device)
        link.hello = hello
        self._count_capacity()
        self._house()
        self._changed.notify_all()

    def _take_event(self, job: Job, event: Event) -> None:
        is_dropped = isinstance(event, Failed) and event.by_shutdown
        is_dropped |= isinstance(event, Finished) and event.reason == "abort" and job.aborted is None
        if is_dropped:  # by the replica, which shuts down or believes that this front is gone
            self._restart(job)
            return
        moved = job.resumption.take(event, self._elapsed_ms(job))
        if isinstance(moved, Finished | Failed):
            self._end(job, moved)
        elif moved is not None:
            if isinstance(moved, Committed):
                now, last = self._clock(), job.last_block
                job.last_block = now
                if last is not None:
                    self._metrics.count_gap(now - last)
            job.generation.put(job.index, moved)

    def _restart_strays(self, link: Link, keys: set[int]) -> None:
        """Sequences that did not reach the replica, or that it could not take."""
        for key, job in list(link.jobs.items()):
            if key not in keys and self._clock() - job.started > ARRIVAL_S:
                job.cancel()
                self._restart(job)

    def _release(self, link: Link) -> None:
        """Let a replica go that is drained, once nothing is left on it."""
        if not link.is_member and not link.jobs and not link.is_lost:
            self._drop(link)

    def _lose(self, link: Link, reason: str) -> None:
        with self._changed:
            if link.is_lost:
                return
            jobs = list(link.jobs.values())
            if not self._closing:
                logger.warning("replica %s is lost (%s); %d sequences go on elsewhere", link.name, reason, len(jobs))
            self._drop(link)
            if link.name in self._members:
                self._lost[link.name] = self._clock()
            for job in jobs:
                job.cancel()
                self._restart(job)

    def _drop(self, link: Link) -> None:
        link.is_lost = True
        self._links.pop(link.name, None)
        self._stats_of_lost = total([self._stats_of_lost, after_its_end(link.stats)])
        self._transport.disconnect(link.name)
        self._count_capacity()
        self._changed.notify_all()

    def _usable(self) -> list[Link]:
        now = self._clock()
        return [link for link in self._links.values() if link.is_usable(now)]

    def _is_available(self) -> bool:
        """Also while the replicas of before are drained, as in an update, and a new one is about to answer."""
        now = self._clock()
        return any(link.is_usable(now) or link.is_coming(now) for link in self._links.values())

    def _count_capacity(self) -> None:
        hellos = [link.hello for link in self._links.values() if link.hello and link.is_member]
        if hellos:
            self._max_running = sum(hello.max_running for hello in hellos)
            self._capacity = self._max_running + sum(hello.max_queue for hello in hellos)

    def _check_available(self) -> None:
        if self._closing:
            raise ShuttingDown
        if self._info is None:
            raise ModelLoading
        if not self._is_available():
            raise Unavailable("No replica of the model is ready. Try again soon.")

    # --- Sequences ---

    def _place(self, job: Job) -> None:
        """Send it to a replica, or let it wait for one."""
        links = {link.name: link for link in self._usable()}
        if not links:
            job.link, job.homeless = None, self._clock()
            self._homeless.append(job)
            return
        candidates = [
            Candidate(name, link.load, link.sent.num_known(job.hashes), link.num_assigned)
            for name, link in links.items()
        ]
        bound = self._limits.affinity_bound
        if bound is None:
            bound = max(1, min(link.hello.max_running for link in links.values() if link.hello) // 2)
        link = links[choose(candidates, bound).name]
        link.sent.add(job.hashes)
        link.num_assigned += 1
        job.link, job.key, job.homeless, job.started = link, next(self._keys), None, self._clock()
        link.jobs[job.key] = job
        job.cancel = self._transport.start(link.name, job.key, job.resumption.request, job.is_watched)

    def _restart(self, job: Job) -> None:
        self._leave(job)
        if job.aborted is not None:
            self._end(job, job.resumption.aborted(self._elapsed_ms(job)))
        elif self._closing or job.resumption.num_restarts >= self._limits.max_restarts:
            self._end(job, Failed(-1, by_shutdown=self._closing))
        else:
            job.resumption.restart(self._elapsed_ms(job))
            self._place(job)

    def _leave(self, job: Job) -> None:
        if job.link is not None:
            job.link.jobs.pop(job.key, None)
        job.link, job.cancel = None, lambda: None

    def _end(self, job: Job, event: Finished | Failed) -> None:
        self._leave(job)
        self._jobs.pop((job.generation, job.index), None)
        if job in self._homeless:
            self._homeless.remove(job)
        if isinstance(event, Finished):
            self._metrics.count_sequence(event.counters)
            self._tracing.sequence_ended(job.generation.trace, job.index, event.counters)
        job.generation.put(job.index, event)
        self._changed.notify_all()

    def _house(self) -> None:
        """Send on what waits for a replica."""
        waiting, self._homeless = self._homeless, []
        for job in waiting:
            self._place(job)

    def _elapsed_ms(self, job: Job) -> float:
        return 1000 * (self._clock() - job.submitted)

    # --- Time ---

    def _supervise(self) -> None:
        while True:
            with self._changed:
                self._changed.wait(TICK_S)
                if self._closing and not self._jobs:
                    return
                try:
                    self.tick()
                except Exception:
                    logger.exception("the pool could not look after its sequences")

    def tick(self) -> None:
        """Abort what nobody waits for, give up on replicas that are silent, and on waiting for one."""
        with self._changed:
            now = self._clock()
            for generation, index in list(self._jobs):
                if generation.is_abandoned():
                    self._abort(generation, index)
            for job in list(self._jobs.values()):
                if job.aborted is not None and now - job.aborted > ABORT_S:
                    self._end(job, job.resumption.aborted(self._elapsed_ms(job)))
                elif job.homeless is not None and now - job.homeless > self._limits.wait_s:
                    self._end(job, Failed(-1))
            for link in list(self._links.values()):
                if link.hello is not None and now - link.heard > LOST_S:
                    self._lose(link, f"it has not reported for {LOST_S:g} s")
            for name, when in list(self._lost.items()):
                if name in self._members and name not in self._links and now - when > RETRY_S:
                    del self._lost[name]
                    self._connect(name, is_new=False)
            if self._homeless and self._usable():
                self._house()
