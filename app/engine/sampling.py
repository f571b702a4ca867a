"""Logits to proposals: a token for every masked position, and how sure the model is of it."""

from __future__ import annotations

from collections.abc import Sequence as Ids
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from app.engine.params import GenerationParams
from app.engine.penalties import Penalties

# Which use of randomness a number belongs to; part of its key, so that no two uses share numbers.
TOKEN_STREAM, CONFIDENCE_STREAM = 0, 1


@dataclass(frozen=True)
class Proposals:
    """One row for each masked position, in order."""

    token_ids: Tensor  # int64 [masked]
    confidences: Tensor  # float64 [masked]


def propose(
    logits: Tensor,
    positions: Ids[int],
    step: int,
    params: GenerationParams,
    mask_token_id: int,
    penalties: Penalties | None = None,
) -> Proposals:
    """Proposals from float32 `logits` [masked, vocab] at absolute `positions`; `step` counts within the block.

    The confidence is the probability of the proposed token, without temperature. The mask token is never proposed.
    With `penalties`, both the proposal and its confidence are those of the penalised logits: a token that was made
    unlikely should not be among the first to become final. Without, nothing is computed differently.
    """
    if logits.device.type == "mps":
        logits = logits.cpu()  # MPS has no float64
    if penalties is not None:
        logits = penalties.apply(logits)
    probabilities = torch.softmax(logits.double(), dim=-1)
    allowed = logits.clone()
    allowed[:, mask_token_id] = -torch.inf
    if params.temperature == 0:
        token_ids = allowed.argmax(dim=-1)
    else:
        draws = uniform(params.seed, TOKEN_STREAM, positions, step).to(logits.device)
        token_ids = sample(allowed, params.temperature, params.top_p, draws, params.top_k)
    if params.remasking == "random":
        return Proposals(token_ids, uniform(params.seed, CONFIDENCE_STREAM, positions, step).to(logits.device))
    return Proposals(token_ids, probabilities.gather(1, token_ids[:, None]).squeeze(1))


def sample(logits: Tensor, temperature: float, top_p: float, draws: Tensor, top_k: int = 0) -> Tensor:
    """Inverse-transform sampling: one number in [0, 1) settles a row, whatever the batch around it.

    With `top_k` of 1 or more that many likeliest tokens are kept. With `top_p` below 1 the smallest set of them that
    reaches that share of their probability is kept, at least the likeliest.
    """
    # The largest is subtracted first, so that no temperature is too small to divide by.
    scaled = (logits.double() - logits.amax(dim=-1, keepdim=True)) / temperature
    probabilities, order = torch.softmax(scaled, dim=-1).sort(dim=-1, descending=True, stable=True)
    if top_k > 0:
        probabilities = probabilities[:, : min(top_k, probabilities.shape[-1])]
        probabilities = probabilities / probabilities.sum(dim=-1, keepdim=True)
    cumulative = probabilities.cumsum(dim=-1)
    kept = (cumulative - probabilities) < top_p
    kept[:, 0] = True
    cumulative = torch.where(kept, probabilities, 0).cumsum(dim=-1)
    total = cumulative[:, -1:]
    rank = torch.searchsorted(cumulative, draws[:, None] * total, right=True)
    rank = torch.minimum(rank, kept.sum(dim=-1, keepdim=True) - 1)
    return order.gather(1, rank).squeeze(1)


def uniform(seed: int, stream: int, positions: Ids[int], step: int) -> Tensor:
    """Numbers in [0, 1), float64 [positions], that depend on the arguments alone (counter-based: Philox)."""
    key = np.array([seed % 2**64, stream], dtype=np.uint64)
    return torch.tensor(
        [
            np.random.Generator(np.random.Philox(key=key, counter=[position, step, 0, 0])).random()
            for position in positions
        ],
        dtype=torch.float64,
    )
