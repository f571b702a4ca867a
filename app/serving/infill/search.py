"""Which candidates of an infill are tried, and which of them are returned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.messages.params import GenerationParams
from app.serving.infill.plan import CanvasPlan
from app.serving.infill.requests import Candidate

SEVERAL = (4, 8, 16, 32)  # lengths that are tried where nothing can be deleted
MORE_TEMPERATURE = 0.7  # of candidates that must differ from the first
MOST_TEMPERATURE = 1.2  # where that was not enough


@dataclass(frozen=True)
class Variant:
    """How a candidate is begun: the number of masks in a hole of unknown length, and how it is sampled.

    `temperature` is None for the request's own.
    """

    canvas: int
    temperature: float | None
    seed: int


def first_variants(plan: CanvasPlan, capacity: int) -> list[Variant]:
    """The candidates that are tried at once, at most `capacity`."""
    n, seed = plan.request.n, plan.params.seed
    if plan.method == "several":
        lengths = [length for length in SEVERAL if length <= plan.max_tokens] or [plan.max_tokens]
        return [Variant(length, None, seed) for length in lengths[-capacity:]]
    variants = [Variant(plan.canvas, None, seed)]
    if n == 1:
        return variants
    if plan.method != "exact":
        variants += [Variant(plan.canvas * 2, None, seed), Variant(max(4, plan.canvas // 2), None, seed)]
    variants += sampled_variants(plan, n, MORE_TEMPERATURE)
    return variants[: min(n + 2, capacity)]


def sampled_variants(plan: CanvasPlan, num: int, temperature: float) -> list[Variant]:
    """Sampled at no less than `temperature`, each with its own seed."""
    warm = max(plan.params.temperature, temperature)
    return [Variant(plan.canvas, warm, plan.params.seed + round(100 * warm) + number) for number in range(num)]


def varied(params: GenerationParams, number: int) -> GenerationParams:
    """The parameters of candidate `number`: those after the first have another seed, and a temperature that uses it."""
    if number == 0:
        return params
    return replace(params, seed=params.seed + number, temperature=max(params.temperature, MORE_TEMPERATURE))


def best_distinct(candidates: Iterable[Candidate], n: int) -> list[Candidate]:
    """At most `n` candidates with different texts in their holes, the best first."""
    distinct: dict[tuple[str, ...], Candidate] = {}
    for candidate in sorted(candidates, key=lambda candidate: -candidate.score):
        distinct.setdefault(tuple(hole.text for hole in candidate.holes), candidate)
    return list(distinct.values())[:n]
