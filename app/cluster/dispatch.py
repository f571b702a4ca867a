"""The sequences of a front: where each one is, and where it goes on. Guarded by the pool's lock."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.cluster.fleet import Fleet
from app.cluster.link import Job, Link
from app.cluster.resumption import Resumption
from app.cluster.routing import Candidate, choose
from app.cluster.transport import Transport
from app.messages.events import Committed, Event, Failed, Finished
from app.serving.engine_client import SequenceRequest
from app.serving.generation import Generation
from app.serving.metrics import Metrics
from app.serving.tracing import Tracing

ABORT_S = 5.0  # a replica has this long to say how an aborted sequence ended
ARRIVAL_S = 5.0  # a sequence that a replica does not know after this long has not reached it


@dataclass(frozen=True, kw_only=True)
class PoolLimits:
    """How sequences are spread, and how long one is tried."""

    # The replica that knows a prompt's prefix may be this many sequences busier than the least loaded one. None: half
    # of what a replica runs at once.
    affinity_bound: int | None = None
    max_restarts: int = 3  # of one sequence, which may be what ends the replicas
    wait_s: float = 60.0  # for a replica, while there is none


class Dispatch:
    def __init__(
        self,
        fleet: Fleet,
        transport: Transport,
        limits: PoolLimits,
        changed: threading.Condition,
        observers: tuple[Metrics, Tracing],
    ) -> None:
        """`changed` is notified when a sequence has ended."""
        self.jobs: dict[tuple[Generation, int], Job] = {}
        self.homeless: list[Job] = []  # no replica has them
        self.is_closing = False
        self._fleet, self._clock, self._transport, self._limits = fleet, fleet.clock, transport, limits
        self._changed = changed
        self._metrics, self._tracing = observers
        self._ids, self._keys = itertools.count(), itertools.count()

    @property
    def waiting(self) -> Counter[str]:
        """Sequences that no replica has, by client."""
        return Counter(job.resumption.request.client for job in self.homeless)

    # --- Callers' wishes ---

    def add(self, generation: Generation, requests: Sequence[SequenceRequest], hashes: Sequence[Sequence[int]]) -> None:
        """`hashes` are those of each prompt's prefixes. At least one replica must have sent its `info`."""
        assert self._fleet.info is not None
        for index, request in enumerate(requests):
            resumption = Resumption(request, self._fleet.info, next(self._ids))
            job = Job(generation, index, resumption, hashes[index], self._clock())
            self.jobs[generation, index] = job
            self._place(job)

    def abort(self, generation: Generation, index: int) -> None:
        job = self.jobs.get((generation, index))
        if job is None or job.aborted is not None:
            return
        job.aborted = self._clock()
        if job.link is None:
            self._end_aborted(job)
        else:
            job.cancel()

    def watch(self, generation: Generation, is_watched: bool) -> None:
        for index in range(generation.num_sequences):
            job = self.jobs.get((generation, index))
            if job is not None:
                job.is_watched = is_watched
                if job.link is not None:
                    self._transport.watch(job.link.name, [job.key], is_watched)

    def fail_all(self) -> None:
        """The front shuts down."""
        for job in list(self.jobs.values()):
            job.cancel()
            self._end(job, Failed(-1, by_shutdown=True))

    # --- What replicas say ---

    def take_event(self, job: Job, event: Event) -> None:
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

    def restart_strays(self, link: Link, keys: set[int]) -> None:
        """Sequences that did not reach the replica, or that it could not take. `keys` are of those that it has."""
        for key, job in list(link.jobs.items()):
            if key not in keys and self._clock() - job.started > ARRIVAL_S:
                job.cancel()
                self._restart(job)

    def restart_all(self, jobs: Sequence[Job]) -> None:
        """Their replica is lost, and no longer in the fleet."""
        for job in jobs:
            job.cancel()
            self._restart(job)

    def house(self) -> None:
        """Send on what waits for a replica."""
        waiting, self.homeless = self.homeless, []
        for job in waiting:
            self._place(job)

    # --- Time ---

    def tick(self) -> None:
        """Abort what nobody waits for, and give up on replicas' word of an end, and on waiting for one."""
        now = self._clock()
        for generation, index in list(self.jobs):
            if generation.is_abandoned():
                self.abort(generation, index)
        for job in list(self.jobs.values()):
            if job.aborted is not None and now - job.aborted > ABORT_S:
                self._end_aborted(job)
            elif job.homeless is not None and now - job.homeless > self._limits.wait_s:
                self._end(job, Failed(-1))
        if self.homeless and self._fleet.usable():
            self.house()

    # --- One sequence ---

    def _place(self, job: Job) -> None:
        """Send it to a replica, or let it wait for one."""
        links = {link.name: link for link in self._fleet.usable()}
        if not links:
            job.link = None
            if job.homeless is None:  # else it waits already, and a replica answered that cannot take it
                job.homeless = self._clock()
            self.homeless.append(job)
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
            self._end_aborted(job)
        elif self.is_closing or job.resumption.num_restarts >= self._limits.max_restarts:
            self._end(job, Failed(-1, by_shutdown=self.is_closing))
        else:
            job.resumption.restart(self._elapsed_ms(job))
            self._place(job)

    def _leave(self, job: Job) -> None:
        if job.link is not None:
            job.link.jobs.pop(job.key, None)
        job.link, job.cancel = None, lambda: None

    def _end_aborted(self, job: Job) -> None:
        """Without a word from its replica."""
        self._end(job, job.resumption.aborted(self._elapsed_ms(job)))

    def _end(self, job: Job, event: Finished | Failed) -> None:
        self._leave(job)
        self.jobs.pop((job.generation, job.index), None)
        if job in self.homeless:
            self.homeless.remove(job)
        if isinstance(event, Finished):
            self._metrics.count_sequence(event.counters)
            self._tracing.sequence_ended(job.generation.trace, job.index, event.counters)
        job.generation.put(job.index, event)
        self._changed.notify_all()

    def _elapsed_ms(self, job: Job) -> float:
        return 1000 * (self._clock() - job.submitted)
