"""The positions of one sequence: prompt, final, still masked."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Sequence as Ids
from dataclasses import dataclass

from app.messages.events import Token
from app.messages.params import Alignment, Window, first_boundary


@dataclass(frozen=True)
class Block:
    """Positions [start, end), which are denoised together."""

    start: int
    end: int


class Canvas:
    """Token ids and, separately, which positions are masked: a prompt may hold the literal mask token as text.

    Blocks are aligned to absolute position 0, so the first generated one may begin with the end of the prompt; or to
    the prompt's end, so that the prompt's first block may be shorter: they are counted from `offset`. The last one is
    cut off where the canvas ends. A `window` is the last block, whatever its length.
    """

    def __init__(
        self,
        prompt_ids: Ids[int],
        gen_length: int,
        block_length: int,
        mask_token_id: int,
        window: Window | None = None,
        alignment: Alignment = "start",
    ) -> None:
        assert window is None or len(prompt_ids) % block_length == 0
        self.prompt_len = len(prompt_ids)
        self.block_length = block_length
        self.offset = first_boundary(alignment, self.prompt_len, block_length)
        self._has_window = window is not None
        after = window.token_ids if window else (None,) * gen_length
        prompt_len = self.prompt_len
        self.token_ids = [*prompt_ids, *(mask_token_id if token_id is None else token_id for token_id in after)]
        self.masked = [False] * prompt_len + [token_id is None for token_id in after]
        # Of each position: its hole, and the confidence and step of its final token (None if the caller gave it).
        self.holes: list[int | None] = [None] * prompt_len
        self.holes += window.holes if window else (None,) * gen_length
        self.confidences: list[float | None] = [None] * len(self.token_ids)
        self.steps: list[int | None] = [None] * len(self.token_ids)

    def __len__(self) -> int:
        return len(self.token_ids)

    @property
    def prefill_end(self) -> int:
        """One past the whole blocks of the prompt."""
        return self.whole_blocks(self.prompt_len)

    def whole_blocks(self, end: int) -> int:
        """One past the whole blocks before position `end`."""
        return max(0, (end - self.offset) // self.block_length * self.block_length + self.offset)

    def block_end(self, position: int) -> int:
        """One past the block that has the position, as if the canvas were endless."""
        return ((position - self.offset) // self.block_length + 1) * self.block_length + self.offset

    def block_at(self, start: int) -> Block:
        assert start == 0 or (start - self.offset) % self.block_length == 0
        if self._has_window and start == self.prompt_len:
            return Block(start, len(self))
        return Block(start, min(self.block_end(start), len(self)))

    def masked_positions(self, block: Block) -> list[int]:
        return [position for position in range(block.start, block.end) if self.masked[position]]

    def unmask(
        self, positions: Ids[int], token_ids: Ids[int], confidences: Ids[float] | None = None, step: int | None = None
    ) -> None:
        """Make masked `positions` final."""
        for index, (position, token_id) in enumerate(zip(positions, token_ids, strict=True)):
            assert self.masked[position]
            self.token_ids[position] = token_id
            self.masked[position] = False
            self.confidences[position] = confidences[index] if confidences else None
            self.steps[position] = step

    def delete(self, positions: Collection[int]) -> None:
        """Remove positions of holes; everything after them moves up."""
        for position in sorted(positions, reverse=True):
            assert self.holes[position] is not None
            for column in (self.token_ids, self.masked, self.holes, self.confidences, self.steps):
                del column[position]

    def is_given(self, position: int) -> bool:
        """Whether the caller gave the token at this position: in a hole, whether it is pinned."""
        return not self.masked[position] and self.steps[position] is None

    def generated(self, block: Block) -> list[Token]:
        """The tokens of the block that do not belong to the prompt."""
        return [self.token(position) for position in range(max(block.start, self.prompt_len), block.end)]

    def hole(self, number: int) -> list[Token]:
        """The tokens of a hole, pinned ones included."""
        return [self.token(position) for position, hole in enumerate(self.holes) if hole == number]

    def token(self, position: int) -> Token:
        return Token(self.token_ids[position], self.confidences[position], self.steps[position])

    def holes_with_masks(self) -> set[int]:
        return {hole for hole, masked in zip(self.holes, self.masked, strict=True) if masked and hole is not None}


def find_end(reply: Ids[int | None], end_token_ids: Collection[int]) -> int | None:
    """The index of the first end token within a block's reply, once no mask is left before it.

    Unmasked tokens stay, and everything after the end token is dropped, so the reply is settled even if masks are
    left. The published algorithm fills these first, with the same result.
    """
    for index, token_id in enumerate(reply):
        if token_id is None:
            return None
        if token_id in end_token_ids:
            return index
    return None
