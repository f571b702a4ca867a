"""The rules: which masked positions become final in a denoising step.

A rule is a pure function of the confidences at a block's masked positions (float64 [masked]) and the step within the
block. It returns indices into them, at least one.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from app.engine.params import GenerationParams

TransferRule = Callable[[Tensor, int], Tensor]


def make_rule(params: GenerationParams, num_masks: int) -> TransferRule:
    """The rule for a block that begins with `num_masks` masks."""
    if params.threshold is not None:
        return threshold_rule(params.threshold)
    return static_rule(schedule(num_masks, params.steps_per_block))


def static_rule(counts: list[int]) -> TransferRule:
    """The `counts[step]` most confident ones."""

    def select(confidences: Tensor, step: int) -> Tensor:
        return most_confident_first(confidences)[: counts[step]]

    return select


def threshold_rule(threshold: float) -> TransferRule:
    """All that reach the threshold, and always the most confident one (Fast-dLLM, arXiv 2505.22618, 3.3)."""

    def select(confidences: Tensor, step: int) -> Tensor:
        order = most_confident_first(confidences)
        enough = int((confidences >= threshold).sum())
        return order[: max(1, enough)]

    return select


def schedule(num_masks: int, num_steps: int) -> list[int]:
    """How many positions each step transfers; steps that would transfer none are left out, as they cost no forward."""
    base, extra = divmod(num_masks, num_steps)
    return [base + (step < extra) for step in range(min(num_steps, num_masks))]


def most_confident_first(confidences: Tensor) -> Tensor:
    """Indices by falling confidence; equal ones from left to right, on every device."""
    return torch.sort(confidences, descending=True, stable=True).indices
