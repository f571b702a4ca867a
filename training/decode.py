"""Plain decoding for evaluation: greedy, most confident position first, one token per forward."""

from __future__ import annotations

from collections.abc import Collection

import torch
from transformers import DynamicCache, Qwen3ForCausalLM

from training.tokenizer import DELETE_ID, EOS_ID, FIM_END_ID, FIM_MIDDLE_ID, FIM_PREFIX_ID, FIM_SUFFIX_ID, MASK_ID


@torch.inference_mode()
def generate(
    model: Qwen3ForCausalLM,
    prompt: list[int],
    max_new_tokens: int = 128,
    block_length: int = 4,
    ends: Collection[int] = (EOS_ID,),
) -> list[int]:
    """The new tokens, decoded block by block up to and including the first of `ends`, or until the length runs out."""
    cache = DynamicCache()
    start = _prefill(model, cache, prompt, block_length)
    ids, end = list(prompt), len(prompt) + max_new_tokens
    while start < end:
        block = ids[start:] + [MASK_ID] * (start + block_length - len(ids))
        num_given = len(ids) - start
        block = _fill(model, cache, block, start, set(range(num_given, block_length)))
        new = block[num_given:]
        ids += new
        if any(token in ends for token in new):
            stop = next(place for place, token in enumerate(new) if token in ends)
            return ids[len(prompt) : start + num_given + stop + 1]
        _forward(model, cache, block, start)
        start += block_length
    return ids[len(prompt) : end]


@torch.inference_mode()
def fill_canvas(
    model: Qwen3ForCausalLM,
    prefix: list[int],
    suffix: list[int],
    length: int,
    block_length: int = 4,
    may_delete: bool = True,
) -> list[int]:
    """The text between prefix and suffix, at most `length` tokens; exactly that many if nothing may be deleted.

    The last block holds the end of the prefix, the masks and the suffix, with bidirectional attention. A position that
    gets the delete token is removed, and the tokens after it move up.
    """
    cache = DynamicCache()
    start = _prefill(model, cache, prefix, block_length)
    head = prefix[start:]
    masked = set(range(len(head), len(head) + length))
    window = _fill(model, cache, head + [MASK_ID] * length + suffix, start, masked, may_delete)
    return window[len(head) : len(window) - len(suffix)]


def fill_suffix_first(
    model: Qwen3ForCausalLM, prefix: list[int], suffix: list[int], max_new_tokens: int = 96, block_length: int = 4
) -> list[int]:
    """The text between prefix and suffix, requested with fill-in-the-middle sentinels, suffix first."""
    prompt = [FIM_SUFFIX_ID, *suffix, FIM_PREFIX_ID, *prefix, FIM_MIDDLE_ID]
    ends = (FIM_END_ID, EOS_ID)
    new = generate(model, prompt, max_new_tokens, block_length, ends)
    return new[:-1] if new[-1] in ends else new


def _prefill(model: Qwen3ForCausalLM, cache: DynamicCache, ids: list[int], block_length: int) -> int:
    """Prefill the cache with the whole blocks, block-causally; returns their number of tokens."""
    start = len(ids) // block_length * block_length
    if start:
        blocks = torch.arange(start) // block_length
        _forward(model, cache, ids[:start], 0, blocks[None, :] <= blocks[:, None])
    return start


def _fill(
    model: Qwen3ForCausalLM,
    cache: DynamicCache,
    block: list[int],
    start: int,
    masked: set[int],
    may_delete: bool | None = None,
) -> list[int]:
    """The block with all masks filled. In a plain block the delete token is an ordinary token; in a canvas
    (`may_delete` is not None) it removes its position, or is never proposed."""
    block = list(block)
    while masked:
        logits = _forward(model, cache, block, start)  # [len(block), vocab]
        cache.crop(-len(block))
        logits[:, MASK_ID] = -torch.inf
        if may_delete is False:
            logits[:, DELETE_ID] = -torch.inf
        confidence, proposal = logits.softmax(-1).max(-1)
        best = max(masked, key=lambda position: confidence[position].item())
        masked.remove(best)
        if may_delete and proposal[best] == DELETE_ID:
            del block[best]
            masked = {position - (position > best) for position in masked}
        else:
            block[best] = int(proposal[best])
    return block


def _forward(
    model: Qwen3ForCausalLM, cache: DynamicCache, ids: list[int], start: int, visible: torch.Tensor | None = None
) -> torch.Tensor:
    """Append `ids` to the cache; returns logits [S, vocab]. Without a mask `visible` [S, past + S] all is visible."""
    if visible is None:
        visible = torch.ones(len(ids), start + len(ids), dtype=torch.bool)
    positions = torch.arange(start, start + len(ids))[None]
    output = model(
        input_ids=torch.tensor([ids]).to(model.device),
        position_ids=positions.to(model.device),
        past_key_values=cache,
        use_cache=True,
        attention_mask={"full_attention": visible[None, None].to(model.device)},
    )
    logits: torch.Tensor = output.logits
    return logits[0].float().cpu()
