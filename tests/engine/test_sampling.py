"""Logits to proposals, and the numbers that sampling draws."""

from __future__ import annotations

from collections.abc import Sequence as Ids
from dataclasses import replace
from typing import Any

import pytest
import torch

from app.engine.proposals import Proposals
from app.engine.sampling import CONFIDENCE_STREAM, TOKEN_STREAM, MaskedRows, propose, sample, uniform
from app.messages.params import GenerationParams

GREEDY = GenerationParams(gen_length=4, steps=4, block_length=4)
PROBABILITIES = [0.05, 0.5, 0.15, 0.3]  # of tokens 0 to 3


def toy_logits(rows: int = 1) -> torch.Tensor:
    return torch.tensor(PROBABILITIES).log().repeat(rows, 1)


def frequencies(token_ids: torch.Tensor) -> torch.Tensor:
    return token_ids.bincount(minlength=len(PROBABILITIES)) / len(token_ids)


def sampled(**changes: Any) -> GenerationParams:
    return replace(GREEDY, temperature=1.0, **changes)


def propose_one(
    logits: torch.Tensor, positions: Ids[int], params: GenerationParams, mask_token_id: int, step: int = 0
) -> Proposals:
    """The proposals of a sequence that is alone in its step."""
    (proposals,) = propose(logits, [MaskedRows(tuple(positions), step, params)], mask_token_id)
    assert proposals is not None
    return proposals


def draw(
    logits: torch.Tensor, temperature: float, top_p: float, draws: torch.Tensor | list[float], top_k: float = 0
) -> torch.Tensor:
    """`sample` with the same settings in every row, and one number for each."""
    scale, share, count = (
        torch.full((len(logits),), value, dtype=torch.float64) for value in (temperature, top_p, top_k)
    )
    numbers = torch.as_tensor(draws, dtype=torch.float64)[:, None]
    return sample(logits.double(), scale, share, count, numbers).squeeze(1)


def test_greedy_takes_the_best_and_its_probability() -> None:
    logits = torch.tensor([[1.0, 3.0, 2.0, 0.0], [5.0, 0.0, 0.0, 0.0]])

    proposals = propose_one(logits, [8, 9], GREEDY, mask_token_id=3)

    assert proposals.token_ids == [1, 0]
    expected = torch.softmax(logits.double(), dim=-1)
    assert proposals.confidences == [expected[0, 1].item(), expected[1, 0].item()]


def test_the_mask_token_is_never_proposed() -> None:
    """It keeps its share of the probability, so another token's confidence is low: the position waits."""
    logits = torch.tensor([[2.0, 1.0, 0.0, 50.0]]).repeat(100, 1)
    positions = range(100)

    greedy = propose_one(logits, positions, GREEDY, mask_token_id=3)

    assert set(greedy.token_ids) == {0}
    assert max(greedy.confidences) < 1e-20
    assert set(propose_one(logits, positions, sampled(), mask_token_id=3).token_ids) == {0, 1, 2}
    assert set(propose_one(logits, positions, sampled(top_p=0.0), mask_token_id=3).token_ids) == {0}


def test_the_mask_token_is_not_reached_by_the_last_draw() -> None:
    logits = torch.randn(500, 50, generator=torch.Generator().manual_seed(0)) * 5
    logits[:, 7] = -torch.inf
    draws = torch.full((500,), 1 - 2**-53, dtype=torch.float64)

    for top_p in (1.0, 0.99, 0.3):
        assert 7 not in draw(logits, 1.0, top_p, draws)


def test_propose_leaves_the_logits_alone() -> None:
    logits = toy_logits()

    propose_one(logits, [0], sampled(), mask_token_id=1)

    assert logits.equal(toy_logits())


def test_confidence_has_no_temperature_in_it() -> None:
    params = replace(GREEDY, temperature=2.0)

    proposals = propose_one(toy_logits(50), range(50), params, mask_token_id=0)

    assert len(set(proposals.token_ids)) == 3
    expected = torch.tensor(PROBABILITIES)[proposals.token_ids]
    torch.testing.assert_close(torch.tensor(proposals.confidences), expected)


def test_random_remasking_draws_the_confidences() -> None:
    positions = [4, 5, 6]
    params = replace(GREEDY, remasking="random", seed=3)

    proposals = propose_one(toy_logits(3), positions, params, mask_token_id=0, step=2)

    assert proposals.token_ids == [1, 1, 1]
    assert proposals.confidences == uniform(3, CONFIDENCE_STREAM, positions, 2)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_sample_follows_the_softmax(temperature: float) -> None:
    draws = uniform(7, TOKEN_STREAM, range(5000), 0)

    token_ids = draw(toy_logits(5000), temperature, 1.0, draws)

    expected = torch.softmax(toy_logits()[0] / temperature, dim=-1)
    assert (frequencies(token_ids) - expected).abs().max() < 0.02


@pytest.mark.parametrize(
    ("top_p", "kept"),
    [
        (0.0, [1]),
        (0.3, [1]),
        (0.49, [1]),
        (0.51, [1, 3]),
        (0.79, [1, 3]),
        (0.81, [1, 2, 3]),
        (0.96, [0, 1, 2, 3]),
        (1.0, [0, 1, 2, 3]),
    ],
)
def test_top_p_keeps_the_smallest_set_that_reaches_it(top_p: float, kept: list[int]) -> None:
    draws = torch.arange(0, 1, 1 / 1000, dtype=torch.float64)

    token_ids = draw(toy_logits(len(draws)), 1.0, top_p, draws)

    share = torch.tensor([p if token_id in kept else 0 for token_id, p in enumerate(PROBABILITIES)])
    assert token_ids.unique().tolist() == kept
    assert (frequencies(token_ids) - share / share.sum()).abs().max() < 0.003


def test_equally_likely_tokens_lie_in_the_order_of_their_ids() -> None:
    draws = (torch.arange(64, dtype=torch.float64) + 0.5) / 64

    assert draw(torch.zeros(64, 64), 1.0, 1.0, draws).tolist() == list(range(64))


def test_a_row_is_sampled_alike_in_any_batch() -> None:
    logits = torch.randn(9, 30, generator=torch.Generator().manual_seed(0))
    draws = uniform(5, TOKEN_STREAM, range(9), 0)

    together = draw(logits, 0.8, 0.9, draws)

    alone = [draw(logits[row : row + 1], 0.8, 0.9, draws[row : row + 1]).item() for row in range(9)]
    assert together.tolist() == alone


def test_the_steps_ahead_are_what_the_same_logits_give_later() -> None:
    """With and without sampling, and beside a sequence that looks less far ahead."""
    logits = torch.randn(8, 30, generator=torch.Generator().manual_seed(0))
    drawn, plain = sampled(seed=4, top_p=0.9), replace(GREEDY, remasking="random", seed=5)
    rows = [
        MaskedRows((3, 4, 6), 1, drawn, num_ahead=2),
        MaskedRows((8, 9), 0, plain, num_ahead=1),
        MaskedRows((1, 2), 5, GREEDY, num_ahead=3),
        MaskedRows((7,), 0, drawn),
    ]

    now = propose(logits, rows, mask_token_id=0)
    later = propose(logits[:5], [replace(item, step=item.step + 1, num_ahead=0) for item in rows[:2]], mask_token_id=0)

    ahead = [item.ahead for item in now if item is not None]
    assert [len(item) for item in ahead] == [2, 1, 0, 0]
    assert [ahead[0][0], ahead[1][0]] == later
    assert now[0] is not None
    assert now[0].later().ahead == ahead[0][1:]
    assert ahead[0][0].token_ids != ahead[0][1].token_ids  # the numbers matter here


@pytest.mark.parametrize("temperature", [1e-3, 1e-38, 1e-300, 5e-324])
def test_a_temperature_near_zero_takes_the_best(temperature: float) -> None:
    draws = torch.tensor([0.999], dtype=torch.float64)

    assert draw(torch.tensor([[1.0, 5.0, 3.0, -torch.inf]]), temperature, 1.0, draws).item() == 1


@pytest.mark.parametrize(
    ("seed", "stream", "positions", "step", "expected"),
    [
        (0, TOKEN_STREAM, [0, 1, 2], 0, [0.011546754286331562, 0.5023796042735054, 0.25382274039248487]),
        (1234, CONFIDENCE_STREAM, [7, 100_000], 3, [0.7488700816230671, 0.7382292948437884]),
        (-1, TOKEN_STREAM, [5], 1, [0.9642232093755452]),
        (2**64 - 1, TOKEN_STREAM, [5], 1, [0.9642232093755452]),
    ],
)
def test_the_numbers_of_a_seed_stay_the_same_for_ever(
    seed: int, stream: int, positions: list[int], step: int, expected: list[float]
) -> None:
    assert uniform(seed, stream, positions, step) == expected


def test_numbers_are_in_the_unit_interval_and_even() -> None:
    numbers = torch.tensor(uniform(11, TOKEN_STREAM, range(5000), 0))

    assert numbers.min() >= 0
    assert numbers.max() < 1
    assert abs(numbers.mean() - 0.5) < 0.02
    assert abs(numbers.var() - 1 / 12) < 0.01


def test_every_argument_makes_other_numbers() -> None:
    drawn = [
        number
        for seed in (0, 1)
        for stream in (TOKEN_STREAM, CONFIDENCE_STREAM)
        for step in (0, 1, 2)
        for number in uniform(seed, stream, range(20), step)
    ]

    assert len(set(drawn)) == len(drawn) == 2 * 2 * 3 * 20


def test_a_position_has_its_number_whatever_is_masked_beside_it() -> None:
    assert uniform(1, TOKEN_STREAM, [3, 9, 12], 4)[1] == uniform(1, TOKEN_STREAM, [9], 4)[0]


@pytest.mark.parametrize(("top_k", "kept"), [(-1, 4), (0, 4), (1, 1), (2, 2), (3, 3), (4, 4), (50, 4)])
def test_top_k_keeps_the_likeliest(top_k: int, kept: int) -> None:
    logits = torch.tensor([0.05, 0.5, 0.15, 0.3]).log().repeat(2000, 1)

    token_ids = draw(logits, 1.0, 1.0, uniform(3, TOKEN_STREAM, range(2000), 0), top_k)

    assert sorted(token_ids.unique().tolist()) == sorted([1, 3, 2, 0][:kept])


def test_top_p_is_a_share_of_what_top_k_keeps() -> None:
    """Of 0.5 and 0.3, the first gets 62.5%."""
    logits = torch.tensor([0.05, 0.5, 0.15, 0.3]).log().repeat(500, 1)
    draws = uniform(3, TOKEN_STREAM, range(500), 0)

    assert draw(logits, 1.0, 0.62, draws, top_k=2).unique().tolist() == [1]
    assert draw(logits, 1.0, 0.63, draws, top_k=2).unique().tolist() == [1, 3]
