"""Which later states of a block are predicted, in which order, and how probable they are."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence as Ids

import pytest

from app.engine.drafts import Certain, Draft, State, choices, drafts_of, expected
from app.engine.odds import AcceptanceRates
from app.engine.proposals import Proposals
from app.engine.transfer import delete_rule, make_rule, static_rule, threshold_rule
from app.messages.decoding import DECODE_MODES
from app.messages.params import GenerationParams

END, DELETE = 2, 99
MASKS = (None,) * 4
MANY = 2000
NO_FLOOR = 1e-9


class Rates:
    """Fixed odds: of some kinds, at every depth."""

    def __init__(self, *rates: float) -> None:
        self._rates = rates

    def probability(self, depth: int, kind: int, confidence: float) -> float:
        return confidence * self._rates[kind] if kind < len(self._rates) else 0.0


AS_PREDICTED = Rates(0.5)


def forecast(*token_ids: int, start: int = 0, chances: Ids[float] = (), ahead: Ids[Proposals] = ()) -> Proposals:
    """At positions from `start` on; by default from left to right, and sure."""
    num = len(token_ids)
    order = [1 - index / 100 for index in range(num)]
    probabilities = list(chances) or [1.0] * num
    positions = tuple(range(start, start + num))
    return Proposals(positions, list(token_ids), list(chances) or order, [], probabilities, [], tuple(ahead))


def certain(forecast: Proposals | None, token_ids: Ids[int | None] = MASKS, **changes: object) -> Certain:
    """Of the first block of two, where one position becomes final in a step."""
    fields = {
        "state": State(0, tuple(token_ids)),
        "step": 0,
        "forecast": forecast,
        "rule": static_rule([1]),
        "prompt_len": 0,
        "canvas_len": 8,
        "block_length": 4,
        "end_token_ids": {END},
        "delete_token_id": None,
        "counts_steps": False,
    }
    return Certain(**{**fields, **changes})


def states(drafts: Ids[Draft]) -> list[tuple[int | None, ...]]:
    return [draft.state.token_ids for draft in drafts]


def test_each_draft_is_one_step_further() -> None:
    start = certain(forecast(20, 21, 22, start=1), (19, None, None, None), step=1)

    first, second, third = drafts_of(start, AS_PREDICTED, 0.1)

    assert states([first, second]) == [(19, 20, None, None), (19, 20, 21, None)]
    assert third.state == State(4, MASKS, before=(19, 20, 21, 22))
    assert [draft.probability for draft in (first, second, third)] == [0.5, 0.25, 0.125]
    assert [draft.depth for draft in (first, second, third)] == [1, 2, 3]
    assert [draft.step for draft in (first, second, third)] == [2, 3, 0]  # within the block of the state
    assert [draft.filled for draft in (first, second, third)] == [(20,), (20, 21), (20, 21, 22)]
    assert [draft.parent for draft in (first, second, third)] == [start.state, first.state, second.state]


def test_a_draft_expects_what_is_left_of_the_forecast() -> None:
    (first, *_) = drafts_of(certain(forecast(20, 21, 22, 23)), AS_PREDICTED, 0.1)

    assert first.forecast is not None
    assert (first.forecast.positions, first.forecast.token_ids) == ((1, 2, 3), [21, 22, 23])
    assert first.state.masked_positions == (1, 2, 3)


def test_unlikely_tokens_make_a_draft_unlikely() -> None:
    start = certain(forecast(20, 21, 22, 23, chances=(0.9, 0.8, 0.5, 0.5)), rule=static_rule([2, 1]))

    first, second = itertools.islice(drafts_of(start, AS_PREDICTED, NO_FLOOR), 2)

    assert first.confidence == pytest.approx(0.9 * 0.8)
    assert first.probability == pytest.approx(0.5 * 0.9 * 0.8)
    assert second.confidence == 0.5  # of its last step only
    assert second.probability == pytest.approx(first.probability * 0.5 * 0.5)


@pytest.mark.parametrize(("floor", "num"), [(0.51, 0), (0.5, 1), (0.26, 1), (0.25, 2), (0.0625, 4), (NO_FLOOR, 4)])
def test_no_draft_is_less_probable_than_the_floor(floor: float, num: int) -> None:
    assert len(list(drafts_of(certain(forecast(20, 21, 22, 23)), AS_PREDICTED, floor))) == num


def test_the_floor_holds_for_unsure_tokens_too() -> None:
    start = certain(forecast(20, 21, 22, 23, chances=(0.9, 0.2, 0.1, 0.1)))

    assert states(list(drafts_of(start, AS_PREDICTED, 0.3))) == [(20, None, None, None)]


def test_the_more_probable_way_comes_first() -> None:
    """Kind 1, another position first, is less probable than one step as predicted, and more than two."""
    drafts = list(itertools.islice(drafts_of(certain(forecast(20, 21, 22, 23)), Rates(0.6, 0.4), 0.01), 3))

    assert states(drafts) == [(20, None, None, None), (None, 21, None, None), (20, 21, None, None)]
    assert [draft.kind for draft in drafts] == [0, 1, 0]


def test_a_state_that_is_reached_on_two_ways_has_the_sum_of_both() -> None:
    """Positions 0 and 1 in either order: 0.5 × 0.5, and 0.4 × 0.5. It comes once, and then its own next ones."""
    start = certain(forecast(20, 21, start=2), (18, 19, None, None))

    drafts = list(drafts_of(start, Rates(0.5, 0.4), 0.01))

    assert states(drafts) == [(18, 19, 20, None), (18, 19, None, 21), MASKS]
    assert [draft.probability for draft in drafts] == [0.5, 0.4, pytest.approx(0.5 * 0.5 + 0.4 * 0.5)]


def test_a_sum_is_at_most_one() -> None:
    drafts = list(drafts_of(certain(forecast(20, 21, start=2), (18, 19, None, None)), Rates(1.0, 1.0), 0.01))

    assert [draft.probability for draft in drafts] == [1.0, 1.0, 1.0]


def test_a_full_block_is_followed_by_the_masks_of_the_next_one() -> None:
    start = certain(forecast(23, start=3), (20, 21, 22, None), step=3)

    (draft,) = drafts_of(start, AS_PREDICTED, 0.01)

    assert draft.state == State(4, MASKS, before=(20, 21, 22, 23))
    assert draft.state.masked_positions == (4, 5, 6, 7)
    assert draft.num_rows == 8
    assert draft.forecast is None  # so that nothing is predicted after it


def test_the_last_block_may_be_cut_off() -> None:
    (draft,) = drafts_of(certain(forecast(23, start=3), (20, 21, 22, None), canvas_len=6), AS_PREDICTED, 0.01)

    assert draft.state == State(4, (None, None), before=(20, 21, 22, 23))
    assert draft.num_rows == 6


def test_there_is_nothing_after_the_last_block() -> None:
    start = certain(forecast(20, 21, start=2), (18, 19, None, None), canvas_len=4)

    assert states(list(drafts_of(start, AS_PREDICTED, NO_FLOOR))) == [(18, 19, 20, None)]


def test_the_block_before_is_stored_by_then() -> None:
    """The forward that evaluates the certain state commits it; a draft of the same block needs no rows for it."""
    start = certain(forecast(20, 21, 22, 23, start=4), state=State(4, MASKS, before=(1, 3, 4, 5)), canvas_len=8)

    drafts = list(drafts_of(start, AS_PREDICTED, 0.01))

    assert [draft.state.before for draft in drafts] == [()] * 3
    assert [draft.num_rows for draft in drafts] == [4] * 3


@pytest.mark.parametrize(
    ("token_ids", "prompt_len", "proposed", "expected"),
    [
        pytest.param(MASKS, 0, (END, 21, 22, 23), [], id="at once"),
        pytest.param(MASKS, 0, (20, END, 22, 23), [(20, None, None, None)], id="after one more"),
        pytest.param((None, END, None, 23), 0, (20, 22), [], id="once what is before it is final"),
        pytest.param((1, END, None, None), 2, (20, 21), [(1, END, 20, None), MASKS], id="not one of the prompt"),
        pytest.param((None, None, END, 23), 0, (20, 21), [(20, None, END, 23)], id="not with a mask before it"),
    ],
)
def test_there_is_nothing_after_an_end_token_that_settles_the_reply(
    token_ids: Ids[int | None], prompt_len: int, proposed: tuple[int, ...], expected: list[tuple[int | None, ...]]
) -> None:
    masked = [index for index, token_id in enumerate(token_ids) if token_id is None]
    some = forecast(*proposed)
    some = Proposals(tuple(masked), some.token_ids, some.confidences, [], some.probabilities)

    assert states(list(drafts_of(certain(some, token_ids, prompt_len=prompt_len), AS_PREDICTED, 0.01))) == expected


def test_an_end_token_is_text_where_it_ends_nothing() -> None:
    drafts = list(drafts_of(certain(forecast(END, 21, 22, 23), end_token_ids=()), AS_PREDICTED, 0.01))

    assert states(drafts)[0] == (END, None, None, None)
    assert len(drafts) == 4


@pytest.mark.parametrize("nothing", [None, Proposals((), [], [], [])])
def test_nothing_is_predicted_without_a_forecast(nothing: Proposals | None) -> None:
    assert list(drafts_of(certain(nothing), AS_PREDICTED, 0.0)) == []


def test_the_expected_state_has_no_floor() -> None:
    start = certain(forecast(20, 21, 22, 23, chances=(0.01, 0.001, 0.001, 0.001)))

    first = expected(start, Rates(0.001, 1.0))

    assert first is not None
    assert (first.state.token_ids, first.kind, first.depth) == ((20, None, None, None), 0, 1)
    assert first.parent == start.state


def test_no_state_is_expected_after_the_end() -> None:
    """Though other choices of the rule would leave something to denoise."""
    assert expected(certain(forecast(END, 21, 22, 23)), AS_PREDICTED) is None
    assert expected(certain(None), AS_PREDICTED) is None


def window(forecast: Proposals, **changes: object) -> Certain:
    """A canvas of two holes of two positions each, behind a block of the prompt."""
    state = State(4, (10, None, None, 11, None, None, 12), (None, 0, 0, None, 1, 1, None))
    fields = {"state": state, "canvas_len": 0, "prompt_len": 4, "delete_token_id": DELETE, **changes}
    return certain(forecast, rule=delete_rule(static_rule([1]), DELETE), **fields)


def at(positions: tuple[int, ...], *token_ids: int) -> Proposals:
    sure = [1 - index / 100 for index in range(len(token_ids))]
    return Proposals(positions, list(token_ids), sure, [], sure)


def test_holes_are_filled_until_no_mask_is_left() -> None:
    drafts = list(drafts_of(window(at((5, 6, 8, 9), 20, 21, 22, 23)), AS_PREDICTED, 0.01))

    assert states(drafts) == [
        (10, 20, None, 11, None, None, 12),
        (10, 20, 21, 11, None, None, 12),
        (10, 20, 21, 11, 22, None, 12),
    ]
    assert {draft.state.holes for draft in drafts} == {(None, 0, 0, None, 1, 1, None)}
    assert {draft.state.start for draft in drafts} == {4}


def test_the_end_token_of_a_hole_is_not_predicted() -> None:
    """How much of the hole it removes is for the step itself to find out."""
    drafts = list(drafts_of(window(at((5, 6, 8, 9), 20, END, 22, 23)), AS_PREDICTED, 0.01))

    assert states(drafts) == [(10, 20, None, 11, None, None, 12)]


def test_a_deleted_position_leaves_the_canvas() -> None:
    first, second, *_ = drafts_of(window(at((5, 6, 8, 9), 20, DELETE, 22, 23)), AS_PREDICTED, 0.01)

    assert first.state.token_ids == (10, 20, 11, None, None, 12)  # a sure delete, with the first token
    assert first.state.holes == (None, 0, None, 1, 1, None)
    assert first.forecast is not None
    assert first.forecast.positions == first.state.masked_positions == (7, 8)
    assert second.state.token_ids == (10, 20, 11, 22, None, 12)
    assert [draft.num_rows for draft in (first, second)] == [6, 6]


def test_a_delete_is_not_a_token_of_the_canvas() -> None:
    """Penalties count the tokens that are filled."""
    first, second, *_ = drafts_of(window(at((5, 6, 8, 9), 20, DELETE, 22, 23)), AS_PREDICTED, 0.01)

    assert (first.filled, second.filled) == ((20,), (20, 22))


def test_a_delete_token_is_text_where_nothing_is_deleted() -> None:
    (first, *_) = drafts_of(certain(forecast(DELETE, 21, 22, 23)), AS_PREDICTED, 0.01)

    assert first.state.token_ids == (DELETE, None, None, None)
    assert first.filled == (DELETE,)


def test_where_random_numbers_depend_on_the_step_it_is_part_of_the_state() -> None:
    later = [forecast(40, 41, 42, 43), forecast(50, 51, 52, 53)]
    start = certain(
        forecast(30, 31, 32, 33, ahead=later), state=State(0, MASKS, step=5), step=5, counts_steps=True, canvas_len=12
    )

    drafts = list(drafts_of(start, AS_PREDICTED, 0.01))

    assert states(drafts) == [(30, None, None, None), (30, 41, None, None), (30, 41, 52, None), MASKS]
    assert [draft.state.step for draft in drafts] == [6, 7, 8, 0]
    assert drafts[-1].state.before == (30, 41, 52, 53)


def test_where_they_do_not_the_same_tokens_are_the_same_state() -> None:
    drafts = list(drafts_of(certain(forecast(30, 31, 32, 33), step=5), AS_PREDICTED, 0.01))

    assert {draft.state.step for draft in drafts} == {0}
    assert [draft.step for draft in drafts] == [6, 7, 8, 0]


def random_case(seed: int) -> Certain:
    """Any mode, at any place of a canvas of blocks, or on an infilling canvas."""
    choose = random.Random(seed)
    num = choose.randint(1, 4)
    is_window, is_random = choose.random() < 0.3, choose.random() < 0.3
    params = GenerationParams(
        gen_length=4,
        steps=choose.randint(1, 4),
        block_length=4,
        decode_mode=choose.choice(DECODE_MODES),
        threshold=choose.choice([0.5, 0.9]),
        gamma=choose.choice([0.1, 1.0]),
    )
    rule = make_rule(params, num)
    masked = sorted(choose.sample(range(4), num))
    token_ids = tuple(None if index in masked else choose.choice([END, 10]) for index in range(4))
    holes = tuple(int(index > 1) for index in range(4)) if is_window else ()
    step = choose.randrange(3)
    return certain(
        random_proposals(choose, tuple(4 + index for index in masked), num - 1 if is_random else 0),
        state=State(4, token_ids, holes, step if is_random else 0, () if is_window else choose.choice([(), (7,) * 4])),
        step=step,
        rule=delete_rule(rule, DELETE) if is_window else rule,
        prompt_len=choose.randint(4, 8) if not is_window else 4,
        canvas_len=0 if is_window else choose.choice([8, 10, 12]),
        delete_token_id=DELETE if is_window else None,
        counts_steps=is_random,
    )


def random_proposals(choose: random.Random, positions: tuple[int, ...], num_ahead: int) -> Proposals:
    token_ids = [choose.choice([20, 21, END, DELETE]) for _ in positions]
    probabilities = [choose.choice([0.98, choose.random()]) for _ in positions]
    entropies = [choose.random() for _ in positions]
    ahead = tuple(random_proposals(choose, positions, 0) for _ in range(num_ahead))
    return Proposals(positions, token_ids, probabilities, entropies, probabilities, [], ahead)


@pytest.mark.parametrize("seed", range(300))
def test_drafts_are_distinct_likely_and_follow_one_another(seed: int) -> None:
    start = random_case(seed)
    reached = {start.state}

    for draft in itertools.islice(drafts_of(start, AcceptanceRates(), 0.01), MANY):
        assert draft.state not in reached
        assert draft.parent in reached
        assert 0.01 <= draft.probability <= 1
        assert None in draft.state.token_ids
        assert draft.state.start - len(draft.state.before) == start.state.start
        if draft.forecast is not None:
            assert draft.forecast.positions == draft.state.masked_positions
        reached.add(draft.state)


def test_most_of_these_cases_have_drafts() -> None:
    """Otherwise the tests around this one would prove less than they seem to."""
    nums = [len(list(drafts_of(random_case(seed), AcceptanceRates(), 0.01))) for seed in range(300)]

    assert sum(num > 0 for num in nums) > 150
    assert max(nums) < MANY


@pytest.mark.parametrize("seed", range(300))
def test_probabilities_fall(seed: int) -> None:
    """With one way to each state. Where ways meet, a state may become more probable than the one before it."""
    probabilities = [draft.probability for draft in drafts_of(random_case(seed), Rates(0.9), NO_FLOOR)]

    assert probabilities == sorted(probabilities, reverse=True)


def ways_to(start: Certain, rates: Rates) -> dict[State, list[float]]:
    """The probabilities of all ways to each state of a block without an end, found without an order."""
    ways: dict[State, list[float]] = {}

    def follow(state: State, proposals: Proposals, step: int, probability: float) -> None:
        for kind, chosen in choices(start.rule, proposals, step):
            confidence = math.prod(proposals.probabilities[index] for index in chosen)
            likely = probability * rates.probability(0, kind, confidence)
            if likely == 0:
                continue
            token_ids = list(state.token_ids)
            for index in chosen:
                token_ids[proposals.positions[index]] = proposals.token_ids[index]
            if None in token_ids:
                after = State(0, tuple(token_ids))
                follow(after, proposals.without(chosen), step + 1, likely)
            else:
                after = State(4, MASKS, before=tuple(token_ids))
            ways.setdefault(after, []).append(likely)

    assert start.forecast is not None
    follow(start.state, start.forecast, 0, 1.0)
    return ways


@pytest.mark.parametrize("rule", [static_rule([1]), static_rule([2, 1]), threshold_rule(0.6)])
@pytest.mark.parametrize("seed", range(20))
def test_probabilities_are_those_of_the_ways_to_a_state(seed: int, rule) -> None:
    choose = random.Random(seed)
    chances = [choose.random() for _ in range(4)]
    start = certain(forecast(20, 21, 22, 23, chances=chances), rule=rule)
    rates = Rates(0.5, 0.2, 0.1, 0.0, 0.3, 0.1, 0.1, 0.2)

    drafts = list(drafts_of(start, rates, NO_FLOOR))

    ways = ways_to(start, rates)
    assert {draft.state for draft in drafts} == set(ways)
    for draft in drafts:
        assert max(ways[draft.state]) <= draft.probability * 1.000001
        assert draft.probability <= sum(ways[draft.state]) * 1.000001
