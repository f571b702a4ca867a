"""Transfer rules: which masked positions become final in a denoising step.

A rule is a pure function of the proposals at a block's masked positions and the step within the block. It returns
indices into the proposals, at least one. `RULES` maps the names that callers use to the rules.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import replace

from app.engine.proposals import Proposals
from app.engine.schedules import SCHEDULES
from app.messages.decoding import DecodeMode
from app.messages.params import GenerationParams

TransferRule = Callable[[Proposals, int], list[int]]

# Deletes at least this probable do not wait. Measured, see bench/LOG.md, "2026-11-21, after 837b1db: holes of unknown
# length".
SURE_DELETE = 0.97
# Under a deadline, proposals at least this confident do not wait for more steps. Chosen, not measured under a deadline;
# as a plain threshold it costs 0 to 2 points of correct answers, see training/LOG.md, "2026-11-21: third version,
# trained on from the second".
SURE = 0.95


def make_rule(params: GenerationParams, num_masks: int, schedule: str = "masks", offset: int = 0) -> TransferRule:
    """The rule for a block that begins with `num_masks` masks; `schedule` is one of SCHEDULES.

    Blocks, and the small blocks in them, are counted from position `offset`.
    """
    counts = SCHEDULES[schedule](num_masks, params.steps_per_block, params.block_length, params.schedule_eps)
    rule = RULES[params.mode](params, counts)
    return rule if params.small_block_length is None else small_block_rule(rule, params.small_block_length, offset)


def static_rule(counts: list[int]) -> TransferRule:
    """The `counts[step]` most confident proposals; the last count holds for all later steps."""

    def select(proposals: Proposals, step: int) -> list[int]:
        return most_confident_first(proposals)[: counts[min(step, len(counts) - 1)]]

    return select


def sequential_rule(counts: list[int]) -> TransferRule:
    """The first `counts[step]` proposals, from left to right; the last count holds for all later steps."""

    def select(proposals: Proposals, step: int) -> list[int]:
        return list(range(len(proposals.positions)))[: counts[min(step, len(counts) - 1)]]

    return select


def threshold_rule(threshold: float) -> TransferRule:
    """All proposals that reach the threshold, and always the most confident (Fast-dLLM, arXiv 2505.22618, 3.3)."""
    return adaptive_rule((threshold,))


def dynamic_rule(threshold: float, counts: list[int]) -> TransferRule:
    """All proposals above the threshold, and always the `counts[step]` most confident (SDAR, arXiv 2510.06303)."""

    def select(proposals: Proposals, step: int) -> list[int]:
        num = sum(confidence > threshold for confidence in proposals.confidences)
        return most_confident_first(proposals)[: max(num, counts[min(step, len(counts) - 1)])]

    return select


def adaptive_rule(thresholds: tuple[float, ...]) -> TransferRule:
    """All proposals that reach the step's threshold, and always the most confident; the last holds for later steps."""

    def select(proposals: Proposals, step: int) -> list[int]:
        threshold = thresholds[min(step, len(thresholds) - 1)]
        num = sum(confidence >= threshold for confidence in proposals.confidences)
        return most_confident_first(proposals)[: max(1, num)]

    return select


def greedy_rule(proposals: Proposals, step: int) -> list[int]:
    """All proposals: the whole block in one forward."""
    return most_confident_first(proposals)


def factor_rule(factor: float) -> TransferRule:
    """Sorted by falling confidence, the longest run whose n-th is at least 1 - factor / (n + 1); the first always.

    Fast-dLLM (arXiv 2505.22618, section 3.3, factor-based parallel decoding).
    """

    def select(proposals: Proposals, step: int) -> list[int]:
        order = most_confident_first(proposals)
        num = 1
        while num < len(order) and proposals.confidences[order[num]] >= 1 - factor / (num + 2):
            num += 1
        return order[:num]

    return select


def entropy_rule(gamma: float) -> TransferRule:
    """Sorted by rising entropy, as many as keep the sum of all but the largest within gamma; the first always.

    EB-sampler (arXiv 2505.24857, section 4): the sum bounds what unmasking them together may lose.
    """

    def select(proposals: Proposals, step: int) -> list[int]:
        entropies = proposals.entropies
        order = sorted(range(len(entropies)), key=lambda index: entropies[index])
        num, total = 0, 0.0  # `total` leaves out the next entropy, which would be the largest
        while num < len(order) and total <= gamma:
            total += entropies[order[num]]
            num += 1
        return order[:num]

    return select


def entropy_bounded_rule(gamma: float) -> TransferRule:
    """Sorted by rising entropy, as many as keep the sum of all within gamma; the first always (SDAR's JetEngine)."""

    def select(proposals: Proposals, step: int) -> list[int]:
        entropies = proposals.entropies
        order = sorted(range(len(entropies)), key=lambda index: entropies[index])
        sums = itertools.accumulate(entropies[index] for index in order)
        return order[: max(1, sum(total < gamma for total in sums))]

    return select


def small_block_rule(rule: TransferRule, size: int, offset: int = 0) -> TransferRule:
    """`rule`, within the first aligned group of `size` positions that has a mask: a block is filled part by part."""

    def select(proposals: Proposals, step: int) -> list[int]:
        part = (proposals.positions[0] - offset) // size
        num = sum((position - offset) // size == part for position in proposals.positions)
        return rule(proposals.pick(range(num)), step)

    return select


def strict_rule(rule: TransferRule) -> TransferRule:
    """`rule`, for published code that compares with > what it compares with >=: a limit must be exceeded."""

    def select(proposals: Proposals, step: int) -> list[int]:
        lowered = [math.nextafter(confidence, -math.inf) for confidence in proposals.confidences]
        return rule(replace(proposals, confidences=lowered), step)

    return select


def delete_rule(rule: TransferRule, delete_token_id: int) -> TransferRule:
    """On a canvas with deletable padding: `rule` among the proposed tokens, plus every delete that is sure.

    An unsure delete waits until the tokens around it are in place, which decide the length (bench/LOG.md,
    "2026-11-21, after 837b1db: holes of unknown length").
    """

    def select(proposals: Proposals, step: int) -> list[int]:
        is_delete = [token_id == delete_token_id for token_id in proposals.token_ids]
        sure_deletes = [
            index
            for index, probability in enumerate(proposals.probabilities)
            if is_delete[index] and probability >= SURE_DELETE
        ]
        tokens = [index for index, delete in enumerate(is_delete) if not delete]
        if tokens:
            return [tokens[index] for index in rule(proposals.pick(tokens), step)] + sure_deletes
        return sure_deletes or rule(proposals, step)

    return select


def deadline_rule(forwards_left: float, blocks_left: int) -> TransferRule:
    """For `time_budget_ms`: the forwards left are shared evenly among this block and the `blocks_left` after it.

    Sure proposals become final at once, so that steps are spent where confidence is lowest. If no forward is left
    after this one, the whole block becomes final.
    """

    def select(proposals: Proposals, step: int) -> list[int]:
        more = max(0, math.floor(forwards_left / (blocks_left + 1)))  # forwards for this block after this one
        order = most_confident_first(proposals)
        num_sure = sum(confidence >= SURE for confidence in proposals.confidences)
        return order[: max(num_sure, math.ceil(len(order) / (1 + more)))]

    return select


def most_confident_first(proposals: Proposals) -> list[int]:
    """Indices by falling confidence; ties from left to right, on every device."""
    confidences = proposals.confidences
    return sorted(range(len(confidences)), key=lambda index: -confidences[index])


def rising(threshold: float) -> tuple[float, ...]:
    """The thresholds of `adaptive`: low in a block's first step, then rising to `threshold`."""
    return max(0.5, threshold - 0.4), max(0.7, threshold - 0.2), threshold


RULES: dict[DecodeMode, Callable[[GenerationParams, list[int]], TransferRule]] = {
    "static": lambda params, counts: static_rule(counts),
    "threshold": lambda params, counts: threshold_rule(params.threshold_or_default),
    "dynamic": lambda params, counts: dynamic_rule(params.threshold_or_default, counts),
    "adaptive": lambda params, counts: adaptive_rule(rising(params.threshold_or_default)),
    "sequential": lambda params, counts: sequential_rule(counts),
    "greedy": lambda params, counts: greedy_rule,
    "factor": lambda params, counts: factor_rule(params.factor),
    "entropy": lambda params, counts: entropy_rule(params.gamma),
    "entropy_bounded": lambda params, counts: entropy_bounded_rule(params.gamma),
}
