"""Positions, blocks and masks of one sequence."""

from __future__ import annotations

import pytest

from app.engine.canvas import Block, Canvas
from tests.reference import MASK

PROMPT = [40, MASK, 42, 43, 44, 45]


@pytest.fixture
def canvas() -> Canvas:
    """Six prompt tokens and eight masks in blocks of four: the reply begins and ends inside a block."""
    return Canvas(PROMPT, gen_length=8, block_length=4, mask_token_id=MASK)


def test_blocks_are_aligned_and_the_last_one_is_cut_off(canvas: Canvas) -> None:
    assert len(canvas) == 14
    assert canvas.prefill_end == 4
    assert [canvas.block_at(start) for start in (0, 4, 8, 12)] == [
        Block(0, 4),
        Block(4, 8),
        Block(8, 12),
        Block(12, 14),
    ]


@pytest.mark.parametrize(("prompt_len", "prefill_end"), [(1, 0), (3, 0), (4, 4), (7, 4), (8, 8)])
def test_only_whole_blocks_of_the_prompt_are_prefilled(prompt_len: int, prefill_end: int) -> None:
    assert Canvas([9] * prompt_len, 4, 4, MASK).prefill_end == prefill_end


def test_a_block_begins_at_a_multiple_of_its_length(canvas: Canvas) -> None:
    with pytest.raises(AssertionError):
        canvas.block_at(6)


def test_a_mask_token_in_the_prompt_is_not_masked(canvas: Canvas) -> None:
    assert canvas.masked_positions(Block(0, 4)) == []
    assert canvas.masked_positions(Block(4, 8)) == [6, 7]


def test_unmask_writes_and_frees(canvas: Canvas) -> None:
    block = canvas.block_at(4)

    canvas.unmask([7], [99])

    assert canvas.masked_positions(block) == [6]
    assert canvas.token_ids[4:8] == [44, 45, MASK, 99]
    assert [token.id for token in canvas.generated(block)] == [MASK, 99]


@pytest.mark.parametrize("position", [1, 4])
def test_what_is_final_cannot_be_unmasked(canvas: Canvas, position: int) -> None:
    with pytest.raises(AssertionError):
        canvas.unmask([position], [99])


def test_generated_leaves_out_the_prompt(canvas: Canvas) -> None:
    canvas.unmask(range(6, 14), range(100, 108))

    assert [[token.id for token in canvas.generated(canvas.block_at(start))] for start in (4, 8, 12)] == [
        [100, 101],
        [102, 103, 104, 105],
        [106, 107],
    ]


def test_a_reply_may_end_before_the_canvas() -> None:
    canvas = Canvas(PROMPT, gen_length=8, block_length=4, mask_token_id=MASK, max_tokens=3)
    block = canvas.block_at(8)

    assert (canvas.reply_end, len(canvas)) == (9, 14)
    assert not canvas.is_settled(block)
    canvas.unmask([8], [77])
    assert canvas.is_settled(block)
    assert [token.id for token in canvas.generated(block)] == [77]
    assert canvas.masked_positions(block) == [9, 10, 11]
