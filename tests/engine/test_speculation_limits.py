"""How many drafts a forward evaluates, and which."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence as Ids

import pytest

from app.engine.denoise import advance
from app.engine.drafts import Draft, State, drafts_of
from app.engine.kv_cache import KVCache
from app.engine.market import MAX_CHAIN, MIN_GAIN, MIN_PROBABILITY, ForwardCosts
from app.engine.odds import PRIOR, AcceptanceRates
from app.engine.proposals import Proposals
from app.engine.sequence import Sequence
from app.engine.speculation import LONGEST_PAUSE_ALONE, MAX_DRAFTS, MAX_VAIN_LOOKS, PAUSE, Speculator
from app.messages.params import GenerationParams, Window
from app.models.checkpoint import Checkpoint
from tests.tiny import CPU, DIFFUSION

BLOCK, DELETE = 8, 99
SURE, UNSURE = 0.99, 0.3
FLAT = ForwardCosts((4, 1024), (1.0, 1.0))
MODERATE = ForwardCosts((8, 1032), (1.0, 33.0))  # a draft costs a quarter of a forward
CHEAP = ForwardCosts((8, 1032), (1.0, 17.0))  # an eighth
STEEP = ForwardCosts((4, 64), (4.0, 64.0))


def sequence(number: int = 0, chance: float = SURE, **params: object) -> Sequence:
    """At its second block of three, of which a forward has been seen; positions become final one by one."""
    fields = {"gen_length": 2 * BLOCK, "steps": 2 * BLOCK, "block_length": BLOCK, **params}
    made = Sequence(number, range(10, 10 + BLOCK), GenerationParams(**fields), DIFFUSION, 0.0, is_speculative=True)
    made.computed = made.canvas.prefill_end
    positions = tuple(made.canvas.masked_positions(made.block))
    chances = [chance - index / 1000 for index in range(len(positions))]
    made.forecast = Proposals(positions, [20 + index for index in range(len(positions))], chances, [], chances)
    return made


@pytest.fixture
def kv_cache(checkpoint: Checkpoint) -> KVCache:
    return make_cache(checkpoint, num_spare=65)


def make_cache(checkpoint: Checkpoint, num_spare: int) -> KVCache:
    return KVCache(checkpoint.model.config, 2, 3 * BLOCK, CPU, checkpoint.model.embedding.weight.dtype, num_spare)


def probabilities(drafts: Ids[Draft]) -> list[float]:
    return [draft.probability for draft in drafts]


@pytest.mark.parametrize(
    ("rows", "seconds"), [(4, 1.0), (6, 1.5), (8, 2.0), (12, 3.0), (16, 4.0), (32, 5.6), (64, 11.2), (2, 0.5)]
)
def test_costs_between_and_after_the_measured_points(rows: int, seconds: float) -> None:
    assert ForwardCosts((4, 16, 32), (1.0, 4.0, 5.6)).of(rows) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("costs", "seconds"),
    [
        pytest.param(ForwardCosts((4, 64), (1.0, 1.0)), 2.0, id="share of the last point"),
        pytest.param(ForwardCosts((4, 32, 64), (1.0, 1.0, 3.0)), 7.0, id="last slope"),
    ],
)
def test_more_rows_than_measured_cost_their_share_at_least(costs: ForwardCosts, seconds: float) -> None:
    """A device on which 64 rows take as long as 4 does not compute any number in that time."""
    assert costs.of(64) == costs.seconds[-1]
    assert costs.of(128) == pytest.approx(seconds)
    assert costs.least_slope(64) == pytest.approx((seconds - costs.seconds[-1]) / 64)
    assert costs.least_slope(63) == pytest.approx(min(costs.least_slope(64), costs.of(64) - costs.of(63)))


@pytest.mark.parametrize(("rows", "seconds"), [(4, 1.0), (2, 0.5), (1, 0.25)])
def test_fewer_rows_than_measured_cost_their_share_at_least(rows: int, seconds: float) -> None:
    """The line through the first two points would fall below 0."""
    assert ForwardCosts((4, 8), (1.0, 3.0)).of(rows) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("rows", "slope"), [(1, 0.05), (4, 0.05), (8, 0.05), (15, 0.05), (16, 0.2), (20, 0.2), (32, 0.2), (90, 0.2)]
)
def test_least_slope(rows: int, slope: float) -> None:
    """Slopes are 0.25, 0.05 and 0.2: what comes later counts, and what came before does not."""
    costs = ForwardCosts((4, 8, 16, 32), (1.0, 2.0, 2.4, 5.6))

    assert costs.least_slope(rows) == pytest.approx(slope)


@pytest.mark.parametrize(
    ("rows", "seconds"), [((4,), (1.0,)), ((4, 4), (1.0, 1.0)), ((8, 4), (1.0, 2.0)), ((4, 8), (1.0,))]
)
def test_costs_need_two_rising_points(rows: tuple[int, ...], seconds: tuple[float, ...]) -> None:
    with pytest.raises(AssertionError):
        ForwardCosts(rows, seconds)


def test_auto_needs_costs(kv_cache: KVCache) -> None:
    with pytest.raises(AssertionError):
        Speculator("auto", kv_cache)


@pytest.mark.parametrize("limit", [1, 2, 5, 20])
def test_a_fixed_number_holds_for_each_sequence(kv_cache: KVCache, limit: int) -> None:
    sequences = [sequence(number) for number in range(3)]

    plans = Speculator(limit, make_room(kv_cache)).plan(sequences)

    assert [len(drafts) for drafts in plans] == [limit] * 3


def make_room(kv_cache: KVCache) -> KVCache:
    """As if there were more places than any number of drafts needs."""
    kv_cache.num_spare = 1000
    return kv_cache


def test_a_fixed_number_takes_the_most_probable_ones(kv_cache: KVCache) -> None:
    (few,), (many,) = (Speculator(limit, kv_cache).plan([sequence()]) for limit in (3, 6))

    assert [draft.state for draft in many[:3]] == [draft.state for draft in few]
    assert max(probabilities(many[3:])) <= min(probabilities(few))


def test_a_fixed_number_does_not_include_improbable_ones(kv_cache: KVCache) -> None:
    (drafts,) = Speculator(50, make_room(kv_cache)).plan([sequence(chance=0.1)])

    assert 0 < len(drafts) < 10
    assert min(probabilities(drafts)) >= MIN_PROBABILITY


@pytest.mark.parametrize("limit", [0, 4, "auto"])
def test_without_a_forecast_there_are_no_drafts(kv_cache: KVCache, limit: int) -> None:
    """As in the first step of a block."""
    first = sequence()
    first.forecast = None

    assert Speculator(limit, kv_cache, FLAT).plan([first]) == [[]]


def test_speculation_may_be_off(kv_cache: KVCache) -> None:
    assert Speculator(0, kv_cache).plan([sequence(), sequence(1, speculation=5)]) == [[], []]
    assert Speculator(0, kv_cache).plan([]) == []


@pytest.mark.parametrize(
    ("limit", "own", "num"), [(8, 3, 3), (2, 5, 2), (8, 0, 0), ("auto", 3, 3), ("auto", 0, 0), ("auto", 50, 8)]
)
def test_a_request_lowers_the_limit(kv_cache: KVCache, limit: int, own: int, num: int) -> None:
    """The slot has room for eight drafts of this block."""
    requesting, other = Speculator(limit, kv_cache, FLAT).plan([sequence(speculation=own), sequence(1)])

    assert len(requesting) == num
    assert len(other) == (8 if limit == "auto" else limit)


@pytest.mark.parametrize("limit", [4, "auto"])
def test_a_probe_has_none(kv_cache: KVCache, limit: int) -> None:
    window = Window((None,) * BLOCK, (0,) * BLOCK)
    fields = {"gen_length": BLOCK, "steps": BLOCK}
    probing = sequence(window=dataclasses.replace(window, probe=True), **fields)
    filling = sequence(1, window=window, **fields)

    none, some = Speculator(limit, kv_cache, FLAT).plan([probing, filling])

    assert none == []
    assert some


@pytest.mark.parametrize("limit", [16, "auto"])
@pytest.mark.parametrize(("num_spare", "num"), [(1, 1), (BLOCK, 1), (BLOCK + 1, 2), (3 * BLOCK, 3), (3 * BLOCK + 1, 4)])
def test_a_slot_has_only_so_many_places(checkpoint: Checkpoint, limit: int, num_spare: int, num: int) -> None:
    """Behind the block there are those of the last block, and the spare ones but for the last."""
    speculator = Speculator(limit, make_cache(checkpoint, num_spare), FLAT)

    (drafts,) = speculator.plan([sequence()])

    assert sum(draft.num_rows for draft in drafts) == num * BLOCK


@pytest.mark.parametrize("limit", [16, "auto"])
def test_the_last_block_of_a_full_slot_has_the_spare_places(checkpoint: Checkpoint, limit: int) -> None:
    last = sequence()
    forecast = last.forecast
    assert forecast is not None
    last.open_block(2 * BLOCK)
    last.forecast = dataclasses.replace(forecast, positions=tuple(range(2 * BLOCK, 3 * BLOCK)))

    nums = [len(Speculator(limit, make_cache(checkpoint, spare), FLAT).plan([last])[0]) for spare in (1, 8, 9, 25)]

    assert nums == [0, 0, 1, 3]


def test_as_many_as_possible_if_rows_cost_nothing(kv_cache: KVCache) -> None:
    (drafts,) = Speculator("auto", make_room(kv_cache), FLAT).plan([sequence()])

    assert len(drafts) == MAX_DRAFTS


def test_none_if_each_row_costs_as_much_as_the_first(kv_cache: KVCache) -> None:
    assert Speculator("auto", kv_cache, STEEP).plan([sequence()]) == [[]]


def predicted(of: Sequence, costs: ForwardCosts, num_rows: int = BLOCK, num_tokens: int = 1) -> list[Draft]:
    """With those that are too improbable for what their rows cost left out, as in a forward without drafts."""
    floor = MIN_GAIN / MAX_CHAIN * costs.least_slope(num_rows) * BLOCK * num_tokens / costs.of(num_rows)
    return list(itertools.islice(drafts_of(of.certain, AcceptanceRates(), floor), MAX_DRAFTS))


@pytest.mark.parametrize("costs", [MODERATE, CHEAP])
def test_else_the_more_the_surer_they_are(kv_cache: KVCache, costs: ForwardCosts) -> None:
    plans = [
        Speculator("auto", make_room(kv_cache), costs).plan([sequence(chance=chance)])[0]
        for chance in (0.1, 0.5, 0.7, 0.9, 0.99)
    ]

    nums = [len(drafts) for drafts in plans]
    assert nums == sorted(nums)
    assert nums[0] == 0 < nums[-1] < MAX_DRAFTS
    assert {draft.parent for draft in plans[-1]} <= {sequence().state, *(draft.state for draft in plans[-1])}


def test_else_the_more_the_cheaper_rows_are(kv_cache: KVCache) -> None:
    nums = [
        len(Speculator("auto", make_room(kv_cache), costs).plan([sequence(chance=0.9)])[0])
        for costs in (STEEP, MODERATE, CHEAP, FLAT)
    ]

    assert nums == sorted(set(nums))


def test_no_further_than_to_where_a_forward_becomes_slow(kv_cache: KVCache) -> None:
    """As on a GPU, in whose tiles some rows are free."""
    costs = ForwardCosts((BLOCK, 5 * BLOCK, 6 * BLOCK), (1.0, 1.01, 9.0))

    assert len(Speculator("auto", kv_cache, costs).plan([sequence()])[0]) == 4


def test_drafts_may_pay_together_though_the_first_does_not(kv_cache: KVCache) -> None:
    costs = ForwardCosts((BLOCK, 2 * BLOCK, 10 * BLOCK), (1.0, 2.1, 2.1))

    assert len(Speculator("auto", kv_cache, costs).plan([sequence()])[0]) == 8


def test_the_most_promising_ones_of_all_sequences(kv_cache: KVCache) -> None:
    def make() -> list[Sequence]:
        return [sequence(0, UNSURE), sequence(1, SURE), sequence(2, 0.7)]

    every = [predicted(one, CHEAP, 3 * BLOCK, 3) for one in make()]

    plans = Speculator("auto", make_room(kv_cache), CHEAP).plan(make())

    chosen = [probability for drafts in plans for probability in probabilities(drafts)]
    others = [p for drafts, plan in zip(every, plans, strict=True) for p in probabilities(drafts[len(plan) :])]
    assert min(chosen) >= max(others)
    assert 0 == len(plans[0]) < len(plans[2]) < len(plans[1])
    assert [draft.state for draft in plans[1]] == [draft.state for draft in every[1][: len(plans[1])]]


def test_a_batch_that_gains_little_has_none(kv_cache: KVCache) -> None:
    """Every sequence would wait for the drafts of all. It is looked at again after some forwards, then after more."""
    speculator = Speculator("auto", make_room(kv_cache), ForwardCosts((8, 72), (1.0, 5.5)))

    alone = [len(drafts) for drafts in speculator.plan([sequence()])]
    looks = []
    for _ in range(3 * PAUSE + 4):
        plan = speculator.plan([sequence(), sequence(1)])
        assert plan == [[], []]
        looks.append(bool(speculator._predicted))

    assert min(alone) > 0
    assert [number for number, looked in enumerate(looks) if looked] == [0, PAUSE + 1, 3 * PAUSE + 2]


def test_a_pause_ends_with_the_batch(kv_cache: KVCache) -> None:
    speculator = Speculator("auto", make_room(kv_cache), ForwardCosts((8, 72), (1.0, 5.5)))
    speculator.plan([sequence(), sequence(1)])

    assert len(speculator.plan([sequence()])[0]) > 0


def test_a_sequence_alone_is_looked_at_less_often_while_nothing_pays(kv_cache: KVCache) -> None:
    speculator = Speculator("auto", make_room(kv_cache), MODERATE)
    running, other = sequence(chance=0.1), sequence(1, chance=0.1)

    looks = []
    for _ in range(60):
        assert speculator.plan([running]) == [[]]
        looks.append(bool(speculator._predicted))

    first = MAX_VAIN_LOOKS + PAUSE
    assert [number for number, looked in enumerate(looks) if looked] == [
        *range(MAX_VAIN_LOOKS),
        first,
        first + 1 + LONGEST_PAUSE_ALONE,
        first + 2 * (1 + LONGEST_PAUSE_ALONE),
    ]
    assert speculator.plan([other]) == [[]]
    assert speculator._predicted  # a sequence has looks of its own


def test_a_sequence_alone_has_drafts_again_at_the_first_look_at_which_they_pay(kv_cache: KVCache) -> None:
    speculator = Speculator("auto", make_room(kv_cache), MODERATE)
    for _ in range(MAX_VAIN_LOOKS + PAUSE):
        speculator.plan([sequence(chance=0.1)])

    nums = [len(speculator.plan([sequence()])[0]) for _ in range(3)]
    assert min(nums) > 0

    assert speculator.plan([sequence(chance=0.1)]) == [[]]
    assert speculator.plan([sequence()]) != [[]]  # and looks are counted anew


def num_ahead(of: Sequence) -> int:
    """Later steps that the next forward's proposals cover."""
    of.slot = 0
    (rows,) = of.masked_rows(of.denoise())
    return rows.num_ahead


@pytest.mark.parametrize("params", [{"temperature": 1.0}, {"remasking": "random"}])
def test_later_steps_are_drawn_only_where_drafts_will_be_predicted(
    kv_cache: KVCache, params: dict[str, object]
) -> None:
    speculator = Speculator("auto", make_room(kv_cache), ForwardCosts((8, 72), (1.0, 5.5)))
    batch = [sequence(number, **params) for number in range(2)]

    drawn = []
    for _ in range(PAUSE + 2):
        speculator.plan(batch)
        drawn.append([num_ahead(one) for one in batch])

    assert drawn == [*[[0, 0]] * PAUSE, [BLOCK - 1] * 2, [0, 0]]  # the look at the end needs them


def test_after_a_pause_that_ended_early_sampled_steps_are_drawn_first(kv_cache: KVCache) -> None:
    speculator = Speculator("auto", make_room(kv_cache), FLAT)
    alone = sequence(temperature=1.0)
    alone.looks_ahead = False

    assert speculator.plan([alone]) == [[]]
    assert num_ahead(alone) == BLOCK - 1
    assert speculator.plan([alone]) != [[]]


def test_requests_without_drafts_draw_no_later_steps(kv_cache: KVCache) -> None:
    one, none = sequence(0, temperature=1.0), sequence(1, temperature=1.0, speculation=0)

    Speculator(2, kv_cache).plan([one, none])

    assert [num_ahead(one), num_ahead(none)] == [BLOCK - 1, 0]


def deleting() -> Sequence:
    """A hole whose first step deleted one of four masks, and made no token final; the next ones delete one each."""
    window = Window((None,) * 4, (0,) * 4, may_delete=True)
    params = GenerationParams(gen_length=4, steps=4, block_length=BLOCK, window=window)
    made = Sequence(0, (), params, dataclasses.replace(DIFFUSION, delete_token_id=DELETE), 0.0, is_speculative=True)
    chances = [0.99, 0.9, 0.9, 0.9]  # one is sure enough
    advance(made, Proposals((0, 1, 2, 3), [DELETE] * 4, chances, [], chances))
    assert (made.tally.steps, made.tally.final_tokens, made.num_rows) == (1, 0, 3)
    return made


def test_steps_that_only_delete_are_steps_too(kv_cache: KVCache) -> None:
    (drafts,) = Speculator("auto", kv_cache, FLAT).plan([deleting()])

    assert {draft.state.token_ids for draft in drafts} == {(None, None), (None,)}


def test_a_shorter_draft_does_not_come_before_the_one_that_it_follows(kv_cache: KVCache) -> None:
    """There is room for two cheap rows."""
    (drafts,) = Speculator("auto", kv_cache, ForwardCosts((3, 5, 6), (1.0, 1.01, 9.0))).plan([deleting()])

    assert [draft.state.token_ids for draft in drafts] == [(None, None)]


def next_step(speculator: Speculator, of: Sequence) -> float:
    return speculator.odds.of(of.params).probability(0, 0, 1.0)


def test_it_learns_from_what_was_predicted(kv_cache: KVCache) -> None:
    speculator, running = Speculator(2, kv_cache), sequence()
    (drafts,) = speculator.plan([running])

    speculator.learn(running, [running.state, drafts[0].state])

    assert next_step(speculator, running) > PRIOR[0]


def test_predictions_that_were_not_evaluated_count_too(kv_cache: KVCache) -> None:
    """Else a sequence without drafts would never learn that they have begun to pay."""
    costs = ForwardCosts((8, 16), (1.0, 1.6))
    speculator, running = Speculator("auto", kv_cache, costs), sequence(chance=0.78)
    (token_id, *_), masks = running.forecast.token_ids, (None,) * (BLOCK - 1)
    assert speculator.plan([running]) == [[]]

    speculator.learn(running, [running.state, State(BLOCK, (token_id, *masks))])

    assert next_step(speculator, running) > PRIOR[0]


def test_rates_recover_from_below_the_floor(kv_cache: KVCache) -> None:
    speculator = Speculator("auto", kv_cache, MODERATE)
    (token_id, *_), masks = sequence().forecast.token_ids, (None,) * (BLOCK - 1)
    nums = []
    for after in [State(BLOCK, (77, *masks))] * 300 + [State(BLOCK, (token_id, *masks))] * 500:
        running = sequence(len(nums))  # each of its own, so that there is no pause
        nums.append(len(speculator.plan([running])[0]))
        speculator.learn(running, [running.state, after])

    assert nums[0] > 0
    assert nums[300] == 0
    assert nums[-1] > 0


def test_only_the_predictions_for_the_last_forward_count(kv_cache: KVCache) -> None:
    speculator, running = Speculator(2, kv_cache), sequence()
    (drafts,) = speculator.plan([running])
    speculator.plan([sequence(1)])

    speculator.learn(running, [running.state, drafts[0].state])

    assert next_step(speculator, running) == pytest.approx(PRIOR[0])
