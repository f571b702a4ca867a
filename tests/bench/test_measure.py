from __future__ import annotations

from collections.abc import Callable

import pytest

from bench.measure import Spread, interleave, percentile, ratios


def test_contenders_take_turns_and_the_warm_up_does_not_count() -> None:
    order: list[str] = []

    def contender(name: str) -> Callable[[], int]:
        def run() -> int:
            order.append(name)
            return len(order)

        return run

    results = interleave({"a": contender("a"), "b": contender("b")}, rounds=3, title="test")

    assert order == ["a", "b"] * 4
    assert results == {"a": [3, 5, 7], "b": [4, 6, 8]}


def test_a_spread_tells_the_median_and_both_ends() -> None:
    spread = Spread((5.0, 1.0, 4.0, 2.0, 9.0))

    assert (spread.median, spread.low, spread.high) == (4.0, 1.0, 9.0)


def test_ratios_are_made_within_a_round() -> None:
    """The machine is ten times slower in the second round, which does not change the ratio."""
    assert ratios([2.0, 20.0], [1.0, 10.0]).values == (2.0, 2.0)


def test_ratios_of_unequal_numbers_of_rounds_are_refused() -> None:
    with pytest.raises(ValueError, match="longer"):
        ratios([1.0], [1.0, 2.0])


@pytest.mark.parametrize(("percent", "expected"), [(50, 50), (99, 99), (100, 100), (1, 1)])
def test_percentiles_by_nearest_rank(percent: float, expected: float) -> None:
    assert percentile(list(range(100, 0, -1)), percent) == expected


def test_a_percentile_of_few_values_is_one_of_them() -> None:
    assert percentile([3.0, 1.0], 50) == 1.0
    assert percentile([3.0, 1.0], 99) == 3.0
