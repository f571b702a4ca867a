"""Masks and noise, compared with results written by hand."""

import random

import pytest
import torch

from training.data.samples import Sample
from training.noise import (
    CLEAN,
    causal_mask,
    collate,
    collate_left_to_right,
    diffusion_row,
    masked_positions,
    stream_mask,
)
from training.tokenizer import DELETE_ID, MASK_ID


def answer_sample(block_length=4):
    """Five given positions, eight supervised ones."""
    return Sample(list(range(20, 33)), [0.0] * 5 + [1.0] * 8, block_length)


def test_stream_mask_by_hand():
    """Two blocks of two in a noisy stream, the second block in another, the clean first block, one of padding."""
    blocks = torch.tensor([[0, 0, 1, 1, 1, 1, 0, 0, -1]])
    streams = torch.tensor([[1, 1, 1, 1, 2, 2, CLEAN, CLEAN, CLEAN]])
    expected = [
        [1, 1, 0, 0, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 1, 1, 0, 0, 1, 1, 0],
        [0, 0, 1, 1, 0, 0, 1, 1, 0],
        [0, 0, 0, 0, 1, 1, 1, 1, 0],
        [0, 0, 0, 0, 1, 1, 1, 1, 0],
        [0, 0, 0, 0, 0, 0, 1, 1, 0],
        [0, 0, 0, 0, 0, 0, 1, 1, 0],
        [0, 0, 0, 0, 0, 0, 0, 0, 1],
    ]
    assert stream_mask(blocks, streams)[0].int().tolist() == expected


def test_causal_mask_by_hand():
    assert causal_mask(torch.tensor([[0, 0, -1]]))[0].int().tolist() == [[1, 0, 0], [1, 1, 0], [1, 1, 1]]


def test_every_supervised_position_is_masked_in_exactly_one_stream_and_no_prompt_is():
    for seed in range(50):
        first, second = masked_positions(answer_sample(), random.Random(seed))
        assert first | second == set(range(5, 13))
        assert not first & second


def test_in_blocks_of_one_there_is_one_stream_with_everything_masked():
    assert masked_positions(answer_sample(block_length=1), random.Random(0)) == [set(range(5, 13))]


def test_streams_of_a_sample():
    sample = Sample(list(range(20, 30)), [0.0] * 5 + [1.0] * 5, block_length=4)
    row = diffusion_row(sample, random.Random(0))
    assert row.positions == [4, 5, 6, 7, 8, 9, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7]
    assert row.streams == [1] * 6 + [2] * 6 + [CLEAN] * 8
    assert row.blocks == [1, 1, 1, 1, 2, 2, 1, 1, 1, 1, 2, 2, 0, 0, 0, 0, 1, 1, 1, 1]
    assert row.ids[0] == row.ids[6] == 24, "what is given is never masked"
    assert row.ids[12:] == list(range(20, 28))


def test_loss_stands_where_a_mask_stands():
    batch = collate([answer_sample(), answer_sample(block_length=8)], random.Random(0))
    assert ((batch.weights > 0) == (batch.ids == MASK_ID)).all()
    assert batch.num_tokens == sum(len(diffusion_row(answer_sample(b), random.Random(0)).ids) for b in (4, 8))


def test_canvas_is_one_last_block_and_its_padding_is_masked_in_both_streams():
    ids = [20, 21, 22, 23, 24, 25, 26, DELETE_ID, 27]
    sample = Sample(ids, [0.0] * 5 + [1.0, 1.0, 0.25, 0.0], block_length=4, window=4)
    assert sample.blocks() == [0, 0, 0, 0, 1, 1, 1, 1, 1]
    first, second = masked_positions(sample, random.Random(0))
    assert first | second == {5, 6, 7}
    assert first & second == {7}


@pytest.mark.parametrize("weights", [[0.0, 0.0, 1.0, 2.0]])
def test_left_to_right_predicts_the_next_token(weights):
    batch = collate_left_to_right([Sample([20, 21, 22, 23], weights, 4)])
    assert batch.ids.tolist() == [[20, 21, 22]]
    assert batch.targets.tolist() == [[21, 22, 23]]
    assert batch.weights[0].tolist() == pytest.approx([0.1, 1.0, 2.0])
