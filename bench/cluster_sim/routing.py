"""Which replica gets a request. A policy knows what the front knows: what it sent, and what has come back."""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Protocol

from bench.cluster_sim.prefixes import Chain, PrefixCache


class Policy(Protocol):
    def choose(self, prompt: Chain, loads: Sequence[int]) -> int:
        """The replica's index; `loads` are the requests that each has, running and waiting."""
        ...


class RoundRobin:
    def __init__(self) -> None:
        self._turn = itertools.count()

    def choose(self, prompt: Chain, loads: Sequence[int]) -> int:
        return next(self._turn) % len(loads)


class LeastLoaded:
    """Ties are drawn."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def choose(self, prompt: Chain, loads: Sequence[int]) -> int:
        return self.among(range(len(loads)), loads)

    def among(self, replicas: Iterable[int], loads: Sequence[int]) -> int:
        candidates = list(replicas)
        lowest = min(loads[index] for index in candidates)
        return self._rng.choice([index for index in candidates if loads[index] == lowest])


class Affinity:
    """The longest prefix that was sent before, among the replicas within `bound` requests of the least loaded.

    Without one, the least loaded. Of every replica the front remembers as many tokens as that replica caches, least
    recently sent out first; it is not told what the replica itself has evicted.
    """

    def __init__(self, num_replicas: int, cache_tokens: int, bound: float, rng: random.Random) -> None:
        self._bound = bound
        self._least_loaded = LeastLoaded(rng)
        self._holders: defaultdict[int, set[int]] = defaultdict(set)  # prefix -> replicas
        self._sent = [
            PrefixCache(cache_tokens, partial(self._add, index), partial(self._remove, index))
            for index in range(num_replicas)
        ]

    def choose(self, prompt: Chain, loads: Sequence[int]) -> int:
        chosen = self._least_loaded.among(self._candidates(prompt, loads), loads)
        self._sent[chosen].store(prompt)
        return chosen

    def _candidates(self, prompt: Chain, loads: Sequence[int]) -> Sequence[int]:
        allowed = min(loads) + self._bound
        for name in reversed(prompt.hashes):
            holders = sorted(index for index in self._holders.get(name, ()) if loads[index] <= allowed)
            if holders:
                return holders
        return range(len(loads))

    def _add(self, replica: int, name: int) -> None:
        self._holders[name].add(replica)

    def _remove(self, replica: int, name: int) -> None:
        self._holders[name].remove(replica)
        if not self._holders[name]:
            del self._holders[name]


PolicyMaker = Callable[[int, int, float, random.Random], Policy]  # replicas, cache_tokens, bound, rng
POLICIES: Mapping[str, PolicyMaker] = {
    "affinity": Affinity,
    "round robin": lambda replicas, tokens, bound, rng: RoundRobin(),
    "least loaded": lambda replicas, tokens, bound, rng: LeastLoaded(rng),
}
