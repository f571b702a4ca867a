"""The replicas that the front knows, and what they are together. Guarded by the pool's lock."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from app.cluster.link import LOST_S, Link
from app.cluster.totals import NOTHING, after_its_end, total
from app.cluster.wire import Hello
from app.messages.stats import EngineStats
from app.serving.backend import ModelInfo
from app.serving.engine_client import ReplicaHealth, State

logger = logging.getLogger(__name__)

RETRY_S = 5.0  # until a lost replica that is still a member is asked again


class Fleet:
    def __init__(self, clock: Callable[[], float]) -> None:
        self.links: dict[str, Link] = {}
        self.info: ModelInfo | None = None  # of the first replica; the others must serve the same
        self.capacity = self.max_running = 1  # while there is no replica, those of before
        self.clock = clock
        self._members: frozenset[str] = frozenset()
        self._lost: dict[str, float] = {}  # members that were lost, and when
        self._stats_of_lost = NOTHING

    # --- Coming and going ---

    def set_members(self, names: frozenset[str]) -> list[str]:
        """These are the replicas that take sequences. Returns those that have to be connected."""
        self._members = names
        self._lost = {name: when for name, when in self._lost.items() if name in names}
        for link in self.links.values():
            link.is_member = link.name in names
        return sorted(names - self.links.keys() - self._lost.keys())

    def add(self, name: str, is_new: bool) -> Link:
        link = self.links[name] = Link(name, self.clock(), is_new=is_new)
        return link

    def greet(self, link: Link, hello: Hello) -> bool:
        """False: it serves something else than the first one."""
        if self.info is None:
            self.info = hello.info
        if replace(hello.info, device=self.info.device) != self.info:
            logger.error("replica %s serves %s, not %s: it is not used", link.name, hello.info, self.info)
            return False
        if link.hello is None:
            logger.info("replica %s is ready, on %s", link.name, hello.info.device)
        link.hello = hello
        self._count_capacity()
        return True

    def remove(self, link: Link, is_lost: bool) -> None:
        """`is_lost`: it was not drained, and may answer again."""
        link.is_gone = True
        self.links.pop(link.name, None)
        self._stats_of_lost = total([self._stats_of_lost, after_its_end(link.stats)])
        if is_lost and link.name in self._members:
            self._lost[link.name] = self.clock()
        self._count_capacity()

    def silent(self) -> list[Link]:
        now = self.clock()
        return [link for link in self.links.values() if link.hello is not None and now - link.heard > LOST_S]

    def take_due(self) -> list[str]:
        """Lost replicas that are still members, and due to be asked again."""
        due = [name for name, when in self._lost.items() if self.clock() - when > RETRY_S]
        for name in due:
            del self._lost[name]
        return due

    def _count_capacity(self) -> None:
        hellos = [link.hello for link in self.links.values() if link.hello and link.is_member]
        if hellos:
            self.max_running = sum(hello.max_running for hello in hellos)
            self.capacity = self.max_running + sum(hello.max_queue for hello in hellos)

    # --- What they are together ---

    @property
    def is_available(self) -> bool:
        """Also while the replicas of before are drained, as in an update, and a new one is about to answer."""
        now = self.clock()
        return any(link.is_usable(now) or link.is_coming(now) for link in self.links.values())

    def usable(self) -> list[Link]:
        now = self.clock()
        return [link for link in self.links.values() if link.is_usable(now)]

    @property
    def num_running(self) -> int:
        """Sequences of this front, as if each replica ran as many as it can."""
        return sum(min(len(link.jobs), link.hello.max_running) for link in self.links.values() if link.hello)

    @property
    def step_age_s(self) -> float:
        """Of the replica that is best off."""
        return min((link.status.step_age_s for link in self.usable() if link.status), default=0.0)

    def stats(self) -> EngineStats:
        """Of all replicas, also of those that are gone. A replica tells its own once a second."""
        return total([self._stats_of_lost, *(link.stats for link in self.links.values())])

    def health(self) -> list[ReplicaHealth]:
        return [_health(link) for _, link in sorted(self.links.items())]


def _health(link: Link) -> ReplicaHealth:
    status = link.status
    if link.hello is None or status is None:
        return ReplicaHealth(link.name, "loading" if link.hello is None else "ready", 0, 0.0)
    state: State = "closed" if not link.is_member else status.state
    return ReplicaHealth(link.name, state, status.num_sequences, status.step_age_s)
