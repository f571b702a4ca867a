"""Schedules of mode static: how many positions each step of a block makes final. Families name theirs.

The last number holds for all later steps. A step that would make none final is left out: it costs no forward.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import torch


class Schedule(Protocol):
    def __call__(self, num_masks: int, num_steps: int, block_length: int, eps: float = 1e-3, /) -> list[int]:
        """For a block with this many masks, and this many steps for it. `eps` is GenerationParams.schedule_eps."""
        ...


def masks(num_masks: int, num_steps: int, block_length: int = 0, eps: float = 0.0) -> list[int]:
    """The masks in equal parts, larger ones first (Stable-DiffCoder's)."""
    base, extra = divmod(num_masks, num_steps)
    return [base + (step < extra) for step in range(min(num_steps, num_masks))]


def whole_block(num_masks: int, num_steps: int, block_length: int = 0, eps: float = 0.0) -> list[int]:
    """The block in equal parts, also where a part of it is given (SDAR's). An infilling canvas may have more masks."""
    size = max(block_length, num_masks)
    return masks(size, num_steps)


def linear(num_masks: int, num_steps: int, block_length: int = 0, eps: float = 0.0) -> list[int]:
    """What a linear noise schedule expects to be unmasked from step to step, rounded (dLLM's).

    The published code has the probability in float32, which decides how many exact ties are rounded.
    """
    one = np.float32(1)
    counts, left = [], num_masks
    for step in range(num_steps):
        now, after = np.float32((num_steps - step) / num_steps), np.float32((num_steps - step - 1) / num_steps)
        stays_masked = float((one - (one - after)) / (one - (one - now)))
        counts.append(min(left, round(left * (1 - stays_masked))))
        left -= counts[-1]
    return [count for count in counts if count > 0]


def timesteps(num_masks: int, num_steps: int, block_length: int = 0, eps: float = 1e-3) -> list[int]:
    """Times fall evenly from 1 to `eps`, and a step from t to s unmasks 1 - s / t of the masks (Dream's).

    Rounded down, in float32 like the published code; the last step takes the rest.
    """
    times = torch.linspace(1, eps, num_steps + 1, dtype=torch.float32)
    shares = 1 - times[1:-1] / times[:-2]
    counts, left = [], torch.tensor(num_masks, dtype=torch.float32)
    for share in shares:
        counts.append(int(left * share))
        left -= counts[-1]
    return [count for count in [*counts, int(left)] if count > 0]


SCHEDULES: Mapping[str, Schedule] = {
    "masks": masks,
    "whole_block": whole_block,
    "linear": linear,
    "timesteps": timesteps,
}
