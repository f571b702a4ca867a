"""Lengths, and how El Barto rounds them."""

from __future__ import annotations

import pytest

from app.messages.params import GenerationParams, round_lengths


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ((512, 256, 4), (512, 256)),
        ((10, 5, 4), (8, 4)),
        ((3, 1, 4), (4, 1)),  # at least one block
        ((16, 1, 4), (16, 4)),  # at least one step a block
        ((16, 7, 4), (16, 4)),
        ((16, 9, 4), (16, 8)),
        ((100, 1000, 32), (96, 999)),
        ((5, 5, 1), (5, 5)),
    ],
)
def test_round_lengths(asked: tuple[int, int, int], expected: tuple[int, int]) -> None:
    assert round_lengths(*asked) == expected


def test_rounded_lengths_are_always_allowed_and_stay() -> None:
    for block_length in (1, 2, 3, 4, 7, 32):
        for gen_length in range(1, 70, 3):
            for steps in (1, 2, 5, 16, 64, 100):
                rounded = round_lengths(gen_length, steps, block_length)

                params = GenerationParams(gen_length=rounded[0], steps=rounded[1], block_length=block_length)

                assert round_lengths(*rounded, block_length) == rounded
                assert params.gen_length <= max(gen_length, block_length)
                assert params.steps <= max(steps, params.num_blocks)


def test_blocks_and_steps() -> None:
    params = GenerationParams(gen_length=24, steps=12, block_length=4)

    assert (params.num_blocks, params.steps_per_block) == (6, 2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"gen_length": 10},
        {"gen_length": 0},
        {"steps": 3},
        {"steps": 1},
        {"block_length": 0},
        {"threshold": -0.1},
        {"threshold": 1.1},
    ],
)
def test_unrounded_lengths_are_our_own_mistake(wrong: dict[str, float]) -> None:
    with pytest.raises(AssertionError):
        GenerationParams(**{"gen_length": 8, "steps": 2, "block_length": 4, **wrong})
