"""Runs the model for the sequences' forwards. The only code between the engine and the tensors of the model."""

from __future__ import annotations

import torch
from torch import Tensor

from app.engine.kv_cache import KVCache
from app.engine.sequence import Forward
from app.models.transformer import Transformer


class Runner:
    def __init__(self, model: Transformer, kv_cache: KVCache) -> None:
        self.model = model
        self.kv_cache = kv_cache
        self._device = kv_cache.keys.device

    @torch.inference_mode()
    def run(self, forwards: list[Forward]) -> list[Tensor | None]:
        """For each forward its logits, float32 [logit_positions, vocab], or None where it asked for none.

        The tensors have a batch dimension, of size one here: each forward is run by itself.
        """
        return [self._run_one(forward) for forward in forwards]

    def _run_one(self, forward: Forward) -> Tensor | None:
        token_ids = torch.tensor([forward.token_ids], device=self._device)  # [batch, rows]
        positions = torch.arange(forward.start, forward.end, device=self._device)[None]
        window = self.kv_cache.window(forward.slot, forward.start, forward.end)
        hidden = self.model(token_ids, positions, window, block_causal_mask(forward, self._device))
        if not forward.logit_positions:
            return None
        rows = torch.tensor([position - forward.start for position in forward.logit_positions], device=self._device)
        return self.model.logits(hidden[0, rows])


def block_causal_mask(forward: Forward, device: torch.device) -> Tensor | None:
    """[1, 1, rows, end]: a position sees its own block and all earlier ones. None where that is everything."""
    if len(forward.token_ids) <= forward.block_length:
        return None
    key_blocks = torch.arange(forward.end, device=device) // forward.block_length
    return (key_blocks[None, :] <= key_blocks[forward.start :, None])[None, None]
