"""The slow, cacheless oracle that the fast path is tested against.

Every forward runs the whole canvas up to the block's end under the block-causal mask; nothing is kept between forwards.
It decodes as Stable-DiffCoder's published `generate` (low_confidence); above temperature 0 with the numbers of
`sampling.uniform`, and with penalties if asked for. Obvious on purpose.
"""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Sequence as Ids

import torch
import torch.nn.functional as F
from torch import Tensor

from app.engine.sampling import TOKEN_STREAM, uniform
from app.engine.transfer import SURE_DELETE
from app.messages.params import GenerationParams
from app.models.transformer import Transformer


class PlainAttention:
    """Over the keys and values of this forward alone; `mask` [rows, rows] is true where a row may look."""

    def __init__(self, mask: Tensor | None = None) -> None:
        self._mask = mask

    def __call__(self, layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        group = q.shape[1] // k.shape[1]
        keys, values = (x.repeat_interleave(group, dim=1).transpose(0, 1) for x in (k, v))  # [heads, rows, head_dim]
        return F.scaled_dot_product_attention(q.transpose(0, 1), keys, values, attn_mask=self._mask).transpose(0, 1)


@torch.inference_mode()
def generate(
    model: Transformer,
    prompt_ids: Ids[int],
    params: GenerationParams,
    mask_token_id: int,
    eos_token_ids: Collection[int],
) -> list[int]:
    """The reply's token ids, up to and including the first end token."""
    assert params.remasking == "low_confidence"
    size = params.block_length
    tokens = torch.tensor([*prompt_ids, *[mask_token_id] * params.gen_length])
    masked = torch.arange(len(tokens)) >= len(prompt_ids)
    for start in range(len(prompt_ids) // size * size, len(tokens), size):
        end = min(start + size, len(tokens))
        num_masks, step = int(masked[start:end].sum()), 0
        while masked[start:end].any():
            wanted = num_masks // params.steps_per_block + (step < num_masks % params.steps_per_block)
            if params.threshold is not None or wanted > 0:
                denoise(model, tokens, masked, len(prompt_ids), (start, end), step, wanted, params, mask_token_id)
            step += 1
        reply = tokens[len(prompt_ids) : end].tolist()
        for index in range(max(0, start - len(prompt_ids)), len(reply)):
            if reply[index] in eos_token_ids and not params.ignore_eos:
                return reply[: index + 1]
    return tokens[len(prompt_ids) :].tolist()


@torch.inference_mode()
def fill(
    model: Transformer,
    prompt_ids: Ids[int],
    params: GenerationParams,
    mask_token_id: int,
    delete_token_id: int | None = None,
) -> list[list[int]]:
    """The token ids of each hole of an infilling canvas, one token a forward, the most confident first.

    Without `delete_token_id` nothing is deleted. With one, deletes that are sure leave the canvas beside the token of
    each step, and others once no position proposes a token.
    """
    window = params.window
    assert window is not None
    canvas: list[tuple[int | None, int | None]] = [(token_id, None) for token_id in prompt_ids]
    canvas += zip(window.token_ids, window.holes, strict=True)
    while any(token_id is None for token_id, _ in canvas):
        ids = torch.tensor([mask_token_id if token_id is None else token_id for token_id, _ in canvas])
        size, start = params.block_length, len(prompt_ids)
        blocks = torch.arange(len(canvas)).clamp(max=start) // size
        mask = blocks[None, :] <= blocks[:, None]
        logits = model.logits(model(ids, torch.arange(len(canvas)), PlainAttention(mask))).double()
        proposals: dict[int, tuple[int, float]] = {}
        for position, (token_id, hole) in enumerate(canvas):
            if token_id is None:
                confidences = torch.softmax(logits[position], dim=0)
                allowed = logits[position].clone()
                assert hole is not None
                allowed[[mask_token_id, *(window.banned[hole] if window.banned else ())]] = -torch.inf
                proposal = int(allowed.argmax())
                proposals[position] = (proposal, confidences[proposal].item())
        tokens = [position for position in proposals if proposals[position][0] != delete_token_id]
        deletes = [position for position in proposals if proposals[position][0] == delete_token_id]
        gone = [position for position in deletes if proposals[position][1] >= SURE_DELETE]
        if tokens:
            best = min(tokens, key=lambda position: (-proposals[position][1], position))
            canvas[best] = (proposals[best][0], canvas[best][1])
        elif not gone:
            gone = [min(deletes, key=lambda position: (-proposals[position][1], position))]
        canvas = [item for position, item in enumerate(canvas) if position not in gone]
    return [[int(token_id or 0) for token_id, hole in canvas if hole == n] for n in range(window.num_holes)]


def denoise(
    model: Transformer,
    tokens: Tensor,
    masked: Tensor,
    prompt_len: int,
    block: tuple[int, int],
    step: int,
    wanted: int,
    params: GenerationParams,
    mask_token_id: int,
) -> None:
    """One step: unmask the `wanted` most confident positions of `block`, or all that reach the threshold."""
    start, end = block
    blocks = torch.arange(end) // params.block_length
    mask = blocks[None, :] <= blocks[:, None]
    logits = model.logits(model(tokens[:end], torch.arange(end), PlainAttention(mask)))
    confidences, proposals = torch.zeros(end, dtype=torch.float64), torch.zeros(end, dtype=torch.int64)
    prompt = tokens[:prompt_len].tolist()
    generated = [int(tokens[p]) for p in range(prompt_len, len(tokens)) if not masked[p]]
    for position in range(start, end):
        if masked[position]:
            row = penalise(logits[position], prompt, generated, params)
            allowed = row.clone()
            allowed[mask_token_id] = -torch.inf
            proposals[position] = choose(allowed, position, step, params)
            confidences[position] = torch.softmax(row.double(), dim=0)[proposals[position]]
    candidates = sorted((p for p in range(start, end) if masked[p]), key=lambda p: (-confidences[p].item(), p))
    if params.threshold is not None:
        wanted = max(1, sum(confidences[p].item() >= params.threshold for p in candidates))
    for position in candidates[:wanted]:
        tokens[position] = proposals[position]
        masked[position] = False


def penalise(row: Tensor, prompt: list[int], generated: list[int], params: GenerationParams) -> Tensor:
    """One position's logits; `generated` are the reply's tokens that are final, each as often as it occurs."""
    if not params.has_penalties:
        return row
    scores = row.double()
    for token_id in {*prompt, *generated}:
        if scores[token_id] < 0:
            scores[token_id] *= params.repetition_penalty
        else:
            scores[token_id] /= params.repetition_penalty
    for token_id in set(generated):
        scores[token_id] -= params.frequency_penalty * generated.count(token_id)
        scores[token_id] -= params.presence_penalty
    return scores


def choose(row: Tensor, position: int, step: int, params: GenerationParams) -> int:
    """The likeliest token, or above temperature 0 the one at which the summed probabilities pass the number drawn."""
    if params.temperature == 0:
        return int(row.argmax())
    probabilities = torch.softmax(row.double() / params.temperature, dim=0).tolist()
    order = sorted(range(len(probabilities)), key=lambda token_id: -probabilities[token_id])
    if params.top_k > 0:
        order = order[: params.top_k]
    total = sum(probabilities[token_id] for token_id in order)
    kept: list[int] = []
    reached = 0.0
    for token_id in order:
        if not kept or reached < params.top_p * total:
            kept.append(token_id)
            reached += probabilities[token_id]
    left = uniform(params.seed, TOKEN_STREAM, [position], step).item() * reached
    for token_id in kept:
        left -= probabilities[token_id]
        if left < 0:
            return token_id
    return kept[-1]
