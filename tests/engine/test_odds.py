"""How often predictions come true, and the probabilities that follow from it."""

from __future__ import annotations

import random

import pytest

from app.engine.drafts import NUM_KINDS, Draft, State
from app.engine.odds import MAX_DEPTH, MEMORY, PRIOR, PRIOR_WEIGHT, AcceptanceRates, RatesByMode
from app.messages.params import GenerationParams, Window


def state(num_final: int, token_id: int = 20) -> State:
    return State(0, (token_id,) * num_final + (None,) * (9 - num_final))


START, NEXT, OTHER = state(0), state(1), state(1, token_id=30)


def draft(after: State = NEXT, parent: State = START, depth: int = 1, kind: int = 0, confidence: float = 1.0) -> Draft:
    return Draft(after, (20,), depth, depth, kind, parent, confidence, 0.5, None)


def learned(rates: AcceptanceRates, hits: int, misses: int, confidence: float = 1.0) -> float:
    """The probability of the next step as predicted, after these predictions of it."""
    for number in range(hits + misses):
        rates.learn([draft(confidence=confidence)], [START, NEXT if number < hits else OTHER])
    return rates.probability(0, 0, 1.0)


@pytest.mark.parametrize("depth", [0, 1, MAX_DEPTH - 1, MAX_DEPTH, 50])
def test_before_anything_is_counted_the_prior_holds_at_every_depth(depth: int) -> None:
    rates = AcceptanceRates()

    assert [rates.probability(depth, kind, 1.0) for kind in range(NUM_KINDS)] == pytest.approx(list(PRIOR))
    assert [rates.probability(depth, kind, 0.5) for kind in range(NUM_KINDS)] == pytest.approx([p / 2 for p in PRIOR])


def test_predictions_that_come_true_become_more_probable() -> None:
    assert learned(AcceptanceRates(), 1, 0) == pytest.approx((PRIOR[0] * PRIOR_WEIGHT + 1) / (PRIOR_WEIGHT + 1))
    assert learned(AcceptanceRates(), 400, 0) == pytest.approx(1, abs=0.01)


def test_predictions_that_do_not_become_less_probable() -> None:
    assert learned(AcceptanceRates(), 0, 1) == pytest.approx(PRIOR[0] * PRIOR_WEIGHT / (PRIOR_WEIGHT + 1))
    assert learned(AcceptanceRates(), 0, 400) < 0.05


def test_an_unsure_prediction_counts_less_when_it_fails() -> None:
    assert learned(AcceptanceRates(), 0, 1, confidence=0.1) > learned(AcceptanceRates(), 0, 1, confidence=0.9)
    assert learned(AcceptanceRates(), 0, 1, confidence=0.0) == pytest.approx(PRIOR[0])  # it was no prediction at all


def test_the_rate_is_relative_to_the_confidence() -> None:
    """Half of the predictions with a confidence of a half come true: the rule always chooses as predicted."""
    rates = AcceptanceRates()
    for number in range(600):
        rates.learn([draft(confidence=0.5)], [START, NEXT if number % 2 else OTHER])

    assert rates.probability(0, 0, 0.5) == pytest.approx(0.5, abs=0.02)


def test_a_step_is_learned_from_wherever_its_state_is_on_the_path() -> None:
    rates = AcceptanceRates()
    second, third = state(2), state(3)
    follows = [draft(), draft(second, NEXT, depth=2), draft(state(2, 30), NEXT, depth=2, kind=1)]

    rates.learn([*follows, draft(third, second, depth=3)], [START, NEXT, second])

    assert [depths[0] for depths in rates.tried] == [1, 1, 0, 0]  # what follows the last state is not known
    assert [depths[0] for depths in rates.came_true] == [1, 1, 0, 0]
    assert (rates.tried[1][1], rates.came_true[1][1]) == (1, 0)
    assert rates.probability(1, 0, 1.0) > PRIOR[0]
    assert rates.probability(1, 1, 1.0) < PRIOR[1]
    assert rates.probability(2, 0, 1.0) == pytest.approx(PRIOR[0])


def test_a_prediction_does_not_count_if_the_state_before_it_was_not_reached() -> None:
    rates = AcceptanceRates()

    rates.learn([draft(state(2), NEXT, depth=2)], [START, OTHER, state(2, 30)])

    assert sum(map(sum, rates.tried)) == 0
    assert rates.probability(1, 0, 1.0) == pytest.approx(PRIOR[0])


def test_a_kind_and_a_depth_are_learned_apart_from_the_others() -> None:
    rates = AcceptanceRates()

    for _ in range(100):
        rates.learn([draft(kind=4)], [START, NEXT])

    changed = [
        (depth, kind)
        for depth in range(MAX_DEPTH)
        for kind in range(NUM_KINDS)
        if rates.probability(depth, kind, 1.0) != pytest.approx(PRIOR[kind])
    ]
    assert changed == [(0, 4)]


def test_late_steps_are_counted_together() -> None:
    rates = AcceptanceRates()

    rates.learn([draft(depth=MAX_DEPTH), draft(depth=MAX_DEPTH + 7)], [START, NEXT])

    assert rates.tried[-1][0] == 2
    assert rates.probability(MAX_DEPTH - 1, 0, 1.0) == rates.probability(MAX_DEPTH + 20, 0, 1.0) > PRIOR[0]


def test_old_predictions_are_forgotten() -> None:
    """After many failures and then as many as `MEMORY` that came true, these count more."""
    rates = AcceptanceRates()
    assert learned(rates, 0, 20 * int(MEMORY)) < 0.01

    assert learned(rates, int(MEMORY), 0) > 0.6
    assert learned(rates, 3 * int(MEMORY), 0) > 0.95


@pytest.mark.parametrize("seed", range(20))
def test_a_probability_is_between_zero_and_one(seed: int) -> None:
    """Although unsure tokens may come true more often than their confidence says."""
    choose = random.Random(seed)
    rates = AcceptanceRates()
    share = choose.random()
    for _ in range(1000):
        some = draft(depth=choose.randint(1, 6), kind=choose.randrange(NUM_KINDS), confidence=choose.random() ** 3)
        rates.learn([some], [START, NEXT if choose.random() < share else OTHER])

    for depth in range(6):
        for kind in range(NUM_KINDS):
            assert 0 <= rates.probability(depth, kind, choose.random()) <= 1
            assert 0 <= rates.probability(depth, kind, 1.0) <= 1


def params(**changes: object) -> GenerationParams:
    return GenerationParams(**{"gen_length": 8, "steps": 8, "block_length": 4, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"decode_mode": "greedy"},
        {"threshold": 0.9},
        {"temperature": 0.5},
        {"remasking": "random"},
        {"window": Window((None,) * 8, (0,) * 8)},
    ],
)
def test_ways_of_decoding_have_rates_of_their_own(changes: dict[str, object]) -> None:
    odds = RatesByMode()

    learned(odds.of(params(**changes)), 100, 0)

    assert odds.of(params(**changes)).probability(0, 0, 1.0) > PRIOR[0]
    assert odds.of(params()).probability(0, 0, 1.0) == pytest.approx(PRIOR[0])


def test_other_parameters_share_their_rates() -> None:
    odds = RatesByMode()

    assert odds.of(params()) is odds.of(params(gen_length=16, steps=4, seed=3, watch=True, frequency_penalty=1.0))
    assert odds.of(params(temperature=0.2)) is odds.of(params(temperature=1.0, top_p=0.5))
    assert odds.of(params(threshold=0.5)) is odds.of(params(decode_mode="threshold"))
