"""Token ids in, events out. Everything here belongs to one thread, the executor's."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Sequence as Ids

import torch
from torch import Tensor

from app.engine.denoise import advance
from app.engine.events import Event, Failed, Finished
from app.engine.kv_cache import KVCache
from app.engine.params import EngineConfig, GenerationParams
from app.engine.runner import Runner
from app.engine.scheduler import Scheduler
from app.engine.sequence import Forward, Sequence
from app.errors import EngineBroken
from app.models.families import Diffusion
from app.models.transformer import Transformer

logger = logging.getLogger(__name__)


class Engine:
    """`add` sequences, `step` until `has_work` is false, `abort` at any time between steps."""

    def __init__(self, model: Transformer, diffusion: Diffusion, config: EngineConfig) -> None:
        weight = model.embedding.weight
        self.config = config
        self.diffusion = diffusion
        self.kv_cache = KVCache(model.config, config.max_sequences, config.max_model_len, weight.device, weight.dtype)
        self._runner = Runner(model, self.kv_cache)
        self._scheduler = Scheduler(self.kv_cache)
        self._sequences: dict[int, Sequence] = {}
        self._ids = itertools.count()

    @property
    def has_work(self) -> bool:
        return bool(self._sequences)

    def add(self, prompt_ids: Ids[int], params: GenerationParams, submitted: float | None = None) -> int:
        """Queue a sequence and return its id. `submitted` (time.monotonic) is when the caller asked for it."""
        assert prompt_ids
        assert len(prompt_ids) + params.gen_length <= self.config.max_model_len
        sequence = Sequence(
            next(self._ids), prompt_ids, params, self.diffusion.mask_token_id, submitted or time.monotonic()
        )
        self._sequences[sequence.id] = sequence
        self._scheduler.add(sequence)
        return sequence.id

    def step(self) -> list[Event]:
        """One forward of every running sequence. What fails takes only its own sequences with it.

        Raises EngineBroken after an error of the device from which CUDA does not recover within a process.
        """
        sequences = self._scheduler.schedule()
        try:
            forwards = [sequence.next_forward(self.config.prefill_chunk) for sequence in sequences]
            results = self._runner.run(forwards)
        except Exception as error:
            if _is_device_lost(error):
                raise EngineBroken("the device has failed") from error
            logger.exception("a forward failed; it had sequences %s in it", [sequence.id for sequence in sequences])
            return [self._fail(sequence) for sequence in sequences]
        events: list[Event] = []
        for sequence, forward, logits in zip(sequences, forwards, results, strict=True):
            events += self._advance(sequence, forward, logits)
        return events

    def abort(self, sequence_id: int) -> Finished | None:
        """Take a sequence out, running or waiting; None where it has ended already."""
        sequence = self._sequences.get(sequence_id)
        if sequence is None:
            return None
        self._remove(sequence)
        return Finished(sequence.id, "abort", sequence.counters())

    def _advance(self, sequence: Sequence, forward: Forward, logits: Tensor | None) -> list[Event]:
        try:
            events = advance(sequence, forward, logits, self.diffusion.mask_token_id, self.diffusion.eos_token_ids)
        except Exception:
            logger.exception("sequence %d failed", sequence.id)
            return [self._fail(sequence)]
        if any(isinstance(event, Finished) for event in events):
            self._remove(sequence)
        return events

    def _fail(self, sequence: Sequence) -> Failed:
        self._remove(sequence)
        return Failed(sequence.id)

    def _remove(self, sequence: Sequence) -> None:
        del self._sequences[sequence.id]
        self._scheduler.remove(sequence)


def _is_device_lost(error: Exception) -> bool:
    return isinstance(error, torch.AcceleratorError) and not isinstance(error, torch.OutOfMemoryError)
