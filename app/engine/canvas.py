"""The positions of one sequence: prompt, committed, still masked."""

from __future__ import annotations

from collections.abc import Sequence as Ids
from dataclasses import dataclass


@dataclass(frozen=True)
class Block:
    """Positions [start, end) that are denoised together."""

    start: int
    end: int


class Canvas:
    """Token ids and, beside them, which positions are masked: a prompt may hold the literal mask token as text.

    Blocks are aligned to absolute position 0, so the first one that is generated may begin with the prompt's tail, and
    the last one is cut off where the canvas ends.
    """

    def __init__(self, prompt_ids: Ids[int], gen_length: int, block_length: int, mask_token_id: int) -> None:
        self.prompt_len = len(prompt_ids)
        self.block_length = block_length
        self.token_ids = [*prompt_ids, *[mask_token_id] * gen_length]
        self.masked = [False] * self.prompt_len + [True] * gen_length

    def __len__(self) -> int:
        return len(self.token_ids)

    @property
    def prefill_end(self) -> int:
        """The prompt's whole blocks end here."""
        return self.prompt_len // self.block_length * self.block_length

    def block_at(self, start: int) -> Block:
        assert start % self.block_length == 0
        return Block(start, min(start + self.block_length, len(self)))

    def masked_positions(self, block: Block) -> list[int]:
        return [position for position in range(block.start, block.end) if self.masked[position]]

    def unmask(self, positions: Ids[int], token_ids: Ids[int]) -> None:
        for position, token_id in zip(positions, token_ids, strict=True):
            assert self.masked[position]
            self.token_ids[position] = token_id
            self.masked[position] = False

    def generated(self, block: Block) -> list[int]:
        """The block's token ids that are not prompt."""
        return self.token_ids[max(block.start, self.prompt_len) : block.end]
