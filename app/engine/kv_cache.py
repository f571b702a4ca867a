"""Keys and values of all running sequences, allocated once."""

from __future__ import annotations

import torch

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
        self._free = set(range(num_slots))
        self._num_slots = num_slots

    @property
    def num_bytes(self) -> int:
        return 2 * self.keys.nbytes

    @property
    def bytes_per_token(self) -> int:
        return self.num_bytes // (self._num_slots * self.keys.shape[3])

    @property
    def slots_held(self) -> int:
        return self._num_slots - len(self._free)

    @property
    def has_free_slot(self) -> bool:
        return bool(self._free)

    def acquire(self) -> int:
        """The lowest free one: sequences that run together stand close together, and attend in one batch."""
        slot = min(self._free)
        self._free.remove(slot)
        return slot

    def clear(self, slot: int) -> None:
        self.keys[:, slot] = 0
        self.values[:, slot] = 0

    def release(self, slot: int) -> None:
        assert slot not in self._free
        self._free.add(slot)
