"""Which masked positions become final in a step."""

from __future__ import annotations

import pytest

from app.engine.proposals import Proposals
from app.engine.schedules import SCHEDULES, linear, masks, whole_block
from app.engine.transfer import (
    delete_rule,
    make_rule,
    most_confident_first,
    static_rule,
    threshold_rule,
)
from app.messages.params import GenerationParams


def proposals(*confidences: float) -> Proposals:
    num = len(confidences)
    return Proposals(tuple(range(num)), [9] * num, list(confidences), [0.0] * num)


@pytest.mark.parametrize(
    ("num_masks", "num_steps", "expected"),
    [
        (4, 4, [1, 1, 1, 1]),
        (4, 1, [4]),
        (4, 3, [2, 1, 1]),
        (8, 3, [3, 3, 2]),
        (2, 4, [1, 1]),  # the other two steps would transfer none and cost no forward
        (1, 16, [1]),
    ],
)
def test_schedule(num_masks: int, num_steps: int, expected: list[int]) -> None:
    assert masks(num_masks, num_steps, num_masks) == expected


@pytest.mark.parametrize("num_masks", range(1, 17))
def test_schedule_transfers_every_mask_and_at_least_one_a_step(num_masks: int) -> None:
    for num_steps in range(1, 20):
        counts = masks(num_masks, num_steps, num_masks)

        assert sum(counts) == num_masks
        assert min(counts) >= 1
        assert len(counts) <= num_steps
        assert counts == sorted(counts, reverse=True)
        assert max(counts) - min(counts) <= 1


@pytest.mark.parametrize(
    ("num_masks", "num_steps", "expected"),
    [
        (4, 3, [2, 1, 1]),
        (2, 3, [2, 1, 1]),  # as if the whole block were masked
        (1, 1, [4]),
        (1, 9, [1, 1, 1, 1]),
        (6, 2, [3, 3]),  # an infilling canvas, longer than a block
    ],
)
def test_the_schedule_of_whole_blocks(num_masks: int, num_steps: int, expected: list[int]) -> None:
    assert whole_block(num_masks, num_steps, block_length=4) == expected


@pytest.mark.parametrize(
    ("num_masks", "num_steps", "expected"),
    [
        (16, 3, [5, 5, 6]),  # a tie, which float32 decides
        (32, 5, [6, 6, 7, 6, 7]),
        (16, 5, [3, 3, 3, 4, 3]),
        (5, 5, [1, 1, 1, 1, 1]),
        (1, 3, [1]),
    ],
)
def test_the_linear_schedule(num_masks: int, num_steps: int, expected: list[int]) -> None:
    assert linear(num_masks, num_steps, 32) == expected


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_covers_the_masks(name: str) -> None:
    for num_masks in range(1, 65):
        for num_steps in range(1, 80):
            counts = SCHEDULES[name](num_masks, num_steps, 64)
            assert sum(counts) >= num_masks
            assert min(counts) >= 1


def test_static_rule_takes_the_most_confident() -> None:
    rule = static_rule([2, 1])

    assert rule(proposals(0.1, 0.9, 0.5), 0) == [1, 2]
    assert rule(proposals(0.1), 1) == [0]


def test_equal_confidences_go_from_left_to_right() -> None:
    assert most_confident_first(proposals(0.5, 0.7, 0.5, 0.7, 0.5)) == [1, 3, 0, 2, 4]
    assert static_rule([3])(proposals(*[0.25] * 40), 0) == [0, 1, 2]


@pytest.mark.parametrize(
    ("threshold", "expected"), [(0.9, [1]), (0.5, [1, 3, 2]), (0.51, [1, 3]), (0.05, [1, 3, 2, 0])]
)
def test_threshold_rule_takes_all_that_reach_it(threshold: float, expected: list[int]) -> None:
    assert threshold_rule(threshold)(proposals(0.1, 0.9, 0.5, 0.6), 7) == expected


def test_threshold_rule_takes_at_least_the_most_confident() -> None:
    assert threshold_rule(1.0)(proposals(0.1, 0.3, 0.2), 0) == [1]
    assert threshold_rule(0.9)(proposals(0.0, 0.0), 0) == [0]


def test_a_rule_leaves_its_argument_alone() -> None:
    values = proposals(0.1, 0.9, 0.5)

    threshold_rule(0.5)(values, 0)
    static_rule([2])(values, 0)

    assert values == proposals(0.1, 0.9, 0.5)


def test_a_threshold_replaces_the_schedule() -> None:
    static = GenerationParams(gen_length=8, steps=4, block_length=4)  # two steps a block
    threshold = GenerationParams(gen_length=8, steps=4, block_length=4, threshold=0.3)
    values = proposals(0.4, 0.8, 0.35, 0.1)

    assert make_rule(static, 4)(values, 0) == [1, 0]
    assert make_rule(threshold, 4)(values, 0) == [1, 0, 2]


def with_deletes(*probabilities: tuple[int, float]) -> Proposals:
    ids, likely = [item[0] for item in probabilities], [item[1] for item in probabilities]
    return Proposals(tuple(range(len(ids))), ids, likely, [], likely)


@pytest.mark.parametrize(
    ("proposed", "expected"),
    [
        (with_deletes((7, 0.2), (9, 0.5), (7, 0.3)), [2]),  # no delete is sure: the likeliest token
        (with_deletes((7, 0.2), (9, 0.98), (9, 0.97), (7, 0.3)), [3, 1, 2]),  # plus sure deletes
        (with_deletes((9, 0.99), (9, 0.5)), [0]),  # no tokens: the sure ones
        (with_deletes((9, 0.4), (9, 0.5)), [1]),  # none sure either: the likeliest
    ],
)
def test_deletes_wait_until_they_are_sure(proposed: Proposals, expected: list[int]) -> None:
    assert delete_rule(static_rule([1]), 9)(proposed, 0) == expected
