"""Keys and values of prefixes computed before, for sequences that start with the same tokens.

A radix tree (as SGLang's, arXiv 2312.07104, section 3) whose edges are runs of whole blocks. The attention mask
depends on the block length and on the position that blocks are counted from, so each pair has a separate tree. A hit is
a whole number of blocks from position 0, and holds exactly what prefilling would compute. Used by the engine's thread
only.

Where blocks are counted from a position other than 0, the first block is short. In the tree it is filled up in front,
with `PAD` and zeros, so that edges still are whole blocks.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence as Ids

import torch
import torch.nn.functional as F
from torch import Tensor

from app.engine.kv_cache import KVCache

PAD = -1  # no token's id


class Node:
    """An edge of the tree and its children. `stored`, keys then values: [2, layers, kv_heads, tokens, head_dim]."""

    def __init__(self, parent: Node | None, token_ids: tuple[int, ...], stored: Tensor | None) -> None:
        self.parent = parent
        self.token_ids = token_ids
        self.stored = stored
        self.children: dict[tuple[int, ...], Node] = {}  # by the first block of their edge

    @property
    def num_bytes(self) -> int:
        return 0 if self.stored is None else self.stored.nbytes


class PrefixCache:
    """At most `max_bytes` of copies, least recently used evicted first. 0 bytes: caches nothing."""

    def __init__(self, kv_cache: KVCache, max_bytes: int) -> None:
        self._kv_cache = kv_cache
        self._max_bytes = max_bytes
        self._roots: dict[tuple[int, int], Node] = {}  # by block length and offset
        # Least recently used first. A node is touched before its ancestors are, so the first one is a leaf.
        self._by_age: OrderedDict[Node, None] = OrderedDict()
        self.num_bytes = 0
        # Counts since the start. Any thread may read them.
        self.num_lookups = self.num_hits = self.num_evictions = 0
        self.tokens_asked = self.tokens_found = 0

    @property
    def max_bytes(self) -> int:
        return self._max_bytes

    @property
    def is_on(self) -> bool:
        return self._max_bytes > 0

    def load(self, token_ids: Ids[int], block_length: int, slot: int, offset: int = 0) -> int:
        """Copy the longest cached prefix of `token_ids` into the slot. Returns its length in tokens.

        Blocks are counted from position `offset`, below the block length.
        """
        pad = -offset % block_length
        num_asked = len(token_ids)
        token_ids = [PAD] * pad + list(token_ids)
        node, num_found = self._roots.get((block_length, offset)), 0
        path: list[Node] = []
        while node is not None:
            child = node.children.get(tuple(token_ids[num_found : num_found + block_length]))
            if child is None:
                break
            same = _num_same(child.token_ids, token_ids[num_found:], block_length)
            self._copy_out(child, same, slot, num_found - pad)
            path.append(child)
            num_found += same
            node = child if same == len(child.token_ids) else None
        self._touch(path)
        found = max(0, num_found - pad)
        if self.is_on:
            self.num_lookups += 1
            self.num_hits += found > 0
            self.tokens_asked += num_asked
            self.tokens_found += found
        return found

    def store(self, token_ids: Ids[int], block_length: int, slot: int, offset: int = 0) -> None:
        """Copy the slot's first `len(token_ids)` positions, whole blocks. Blocks already cached cost nothing.

        `offset` is as in `load`. Raises MemoryError or RuntimeError if there is no memory for the copy.
        """
        if not token_ids:
            return
        pad = -offset % block_length
        token_ids = [PAD] * pad + list(token_ids)
        assert len(token_ids) % block_length == 0
        if len(token_ids) * self._kv_cache.bytes_per_token > self._max_bytes:
            return
        node = self._roots.setdefault((block_length, offset), Node(None, (), None))
        num_known = 0
        path: list[Node] = []
        while num_known < len(token_ids):
            rest = tuple(token_ids[num_known:])
            child = node.children.get(rest[:block_length])
            if child is None:
                stored = self._copy_in(slot, num_known - pad, len(token_ids) - pad)
                child = self._add(node, rest, block_length, stored)
            same = _num_same(child.token_ids, rest, block_length)
            if same < len(child.token_ids):
                child = self._split(child, same, block_length)
            path.append(child)
            node, num_known = child, num_known + same
        self._touch(path)
        self._evict()

    def check_integrity(self) -> None:
        """For tests. Raises AssertionError if counts, order or structure are wrong."""
        seen: list[Node] = []
        ages = {node: age for age, node in enumerate(self._by_age)}
        for (block_length, _), root in self._roots.items():
            waiting = [root]
            while waiting:
                node = waiting.pop()
                for first, child in node.children.items():
                    assert child.parent is node
                    assert child.token_ids[:block_length] == first
                    assert child.stored is not None
                    assert len(child.token_ids) % block_length == 0
                    assert child.stored.shape[3] == len(child.token_ids)
                    assert node is root or ages[node] > ages[child]
                    seen.append(child)
                    waiting.append(child)
        assert set(seen) == set(self._by_age)
        assert self.num_bytes == sum(node.num_bytes for node in seen) <= self._max_bytes

    def _copy_in(self, slot: int, start: int, end: int) -> Tensor:
        """A copy of the positions [start, end) of the slot: [2, layers, kv_heads, end - start, head_dim].

        Zeros stand for positions below 0.
        """
        cache, first = self._kv_cache, max(0, start)
        copy = torch.stack((cache.keys[:, slot, :, first:end], cache.values[:, slot, :, first:end]))
        return F.pad(copy, (0, 0, first - start, 0)) if first > start else copy

    def _copy_out(self, node: Node, num_tokens: int, slot: int, start: int) -> None:
        """Copy the first `num_tokens` of the node to the slot, from position `start` on; none to positions below 0."""
        assert node.stored is not None
        cache, first, end = self._kv_cache, max(0, start), start + num_tokens
        if end > first:
            cache.keys[:, slot, :, first:end] = node.stored[0, :, :, first - start : num_tokens]
            cache.values[:, slot, :, first:end] = node.stored[1, :, :, first - start : num_tokens]

    def _add(self, parent: Node, token_ids: tuple[int, ...], block_length: int, stored: Tensor) -> Node:
        """A new child; `stored` is [2, layers, kv_heads, len(token_ids), head_dim]."""
        node = Node(parent, token_ids, stored)
        parent.children[token_ids[:block_length]] = node
        self._by_age[node] = None
        self.num_bytes += node.num_bytes
        return node

    def _split(self, node: Node, num_tokens: int, block_length: int) -> Node:
        """Split an edge; returns the upper part. Both parts are copied, so that each can be freed alone."""
        assert node.parent is not None
        assert node.stored is not None
        first, rest = node.stored[:, :, :, :num_tokens].clone(), node.stored[:, :, :, num_tokens:].clone()
        self.num_bytes -= node.num_bytes
        upper = self._add(node.parent, node.token_ids[:num_tokens], block_length, first)
        node.parent, node.token_ids, node.stored = upper, node.token_ids[num_tokens:], rest
        self.num_bytes += node.num_bytes
        upper.children[node.token_ids[:block_length]] = node
        return upper

    def _touch(self, path: list[Node]) -> None:
        """From the leaf up, so that an ancestor is always more recent than its descendants."""
        for node in reversed(path):
            self._by_age.move_to_end(node)

    def _evict(self) -> None:
        while self.num_bytes > self._max_bytes:
            node, _ = self._by_age.popitem(last=False)
            assert node.parent is not None
            assert not node.children
            self.num_bytes -= node.num_bytes
            self.num_evictions += 1
            siblings = node.parent.children
            del siblings[next(first for first, child in siblings.items() if child is node)]


def _num_same(edge: tuple[int, ...], token_ids: Ids[int], block_length: int) -> int:
    """The length of their common prefix, in tokens, rounded down to whole blocks."""
    limit = min(len(edge), len(token_ids))
    same = next((index for index in range(limit) if edge[index] != token_ids[index]), limit)
    return same // block_length * block_length
