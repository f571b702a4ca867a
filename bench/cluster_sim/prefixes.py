"""Prompts as chains of block-aligned prefixes, and caches of these."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import takewhile

from bench.cluster_sim.machines import BLOCK_LENGTH


@dataclass(frozen=True)
class Chain:
    """A text as its pieces, each a whole number of blocks. `hashes[n]` names the text up to the end of piece n."""

    hashes: tuple[int, ...] = ()
    sizes: tuple[int, ...] = ()  # tokens of each piece
    num_tokens: int = 0

    def add(self, piece: int, num_tokens: float) -> Chain:
        """With one more piece; equal `piece`s behind equal texts are equal texts. Lengths are rounded up to blocks."""
        size = max(1, -int(-num_tokens // BLOCK_LENGTH)) * BLOCK_LENGTH
        name = hash((self.hashes[-1] if self.hashes else 0, piece))  # of integers: the same in every process
        return Chain((*self.hashes, name), (*self.sizes, size), self.num_tokens + size)


def _ignore(name: int) -> None: ...


class PrefixCache:
    """As the engine's (app/engine/prefix_cache.py): least recently used out first, so that leaves go before stems.

    `added` and `evicted` are told the names of prefixes.
    """

    def __init__(
        self, max_tokens: int, added: Callable[[int], None] = _ignore, evicted: Callable[[int], None] = _ignore
    ) -> None:
        self._max_tokens = max_tokens
        self._added, self._evicted = added, evicted
        self._sizes: OrderedDict[int, int] = OrderedDict()  # least recently used first
        self.num_tokens = 0

    def load(self, chain: Chain) -> int:
        """Length of the longest cached prefix in tokens; it becomes the most recently used."""
        found = list(takewhile(self._sizes.__contains__, chain.hashes))
        self._touch(found)
        return sum(chain.sizes[: len(found)])

    def store(self, chain: Chain) -> None:
        if chain.num_tokens > self._max_tokens:
            return
        for name, size in zip(chain.hashes, chain.sizes, strict=True):
            if name not in self._sizes:
                self._sizes[name] = size
                self.num_tokens += size
                self._added(name)
        self._touch(chain.hashes)
        while self.num_tokens > self._max_tokens:
            name, size = self._sizes.popitem(last=False)
            self.num_tokens -= size
            self._evicted(name)

    def _touch(self, names: Iterable[int]) -> None:
        for name in reversed(list(names)):
            self._sizes.move_to_end(name)
