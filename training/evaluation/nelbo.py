"""Bits per byte: an upper bound from the diffusion objective, exact for small blocks and estimated for larger ones.

A block of m positions costs m times the mean, over k = 1..m and over all subsets of k positions, of the mean loss at
those positions while they are masked together: the average cost of filling the block in random order. In blocks of at
most four all subsets are enumerated; in larger ones k and the subset are sampled, which has the same expectation.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional
from transformers import DynamicCache, Qwen3ForCausalLM

from training.tokenizer import MASK_ID

MAX_EXACT = 4
# (ids, start of the first block with a loss, block length, masks [rows, len(ids) - start]) -> nats, of the same shape
Scorer = Callable[[Sequence[int], int, int, torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class Text:
    """The first `num_given` tokens are not scored; `num_bytes` is the size of the others' text."""

    ids: tuple[int, ...]
    num_given: int
    num_bytes: int


@dataclass(frozen=True)
class Plan:
    """The masked positions in each row of one text, and the weight of each loss. Both [rows, positions]."""

    masks: torch.Tensor
    weights: torch.Tensor


@dataclass(frozen=True)
class Bits:
    """Bits per byte. `error` is the standard error over texts, sampling included; `draw_error` that of the sampling."""

    value: float
    error: float
    draw_error: float


def bits_per_byte(score: Scorer, texts: Iterable[Text], block_length: int, num_draws: int, rng: random.Random) -> Bits:
    """Bits per byte of all texts together. `num_draws` is used for blocks of more than four."""
    is_exact = block_length <= MAX_EXACT
    rows_of_texts, num_bytes = [], []
    for text in texts:
        start = text.num_given // block_length * block_length
        blocks = supervised_blocks(text, block_length)
        plan = exact_plan(blocks, start) if is_exact else drawn_plan(blocks, start, num_draws, rng)
        losses = score(text.ids, start, block_length, plan.masks)
        rows_of_texts.append((losses * plan.weights).sum(1).double())
        num_bytes.append(text.num_bytes)
    totals = [rows.sum().item() for rows in rows_of_texts]
    draw_error = 0.0 if is_exact else _draw_error(torch.stack(rows_of_texts).sum(0) * num_draws, sum(num_bytes))
    return Bits(*ratio_in_bits(totals, num_bytes), draw_error)


def ratio_in_bits(nats: Sequence[float], num_bytes: Sequence[int]) -> tuple[float, float]:
    """Total bits over total bytes, and the standard error over texts."""
    ratio, count = sum(nats) / sum(num_bytes), len(nats)
    squares = sum((cost - ratio * size) ** 2 for cost, size in zip(nats, num_bytes, strict=True))
    error = math.sqrt(squares * count / max(1, count - 1)) / sum(num_bytes)
    return ratio / math.log(2), error / math.log(2)


def _draw_error(totals: torch.Tensor, num_bytes: int) -> float:
    return (totals.std() / math.sqrt(len(totals)) / num_bytes / math.log(2)).item()


def supervised_blocks(text: Text, block_length: int) -> list[range]:
    """The scored positions of each block. The last block ends with the text."""
    first, end = text.num_given // block_length, -(-len(text.ids) // block_length)
    return [
        range(max(text.num_given, block * block_length), min(len(text.ids), (block + 1) * block_length))
        for block in range(first, end)
    ]


def exact_plan(blocks: Sequence[range], start: int) -> Plan:
    """One row per subset of a full block; a shorter block has fewer subsets, and weight 0 in the remaining rows."""
    most = max(len(block) for block in blocks)
    subsets = [subset for size in range(1, most + 1) for subset in itertools.combinations(range(most), size)]
    masks = torch.zeros(len(subsets), blocks[-1].stop - start, dtype=torch.bool)
    weights = torch.zeros(masks.shape)
    for block in blocks:
        for row, subset in enumerate(subsets):
            if subset[-1] < len(block):
                places = [block[index] - start for index in subset]
                masks[row, places] = True
                weights[row, places] = 1 / (math.comb(len(block), len(subset)) * len(subset))
    return Plan(masks, weights)


def drawn_plan(blocks: Sequence[range], start: int, num_draws: int, rng: random.Random) -> Plan:
    """Each block of each row masks k ~ Uniform{1..m} of its m positions."""
    masks = torch.zeros(num_draws, blocks[-1].stop - start, dtype=torch.bool)
    weights = torch.zeros(masks.shape)
    for row in range(num_draws):
        for block in blocks:
            size = rng.randint(1, len(block))
            places = [position - start for position in rng.sample(block, size)]
            masks[row, places] = True
            weights[row, places] = len(block) / size / num_draws
    return Plan(masks, weights)


def model_scorer(model: Qwen3ForCausalLM) -> Scorer:
    """The losses of a model that attends to its noisy block and to the clean blocks before it."""

    @torch.inference_mode()
    def score(ids: Sequence[int], start: int, block_length: int, masks: torch.Tensor) -> torch.Tensor:
        positions = torch.arange(len(ids))
        visible = positions[None, :] // block_length <= positions[:, None] // block_length  # among clean tokens
        clean = torch.tensor([list(ids)])
        cache = DynamicCache()
        last = (len(ids) - 1) // block_length * block_length  # no position attends to the last block's clean tokens
        if last:
            model.model(
                input_ids=clean[:, :last],
                position_ids=positions[None, :last],
                past_key_values=cache,
                use_cache=True,
                attention_mask={"full_attention": visible[None, None, :last, :last]},
            )
            cache.batch_repeat_interleave(len(masks))
        own = positions[start:, None] // block_length
        sees_clean = positions[None, :last] // block_length < own  # [S, last]
        sees_noisy = positions[None, start:] // block_length == own  # [S, S]
        output = model.model(
            input_ids=clean[:, start:].expand(len(masks), -1).masked_fill(masks, MASK_ID),
            position_ids=positions[None, start:].expand(len(masks), -1),
            past_key_values=cache,
            use_cache=True,
            attention_mask={"full_attention": torch.cat([sees_clean, sees_noisy], 1)[None, None]},
        )
        logits = model.lm_head(output.last_hidden_state[masks]).float()  # [num_masked, vocab]
        targets = clean[:, start:].expand(len(masks), -1)[masks]
        losses = torch.zeros(masks.shape)
        losses[masks] = functional.cross_entropy(logits, targets, reduction="none")
        return losses

    return score
