"""A slow oracle for block-causal models with token shift, from the description of Fast-dLLM v2's published `generate`.

Every forward runs over everything up to the end of the block, and only `block_cache` keeps anything between forwards.
"""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Sequence as Ids

import torch
from torch import Tensor

from app.engine.reference import PlainAttention, choose, penalise
from app.messages.params import GenerationParams
from app.models.transformer import Transformer

Canvas = list[int | None]  # None: masked


class KeptAttention:
    """Block-causal attention of the `rows` over the keys and values of all rows, as they were computed last."""

    def __init__(self, block_length: int) -> None:
        self._block_length = block_length
        self._kept: dict[int, tuple[Tensor, Tensor]] = {}
        self.rows = slice(0)

    def __call__(self, layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        if self.rows.start == 0:
            self._kept[layer] = (k.clone(), v.clone())
        keys, values = self._kept[layer]
        keys[self.rows], values[self.rows] = k, v
        blocks = torch.arange(len(keys)) // self._block_length
        return PlainAttention(blocks[None, :] <= blocks[self.rows, None])(layer, q, keys, values)


@torch.inference_mode()
def generate(
    model: Transformer, prompt: Ids[int], params: GenerationParams, mask_token_id: int, end_token_ids: Collection[int]
) -> list[int]:
    """The token ids of the reply, up to and including the first end token."""
    ends = () if params.ignore_eos else end_token_ids
    limit = len(prompt) + min(params.max_tokens or params.gen_length, params.gen_length)
    size, canvas_end = params.block_length, len(prompt) + params.gen_length
    canvas: Canvas = list(prompt)
    while len(canvas) < limit:
        start = len(canvas) // size * size
        if len(canvas) == start:
            logits = run(model, canvas, KeptAttention(size), 0, mask_token_id)
            canvas.append(proposal(logits[-1], start, 0, canvas, len(prompt), params, mask_token_id)[0])
        canvas += [None] * (min(start + size, canvas_end) - len(canvas))
        denoise(model, canvas, start, len(prompt), params, mask_token_id)
        reply = [token_id for token_id in canvas[len(prompt) : limit] if token_id is not None]
        end = next((index for index, token_id in enumerate(reply) if token_id in ends), None)
        if end is not None:
            return reply[: end + 1]
    return reply


def denoise(
    model: Transformer, canvas: Canvas, start: int, prompt_len: int, params: GenerationParams, mask_token_id: int
) -> None:
    """Fill the block that begins at `start`, the last one of the canvas."""
    part = params.small_block_length or params.block_length
    attend = KeptAttention(params.block_length)
    is_kept, step, num_masks = False, 0, canvas.count(None)
    while None in canvas:
        first = canvas.index(None) // part * part
        if params.block_cache and is_kept and canvas[first] is not None:
            begin, end = first, min(first + part, len(canvas))
        else:
            begin, end, is_kept = 0, len(canvas), True
        logits = run(model, canvas[:end], attend, begin, mask_token_id)
        proposals = {}
        for position in range(first, min(first + part, len(canvas))):
            if canvas[position] is None:
                row = logits[position - 1 - begin]
                proposals[position] = proposal(row, position, step, canvas, prompt_len, params, mask_token_id)
        order = sorted(proposals, key=lambda position: (-proposals[position][1], position))
        if params.threshold is None:
            num_steps = params.steps_per_block
            num = num_masks // num_steps + (step < num_masks % num_steps)
        else:
            num = sum(confidence > params.threshold for _, confidence in proposals.values())
        for position in order[: max(1, num)]:
            canvas[position] = proposals[position][0]
        step += 1


def run(model: Transformer, canvas: Canvas, attend: KeptAttention, begin: int, mask_token_id: int) -> Tensor:
    """The logits [rows, vocab] of the rows from `begin` on."""
    attend.rows = slice(begin, len(canvas))
    ids = torch.tensor([mask_token_id if token_id is None else token_id for token_id in canvas[begin:]])
    return model.logits(model(ids, torch.arange(begin, len(canvas)), attend))


def proposal(
    row: Tensor, position: int, step: int, canvas: Canvas, prompt_len: int, params: GenerationParams, mask_token_id: int
) -> tuple[int, float]:
    """A token id by the logits `row` [vocab], and its confidence."""
    generated = [token_id for token_id in canvas[prompt_len:] if token_id is not None]
    row = penalise(row, [token_id or 0 for token_id in canvas[:prompt_len]], generated, params)
    allowed = row.clone()
    allowed[mask_token_id] = -torch.inf
    token_id = choose(allowed, position, step, params)
    return token_id, torch.softmax(row.double(), dim=0)[token_id].item()
