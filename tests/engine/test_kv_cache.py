"""Slots: how many are held, and how many bytes they take."""

from __future__ import annotations

import pytest
import torch

from app.engine.kv_cache import KVCache
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


def test_bytes_per_token(kv_cache: KVCache) -> None:
    assert kv_cache.bytes_per_token == 2 * (2 * 2 * 4) * 2  # keys and values; layers, heads, head_dim; bfloat16


def test_spare_places_follow_those_of_the_tokens() -> None:
    cache = KVCache(SHAPE, num_slots=2, max_len=16, device=torch.device("cpu"), dtype=torch.bfloat16, num_spare=3)

    assert (cache.max_len, cache.num_spare, cache.num_places) == (16, 3, 19)
    assert cache.keys.shape == cache.values.shape == (2, 2, 2, 19, 4)  # layers, slots, heads, places, head_dim
    assert cache.bytes_per_token == 2 * (2 * 2 * 4) * 2


def test_the_lowest_free_slot_is_taken(kv_cache: KVCache) -> None:
    first, second = kv_cache.acquire(), kv_cache.acquire()
    assert not kv_cache.has_free_slot
    kv_cache.release(second)
    kv_cache.release(first)

    assert kv_cache.acquire() == 0
