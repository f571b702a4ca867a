"""Keys and values of all running sequences, allocated once."""

from __future__ import annotations

import torch
from torch import Tensor

from app.models.config import ModelConfig


class KVCache:
    """A fixed number of slots, each for one sequence of up to `max_len` tokens.

    Rows are written at their absolute positions. A denoising step writes its block's rows too; they count for nothing
    until the block's commit has written them once more from the final tokens.
    """

    def __init__(
        self, config: ModelConfig, num_slots: int, max_len: int, device: torch.device, dtype: torch.dtype
    ) -> None:
        shape = (config.num_layers, num_slots, config.num_kv_heads, max_len, config.head_dim)
        self.keys = torch.zeros(shape, device=device, dtype=dtype)
        self.values = torch.zeros(shape, device=device, dtype=dtype)
        self._free = list(range(num_slots))
        self._num_slots = num_slots

    @property
    def num_bytes(self) -> int:
        return 2 * self.keys.nbytes

    @property
    def slots_held(self) -> int:
        return self._num_slots - len(self._free)

    @property
    def has_free_slot(self) -> bool:
        return bool(self._free)

    def acquire(self) -> int:
        return self._free.pop()

    def release(self, slot: int) -> None:
        assert slot not in self._free
        self._free.append(slot)

    def window(self, slot: int, start: int, end: int) -> CacheWindow:
        """What one forward over positions [start, end) of a slot reads and writes."""
        return CacheWindow(self, slot, start, end)


class CacheWindow:
    """The decoder's view of the cache in one forward: writes [start, end), sees [0, end)."""

    def __init__(self, cache: KVCache, slot: int, start: int, end: int) -> None:
        self._cache, self._slot, self._start, self._end = cache, slot, start, end

    def update(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        all_keys = self._cache.keys[layer, self._slot : self._slot + 1]  # [1, kv_heads, max_len, head_dim]
        all_values = self._cache.values[layer, self._slot : self._slot + 1]
        all_keys[:, :, self._start : self._end] = keys
        all_values[:, :, self._start : self._end] = values
        return all_keys[:, :, : self._end], all_values[:, :, : self._end]
