"""Slots, and what a window of one reads and writes."""

from __future__ import annotations

import pytest
import torch

from app.engine.kv_cache import KVCache
from app.engine.runner import block_causal_mask
from app.engine.sequence import Forward
from app.models.config import ModelConfig, RopeScaling

SHAPE = ModelConfig(
    vocab_size=10,
    hidden_size=8,
    intermediate_size=8,
    num_layers=2,
    num_heads=4,
    num_kv_heads=2,
    head_dim=4,
    max_position=16,
    rms_norm_eps=1e-6,
    rope=RopeScaling(),
)


@pytest.fixture
def kv_cache() -> KVCache:
    return KVCache(SHAPE, num_slots=2, max_len=16, device=torch.device("cpu"), dtype=torch.bfloat16)


def rows(number: int, value: float) -> torch.Tensor:
    """Keys or values of one forward: [batch, kv_heads, rows, head_dim]."""
    return torch.full((1, 2, number, 4), value, dtype=torch.bfloat16)


def test_slots(kv_cache: KVCache) -> None:
    first, second = kv_cache.acquire(), kv_cache.acquire()

    assert {first, second} == {0, 1}
    assert kv_cache.slots_held == 2
    kv_cache.release(first)
    assert kv_cache.slots_held == 1
    assert kv_cache.acquire() == first


def test_a_slot_is_released_once(kv_cache: KVCache) -> None:
    slot = kv_cache.acquire()
    kv_cache.release(slot)

    with pytest.raises(AssertionError):
        kv_cache.release(slot)


def test_num_bytes(kv_cache: KVCache) -> None:
    assert kv_cache.num_bytes == 2 * (2 * 2 * 2 * 16 * 4) * 2  # keys and values; layers, slots, heads...; bfloat16


def test_a_window_sees_what_came_before_and_itself(kv_cache: KVCache) -> None:
    kv_cache.window(1, 0, 3).update(0, rows(3, 1.0), rows(3, 10.0))

    keys, values = kv_cache.window(1, 3, 5).update(0, rows(2, 2.0), rows(2, 20.0))

    assert keys.shape == values.shape == (1, 2, 5, 4)
    assert keys[0, 1, :, 3].tolist() == [1, 1, 1, 2, 2]
    assert values[0, 0, :, 0].tolist() == [10, 10, 10, 20, 20]


def test_a_window_leaves_other_slots_and_layers_alone(kv_cache: KVCache) -> None:
    kv_cache.window(1, 0, 4).update(1, rows(4, 1.0), rows(4, 1.0))

    assert kv_cache.keys[0].any().item() is kv_cache.values[0].any().item() is False
    assert kv_cache.keys[1, 0].any().item() is False


def test_a_denoising_step_is_written_over_by_the_next(kv_cache: KVCache) -> None:
    for value in (1.0, 2.0, 3.0):
        keys, _ = kv_cache.window(0, 0, 2).update(0, rows(2, value), rows(2, value))
        assert keys.unique().tolist() == [value]


def mask_of(start: int, num_tokens: int, block_length: int) -> list[str] | None:
    forward = Forward("prefill", 0, start, (9,) * num_tokens, block_length)
    mask = block_causal_mask(forward, torch.device("cpu"))
    return None if mask is None else ["".join(".x"[seen] for seen in row) for row in mask[0, 0].tolist()]


def test_a_position_sees_its_block_and_all_earlier_ones() -> None:
    assert mask_of(0, 6, block_length=2) == ["xx....", "xx....", "xxxx..", "xxxx..", "xxxxxx", "xxxxxx"]


def test_a_later_chunk_sees_the_earlier_ones() -> None:
    assert mask_of(3, 5, block_length=3) == ["xxxxxx..", "xxxxxx..", "xxxxxx..", "xxxxxxxx", "xxxxxxxx"]


def test_one_block_sees_everything_and_needs_no_mask() -> None:
    assert mask_of(8, 4, block_length=4) is None
    assert mask_of(8, 2, block_length=4) is None
