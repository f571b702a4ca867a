"""Plain block-diffusion decoding for evaluation: greedy, most confident position first, one per forward."""

from __future__ import annotations

import torch
from transformers import DynamicCache, Qwen3ForCausalLM

from training.tokenizer import EOS_ID, MASK_ID


@torch.inference_mode()
def generate(model: Qwen3ForCausalLM, prompt: list[int], max_new_tokens: int = 128, block_length: int = 4) -> list[int]:
    """The new tokens; the end token is the last one unless the room ran out."""
    cache = DynamicCache()
    start = len(prompt) // block_length * block_length
    if start:
        blocks = torch.arange(start) // block_length
        _forward(model, cache, prompt[:start], 0, blocks[None, :] <= blocks[:, None])
    ids, end = list(prompt), len(prompt) + max_new_tokens
    while start < end:
        block = ids[start:] + [MASK_ID] * (start + block_length - len(ids))
        num_given = len(ids) - start
        block = _fill(model, cache, block, start, num_given)
        ids += block[num_given:]
        if EOS_ID in block[num_given:]:
            return ids[len(prompt) : start + num_given + block[num_given:].index(EOS_ID) + 1]
        _forward(model, cache, block, start)
        start += block_length
    return ids[len(prompt) : end]


def _fill(model: Qwen3ForCausalLM, cache: DynamicCache, block: list[int], start: int, num_given: int) -> list[int]:
    masked = set(range(num_given, len(block)))
    block = list(block)
    while masked:
        logits = _forward(model, cache, block, start)  # [block_length, vocab]
        cache.crop(-len(block))
        logits[:, MASK_ID] = -torch.inf
        confidence, proposal = logits.softmax(-1).max(-1)
        best = max(masked, key=lambda position: confidence[position].item())
        block[best] = int(proposal[best])
        masked.remove(best)
    return block


def _forward(
    model: Qwen3ForCausalLM, cache: DynamicCache, ids: list[int], start: int, visible: torch.Tensor | None = None
) -> torch.Tensor:
    """Append `ids` to the cache. Without `visible` ([S, past + S]) they see everything. Returns [S, vocab]."""
    if visible is None:
        visible = torch.ones(len(ids), start + len(ids), dtype=torch.bool)
    positions = torch.arange(start, start + len(ids))[None]
    output = model(
        input_ids=torch.tensor([ids]),
        position_ids=positions,
        past_key_values=cache,
        use_cache=True,
        attention_mask={"full_attention": visible[None, None]},
    )
    logits: torch.Tensor = output.logits
    return logits[0].float()
