"""Runs the model for many sequences at once. The only code between the engine and the tensors of the model."""

from __future__ import annotations

import torch
from torch import Tensor

from app.engine.attention import BatchAttention, SpanAttention
from app.engine.graphs import DenoiseGraphs, Record
from app.engine.kv_cache import KVCache
from app.engine.layout import Forward, Rows, RowTensors
from app.models.transformer import Attend, Transformer

# How many times the query-key products of the sequences a batch may compute, padding included. Chosen, not measured.
MAX_PADDING = 3


class Runner:
    """With `record`, denoising forwards are replayed from CUDA graphs (app/engine/graphs.py) where possible."""

    def __init__(self, model: Transformer, kv_cache: KVCache, record: Record | None = None) -> None:
        self.model = model
        self.kv_cache = kv_cache
        self._device = kv_cache.keys.device
        self._graphs = DenoiseGraphs(model, kv_cache, record) if record else None

    @torch.inference_mode()
    def run(self, forwards: list[Forward]) -> Tensor | None:
        """Run the model once over the rows of all forwards, one after another.

        Returns the float32 logits [logit_rows of all, vocab], or None if no forward requests any.
        """
        rows = Rows.of(forwards)
        if self._graphs is not None and all(forward.kind == "denoise" for forward in forwards):
            logits = self._graphs.run(rows)
            if logits is not None:
                return logits
        tensors, logit_rows = rows.to(self._device)
        hidden = self.model(tensors.token_ids, tensors.positions, self._attention(rows, tensors))  # [rows, hidden]
        if not rows.logit_rows:
            return None
        if rows.logit_rows != list(range(len(rows))):
            hidden = hidden[logit_rows]
        return self.model.logits(hidden)

    def _attention(self, rows: Rows, tensors: RowTensors) -> Attend:
        """One batch if the sequences are alike and their slots close together, else one call each, without padding."""
        if len(rows.parts) == 1:
            return SpanAttention(self.kv_cache, rows, tensors)
        num_slots = max(rows.slots) - min(rows.slots) + 1
        if num_slots * rows.width * rows.reach <= MAX_PADDING * rows.products:
            return BatchAttention(self.kv_cache, rows, tensors)
        return SpanAttention(self.kv_cache, rows, tensors)
