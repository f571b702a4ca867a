"""Interleaved measurements and their statistics. Needs no torch."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from tqdm import tqdm

T = TypeVar("T")

# speed: a ratio above 1 is faster; time: above 1 takes longer; share: in per cent
Kind = Literal["speed", "time", "share"]


@dataclass(frozen=True)
class Spread:
    """Repeated measurements of one thing, in order of time."""

    values: tuple[float, ...]

    def __post_init__(self) -> None:
        assert self.values

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def low(self) -> float:
        return min(self.values)

    @property
    def high(self) -> float:
        return max(self.values)


@dataclass(frozen=True)
class Figure:
    """The `ratio` of `label` to `against`. `facts` explain it with words and absolute numbers.

    For a share, `ratio` is (the percentage less one standard error, the percentage, plus one), or the percentage alone.
    """

    label: str
    against: str
    kind: Kind
    ratio: Spread
    facts: Mapping[str, str | float] = field(default_factory=dict)


def interleave(contenders: Mapping[str, Callable[[], T]], rounds: int, title: str) -> dict[str, list[T]]:
    """Run each contender once to warm up, then A B C, A B C, ...: a temporary slowdown of the machine affects all."""
    assert rounds >= 1
    results: dict[str, list[T]] = {name: [] for name in contenders}
    with tqdm(total=(rounds + 1) * len(contenders), desc=title, unit="run", leave=False, disable=None) as progress:
        for number in range(rounds + 1):
            for name, run in contenders.items():
                result = run()
                if number > 0:
                    results[name].append(result)
                progress.update()
    return results


def ratios(over: Sequence[float], under: Sequence[float]) -> Spread:
    """The ratio in each round, whose two measurements were made within seconds of each other."""
    return Spread(tuple(a / b for a, b in zip(over, under, strict=True)))


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value such that at least `percent` of the values are not larger (nearest rank)."""
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * percent // 100))
    return ordered[int(rank) - 1]
