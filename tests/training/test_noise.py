"""The two-stream mask and the noise, against expectations written by hand."""

import random

import torch

from training.data.samples import Sample
from training.noise import collate, masked_positions, two_stream_mask
from training.tokenizer import DELETE_ID, MASK_ID


def test_two_stream_mask_by_hand():
    """Two blocks of two: the noisy stream of both, the clean stream of the first, one position of padding."""
    blocks = torch.tensor([[0, 0, 1, 1, 0, 0, -1]])
    is_noisy = torch.tensor([[True, True, True, True, False, False, False]])
    expected = [
        [1, 1, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0, 0],
        [0, 0, 1, 1, 1, 1, 0],
        [0, 0, 1, 1, 1, 1, 0],
        [0, 0, 0, 0, 1, 1, 0],
        [0, 0, 0, 0, 1, 1, 0],
        [0, 0, 0, 0, 0, 0, 1],
    ]
    assert two_stream_mask(blocks, is_noisy)[0].int().tolist() == expected


def test_prompt_is_never_masked_and_every_answer_block_is():
    sample = Sample(ids=list(range(20, 33)), weights=[0.0] * 5 + [1.0] * 8, block_length=4)
    for seed in range(50):
        chosen = masked_positions(sample, random.Random(seed))
        assert all(position >= 5 for position in chosen)
        assert {position // 4 for position in chosen} == {1, 2, 3}


def test_streams_of_a_sample():
    sample = Sample(ids=list(range(20, 30)), weights=[0.0] * 5 + [1.0] * 5, block_length=4)
    batch = collate([sample], random.Random(0))
    assert batch.positions[0].tolist() == [4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7]
    assert batch.ids[0, 0] == 24
    assert MASK_ID in batch.ids[0, :6]
    assert batch.ids[0, 6:].tolist() == list(range(20, 28))
    assert ((batch.weights > 0) == (batch.ids == MASK_ID)).all()


def test_canvas_is_one_last_block_and_its_padding_is_masked():
    ids = [20, 21, 22, 23, 24, 25, DELETE_ID, 26]
    sample = Sample(ids, weights=[0.0] * 5 + [1.0, 0.25, 0.0], block_length=4, window=4)
    assert sample.blocks() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert sorted(masked_positions(sample, random.Random(0))) == [5, 6]
