"""The cost of a sequence so far: counts and times for `Counters`."""

from __future__ import annotations

import time

from app.messages.events import Counters


class Tally:
    """Counts for one sequence. `submitted` (time.monotonic) is when its caller requested it."""

    def __init__(self, submitted: float) -> None:
        self.cached_tokens = 0
        self.prefill_tokens = 0
        self.prefill_forwards = 0
        self.forwards = 0
        self.steps = 0
        self.fused_commits = 0
        self.drafts_tried = 0
        self.drafts_accepted = 0
        self.generated_tokens = 0
        self.final_tokens = 0  # generated ones, of the current block too
        self._submitted = submitted
        self._started: float | None = None
        self._first_block: float | None = None

    def start(self, cached_tokens: int) -> None:
        """The sequence was admitted; the prefix cache supplied this many tokens."""
        self.cached_tokens = cached_tokens
        self._started = time.monotonic()

    def settle(self, num_tokens: int) -> None:
        """A block or hole with this many generated tokens is final."""
        self.generated_tokens += num_tokens
        if self._first_block is None:
            self._first_block = time.monotonic()

    def counters(self, prompt_tokens: int) -> Counters:
        now = time.monotonic()
        return Counters(
            prompt_tokens=prompt_tokens,
            cached_tokens=self.cached_tokens,
            prefill_tokens=self.prefill_tokens,
            prefill_forwards=self.prefill_forwards,
            steps=self.steps,
            forwards=self.forwards,
            fused_commits=self.fused_commits,
            generated_tokens=self.generated_tokens,
            queue_ms=1000 * ((self._started or now) - self._submitted),
            total_ms=1000 * (now - self._submitted),
            drafts_tried=self.drafts_tried,
            drafts_accepted=self.drafts_accepted,
            first_block_ms=None if self._first_block is None else 1000 * (self._first_block - self._submitted),
        )
