"""The engine's state for one request, and the forward that it wants next."""

from __future__ import annotations

import time
from collections.abc import Sequence as Ids
from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from app.engine.canvas import Block, Canvas
from app.engine.events import Counters
from app.engine.params import GenerationParams
from app.engine.penalties import Penalties
from app.engine.transfer import TransferRule, make_rule


@dataclass(frozen=True)
class Forward:
    """Run the model over `token_ids` at positions from `start`; logits are wanted at `logit_positions` alone."""

    kind: Literal["prefill", "denoise", "commit"]
    slot: int
    start: int
    token_ids: tuple[int, ...]
    block_length: int
    logit_positions: tuple[int, ...] = ()

    @property
    def end(self) -> int:
        return self.start + len(self.token_ids)


class Sequence:
    """Prefilled up to `computed`, then block after block: denoised until no mask is left, committed."""

    def __init__(
        self, sequence_id: int, prompt_ids: Ids[int], params: GenerationParams, mask_token_id: int, submitted: float
    ) -> None:
        self.id = sequence_id
        self.params = params
        self.canvas = Canvas(prompt_ids, params.gen_length, params.block_length, mask_token_id)
        self.slot: int | None = None  # in the KV cache; None until the scheduler admits the sequence
        self.computed = 0  # positions whose keys and values are stored for good
        self.block: Block
        self.rule: TransferRule
        self.step = 0  # within the block
        self._penalties: Penalties | None = None
        self.open_block(self.canvas.prefill_end)
        self.counts = {"prefill": 0, "denoise": 0, "commit": 0}
        self.prefill_tokens = 0
        self.generated_tokens = 0
        self._submitted = submitted
        self._started: float | None = None
        self._first_block: float | None = None

    def open_block(self, start: int) -> None:
        self.block = self.canvas.block_at(start)
        self.rule = make_rule(self.params, len(self.canvas.masked_positions(self.block)))
        self.step = 0

    def penalties_for(self, logits: Tensor) -> Penalties | None:
        """None where the caller asked for none. Made for the first logits: a sequence that waits holds no tensors."""
        if self._penalties is None and self.params.has_penalties:
            prompt_ids = self.canvas.token_ids[: self.canvas.prompt_len]
            device = "cpu" if logits.device.type == "mps" else logits.device  # as `propose` has it
            self._penalties = Penalties(self.params, prompt_ids, logits.shape[-1], device)
        return self._penalties

    def count_generated(self, num_tokens: int) -> None:
        self.generated_tokens += num_tokens
        if self._first_block is None:
            self._first_block = time.monotonic()

    def next_forward(self, prefill_chunk: int) -> Forward:
        """What to run in the next engine step; a prefill takes whole blocks, about `prefill_chunk` tokens of them."""
        assert self.slot is not None
        if self._started is None:
            self._started = time.monotonic()
        block_length = self.params.block_length
        if self.computed < self.canvas.prefill_end:
            size = max(1, prefill_chunk // block_length) * block_length
            end = min(self.computed + size, self.canvas.prefill_end)
            token_ids = tuple(self.canvas.token_ids[self.computed : end])
            return Forward("prefill", self.slot, self.computed, token_ids, block_length)
        masked = tuple(self.canvas.masked_positions(self.block))
        token_ids = tuple(self.canvas.token_ids[self.block.start : self.block.end])
        kind: Literal["denoise", "commit"] = "denoise" if masked else "commit"
        return Forward(kind, self.slot, self.block.start, token_ids, block_length, masked)

    def counters(self) -> Counters:
        now = time.monotonic()
        return Counters(
            prompt_tokens=self.canvas.prompt_len,
            cached_tokens=0,
            prefill_tokens=self.prefill_tokens,
            prefill_forwards=self.counts["prefill"],
            steps=self.counts["denoise"],
            commit_forwards=self.counts["commit"],
            generated_tokens=self.generated_tokens,
            queue_ms=1000 * ((self._started or now) - self._submitted),
            total_ms=1000 * (now - self._submitted),
            first_block_ms=None if self._first_block is None else 1000 * (self._first_block - self._submitted),
        )
