"""Scores of fillings: one hole at a time, and over many."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from bench.measure import Figure, Spread

Facts = dict[str, str | float]


@dataclass(frozen=True)
class Filling:
    """A method's text for a hole. `forwards` counts the denoising forwards of all candidates, including probes."""

    text: str
    forwards: int
    ms: float


@dataclass(frozen=True)
class Score:
    """`length_error` and `num_tokens` (the true length) are in tokens; `passes` is None if nothing was run."""

    is_exact: bool
    similarity: float
    passes: bool | None
    length_error: int
    num_tokens: int
    forwards: int
    ms: float


def share(values: Sequence[bool]) -> tuple[float, float]:
    """(percentage of true values, its standard error)."""
    part = sum(values) / len(values)
    return 100 * part, 100 * math.sqrt(part * (1 - part) / len(values))


def mean_error(values: Sequence[float]) -> float:
    """The standard error of the mean."""
    return statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else 0.0


def share_figure(label: str, against: str, values: Sequence[bool], facts: Facts) -> Figure:
    """A share; its spread is one standard error on either side."""
    percent, error = share(values)
    return Figure(label, against, "share", Spread((percent - error, percent, percent + error)), facts)


def summary(scores: Sequence[Score]) -> Facts:
    ran = [score.passes for score in scores if score.passes is not None]
    facts: Facts = {"n": str(len(scores))}
    if ran:
        facts["passes %"] = "{:.1f} ± {:.1f}".format(*share(ran))
    for name, values in (
        ("edit similarity", [score.similarity for score in scores]),
        ("length error, tokens", [float(score.length_error) for score in scores]),
        ("forwards a hole", [float(score.forwards) for score in scores]),
    ):
        facts[name] = f"{statistics.fmean(values):.1f} ± {mean_error(values):.1f}"
    facts["forwards a token"] = sum(score.forwards for score in scores) / sum(score.num_tokens for score in scores)
    facts["ms a hole"] = statistics.median(score.ms for score in scores)
    return facts
