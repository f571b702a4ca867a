"""Properties of every rule, on random proposals; each mode by hand; and whole replies in every mode."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from app.engine.engine import Engine
from app.engine.proposals import Proposals
from app.engine.transfer import (
    RULES,
    adaptive_rule,
    deadline_rule,
    dynamic_rule,
    entropy_bounded_rule,
    entropy_rule,
    factor_rule,
    make_rule,
    rising,
    sequential_rule,
    small_block_rule,
    static_rule,
    threshold_rule,
)
from app.messages.decoding import DECODE_MODES, DecodeMode
from app.messages.params import GenerationParams
from tests.reference import MASK
from tests.tiny import drain, run

PROMPT = (40, 41, 42, 43, 44, 45, 46, 47, 48, 49)
PARAMS = GenerationParams(gen_length=16, steps=16, block_length=8, ignore_eos=True)


def proposals(confidences: list[float], entropies: list[float] | None = None, start: int = 8) -> Proposals:
    places = tuple(range(start, start + len(confidences)))
    return Proposals(places, [7] * len(confidences), confidences, entropies or [1 - c for c in confidences])


def random_proposals(rng: random.Random) -> Proposals:
    places = sorted(rng.sample(range(8, 16), rng.randint(1, 8)))
    confidences = [rng.choice((rng.random(), 0.5, 1e-9, 1 - 1e-9)) for _ in places]
    return Proposals(tuple(places), [7] * len(places), confidences, [rng.random() * 3 for _ in places])


def test_the_table_knows_every_mode() -> None:
    assert set(RULES) == set(DECODE_MODES)


@pytest.mark.parametrize("small", [None, 2, 4])
@pytest.mark.parametrize("mode", DECODE_MODES)
def test_a_rule_selects_some_masked_positions_each_once(mode: DecodeMode, small: int | None) -> None:
    rng = random.Random(f"{mode}{small}")
    for _ in range(300):
        params = replace(
            PARAMS,
            decode_mode=mode,
            threshold=rng.choice((None, rng.random())),
            factor=rng.random() * 3,
            gamma=rng.random(),
            small_block_length=small,
        )
        given = random_proposals(rng)
        selected = make_rule(params, len(given.positions))(given, rng.randint(0, 8))
        assert selected
        assert len(set(selected)) == len(selected)
        assert set(selected) <= set(range(len(given.positions)))
        if small:
            parts = {given.positions[index] // small for index in selected}
            assert parts == {given.positions[0] // small}


def test_threshold_one_is_one_token_a_step_and_zero_is_greedy() -> None:
    rng = random.Random(2)
    greedy = RULES["greedy"](PARAMS, [8])
    for _ in range(200):
        given = random_proposals(rng)
        assert threshold_rule(1.0)(given, 0) == static_rule([1])(given, 0)
        assert threshold_rule(0.0)(given, 0) == greedy(given, 0)


@pytest.mark.parametrize(("step", "selected"), [(0, [0, 2, 1]), (1, [0, 2]), (2, [0]), (9, [0])])
def test_adaptive_is_brave_first(step: int, selected: list[int]) -> None:
    assert rising(0.9) == pytest.approx((0.5, 0.7, 0.9))
    assert rising(0.6) == pytest.approx((0.5, 0.7, 0.6))
    assert adaptive_rule(rising(0.9))(proposals([0.95, 0.6, 0.8, 0.1]), step) == selected


@pytest.mark.parametrize(
    ("confidences", "num"),
    [
        ([0.1], 1),  # the first needs nothing
        ([0.1, 0.66], 1),  # 1 - 1/3
        ([0.1, 0.67, 0.9], 2),  # sorted .9 .67 .1: the second needs .667, the third .75
        ([0.9, 0.8, 0.76], 3),
        ([0.9, 0.8, 0.74], 2),
        ([0.9, 0.1, 0.8, 0.1], 2),
        ([0.9, 0.8, 0.76, 0.1], 3),  # the last one too has to reach its bar
    ],
)
def test_factor_by_hand(confidences: list[float], num: int) -> None:
    assert len(factor_rule(1.0)(proposals(confidences), 0)) == num


@pytest.mark.parametrize(
    ("entropies", "gamma", "selected"),
    [
        ([5.0], 0.0, [0]),
        ([0.3, 0.1, 0.2], 0.0, [1]),
        ([0.3, 0.1, 0.2], 0.1, [1, 2]),
        ([0.3, 0.1, 0.2], 0.31, [1, 2, 0]),
        ([0.0, 0.0, 4.0], 0.0, [0, 1, 2]),
    ],
)
def test_entropy_sums_all_but_the_largest(entropies: list[float], gamma: float, selected: list[int]) -> None:
    assert entropy_rule(gamma)(proposals([0.5] * len(entropies), entropies), 0) == selected


@pytest.mark.parametrize(
    ("entropies", "gamma", "selected"),
    [
        ([5.0], 0.0, [0]),
        ([0.3, 0.1, 0.2], 0.0, [1]),
        ([0.3, 0.1, 0.2], 0.25, [1]),
        ([0.3, 0.1, 0.2], 0.31, [1, 2]),
        ([0.25, 0.125, 0.25], 0.625, [1, 0]),  # less than gamma, not as much
        ([0.0, 0.0, 4.0], 5.0, [0, 1, 2]),
    ],
)
def test_entropy_bounded_sums_all(entropies: list[float], gamma: float, selected: list[int]) -> None:
    assert entropy_bounded_rule(gamma)(proposals([0.5] * len(entropies), entropies), 0) == selected


@pytest.mark.parametrize(
    ("confidences", "step", "selected"),
    [
        ([0.1, 0.95, 0.5], 0, [1, 2]),  # at least two
        ([0.95, 0.91, 0.92], 0, [0, 2, 1]),  # three are above the threshold
        ([0.9, 0.9, 0.1], 1, [0]),  # at the threshold is not above it
        ([0.2], 0, [0]),  # fewer masks than scheduled
        ([0.3, 0.2, 0.1], 7, [0]),  # the last count holds
    ],
)
def test_dynamic_takes_at_least_as_many_as_scheduled(confidences: list[float], step: int, selected: list[int]) -> None:
    assert dynamic_rule(0.9, [2, 1])(proposals(confidences), step) == selected


@pytest.mark.parametrize(("step", "selected"), [(0, [0, 1]), (1, [0]), (5, [0])])
def test_sequential_goes_from_left_to_right(step: int, selected: list[int]) -> None:
    assert sequential_rule([2, 1])(proposals([0.1, 0.2, 0.9]), step) == selected


def test_small_blocks_are_counted_from_the_offset() -> None:
    rule = make_rule(replace(PARAMS, decode_mode="greedy", small_block_length=4), 8, offset=3)

    assert sorted(rule(proposals([0.1, 0.9, 0.9], start=10), 0)) == [0]  # 10 | 11 12
    assert sorted(rule(proposals([0.1, 0.9, 0.9], start=11), 0)) == [0, 1, 2]


def test_small_blocks_fill_the_first_part_that_has_a_mask() -> None:
    rule = small_block_rule(RULES["greedy"](PARAMS, [8]), 4)
    assert sorted(rule(proposals([0.1, 0.9, 0.9], start=11), 0)) == [0]  # 11 | 12 13
    assert sorted(rule(proposals([0.1, 0.9, 0.9], start=12), 0)) == [0, 1, 2]


@pytest.mark.parametrize(
    ("forwards_left", "blocks_left", "num"),
    [(100.0, 0, 1), (3.0, 0, 2), (1.0, 0, 4), (0.4, 0, 8), (-5.0, 3, 8), (7.9, 7, 8), (8.0, 7, 4)],
)
def test_a_deadline_shares_out_the_forwards_that_are_left(forwards_left: float, blocks_left: int, num: int) -> None:
    assert len(deadline_rule(forwards_left, blocks_left)(proposals([0.5] * 8), 0)) == num


def test_under_a_deadline_the_sure_ones_go_at_once() -> None:
    assert sorted(deadline_rule(1e9, 0)(proposals([0.99, 0.2, 0.96, 0.3]), 0)) == [0, 2]


@pytest.mark.parametrize("mode", DECODE_MODES)
def test_replies_in_every_mode_alone_and_together(mode: DecodeMode, make_engine: Callable[..., Engine]) -> None:
    params = replace(PARAMS, decode_mode=mode, threshold=0.3 if mode != "static" else None, gamma=0.5)
    token_ids, finished = run(make_engine(), PROMPT, params)
    assert len(token_ids) == 16
    assert MASK not in token_ids
    assert 3 <= finished.counters.steps <= 16  # at least one for each of three blocks: the prompt ends inside one

    together = make_engine(max_sequences=4)
    ids = [together.add(PROMPT, params), together.add(PROMPT[:5], PARAMS), together.add(PROMPT, params)]
    events = drain(together)
    for sequence_id in (ids[0], ids[2]):
        assert [t for event in events[sequence_id][:-1] for t in event.token_ids] == token_ids


def test_greedy_takes_one_forward_a_block(make_engine: Callable[..., Engine]) -> None:
    assert run(make_engine(), PROMPT[:8], replace(PARAMS, decode_mode="greedy"))[1].counters.steps == 2


def test_gamma_is_on_the_scale_of_the_entropies(make_engine: Callable[..., Engine]) -> None:
    """A gamma above any sum of entropies takes all at once; gamma 0 takes one a step."""
    counts = [
        run(make_engine(), PROMPT[:8], replace(PARAMS, decode_mode="entropy", gamma=gamma))[1].counters.steps
        for gamma in (100.0, 0.0)
    ]
    assert counts == [2, 16]
