"""The slow, cacheless oracle that the fast path is tested against.

Every forward runs the whole canvas up to the block's end under the block-causal mask; nothing is kept between forwards.
It decodes as Stable-DiffCoder's published `generate` (temperature 0, low_confidence). Obvious on purpose.
"""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Sequence as Ids

import torch
from torch import Tensor

from app.engine.params import GenerationParams
from app.models.transformer import Transformer


class NoCache:
    """Keys and values of this forward alone."""

    def update(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        return keys, values


@torch.inference_mode()
def generate(
    model: Transformer,
    prompt_ids: Ids[int],
    params: GenerationParams,
    mask_token_id: int,
    eos_token_ids: Collection[int],
) -> list[int]:
    """The reply's token ids, up to and including the first end token."""
    assert params.temperature == 0
    assert params.remasking == "low_confidence"
    size = params.block_length
    tokens = torch.tensor([*prompt_ids, *[mask_token_id] * params.gen_length])
    masked = torch.arange(len(tokens)) >= len(prompt_ids)
    for start in range(len(prompt_ids) // size * size, len(tokens), size):
        end = min(start + size, len(tokens))
        num_masks, step = int(masked[start:end].sum()), 0
        while masked[start:end].any():
            wanted = num_masks // params.steps_per_block + (step < num_masks % params.steps_per_block)
            step += 1
            if params.threshold is not None or wanted > 0:
                denoise(model, tokens, masked, start, end, wanted, params.threshold, size, mask_token_id)
        reply = tokens[len(prompt_ids) : end].tolist()
        for index in range(max(0, start - len(prompt_ids)), len(reply)):
            if reply[index] in eos_token_ids and not params.ignore_eos:
                return reply[: index + 1]
    return tokens[len(prompt_ids) :].tolist()


def denoise(
    model: Transformer,
    tokens: Tensor,
    masked: Tensor,
    start: int,
    end: int,
    wanted: int,
    threshold: float | None,
    block_length: int,
    mask_token_id: int,
) -> None:
    """One step: unmask the `wanted` most confident positions of [start, end), or all that reach the threshold."""
    blocks = torch.arange(end) // block_length
    mask = (blocks[None, :] <= blocks[:, None])[None, None]
    hidden = model(tokens[None, :end], torch.arange(end)[None], NoCache(), mask)
    logits = model.logits(hidden[0])
    confidences, proposals = torch.zeros(end, dtype=torch.float64), torch.zeros(end, dtype=torch.int64)
    for position in range(start, end):
        if masked[position]:
            row = logits[position]
            allowed = row.clone()
            allowed[mask_token_id] = -torch.inf
            proposals[position] = allowed.argmax()
            confidences[position] = torch.softmax(row.double(), dim=0)[proposals[position]]
    candidates = sorted((p for p in range(start, end) if masked[p]), key=lambda p: (-confidences[p].item(), p))
    if threshold is not None:
        wanted = max(1, sum(confidences[p].item() >= threshold for p in candidates))
    for position in candidates[:wanted]:
        tokens[position] = proposals[position]
        masked[position] = False
