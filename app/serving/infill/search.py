"""Which candidates of an infill are tried, and which are returned."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.messages.params import GenerationParams
from app.serving.infill.plan import CanvasPlan
from app.serving.infill.requests import Candidate
from app.serving.infill.syntax import CountErrors

SEVERAL = (4, 8, 16, 32)  # lengths to try if the model cannot delete
MORE_TEMPERATURE = 0.7  # for candidates that must differ from the first
MOST_TEMPERATURE = 1.2  # if that was not enough


@dataclass(frozen=True)
class Variant:
    """How a candidate is started."""

    canvas: int  # masks in a hole of unknown length
    temperature: float | None  # None: the request's
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
    """`num` candidates sampled at `temperature` or the request's, whichever is higher, each with a different seed."""
    temperature = max(plan.params.temperature, temperature)
    first_seed = plan.params.seed + round(100 * temperature)
    return [Variant(plan.canvas, temperature, first_seed + number) for number in range(num)]


def varied(params: GenerationParams, number: int) -> GenerationParams:
    """The parameters of candidate `number`: those after the first have another seed, and a temperature to use it."""
    if number == 0:
        return params
    return replace(params, seed=params.seed + number, temperature=max(params.temperature, MORE_TEMPERATURE))


def best_distinct(candidates: Iterable[Candidate], n: int, count_errors: CountErrors | None = None) -> list[Candidate]:
    """At most `n` candidates with different texts in their holes, by rising number of syntax errors if these are
    counted, then by falling score.
    """
    distinct: dict[tuple[str, ...], Candidate] = {}
    for candidate in sorted(candidates, key=lambda candidate: -candidate.score):
        distinct.setdefault(tuple(hole.text for hole in candidate.holes), candidate)
    found = list(distinct.values())
    if count_errors is not None:
        counts = count_errors([candidate.text for candidate in found])
        found = [replace(each, num_errors=count) for each, count in zip(found, counts, strict=True)]
        found.sort(key=lambda each: math.inf if each.num_errors is None else each.num_errors)
    return found[:n]
