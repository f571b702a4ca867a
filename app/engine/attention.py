"""Attention over the KV cache: every row sees the first `limit` places of its sequence's slot.

A block-causal mask is one limit per row, because a position sees everything up to the end of its block. A slot may
hold stale keys, or keys of masks, beyond the limit; they are never read.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from app.engine.kv_cache import KVCache
from app.engine.layout import Rows, RowTensors, visible


class SpanAttention:
    """One call per sequence: for prefill, which has many rows, and for sequences whose shapes differ too much."""

    def __init__(self, cache: KVCache, rows: Rows, tensors: RowTensors) -> None:
        self._cache = cache
        self._spans: list[_SpanView] = []
        first = 0
        for span in rows.spans:
            part, reach = slice(first, first + span.num_rows), span.reach
            is_masked = span.limits is not None and min(span.limits) < reach
            mask = visible(tensors.limits[part], reach)[None, None] if is_masked else None
            self._spans.append(_SpanView(span.slot, part, slice(span.places.start, span.places.stop), reach, mask))
            first = part.stop

    def __call__(self, layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """Store `k` and `v` [rows, kv_heads, head_dim]; attend with `q` [rows, heads, head_dim], same shape out."""
        outputs = []
        for slot, rows, places, reach, mask in self._spans:
            keys, values = self._cache.keys[layer, slot], self._cache.values[layer, slot]
            keys[:, places] = k[rows].transpose(0, 1)  # [kv_heads, rows, head_dim]
            values[:, places] = v[rows].transpose(0, 1)
            outputs.append(attention(q[None, rows], keys[None, :, :reach], values[None, :, :reach], mask))
        return torch.cat(outputs, dim=1)[0]


class _SpanView(NamedTuple):
    slot: int
    rows: slice  # of the forward's
    places: slice
    reach: int
    mask: Tensor | None  # [1, 1, rows, reach]; None where all rows see everything


class BatchAttention:
    """All sequences in one call over a range of slots: for denoising, which has few rows per sequence.

    The rows form a grid, slots by rows of the longest span. Padding (slots of the range that take no part, rows that a
    shorter span lacks) is computed and dropped.
    """

    def __init__(self, cache: KVCache, rows: Rows, tensors: RowTensors) -> None:
        self._cache, self._slots, self._places = cache, tensors.slots, tensors.places
        self._first, last = min(rows.slots), max(rows.slots)
        num_slots, width = last - self._first + 1, max(span.num_rows for span in rows.spans)
        self._shape = (num_slots, width)
        self._reach = max(rows.limits)
        grid = rows.grid(width, self._first)
        self._grid: Tensor | None = None  # [rows] of each row's index in the grid; None: the rows are the grid
        limits, lowest = tensors.limits, min(rows.limits)
        if grid != list(range(num_slots * width)):
            self._grid = torch.tensor(grid, device=limits.device)
            limits = limits.new_ones(num_slots * width).index_copy_(0, self._grid, limits)
            lowest = min(lowest, 1 if len(grid) < len(limits) else lowest)
        self._mask: Tensor | None = None  # [num_slots, 1, width, reach]
        if lowest < self._reach:
            self._mask = visible(limits.view(num_slots, 1, width), self._reach)

    def __call__(self, layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """Store `k` and `v` [rows, kv_heads, head_dim]; attend with `q` [rows, heads, head_dim], same shape out."""
        keys, values = self._cache.keys[layer], self._cache.values[layer]  # [slots, kv_heads, places, head_dim]
        keys[self._slots, :, self._places] = k
        values[self._slots, :, self._places] = v
        num_slots, width = self._shape
        slots = slice(self._first, self._first + num_slots)
        if self._grid is not None:
            q = q.new_zeros(num_slots * width, *q.shape[1:]).index_copy_(0, self._grid, q)
        out = attention(
            q.view(num_slots, width, *q.shape[1:]),
            keys[slots, :, : self._reach],
            values[slots, :, : self._reach],
            self._mask,
        ).flatten(0, 1)
        return out if self._grid is None else out[self._grid]


def attention(q: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None) -> Tensor:
    """Grouped-query attention of `q` [batch, rows, heads, head_dim], in the shape of `q`.

    `keys` and `values` are [batch, kv_heads, length, head_dim]; `mask` [batch or 1, 1, rows, length] is true where a
    row may attend. Query heads that share a key head are stacked as rows, so that keys and values need not be repeated.
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
