"""Which sequences run in the next step: as many at once as the KV cache has slots; clients take turns for these."""

from __future__ import annotations

import logging

from app.engine.kv_cache import KVCache
from app.engine.layout import Forward
from app.engine.prefix_cache import PrefixCache
from app.engine.sequence import Sequence
from app.engine.speculation import Speculator
from app.engine.turns import Turns

logger = logging.getLogger(__name__)


Batch = list[tuple[Sequence, list[Forward]]]  # runs in one forward of the model


class Scheduler:
    """`prefill_chunk` is the number of prompt tokens that a step prefills, of all sequences together."""

    def __init__(
        self, kv_cache: KVCache, prefix_cache: PrefixCache, prefill_chunk: int, speculator: Speculator
    ) -> None:
        self._kv_cache = kv_cache
        self._speculator = speculator
        self._prefix_cache = prefix_cache
        self._prefill_chunk = prefill_chunk
        self.waiting: Turns[Sequence] = Turns()
        self.running: list[Sequence] = []

    def add(self, sequence: Sequence, client: str = "") -> None:
        self.waiting.add(sequence, client)

    def schedule(self) -> tuple[Batch, Batch]:
        """Admit sequences while slots are free. Returns (about one chunk of prefill, a denoising step of all others).

        However long a prompt is, other sequences never wait for more than one chunk of it.
        """
        self._admit()
        prefill: Batch = []
        remaining = self._prefill_chunk
        for sequence in self.running:
            if sequence.needs_prefill and remaining > 0:
                forward = sequence.prefill(remaining)
                remaining -= forward.span.num_rows
                prefill.append((sequence, [forward]))
        denoising = [sequence for sequence in self.running if not sequence.needs_prefill]
        drafts = self._speculator.plan(denoising)
        return prefill, [(sequence, sequence.denoise(own)) for sequence, own in zip(denoising, drafts, strict=True)]

    def remove(self, sequence: Sequence, keep: bool = True) -> None:
        """Remove a sequence, running or waiting, and release its slot. `keep`: its blocks go to the prefix cache."""
        if sequence.slot is None:
            self.waiting.remove(sequence)
            return
        if keep:
            self.store_prefix(sequence)
        else:
            # 0 × NaN is NaN: a NaN left in the slot would still poison attention, masked or not.
            self._kv_cache.clear(sequence.slot)
        self.running.remove(sequence)
        self._kv_cache.release(sequence.slot)
        sequence.slot = None

    def store_prefix(self, sequence: Sequence) -> None:
        """Best effort: if memory runs out, the prefix is not cached."""
        assert sequence.slot is not None
        token_ids = sequence.canvas.token_ids[: sequence.computed]
        try:
            length, offset = sequence.params.block_length, sequence.canvas.offset
            self._prefix_cache.store(token_ids, length, sequence.slot, offset)
        except (MemoryError, RuntimeError) as error:
            logger.warning("%d tokens could not be kept in the prefix cache: %s", len(token_ids), error)

    def _admit(self) -> None:
        while self.waiting and self._kv_cache.has_free_slot and not self._has_twin(self.waiting.next):
            sequence = self.waiting.next
            slot = self._kv_cache.acquire()
            sequence.begin(slot, self._load_prefix(sequence, slot))
            self.running.append(self.waiting.take())

    def _load_prefix(self, sequence: Sequence, slot: int) -> int:
        """The number of tokens found. If this fails, the sequence still waits, and the slot is free."""
        prefix = sequence.canvas.token_ids[: sequence.cacheable_end]
        length, offset = sequence.params.block_length, sequence.canvas.offset
        try:
            return self._prefix_cache.load(prefix, length, slot, offset)
        except Exception:
            self._kv_cache.release(slot)
            raise

    def _has_twin(self, sequence: Sequence) -> bool:
        """Whether a running sequence prefills the same prompt, as with `n` choices: wait and reuse the result."""
        return self._prefix_cache.is_on and any(
            other.needs_prefill and other.has_prefix_of(sequence) for other in self.running
        )
