"""Attention over the KV cache: every row sees the first `limit` places of its sequence's slot, unless they are hidden.

A block-causal mask is one limit per row, because a position sees everything up to the end of its block. A draft also
hides the places between the prefix and its own rows. A slot may hold stale keys, or keys of masks, beyond the limit:
they are masked out.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from app.engine.kv_cache import KVCache
from app.engine.layout import Rows, RowTensors, visible


class SpanAttention:
    """One call per sequence: for prefill, which has many rows, and for sequences whose shapes differ too much."""

    def __init__(self, cache: KVCache, rows: Rows, tensors: RowTensors) -> None:
        self._cache = cache
        self._parts: list[tuple[int, slice, slice, int, Tensor | None]] = []
        for part in rows.parts:
            here = slice(part.rows.start, part.rows.stop)
            mask = None
            if part.is_masked:
                seen = visible(RowTensors(*(column[here] for column in tensors)), part.reach)
                mask = attention_mask(seen[None], cache)
            self._parts.append((part.slot, here, slice(part.places.start, part.places.stop), part.reach, mask))

    def __call__(self, layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """Store `k` and `v` [rows, kv_heads, head_dim]; attend with `q` [rows, heads, head_dim], same shape out."""
        outputs = []
        for slot, rows, places, reach, mask in self._parts:
            keys, values = self._cache.keys[layer, slot], self._cache.values[layer, slot]
            keys[:, places] = k[rows].transpose(0, 1)  # [kv_heads, rows, head_dim]
            values[:, places] = v[rows].transpose(0, 1)
            outputs.append(attention(q[None, rows], keys[None, :, :reach], values[None, :, :reach], mask)[0])
        return outputs[0] if len(outputs) == 1 else torch.cat(outputs)


class BatchAttention:
    """All sequences in one call over a range of slots: for denoising, which has few rows per sequence.

    The rows form a grid, slots by rows of the longest line. Padding (slots of the range that take no part, rows that a
    shorter line lacks) is computed and dropped.
    """

    def __init__(self, cache: KVCache, rows: Rows, tensors: RowTensors) -> None:
        self._cache, self._slots, self._places = cache, tensors.slots, tensors.places
        self._first, last = min(rows.slots), max(rows.slots)
        num_slots, width = last - self._first + 1, rows.width
        self._shape = (num_slots, width)
        self._reach = rows.reach
        grid = rows.grid(width, self._first)
        self._grid: Tensor | None = None  # [rows] of each row's index in the grid; None: the rows are the grid
        is_masked = any(part.is_masked or part.reach < self._reach for part in rows.parts)
        if grid != list(range(num_slots * width)):
            self._grid = torch.tensor(grid, device=tensors.limits.device)
            is_masked = True
        self._mask: Tensor | None = None
        if is_masked:
            seen = visible(tensors, self._reach)
            if self._grid is not None:  # padding rows see everything, because a row that sees nothing gives NaN
                seen = seen.new_ones(num_slots * width, self._reach).index_copy_(0, self._grid, seen)
            self._mask = attention_mask(seen.view(num_slots, width, self._reach), cache)

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

    `keys` and `values` are [batch, kv_heads, length, head_dim]; `mask` is from `attention_mask`. Query heads that share
    a key head are stacked as rows, so that keys and values need not be repeated.
    """
    batch, rows, heads, head_dim = q.shape
    kv_heads = keys.shape[1]
    group = heads // kv_heads
    q = q.view(batch, rows, kv_heads, group, head_dim).permute(0, 2, 3, 1, 4)
    q = q.reshape(batch, kv_heads, group * rows, head_dim)
    out = F.scaled_dot_product_attention(q, keys, values, attn_mask=mask)
    out = out.view(batch, kv_heads, group, rows, head_dim).permute(0, 3, 1, 2, 4)
    return out.reshape(batch, rows, heads, head_dim)


def attention_mask(seen: Tensor, cache: KVCache) -> Tensor:
    """What `attention` adds to its scores in every layer, from `seen`, bool [batch, rows, length].

    [batch, 1, group * rows, length] in the cache's dtype: 0 where a row sees a place, else -inf.
    """
    mask = torch.zeros(seen.shape, dtype=cache.keys.dtype, device=seen.device).masked_fill_(~seen, -torch.inf)
    return mask.repeat(1, cache.group, 1)[:, None]
