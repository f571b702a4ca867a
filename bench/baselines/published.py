"""Stable-DiffCoder's published `generate`, written over transformers' model and DynamicCache.

It works as the authors' code does: prefill under the block-causal mask, each step one forward of the block whose keys
and values are then cropped from the cache, confidences from a float64 softmax, and one more forward to commit each
block, the last one included. It is faster than the original in two ways: the prefill computes the logits of one row
only, and a block that has run out of steps is filled at once. The mask token, which would be denoised forever, is never
proposed, as in the engine.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from app.messages.params import GenerationParams


@dataclass(frozen=True)
class PublishedReply:
    """`forwards` counts denoising and commit forwards, not the prefill."""

    token_ids: list[int]
    forwards: int


@torch.inference_mode()
def generate(
    model: Any, prompt_ids: Sequence[int], params: GenerationParams, mask_token_id: int, eos_token_ids: Collection[int]
) -> PublishedReply:
    """The reply up to and including the first end token. `model` is a causal language model of transformers."""
    assert params.mode in ("static", "threshold")
    assert params.remasking == "low_confidence"
    assert params.temperature == 0
    size, prompt_len = params.block_length, len(prompt_ids)
    tokens = torch.tensor([*prompt_ids, *[mask_token_id] * params.gen_length], device=model.device)
    masked = torch.arange(len(tokens), device=model.device) >= prompt_len
    cached = prompt_len // size * size
    cache = prefill(model, tokens[:cached], size)
    forwards = 0
    for start in range(cached, len(tokens), size):
        block = slice(start, min(start + size, len(tokens)))
        forwards += denoise(model, tokens[block], masked[block], cache, params, mask_token_id)
        reply = tokens[prompt_len : block.stop].tolist()
        ends = [index for index, token_id in enumerate(reply) if token_id in eos_token_ids]
        if ends and not params.ignore_eos:
            return PublishedReply(reply[: ends[0] + 1], forwards)
        forward(model, tokens[block], cache)  # the commit: the block's keys and values stay
        forwards += 1
    return PublishedReply(tokens[prompt_len:].tolist(), forwards)


def prefill(model: Any, token_ids: Tensor, block_length: int) -> Any:
    from transformers import DynamicCache

    cache = DynamicCache(config=model.config)
    if len(token_ids):
        blocks = torch.arange(len(token_ids), device=model.device) // block_length
        mask = blocks[None, :] <= blocks[:, None]
        model(token_ids[None], attention_mask=mask[None, None], past_key_values=cache, use_cache=True, logits_to_keep=1)
    return cache


def denoise(
    model: Any, tokens: Tensor, masked: Tensor, cache: Any, params: GenerationParams, mask_token_id: int
) -> int:
    """Fill one block in place; returns the number of forwards."""
    num_masks, steps = int(masked.sum()), params.steps_per_block
    step = forwards = 0
    while masked.any():
        wanted = num_masks // steps + (step < num_masks % steps)
        step += 1
        if params.threshold is None and wanted == 0:
            continue
        logits = forward(model, tokens, cache)
        cache.crop(-len(tokens))
        forwards += 1
        transfer(logits, tokens, masked, wanted, params.threshold, mask_token_id)
    return forwards


def forward(model: Any, token_ids: Tensor, cache: Any) -> Tensor:
    """Logits [block, vocab] of a block that attends to itself and to the whole cache."""
    start, size = cache.get_seq_length(), len(token_ids)
    mask = torch.ones(1, 1, size, start + size, dtype=torch.bool, device=model.device)
    positions = torch.arange(start, start + size, device=model.device)[None]
    output = model(token_ids[None], attention_mask=mask, position_ids=positions, past_key_values=cache, use_cache=True)
    logits: Tensor = output.logits[0]
    return logits


def transfer(
    logits: Tensor, tokens: Tensor, masked: Tensor, wanted: int, threshold: float | None, mask_token_id: int
) -> None:
    """Unmask the `wanted` most confident positions, or with a threshold all that reach it, at least one."""
    probabilities = torch.softmax(logits.to(torch.float64), dim=-1)
    probabilities[:, mask_token_id] = -1
    confidences, proposals = probabilities.max(dim=-1)
    confidences = torch.where(masked, confidences, -torch.inf)
    if threshold is not None:
        wanted = max(1, int((confidences >= threshold).sum()))
    chosen = confidences.topk(wanted).indices
    tokens[chosen] = proposals[chosen]
    masked[chosen] = False
