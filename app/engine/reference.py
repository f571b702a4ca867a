"""The slow, cacheless oracle that the fast path is tested against.

Every forward runs the whole canvas up to the end of the block under the block-causal mask; nothing is kept between
forwards. It decodes as Stable-DiffCoder's published `generate` does (low_confidence), plus sampling with the numbers
of `sampling.uniform`, biases and penalties. Written to be obvious, not fast.
"""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Sequence as Ids
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from app.engine.sampling import TOKEN_STREAM, uniform
from app.engine.schedules import SCHEDULES
from app.engine.transfer import SURE_DELETE
from app.messages.params import Alignment, GenerationParams
from app.models.families import AttentionPattern
from app.models.transformer import Transformer


class PlainAttention:
    """Over the keys and values of this forward only; `mask`, bool [rows, rows], is true where a row may attend."""

    def __init__(self, mask: Tensor | None = None) -> None:
        self._mask = mask

    def __call__(self, layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """`q` [rows, heads, head_dim], `k` and `v` [rows, kv_heads, head_dim]; returns the shape of `q`."""
        group = q.shape[1] // k.shape[1]
        keys, values = (x.repeat_interleave(group, dim=1).transpose(0, 1) for x in (k, v))  # [heads, rows, head_dim]
        return F.scaled_dot_product_attention(q.transpose(0, 1), keys, values, attn_mask=self._mask).transpose(0, 1)


@dataclass
class State:
    """`tokens` int64 and `masked` bool, both [prompt_len + gen_length]: the prompt and the reply so far.

    Blocks are counted from position `offset`. With `is_whole` every position sees all others; the logits of a row are
    for the position `shift` after it.
    """

    prompt_len: int
    offset: int
    is_whole: bool
    shift: int
    tokens: Tensor
    masked: Tensor


@torch.inference_mode()
def generate(
    model: Transformer,
    prompt_ids: Ids[int],
    params: GenerationParams,
    mask_token_id: int,
    eos_token_ids: Collection[int],
    alignment: Alignment = "start",
    schedule: str = "masks",
    attention: AttentionPattern = "block_causal",
    shift: bool = False,
) -> list[int]:
    """The token ids of the reply, up to and including the first end token."""
    assert params.remasking != "random"
    size = params.block_length
    offset = len(prompt_ids) % size if alignment == "prompt_end" else 0
    tokens = torch.tensor([*prompt_ids, *[mask_token_id] * params.gen_length])
    masked = torch.arange(len(tokens)) >= len(prompt_ids)
    state = State(len(prompt_ids), offset, attention == "full", int(shift), tokens, masked)
    first = (len(prompt_ids) - offset) // size * size + offset
    for start in range(first, len(tokens), size):
        end, step = min(start + size, len(tokens)), 0
        counts = SCHEDULES[schedule](int(masked[start:end].sum()), params.steps_per_block, size, params.schedule_eps)
        while masked[start:end].any():
            proposals = propose(model, state, (start, end), step, params, mask_token_id)
            unmask(state, proposals, counts[min(step, len(counts) - 1)], params.threshold)
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
    """The token ids of each hole of an infilling canvas, one token per forward, the most confident first.

    With `delete_token_id`, every step also removes the positions whose delete is sure; an unsure delete is removed
    once no position proposes a token.
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
        removed = [position for position in deletes if proposals[position][1] >= SURE_DELETE]
        if tokens:
            best = min(tokens, key=lambda position: (-proposals[position][1], position))
            canvas[best] = (proposals[best][0], canvas[best][1])
        elif not removed:
            removed = [min(deletes, key=lambda position: (-proposals[position][1], position))]
        canvas = [item for position, item in enumerate(canvas) if position not in removed]
    return [[int(token_id or 0) for token_id, hole in canvas if hole == n] for n in range(window.num_holes)]


def propose(
    model: Transformer, state: State, block: tuple[int, int], step: int, params: GenerationParams, mask_token_id: int
) -> dict[int, tuple[int, float]]:
    """For each masked position of the block [start, end): a token id and its confidence."""
    start, end = block
    stop = len(state.tokens) if state.is_whole else end
    blocks = (torch.arange(stop) - state.offset) // params.block_length
    mask = (blocks[None, :] <= blocks[:, None]) | state.is_whole
    logits = model.logits(model(state.tokens[:stop], torch.arange(stop), PlainAttention(mask)))  # [stop, vocab]
    prompt = state.tokens[: state.prompt_len].tolist()
    generated = [int(state.tokens[p]) for p in range(state.prompt_len, len(state.tokens)) if not state.masked[p]]
    proposals = {}
    for position in range(start, end):
        if state.masked[position]:
            row = biased(logits[max(0, position - state.shift)], params)
            row = penalise(row, prompt, generated, params)
            allowed = row.clone()
            allowed[mask_token_id] = -torch.inf
            token_id = choose(allowed, position, step, params)
            proposals[position] = (token_id, confidence(torch.softmax(row.double(), dim=0), token_id, params))
    return proposals


def confidence(probabilities: Tensor, token_id: int, params: GenerationParams) -> float:
    """What decides how early a proposal becomes final; `probabilities` [vocab] are the model's at its position."""
    if params.remasking == "low_margin":
        first, second = probabilities.topk(2).values.tolist()
        return float(first - second)
    if params.remasking == "high_entropy":
        return float((probabilities * probabilities.clamp(min=1e-300).log()).sum())
    return probabilities[token_id].item()


def unmask(state: State, proposals: dict[int, tuple[int, float]], num: int, threshold: float | None) -> None:
    """The `num` most confident proposals become final, or all that reach the threshold (at least one)."""
    order = sorted(proposals, key=lambda position: (-proposals[position][1], position))
    if threshold is not None:
        num = max(1, sum(confidence >= threshold for _, confidence in proposals.values()))
    for position in order[:num]:
        state.tokens[position] = proposals[position][0]
        state.masked[position] = False


def biased(row: Tensor, params: GenerationParams) -> Tensor:
    """The logits `row` [vocab] with the request's biases; returns the same shape."""
    if not params.logit_bias:
        return row
    scores = row.double()
    for token_id, bias in params.logit_bias:
        scores[token_id] += bias
    return scores


def penalise(row: Tensor, prompt: list[int], generated: list[int], params: GenerationParams) -> Tensor:
    """The logits `row` [vocab] of one position, penalised; returns the same shape.

    `generated` are the final tokens of the reply, repeated ones included.
    """
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
    """A token id by the logits `row` [vocab].

    It is the most likely one, or above temperature 0 the one at which the summed probabilities pass the number drawn.
    """
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
    remaining = uniform(params.seed, TOKEN_STREAM, [position], step)[0] * reached
    for token_id in kept:
        remaining -= probabilities[token_id]
        if remaining < 0:
            return token_id
    return kept[-1]
