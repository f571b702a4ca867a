"""One run: people, a front with a policy, replicas, and what came out."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import simpy

from bench.cluster_sim.machines import BLOCK_LENGTH, MACHINES, Machine
from bench.cluster_sim.replica import Kind, Replica, Request
from bench.cluster_sim.routing import POLICIES
from bench.cluster_sim.traffic import People, Traffic


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """`bound`: how many requests more than the least loaded a replica may have and still be chosen for its cache.

    With several `fronts`, each knows only what it sent itself. A person always has the same one if they are `sticky`.
    """

    policy: str = "affinity"
    replicas: int = 100
    machine: Machine = MACHINES["h200-8b"]
    traffic: Traffic = field(default_factory=Traffic)
    bound: float = 8
    fronts: int = 1
    is_sticky: bool = True
    warmup_s: float = 60.0
    measured_s: float = 60.0
    seed: int = 0


@dataclass(frozen=True)
class Outcome:
    """Of the requests that were sent while measured. Waits are in milliseconds, to the first block.

    A request that was still waiting at the end counts with the time it had waited; one that was superseded by the next
    key before its first block is in `superseded`, a share of the editors' requests, and in no wait.
    """

    requests_per_s: float
    cached_share: float  # of the prompt tokens of requests that were admitted
    waits: dict[Kind, tuple[float, ...]]  # ascending
    superseded: float
    held: tuple[float, ...]  # requests that each replica has, running and waiting, on average
    blocks_per_s: float  # of all replies, as if each were read to its end

    @property
    def all_waits(self) -> Sequence[float]:
        return sorted(wait for waits in self.waits.values() for wait in waits)

    @property
    def mean_held(self) -> float:
        return sum(self.held) / len(self.held)

    @property
    def imbalance(self) -> float:
        """The fullest replica against the mean; 1 is a perfect balance."""
        return max(self.held) / self.mean_held


def percentile(ascending: Sequence[float], share: float) -> float:
    """NaN without values."""
    return ascending[min(len(ascending) - 1, int(share * len(ascending)))] if ascending else float("nan")


class Fleet:
    """Replicas and fronts. A front knows how many of its own requests each replica has."""

    def __init__(self, env: simpy.Environment, scenario: Scenario) -> None:
        self.requests: list[Request] = []
        machine, replicas, seed = scenario.machine, scenario.replicas, scenario.seed
        make = POLICIES[scenario.policy]
        self._policies = [
            make(replicas, machine.cache_tokens, scenario.bound, random.Random(f"{seed}/policy/{number}"))
            for number in range(scenario.fronts)
        ]
        self._loads = [[0] * replicas for _ in range(scenario.fronts)]
        self._replicas = [Replica(env, machine, self._ended) for _ in range(replicas)]
        self._held_s = [0.0] * replicas  # minus the present requests times the present time: see `held_s`
        self._env, self._rng, self._is_sticky = env, random.Random(f"{seed}/fronts"), scenario.is_sticky

    def send(self, request: Request) -> None:
        num_fronts = len(self._policies)
        request.front = request.person % num_fronts if self._is_sticky else self._rng.randrange(num_fronts)
        request.replica = self._policies[request.front].choose(request.prompt, self._loads[request.front])
        self._count(request, 1)
        self.requests.append(request)
        self._replicas[request.replica].submit(request)

    def abort(self, request: Request) -> None:
        self._replicas[request.replica].abort(request)
        self._count(request, -1)

    def _ended(self, request: Request) -> None:
        self._count(request, -1)
        request.done.succeed()

    def _count(self, request: Request, change: int) -> None:
        self._loads[request.front][request.replica] += change
        self._held_s[request.replica] -= change * self._env.now

    def held_s(self) -> list[float]:
        """Of each replica, the requests that it had, times the seconds that it had them, since the run began."""
        present = [sum(loads) for loads in zip(*self._loads, strict=True)]
        return [held_s + load * self._env.now for held_s, load in zip(self._held_s, present, strict=True)]


def simulate(scenario: Scenario) -> Outcome:
    """Equal scenarios have equal outcomes."""
    env = simpy.Environment()
    fleet = Fleet(env, scenario)
    people = People(env, scenario.traffic, scenario.machine.max_model_len, scenario.seed, fleet.send, fleet.abort)
    people.start(scenario.replicas)
    env.run(scenario.warmup_s)
    fleet.requests.clear()
    before = fleet.held_s()
    env.run(scenario.warmup_s + scenario.measured_s)
    held = [(after - start) / scenario.measured_s for start, after in zip(before, fleet.held_s(), strict=True)]
    return _outcome(fleet.requests, held, scenario.measured_s, env.now)


def _outcome(requests: Sequence[Request], held: Sequence[float], seconds: float, now: float) -> Outcome:
    admitted = [request for request in requests if request.cached_tokens is not None]
    prompt_tokens = sum(request.prompt.num_tokens for request in admitted)
    editors = [request for request in requests if request.kind == "editor"]
    kinds: tuple[Kind, ...] = ("chat", "editor")
    return Outcome(
        requests_per_s=len(requests) / seconds,
        cached_share=sum(request.cached_tokens or 0 for request in admitted) / max(1, prompt_tokens),
        waits={kind: _waits([request for request in requests if request.kind == kind], now) for kind in kinds},
        superseded=sum(_is_superseded(request) for request in editors) / max(1, len(editors)),
        held=tuple(held),
        blocks_per_s=sum(request.reply_tokens for request in requests) / BLOCK_LENGTH / seconds,
    )


def _waits(requests: Sequence[Request], now: float) -> tuple[float, ...]:
    ends = [
        (request, request.first_block if request.first_block is not None else now)
        for request in requests
        if not _is_superseded(request)
    ]
    return tuple(sorted(1000 * (end - request.sent) for request, end in ends))


def _is_superseded(request: Request) -> bool:
    return request.is_aborted and request.first_block is None
