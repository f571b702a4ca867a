"""Keys and values of all running sequences, allocated once."""

from __future__ import annotations

import torch

from app.models.config import ModelConfig


class KVCache:
    """A fixed number of slots, each for one sequence of up to `max_len` tokens.

    `keys` and `values` are [layers, slots, kv_heads, places, head_dim]. A token's place is its position. Denoising
    steps write the rows of their block too; these become valid when the block's commit writes them again from the
    final tokens.

    Each slot has `num_spare` more places after `max_len`, for rows that must not overwrite a token. CUDA graphs write
    their padding rows to the last one. Drafts of a block stand right after it, at places whose tokens are not computed
    yet, and reach into the spare ones at the end of a full slot.
    """

    def __init__(
        self,
        config: ModelConfig,
        num_slots: int,
        max_len: int,
        device: torch.device,
        dtype: torch.dtype,
        num_spare: int = 0,
    ) -> None:
        shape = (config.num_layers, num_slots, config.num_kv_heads, max_len + num_spare, config.head_dim)
        self.keys = torch.zeros(shape, device=device, dtype=dtype)
        self.values = torch.zeros(shape, device=device, dtype=dtype)
        self.group = config.num_heads // config.num_kv_heads  # query heads that share a key head
        self.num_slots, self.max_len, self.num_spare = num_slots, max_len, num_spare
        self._free = set(range(num_slots))

    @property
    def num_places(self) -> int:
        """Of one slot, spare ones included."""
        return self.max_len + self.num_spare

    @property
    def num_bytes(self) -> int:
        return 2 * self.keys.nbytes

    @property
    def bytes_per_token(self) -> int:
        return self.num_bytes // (self.num_slots * self.num_places)

    @property
    def slots_held(self) -> int:
        return self.num_slots - len(self._free)

    @property
    def has_free_slot(self) -> bool:
        return bool(self._free)

    def acquire(self) -> int:
        """The lowest free slot: sequences that run together stay close together, and attend in one batch."""
        slot = min(self._free)
        self._free.remove(slot)
        return slot

    def clear(self, slot: int, start: int = 0) -> None:
        """The places of a slot from `start` on."""
        self.keys[:, slot, :, start:] = 0
        self.values[:, slot, :, start:] = 0

    def release(self, slot: int) -> None:
        assert slot not in self._free
        self._free.add(slot)
