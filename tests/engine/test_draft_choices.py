"""What a rule may choose in the next step, if its proposals change a little."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from app.engine.drafts import NUM_KINDS, choices
from app.engine.proposals import Proposals
from app.engine.transfer import (
    TransferRule,
    adaptive_rule,
    delete_rule,
    entropy_rule,
    factor_rule,
    greedy_rule,
    make_rule,
    rising,
    small_block_rule,
    static_rule,
    threshold_rule,
)
from app.messages.decoding import DECODE_MODES
from app.messages.params import GenerationParams

DELETE = 99
CONFIDENCES = (0.95, 0.6, 0.9, 0.3, 0.5)  # falling: 0, 2, 1, 4, 3
ENTROPIES = (0.05, 0.5, 0.08, 1.0, 0.7)
ALL = [0, 1, 2, 3, 4]

Choices = dict[int, list[int]]  # by kind, each in rising order


def proposals(*token_ids: int, confidences: tuple[float, ...] = CONFIDENCES) -> Proposals:
    ids = list(token_ids or (70, 71, 72, 73, 74))
    values = list(confidences)
    return Proposals(tuple(range(8, 8 + len(ids))), ids, values, list(ENTROPIES), list(values))


def choices_of(
    rule: TransferRule, some: Proposals, step: int = 0, wanted: Callable[[int], bool] = lambda kind: True
) -> Choices:
    found = list(choices(rule, some, step, wanted))
    assert len({kind for kind, _ in found}) == len(found)
    return {kind: sorted(chosen) for kind, chosen in found}


ONE_MORE_OR_FEWER = {4: [0, 1, 2], 5: [0, 1, 2, 4], 6: ALL, 7: [0]}
TWO = {0: [0, 2], 1: [0, 1], 2: [0, 4], 3: [0, 3]}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param(static_rule([1]), {0: [0], 1: [2], 2: [1], 3: [4]}, id="static, one"),
        pytest.param(static_rule([2]), TWO, id="static, two"),
        pytest.param(static_rule([5]), {0: ALL}, id="static, all"),
        pytest.param(threshold_rule(0.9), TWO | ONE_MORE_OR_FEWER, id="threshold, two above"),
        pytest.param(
            threshold_rule(0.99),
            {0: [0], 1: [2], 2: [1], 3: [4], 4: [0, 2], 5: [0, 1, 2], 6: ALL},
            id="threshold, none above",
        ),
        pytest.param(threshold_rule(0.1), {0: ALL, 7: [0, 1, 2, 4]}, id="threshold, all above"),
        pytest.param(
            adaptive_rule(rising(0.9)), {0: [0, 1, 2, 4], 1: [0, 1, 2, 3], 4: ALL, 7: [0, 1, 2]}, id="adaptive"
        ),
        pytest.param(greedy_rule, {0: ALL}, id="greedy"),
        pytest.param(factor_rule(1.0), TWO | ONE_MORE_OR_FEWER, id="factor"),
        pytest.param(entropy_rule(0.1), TWO | ONE_MORE_OR_FEWER, id="entropy"),
        pytest.param(
            entropy_rule(0.01),
            {0: [0], 1: [2], 2: [1], 3: [4], 4: [0, 2], 5: [0, 1, 2], 6: ALL},
            id="entropy, one",
        ),
        pytest.param(small_block_rule(static_rule([1]), 2), {0: [0], 1: [1]}, id="small blocks, static"),
        pytest.param(
            small_block_rule(threshold_rule(0.9), 2), {0: [0], 1: [1], 5: [0, 1]}, id="small blocks, threshold"
        ),
    ],
)
def test_choices(rule: TransferRule, expected: Choices) -> None:
    assert choices_of(rule, proposals()) == expected


def test_a_later_step_has_the_choices_of_its_own_threshold() -> None:
    assert choices_of(adaptive_rule(rising(0.9)), proposals(), step=1) == TWO | ONE_MORE_OR_FEWER


@pytest.mark.parametrize(
    ("token_ids", "confidences", "expected"),
    [
        pytest.param((70, 71, DELETE, DELETE, 74), CONFIDENCES, {0: [0], 1: [1], 3: [4]}, id="unsure deletes wait"),
        pytest.param((70, 71, DELETE, 73, 74), (0.95, 0.6, 0.98, 0.3, 0.5), {0: [0, 2]}, id="a sure one does not"),
        pytest.param((DELETE,) * 5, CONFIDENCES, {0: [0], 1: [2], 2: [1], 3: [4]}, id="only unsure ones"),
        pytest.param((DELETE,) * 5, (0.98, 0.6, 0.97, 0.3, 0.5), {0: [0, 2]}, id="only deletes, two of them sure"),
    ],
)
def test_choices_with_deletes(token_ids: tuple[int, ...], confidences: tuple[float, ...], expected: Choices) -> None:
    rule = delete_rule(static_rule([1]), DELETE)

    assert choices_of(rule, proposals(*token_ids, confidences=confidences)) == expected


@pytest.mark.parametrize("kind", range(NUM_KINDS))
def test_other_kinds_than_the_wanted_ones_are_left_out(kind: int) -> None:
    every = choices_of(threshold_rule(0.9), proposals())

    assert choices_of(threshold_rule(0.9), proposals(), 0, lambda other: other == kind) == {kind: every[kind]}


def test_the_rule_is_not_asked_for_kinds_that_are_not_wanted() -> None:
    calls: list[Proposals] = []

    def rule(some: Proposals, step: int) -> list[int]:
        calls.append(some)
        return [0]

    list(choices(rule, proposals(), 0, lambda kind: kind == 0))

    assert len(calls) == 1


def test_proposals_are_left_as_they_are() -> None:
    some = proposals()

    choices_of(entropy_rule(0.1), some)

    assert some == proposals()


def random_case(seed: int) -> tuple[TransferRule, Proposals, int]:
    """Any mode, some with small blocks or deletes; confidences that are often equal, or not the probabilities."""
    choose = random.Random(seed)
    num = choose.randint(1, 8)
    params = GenerationParams(
        gen_length=8,
        steps=choose.randint(1, 8),
        block_length=8,
        decode_mode=choose.choice(DECODE_MODES),
        threshold=choose.choice([0.0, 0.5, 0.9, 1.0]),
        factor=choose.choice([0.0, 0.5, 1.0, 100.0]),
        gamma=choose.choice([0.0, 0.1, 1.0, 100.0]),
        small_block_length=choose.choice([None, None, 1, 2, 4]),
    )
    rule = make_rule(params, num)
    if choose.random() < 0.3:
        rule = delete_rule(rule, DELETE)
    probabilities = [choose.choice([0.0, 0.5, 0.98, 1.0, choose.random()]) for _ in range(num)]
    confidences = probabilities if choose.random() < 0.7 else [choose.random() for _ in range(num)]
    token_ids = [choose.choice([7, DELETE]) for _ in range(num)]
    entropies = [choose.choice([0.0, choose.random()]) for _ in range(num)] if params.needs_entropies else []
    positions = tuple(sorted(choose.sample(range(8, 16), num)))
    return rule, Proposals(positions, token_ids, confidences, entropies, probabilities), choose.randrange(num)


@pytest.mark.parametrize("seed", range(300))
def test_choices_are_distinct_and_possible(seed: int) -> None:
    rule, some, step = random_case(seed)

    found = list(choices(rule, some, step))

    kinds, chosen = zip(*found, strict=True)
    assert found[0] == (0, rule(some, step))
    assert list(kinds) == sorted(set(kinds))
    assert max(kinds) < NUM_KINDS
    for indices in chosen:
        assert indices
        assert len(set(indices)) == len(indices)
        assert set(indices) <= set(range(len(some.positions)))
    assert len({frozenset(indices) for indices in chosen}) == len(chosen)


@pytest.mark.parametrize("seed", range(50))
def test_wanted_choices_are_among_all(seed: int) -> None:
    """A kind that is not wanted cannot hide another one, so there may be more of those that are."""
    rule, some, step = random_case(seed)
    kinds = set(random.Random(seed).sample(range(NUM_KINDS), 4))
    every = dict(choices(rule, some, step))

    found = dict(choices(rule, some, step, lambda kind: kind in kinds))

    assert set(found) <= kinds
    assert {kind: every[kind] for kind in kinds & set(every)}.items() <= found.items()
