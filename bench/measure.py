"""Fair turns and honest statistics. Needs no torch."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from tqdm import tqdm

T = TypeVar("T")

Kind = Literal["speed", "time", "share"]  # of a ratio: above 1 is faster, or longer; a share is in per cent


@dataclass(frozen=True)
class Spread:
    """Repeated measurements of one thing, in the order in which they were made."""

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
    """`ratio` of what `label` names to what `against` names. `facts` explain it, in words and absolute numbers.

    A share is no ratio: its spread is (one standard error below, per cent, one above), or the per cent alone.
    """

    label: str
    against: str
    kind: Kind
    ratio: Spread
    facts: Mapping[str, str | float] = field(default_factory=dict)


def interleave(contenders: Mapping[str, Callable[[], T]], rounds: int, title: str) -> dict[str, list[T]]:
    """Each contender once to warm up, then A B C, A B C, ...: what slows the machine for a while slows all of them."""
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
    """Round by round: both of a pair were measured within the same seconds."""
    return Spread(tuple(a / b for a, b in zip(over, under, strict=True)))


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` of them do not exceed (nearest rank)."""
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * percent // 100))
    return ordered[int(rank) - 1]
