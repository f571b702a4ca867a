"""The questions that the simulation is asked, each a group of scenarios."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bench.cluster_sim.routing import POLICIES
from bench.cluster_sim.simulation import Outcome, Scenario, percentile
from bench.cluster_sim.traffic import Spread

LOADS = (0.5, 1.0, 2.0, 3.0)
BOUNDS = (0, 1, 2, 4, 8, 16, 1000)


@dataclass(frozen=True)
class Case:
    """A line of a table: `group` and `label` say what is different."""

    group: str
    label: str
    load: float
    scenario: Scenario


@dataclass(frozen=True, kw_only=True)
class FrontCost:
    """CPU time of a front, measured with `bench.cluster_sim.front` (bench/LOG.md of 2026-11-29)."""

    request_us: float = 3300
    event_us: float = 150

    def cores(self, outcome: Outcome) -> float:
        return (outcome.requests_per_s * self.request_us + outcome.blocks_per_s * self.event_us) / 1e6


def with_load(scenario: Scenario, load: float) -> Scenario:
    """Load 1 is the people of the scenario's traffic."""
    traffic = scenario.traffic
    more = replace(traffic, chats=round(load * traffic.chats), editors=round(load * traffic.editors))
    return replace(scenario, traffic=more)


def policies(base: Scenario, loads: Sequence[float] = LOADS) -> Iterator[Case]:
    for load in loads:
        for policy in POLICIES:
            yield Case("policies", policy, load, with_load(replace(base, policy=policy), load))


def bounds(base: Scenario) -> Iterator[Case]:
    for load in (0.5, 2.0):
        for bound in BOUNDS:
            yield Case("bounds", f"bound {bound}", load, with_load(replace(base, bound=bound), load))


def conditions(base: Scenario) -> Iterator[Case]:
    """What the result depends on: each condition with affinity, round robin and least loaded."""
    people, machine = base.traffic, base.machine
    slower = tuple((rows, ms + 34.2) for rows, ms in machine.forward_ms)
    changed: Mapping[str, Scenario] = {
        "nothing changed": base,
        "chats only": replace(base, traffic=replace(people, editors=0)),
        "editors only": replace(base, traffic=replace(people, chats=0, editors=2 * people.editors)),
        "long system prompts": replace(base, traffic=replace(people, system_len=Spread(median=3000, sigma=0.4))),
        "one system prompt": replace(base, traffic=replace(people, system_prompts=1)),
        "a tenth of the cache": replace(base, machine=replace(machine, cache_tokens=machine.cache_tokens // 10)),
        "a forward of 38 ms, a quarter of the people": with_load(
            replace(base, machine=replace(machine, forward_ms=slower)), 0.25
        ),
        "10 replicas": replace(base, replicas=10),
    }
    for name, scenario in changed.items():
        for policy in POLICIES:
            yield Case("conditions", f"{name}: {policy}", 1.0, replace(scenario, policy=policy))


def fronts(base: Scenario) -> Iterator[Case]:
    for number in (1, 4, 16):
        for is_sticky in (True, False)[: 1 if number == 1 else 2]:
            label = f"{number} front{'s, one a person' if is_sticky and number > 1 else 's, any' if number > 1 else ''}"
            yield Case("fronts", label, 1.0, replace(base, fronts=number, is_sticky=is_sticky))


EXPERIMENTS = {"policies": policies, "bounds": bounds, "conditions": conditions, "fronts": fronts}
COLUMNS = (
    "load",
    "",
    "requests/s",
    "cached",
    "first block p50, p99 (ms)",
    "chats p50, p99",
    "editors p50, p99",
    "superseded",
    "balance (max/mean)",
    "requests held",
    "front cores",
)


def row(case: Case, outcome: Outcome) -> str:
    """A line of the Markdown table with COLUMNS."""

    def wait(ascending: Sequence[float]) -> str:
        return f"{percentile(ascending, 0.5):.0f}, {percentile(ascending, 0.99):.0f}" if ascending else ""

    cells = (
        f"{case.load:g}",
        case.label,
        f"{outcome.requests_per_s:.0f}",
        f"{100 * outcome.cached_share:.1f} %",
        wait(outcome.all_waits),
        wait(outcome.waits["chat"]),
        wait(outcome.waits["editor"]),
        f"{100 * outcome.superseded:.0f} %",
        f"{outcome.imbalance:.2f}",
        f"{outcome.mean_held:.1f}",
        f"{FrontCost().cores(outcome):.1f}",
    )
    return f"| {' | '.join(cells)} |"


def header() -> str:
    return f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}"
