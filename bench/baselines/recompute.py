"""Decoding without a cache: every token costs a forward over the whole canvas."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from app.engine.reference import PlainAttention
from app.messages.params import GenerationParams
from app.models.transformer import Transformer


@torch.inference_mode()
def generate(model: Transformer, prompt_ids: Sequence[int], params: GenerationParams, mask_token_id: int) -> list[int]:
    """Unmask the most confident token of the first unfinished block in each step, until the canvas is full.

    Logits are computed only for the masked rows of the block.
    """
    device = model.embedding.weight.device
    size = params.block_length
    tokens = torch.tensor([*prompt_ids, *[mask_token_id] * params.gen_length], device=device)
    positions = torch.arange(len(tokens), device=device)
    masked = positions >= len(prompt_ids)
    blocks = positions // size
    attention = PlainAttention(blocks[None, :] <= blocks[:, None])
    while masked.any():
        first = int(masked.nonzero()[0])
        rows = positions[(blocks == first // size) & masked]
        hidden = model(tokens, positions, attention)
        probabilities = torch.softmax(model.logits(hidden[rows]).double(), dim=-1)
        probabilities[:, mask_token_id] = -1
        confidences, proposals = probabilities.max(dim=-1)
        best = confidences.argmax()
        tokens[rows[best]] = proposals[best]
        masked[rows[best]] = False
    return [int(token_id) for token_id in tokens[len(prompt_ids) :].tolist()]
