"""Which replica gets a sequence: the one that has most of its prompt in its prefix cache, unless it is too busy.

The front does not know the caches. It remembers what it has sent to each replica, as hashes of prefixes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MIN_CHUNK = 16  # tokens between two prefixes that are remembered, at least
MAX_PREFIXES = 50_000  # of one replica: at 16 tokens each, far more than a prefix cache of 1 GiB holds


def prefix_hashes(token_ids: Sequence[int], block_length: int) -> list[int]:
    """One for each prefix of whole chunks, which are whole blocks. They have a meaning in this process only."""
    chunk = -(-MIN_CHUNK // block_length) * block_length
    hashes, last = [], 0
    for end in range(chunk, len(token_ids) + 1, chunk):
        last = hash((last, tuple(token_ids[end - chunk : end])))
        hashes.append(last)
    return hashes


class SentPrefixes:
    """The prefixes of what was sent to one replica; the least recently used are forgotten first."""

    def __init__(self, max_prefixes: int = MAX_PREFIXES) -> None:
        self._hashes: OrderedDict[int, None] = OrderedDict()
        self._max_prefixes = max_prefixes

    def add(self, hashes: Iterable[int]) -> None:
        for each in hashes:
            self._hashes[each] = None
            self._hashes.move_to_end(each)
        while len(self._hashes) > self._max_prefixes:
            self._hashes.popitem(last=False)

    def num_known(self, hashes: Sequence[int]) -> int:
        """How many of a prompt's prefixes, from the shortest on, were sent."""
        return next((number for number, each in enumerate(hashes) if each not in self._hashes), len(hashes))


@dataclass(frozen=True)
class Candidate:
    """A replica that could take a sequence."""

    name: str
    load: int  # sequences, running and waiting
    num_known: int  # prefixes of the prompt that it was sent before
    num_assigned: int  # sequences so far, which decides between equals


def choose(candidates: Sequence[Candidate], bound: int) -> Candidate:
    """The longest known prefix, of those at most `bound` sequences busier than the least loaded; else the latter."""
    limit = min(each.load for each in candidates) + bound
    allowed = [each for each in candidates if each.load <= limit and each.num_known > 0]
    if allowed:
        return min(allowed, key=lambda each: (-each.num_known, each.load, each.num_assigned))
    return min(candidates, key=lambda each: (each.load, each.num_assigned))
