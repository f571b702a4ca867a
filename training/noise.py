"""Which tokens are masked, and the attention masks: block diffusion in streams, and plain left to right."""

from __future__ import annotations

import random
from dataclasses import dataclass

import torch

from training.data.samples import Sample
from training.tokenizer import DELETE_ID, MASK_ID, PAD_ID

CLEAN = 0  # the clean stream's number; noisy streams count from 1
PROMPT_WEIGHT = 0.1  # weight of prompt tokens in left-to-right training


@dataclass(frozen=True)
class Batch:
    """One row per sample: the noisy streams, then the clean one; S is their total length, padded."""

    ids: torch.Tensor  # [batch, S]
    positions: torch.Tensor  # [batch, S]
    visible: torch.Tensor  # [batch, S, S] bool
    targets: torch.Tensor  # [batch, S], the token ids to predict
    weights: torch.Tensor  # [batch, S], 0 for positions without loss
    num_tokens: int  # of all streams, without padding

    def to(self, device: torch.device) -> Batch:
        return Batch(
            self.ids.to(device),
            self.positions.to(device),
            self.visible.to(device),
            self.targets.to(device),
            self.weights.to(device),
            self.num_tokens,
        )


@dataclass
class Row:
    """One sample's streams, position by position."""

    ids: list[int]
    positions: list[int]
    blocks: list[int]
    streams: list[int]
    targets: list[int]
    weights: list[float]


def stream_mask(blocks: torch.Tensor, streams: torch.Tensor) -> torch.Tensor:
    """The attention mask. [batch, S] block numbers (-1 is padding) and stream numbers -> [batch, S, S] bool.

    A noisy position attends to its block in its stream and to the clean positions of earlier blocks; a clean position
    attends to the clean positions up to the end of its block. An engine with a cache of committed blocks computes the
    same (Block Diffusion, arXiv 2503.09573, section 3.1, with more than one noisy stream).
    """
    row_block, column_block = blocks[:, :, None], blocks[:, None, :]
    row_stream, column_stream = streams[:, :, None], streams[:, None, :]
    same_block = (row_stream == column_stream) & (row_block == column_block)
    earlier = (column_stream == CLEAN) & (column_block < row_block)
    return ((same_block | earlier) & (column_block >= 0)) | diagonal(blocks)


def causal_mask(blocks: torch.Tensor) -> torch.Tensor:
    """[batch, S] -> [batch, S, S] bool: each position attends to itself and to earlier ones, except padding (-1)."""
    length = blocks.shape[1]
    return (torch.ones(length, length, dtype=torch.bool).tril() & (blocks[:, None, :] >= 0)) | diagonal(blocks)


def diagonal(blocks: torch.Tensor) -> torch.Tensor:
    """Let padding attend to itself, because a softmax over nothing is NaN."""
    return torch.eye(blocks.shape[1], dtype=torch.bool)


def masked_positions(sample: Sample, rng: random.Random) -> list[set[int]]:
    """The masked positions of each noisy stream. Deletable padding is always masked.

    Of a block's m supervised positions, k ~ Uniform{0..m} are masked in one stream and the others in the second: every
    token contributes to the loss. With blocks of one there is one stream.
    """
    by_block: dict[int, list[int]] = {}
    deletes: set[int] = set()
    for position, (block, weight) in enumerate(zip(sample.blocks(), sample.weights, strict=True)):
        if sample.ids[position] == DELETE_ID:
            deletes.add(position)
        elif weight:
            by_block.setdefault(block, []).append(position)
    if all(len(positions) == 1 for positions in by_block.values()):
        return [deletes.union(*by_block.values())]
    first: set[int] = set()
    for positions in by_block.values():
        first.update(rng.sample(positions, rng.randint(0, len(positions))))
    return [first | deletes, set().union(*by_block.values()) - first | deletes]


def collate(samples: list[Sample], rng: random.Random) -> Batch:
    """Noisy streams start with the first block that has a loss; the clean one ends before the last block."""
    rows = [diffusion_row(sample, rng) for sample in samples]
    blocks = _padded([row.blocks for row in rows], -1)
    return _batch(rows, stream_mask(blocks, _padded([row.streams for row in rows], CLEAN)))


def collate_left_to_right(samples: list[Sample]) -> Batch:
    """One clean stream, in which every position predicts the next token."""
    rows = [left_to_right_row(sample) for sample in samples]
    return _batch(rows, causal_mask(_padded([row.blocks for row in rows], -1)))


def diffusion_row(sample: Sample, rng: random.Random) -> Row:
    blocks = sample.blocks()
    first_block = blocks[next(i for i, weight in enumerate(sample.weights) if weight)]
    noisy = [i for i, block in enumerate(blocks) if block >= first_block]
    clean = [i for i, block in enumerate(blocks) if block < blocks[-1]]
    row = Row([], [], [], [], [], [])
    for number, masked in enumerate(masked_positions(sample, rng), CLEAN + 1):
        row.ids += [MASK_ID if i in masked else sample.ids[i] for i in noisy]
        row.weights += [sample.weights[i] if i in masked else 0.0 for i in noisy]
        row.positions += noisy
        row.streams += [number] * len(noisy)
    row.ids += [sample.ids[i] for i in clean]
    row.weights += [0.0] * len(clean)
    row.positions += clean
    row.streams += [CLEAN] * len(clean)
    row.blocks = [blocks[i] for i in row.positions]
    row.targets = [sample.ids[i] for i in row.positions]
    return row


def left_to_right_row(sample: Sample) -> Row:
    length = len(sample.ids) - 1
    weights = [weight or PROMPT_WEIGHT for weight in sample.weights[1:]]
    places = list(range(length))
    return Row(sample.ids[:-1], places, [0] * length, [CLEAN] * length, sample.ids[1:], weights)


def _batch(rows: list[Row], visible: torch.Tensor) -> Batch:
    return Batch(
        _padded([row.ids for row in rows], PAD_ID),
        _padded([row.positions for row in rows], 0),
        visible,
        _padded([row.targets for row in rows], PAD_ID),
        _padded([row.weights for row in rows], 0.0),
        sum(len(row.ids) for row in rows),
    )


def _padded(rows: list[list[int]] | list[list[float]], value: float) -> torch.Tensor:
    length = max(len(row) for row in rows)
    return torch.tensor([[*row, *[value] * (length - len(row))] for row in rows])
