"""Two-stream block diffusion: which tokens a step masks, and which position sees which."""

from __future__ import annotations

import random
from dataclasses import dataclass

import torch

from training.data.samples import Sample
from training.tokenizer import DELETE_ID, MASK_ID, PAD_ID


@dataclass(frozen=True)
class Batch:
    """The noisy stream, then the clean one, in one row per sample; S is their length together, padded."""

    ids: torch.Tensor  # [batch, S]
    positions: torch.Tensor  # [batch, S]
    visible: torch.Tensor  # [batch, S, S] bool
    targets: torch.Tensor  # [batch, S], token ids where the loss is
    weights: torch.Tensor  # [batch, S], 0 where no loss is
    num_tokens: int  # without padding, both streams


def two_stream_mask(blocks: torch.Tensor, is_noisy: torch.Tensor) -> torch.Tensor:
    """Who sees whom. [batch, S] block numbers (-1 is padding) and stream flags -> [batch, S, S] bool.

    A noisy position sees the noisy ones of its own block and the clean ones of earlier blocks; a clean position sees
    the clean ones of blocks up to its own. That is what an engine with a cache of committed blocks computes.
    """
    row_block, column_block = blocks[:, :, None], blocks[:, None, :]
    row_noisy, column_noisy = is_noisy[:, :, None], is_noisy[:, None, :]
    noisy_to_noisy = row_noisy & column_noisy & (row_block == column_block)
    noisy_to_clean = row_noisy & ~column_noisy & (column_block < row_block)
    clean_to_clean = ~row_noisy & ~column_noisy & (column_block <= row_block)
    visible = (noisy_to_noisy | noisy_to_clean | clean_to_clean) & (column_block >= 0)
    return visible | torch.eye(blocks.shape[1], dtype=torch.bool)  # padding sees itself: no empty softmax


def masked_positions(sample: Sample, rng: random.Random) -> list[int]:
    """k ~ Uniform{1..m} of a block's m supervised positions. Deletable padding is always masked."""
    by_block: dict[int, list[int]] = {}
    chosen = []
    for position, (block, weight) in enumerate(zip(sample.blocks(), sample.weights, strict=True)):
        if sample.ids[position] == DELETE_ID:
            chosen.append(position)
        elif weight:
            by_block.setdefault(block, []).append(position)
    for positions in by_block.values():
        chosen += rng.sample(positions, rng.randint(1, len(positions)))
    return chosen


def collate(samples: list[Sample], rng: random.Random) -> Batch:
    """The noisy stream starts with the first block that has loss; the clean one ends before the last block."""
    rows = [_streams(sample, rng) for sample in samples]
    length = max(len(row[0]) for row in rows)

    def padded(index: int, value: float) -> torch.Tensor:
        return torch.tensor([row[index] + [value] * (length - len(row[index])) for row in rows])

    blocks, is_noisy = padded(2, -1), padded(3, False)
    return Batch(
        padded(0, PAD_ID),
        padded(1, 0),
        two_stream_mask(blocks, is_noisy),
        padded(4, PAD_ID),
        padded(5, 0.0),
        sum(len(row[0]) for row in rows),
    )


def _streams(
    sample: Sample, rng: random.Random
) -> tuple[list[int], list[int], list[int], list[bool], list[int], list[float]]:
    """ids, positions, blocks, noisy flags, targets, weights of one sample."""
    blocks = sample.blocks()
    masked = set(masked_positions(sample, rng))
    first_block = blocks[next(i for i, weight in enumerate(sample.weights) if weight)]
    noisy = [i for i, block in enumerate(blocks) if block >= first_block]
    clean = [i for i, block in enumerate(blocks) if block < blocks[-1]]
    return (
        [MASK_ID if i in masked else sample.ids[i] for i in noisy] + [sample.ids[i] for i in clean],
        noisy + clean,
        [blocks[i] for i in noisy + clean],
        [True] * len(noisy) + [False] * len(clean),
        [sample.ids[i] for i in noisy + clean],
        [sample.weights[i] if i in masked else 0.0 for i in noisy] + [0.0] * len(clean),
    )
