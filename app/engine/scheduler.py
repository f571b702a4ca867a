"""Which sequences run in the next step: first come, first admitted, as many at once as the KV cache has slots."""

from __future__ import annotations

from collections import deque

from app.engine.kv_cache import KVCache
from app.engine.sequence import Sequence


class Scheduler:
    def __init__(self, kv_cache: KVCache) -> None:
        self._kv_cache = kv_cache
        self.waiting: deque[Sequence] = deque()
        self.running: list[Sequence] = []

    def add(self, sequence: Sequence) -> None:
        self.waiting.append(sequence)

    def schedule(self) -> list[Sequence]:
        """Admit what fits, then run all that are admitted."""
        while self.waiting and self._kv_cache.has_free_slot:
            sequence = self.waiting.popleft()
            sequence.slot = self._kv_cache.acquire()
            self.running.append(sequence)
        return list(self.running)

    def remove(self, sequence: Sequence) -> None:
        """Take a sequence out, running or waiting, and give its slot back."""
        if sequence.slot is None:
            self.waiting.remove(sequence)
            return
        self.running.remove(sequence)
        self._kv_cache.release(sequence.slot)
        sequence.slot = None
