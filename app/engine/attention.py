"""Attention of one forward's rows, each over its own sequence: to all positions below the row's limit.

A block-causal mask is a limit a row: a position sees up to the end of its own block. What a slot of the KV cache holds
beyond that is stale or of masks, and never read.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from app.engine.kv_cache import KVCache


@dataclass(frozen=True)
class Span:
    """The rows of one sequence in a forward: `num_rows` from position `start`, in `slot`.

    `limits[i]` is how many positions, from 0, row i sees; None: all rows see up to the span's end.
    """

    slot: int
    start: int
    num_rows: int
    limits: tuple[int, ...] | None = None

    @property
    def end(self) -> int:
        return self.start + self.num_rows


class SpanAttention:
    """Sequence by sequence: for prefill, whose rows are many, and for sequences that share nothing."""

    def __init__(self, cache: KVCache, spans: list[Span]) -> None:
        self._cache, self._spans = cache, spans
        self._masks = [_mask(span, cache.keys.device) for span in spans]

    def __call__(self, layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        outputs, first = [], 0
        for span, mask in zip(self._spans, self._masks, strict=True):
            rows = slice(first, first + span.num_rows)
            keys, values = self._cache.keys[layer, span.slot], self._cache.values[layer, span.slot]
            keys[:, span.start : span.end] = k[rows].transpose(0, 1)
            values[:, span.start : span.end] = v[rows].transpose(0, 1)
            outputs.append(attention(q[None, rows], keys[None, :, : span.end], values[None, :, : span.end], mask))
            first += span.num_rows
        return torch.cat(outputs, dim=1)[0]


class BatchAttention:
    """All sequences in one call over a range of slots: for denoising, whose rows are few.

    Slots of the range that take no part, and rows that a shorter sequence lacks, are computed and dropped.
    """

    def __init__(self, cache: KVCache, spans: list[Span]) -> None:
        device = cache.keys.device
        self._cache = cache
        self._first, self._last = min(span.slot for span in spans), max(span.slot for span in spans)
        width = max(span.num_rows for span in spans)
        num_slots = self._last - self._first + 1
        self._length = max(span.end for span in spans)
        self._shape = (num_slots, width)
        rows, slots, positions, limits = [], [], [], [1] * (num_slots * width)
        for span in spans:
            for index in range(span.num_rows):
                rows.append((span.slot - self._first) * width + index)
                slots.append(span.slot)
                positions.append(span.start + index)
                limits[rows[-1]] = span.end if span.limits is None else span.limits[index]
        self._is_full = rows == list(range(num_slots * width))
        self._rows, self._slots, self._positions = torch.tensor([rows, slots, positions], device=device)
        self._mask: Tensor | None = None
        if min(limits) < self._length:
            seen = torch.tensor(limits, device=device).view(num_slots, 1, width, 1)
            self._mask = torch.arange(self._length, device=device) < seen

    def __call__(self, layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        keys, values = self._cache.keys[layer], self._cache.values[layer]  # [slots, kv_heads, max_len, head_dim]
        keys[self._slots, :, self._positions] = k
        values[self._slots, :, self._positions] = v
        slots = slice(self._first, self._last + 1)
        if not self._is_full:
            q = q.new_zeros(self._shape[0] * self._shape[1], *q.shape[1:]).index_copy_(0, self._rows, q)
        out = attention(
            q.view(*self._shape, *q.shape[1:]),
            keys[slots, :, : self._length],
            values[slots, :, : self._length],
            self._mask,
        ).flatten(0, 1)
        return out if self._is_full else out[self._rows]


def attention(q: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None) -> Tensor:
    """[batch, rows, heads, head_dim] of `q` over [batch, kv_heads, length, head_dim], in the shape of `q`.

    `mask` [batch or 1, 1, rows, length] is true where a row may look. The query heads that share a key head are stacked
    as rows, so that neither keys nor values are repeated.
    """
    batch, rows, heads, head_dim = q.shape
    kv_heads = keys.shape[1]
    group = heads // kv_heads
    q = q.view(batch, rows, kv_heads, group, head_dim).permute(0, 2, 3, 1, 4)
    q = q.reshape(batch, kv_heads, group * rows, head_dim)
    if mask is not None:
        mask = mask.repeat(1, 1, group, 1)  # [batch, 1, group * rows, length]
    out = F.scaled_dot_product_attention(q, keys, values, attn_mask=mask)
    out = out.view(batch, kv_heads, group, rows, head_dim).permute(0, 3, 1, 2, 4)
    return out.reshape(batch, rows, heads, head_dim)


def _mask(span: Span, device: torch.device) -> Tensor | None:
    """[1, 1, rows, end]; None where every row sees everything."""
    if span.limits is None or min(span.limits) >= span.end:
        return None
    limits = torch.tensor(span.limits, device=device)
    return (torch.arange(span.end, device=device) < limits[:, None])[None, None]
