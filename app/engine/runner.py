"""Runs the model for many sequences at once. The only code between the engine and the tensors of the model."""

from __future__ import annotations

import torch
from torch import Tensor

from app.engine.attention import BatchAttention, Span, SpanAttention
from app.engine.graphs import DenoiseGraphs, Record
from app.engine.kv_cache import KVCache
from app.engine.sequence import Forward
from app.models.transformer import Attend, Transformer

MAX_PADDING = 3  # times the products of queries and keys that are wanted


class Runner:
    """With `record`, denoising forwards go by graphs (app/engine/graphs.py) where they can."""

    def __init__(self, model: Transformer, kv_cache: KVCache, record: Record | None = None) -> None:
        self.model = model
        self.kv_cache = kv_cache
        self._device = kv_cache.keys.device
        self._graphs = DenoiseGraphs(model, kv_cache, record) if record else None

    @torch.inference_mode()
    def run(self, forwards: list[Forward]) -> Tensor | None:
        """One forward over the rows of all of them, one after another.

        Returns the float32 logits [logit_positions of all, vocab], or None where none were asked for.
        """
        if self._graphs is not None and (logits := self._graphs.run(forwards)) is not None:
            return logits
        spans = [forward.span for forward in forwards]
        token_ids = [token_id for forward in forwards for token_id in forward.token_ids]
        positions = [position for span in spans for position in range(span.start, span.end)]
        ids, places = torch.tensor([token_ids, positions], device=self._device)
        hidden = self.model(ids, places, self._attention(spans))
        wanted = _logit_rows(forwards)
        if not wanted:
            return None
        if len(wanted) < len(token_ids):
            hidden = hidden[torch.tensor(wanted, device=self._device)]
        return self.model.logits(hidden)

    def _attention(self, spans: list[Span]) -> Attend:
        """Spans alike, in slots close together, go as one batch; for others padding costs more than more calls."""
        slots = [span.slot for span in spans]
        padded = (max(slots) - min(slots) + 1) * max(span.num_rows for span in spans) * max(span.end for span in spans)
        if len(spans) > 1 and padded <= MAX_PADDING * sum(span.num_rows * span.end for span in spans):
            return BatchAttention(self.kv_cache, spans)
        return SpanAttention(self.kv_cache, spans)


def _logit_rows(forwards: list[Forward]) -> list[int]:
    rows, first = [], 0
    for forward in forwards:
        rows += [first + position - forward.span.start for position in forward.logit_positions]
        first += forward.span.num_rows
    return rows
