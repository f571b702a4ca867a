from __future__ import annotations

import ast
import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
import simpy

from bench.cluster_sim import front
from bench.cluster_sim.__main__ import main
from bench.cluster_sim.experiments import COLUMNS, EXPERIMENTS, Case, FrontCost, row, with_load
from bench.cluster_sim.front import Load
from bench.cluster_sim.machines import MACHINES, Machine
from bench.cluster_sim.prefixes import Chain, PrefixCache
from bench.cluster_sim.replica import Replica, Request
from bench.cluster_sim.routing import POLICIES, Affinity, LeastLoaded, RoundRobin
from bench.cluster_sim.simulation import Outcome, Scenario, percentile, simulate
from bench.cluster_sim.traffic import TRACE, Traffic, pauses
from bench.typist import Trace, read

MACHINE = Machine(
    name="test",
    forward_ms=((4, 10.0), (8, 20.0)),
    row_ms=1.0,
    context_ms=0.0,
    step_ms=0.0,
    cache_tokens=64,
    max_model_len=4096,
    tokens_per_step=4,
    max_sequences=2,
    prefill_chunk=8,
)
SMALL = Scenario(replicas=20, traffic=Traffic(chats=40, editors=3), warmup_s=5, measured_s=5)


def chain(*pieces: int, size: int = 8) -> Chain:
    made = Chain()
    for piece in pieces:
        made = made.add(piece, size)
    return made


def affinity(bound: float = 2, cache_tokens: int = 64) -> Affinity:
    return Affinity(4, cache_tokens, bound, random.Random(0))


# --- machines, prefixes ---


def test_forwards_cost_what_lies_between_the_points() -> None:
    assert [MACHINE.forward(rows, 0) for rows in (1, 4, 6, 8, 10)] == [10, 10, 15, 20, 22]
    assert replace(MACHINE, context_ms=3.0).forward(4, 2000) == 16


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_more_rows_never_cost_less(machine: Machine) -> None:
    costs = [machine.forward(rows, 0) for rows in range(1, 1024)]
    assert all(few <= many for few, many in pairwise(costs))
    assert machine.rows_per_sequence == pytest.approx(4 * (1 + 2.3 / 4))


def test_chains_are_whole_blocks_and_share_their_beginnings() -> None:
    assert chain(1, 2, size=5).num_tokens == 16
    assert chain(1, 2).hashes[0] == chain(1, 3).hashes[0]
    assert chain(1, 2).hashes[1] not in chain(3, 2).hashes, "the same piece behind another text is another text"


def test_the_cache_drops_the_least_recently_used_and_leaves_before_stems() -> None:
    cache = PrefixCache(24)
    cache.store(chain(1, 2))
    cache.store(chain(1, 3))
    assert cache.load(chain(1, 2)) == 16
    cache.store(chain(4))

    assert cache.num_tokens == 24
    assert [cache.load(chain(*pieces)) for pieces in ((1, 2, 9), (1, 3), (4,))] == [16, 8, 8]
    cache.store(chain(5, 6, 7, 8))
    assert cache.load(chain(5)) == 0, "longer than the cache"


# --- policies ---


def test_affinity_chooses_the_longest_prefix_within_the_bound() -> None:
    policy = affinity(bound=2)
    assert policy.choose(chain(1), [0, 1, 1, 1]) == 0
    assert policy.choose(chain(1, 2), [3, 0, 1, 1]) == 1, "0 has more than two requests above the least loaded"

    assert policy.choose(chain(1, 2, 3), [0, 2, 0, 0]) == 1
    assert policy.choose(chain(1, 2, 3), [0, 3, 0, 0]) == 0, "the next longest"
    assert policy.choose(chain(1, 9), [1, 1, 0, 0]) in (0, 1)
    assert policy.choose(chain(8), [1, 1, 0, 1]) == 2


def test_affinity_forgets_what_a_replica_must_have_evicted() -> None:
    policy = affinity(cache_tokens=16)
    assert policy.choose(chain(1), [0, 1, 1, 1]) == 0
    policy.choose(chain(2, 3), [0, 1, 1, 1])
    assert policy.choose(chain(1), [1, 1, 1, 0]) == 3


def test_round_robin_and_least_loaded() -> None:
    turns = RoundRobin()
    assert [turns.choose(chain(1), [0, 9, 0]) for _ in range(4)] == [0, 1, 2, 0]
    least = LeastLoaded(random.Random(0))
    assert {least.choose(chain(1), [1, 0, 2, 0]) for _ in range(30)} == {1, 3}


# --- a replica ---


def run_replica(requests: Sequence[tuple[float, Chain, int]], aborts: dict[int, float] | None = None) -> list[Request]:
    """Send (time, prompt, reply tokens); abort some, by index. The requests, with times in milliseconds."""
    env = simpy.Environment()
    replica = Replica(env, MACHINE, lambda request: request.done.succeed())
    made = [
        Request("chat", 0, prompt, 100 + number, reply, at, env.event())
        for number, (at, prompt, reply) in enumerate(requests)
    ]

    def later(at, act, request):
        yield env.timeout(at)
        act(request)

    for number, request in enumerate(made):
        env.process(later(request.sent, replica.submit, request))
        if number in (aborts or {}):
            env.process(later(aborts[number], replica.abort, request))
    env.run()
    assert replica.num_running == 0
    return made


def test_a_request_is_prefilled_in_chunks_and_then_denoised() -> None:
    (request,) = run_replica([(0, chain(1, 2), 8)])
    assert request.cached_tokens == 0
    # Two chunks of 8 rows, 20 ms each, and the first block's step of 8 rows.
    assert request.first_block == pytest.approx(0.060)
    assert request.done.triggered


def test_a_cached_prefix_is_not_prefilled_again() -> None:
    first, second, third = run_replica([(0, chain(1, 2), 4), (1, chain(1, 2), 4), (2, chain(1, 2).add(100, 4), 4)])
    assert (first.cached_tokens, second.cached_tokens, third.cached_tokens) == (0, 16, 20), "its reply, too"
    assert second.first_block == pytest.approx(1.020)


def test_a_full_batch_makes_requests_wait() -> None:
    requests = run_replica([(0, chain(number), 40) for number in range(3)])
    assert requests[2].first_block > requests[0].first_block + 0.2


def test_an_aborted_request_leaves_its_place() -> None:
    kept, aborted, waiting = run_replica([(0, chain(number), 400) for number in range(3)], aborts={1: 0.1})
    assert not aborted.done.triggered
    assert kept.done.triggered
    assert waiting.first_block == pytest.approx(0.2, abs=0.1)


# --- people ---


def test_editors_ask_in_long_pauses() -> None:
    keys = ((100, "abcdefgh"), (100, "ijkl"), (400, -1), (300, "l"), (50, "m"))
    found = pauses(Trace("", "", keys), debounce_s=0.25)
    assert [(round(pause.before_s, 3), round(pause.patience_s, 3)) for pause in found] == [(0.45, 0.15), (0.4, 0.05)]
    assert [len(pause.pieces) for pause in found] == [1, 0]


def test_the_recorded_trace_has_many_pauses_that_add_up() -> None:
    trace = read(TRACE)
    ast.parse(trace.start + trace.text + trace.end)
    found = pauses(trace, 0.15)
    assert len(found) > 150
    total = sum(pause.before_s for pause in found) + found[-1].patience_s
    assert total <= sum(ms for ms, _ in trace.keys) / 1000


# --- the whole ---


def test_a_run_is_deterministic_and_depends_on_the_seed() -> None:
    small = replace(SMALL, replicas=2)
    assert simulate(small) == simulate(small)
    assert simulate(small) != simulate(replace(small, seed=1))


def test_python_s_hashes_of_strings_which_change_with_the_process_play_no_part() -> None:
    outcome = simulate(replace(SMALL, replicas=2))
    assert (len(outcome.all_waits), round(outcome.cached_share, 4)) == (58, 0.9375)


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    return {policy: simulate(replace(SMALL, policy=policy)) for policy in POLICIES}


def test_affinity_finds_twice_as_much_in_the_cache(outcomes: dict[str, Outcome]) -> None:
    assert outcomes["affinity"].cached_share >= 2 * outcomes["round robin"].cached_share > 0


def test_affinity_waits_no_longer_than_least_loaded(outcomes: dict[str, Outcome]) -> None:
    waits = {policy: percentile(outcome.all_waits, 0.99) for policy, outcome in outcomes.items()}
    assert waits["affinity"] <= 1.1 * waits["least loaded"]


def test_least_loaded_balances_best(outcomes: dict[str, Outcome]) -> None:
    assert min(outcomes, key=lambda policy: outcomes[policy].imbalance) == "least loaded"
    assert all(outcome.imbalance >= 1 for outcome in outcomes.values())


def test_a_bound_of_nothing_gives_up_the_cache_for_balance(outcomes: dict[str, Outcome]) -> None:
    strict = simulate(replace(SMALL, bound=0))
    assert strict.cached_share < outcomes["affinity"].cached_share
    assert strict.imbalance < outcomes["affinity"].imbalance


def test_fronts_that_share_people_find_less_in_the_cache() -> None:
    sticky, any_front = (simulate(replace(SMALL, fronts=8, is_sticky=is_sticky)) for is_sticky in (True, False))
    assert any_front.cached_share < sticky.cached_share


def test_every_experiment_has_rows() -> None:
    base = replace(SMALL, replicas=2, warmup_s=1, measured_s=1)
    cases = [case for make in EXPERIMENTS.values() for case in make(base)]
    assert len({(case.group, case.label, case.load) for case in cases}) == len(cases)
    case = Case("policies", "affinity", 0.5, with_load(base, 0.5))
    outcome = simulate(case.scenario)
    assert row(case, outcome).count("|") == len(COLUMNS) + 1
    assert case.scenario.traffic.chats == 20
    assert FrontCost(request_us=1e6, event_us=0).cores(outcome) == outcome.requests_per_s


def test_the_command_prints_a_table_for_each_experiment(capsys) -> None:
    main(["policies", "fronts", "--replicas", "2", "--chats", "4", "--warmup", "1", "--seconds", "1"])
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("##")] == ["## policies", "## fronts"]
    assert sum("round robin" in line for line in lines) == 4


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bound"], "'bound' is not an experiment; the experiments are policies, bounds, conditions, fronts"),
        (["--replicas", "0"], "--replicas must be at least 1 and --seconds above 0, got 0 and 60"),
    ],
)
def test_arguments_are_checked(arguments: list[str], said: str, capsys) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert said in capsys.readouterr().err


def test_the_policies_are_plotted(tmp_path, outcomes: dict[str, Outcome]) -> None:
    plot = pytest.importorskip("bench.cluster_sim.plot")
    pytest.importorskip("matplotlib")
    results = [(Case("policies", policy, load, SMALL), outcomes[policy]) for policy in POLICIES for load in (1, 2)]
    plot.save(results, tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


# --- the front ---


def test_a_requests_cost_is_told_from_an_events() -> None:
    cost = front.fit(Load(10, 40, 1.0, 0.06), Load(10, 2040, 1.0, 0.26))
    assert (cost.request_us, cost.event_us) == (pytest.approx(5600), pytest.approx(100))
    assert cost.events_per_s(56) == pytest.approx(5000)


@pytest.mark.process
def test_every_block_of_every_stream_reaches_its_client() -> None:
    with front.serving_fake(streams=3, step_ms=1) as port:
        load = front.run(port, 3, 40)
    assert load.events >= 3 * 10
    assert load.cpu_s > 0
