"""What a caller may choose for one sequence, and what an operator chooses for the engine. Needs no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Remasking = Literal["low_confidence", "random"]


@dataclass(frozen=True)
class GenerationParams:
    """How one sequence is decoded. Lengths are in tokens.

    `gen_length` is a multiple of `block_length` and `steps` one of the number of blocks: `round_lengths` makes
    them so.
    """

    gen_length: int
    steps: int
    block_length: int
    threshold: float | None = None
    remasking: Remasking = "low_confidence"
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0
    ignore_eos: bool = False

    def __post_init__(self) -> None:
        assert self.block_length >= 1
        assert self.gen_length >= self.block_length
        assert self.gen_length % self.block_length == 0
        assert self.steps >= self.num_blocks
        assert self.steps % self.num_blocks == 0
        assert self.threshold is None or 0 < self.threshold <= 1
        assert self.temperature >= 0
        assert 0 <= self.top_p <= 1

    @property
    def num_blocks(self) -> int:
        return self.gen_length // self.block_length

    @property
    def steps_per_block(self) -> int:
        return self.steps // self.num_blocks


def round_lengths(gen_length: int, steps: int, block_length: int) -> tuple[int, int]:
    """(gen_length, steps) as El Barto rounds them: down to whole blocks, down to whole steps a block, at least one."""
    num_blocks = max(1, gen_length // block_length)
    return num_blocks * block_length, max(1, steps // num_blocks) * num_blocks


@dataclass(frozen=True)
class EngineConfig:
    """`max_model_len` tokens fit in one sequence, prompt and reply; a prefill step takes `prefill_chunk` of them."""

    max_model_len: int
    max_sequences: int = 1
    prefill_chunk: int = 512


@dataclass(frozen=True)
class ModelSource:
    """Which checkpoint, and how to run it; None: the checkpoint or the library decides."""

    path: str
    revision: str | None = None
    device: str = "auto"
    dtype: str = "auto"
    num_threads: int | None = None
    max_model_len: int | None = None
    max_sequences: int = 1
