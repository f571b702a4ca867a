"""The cost of a sequence so far: counts and times for `Counters`."""

from __future__ import annotations

import time

from app.messages.events import Counters

# Of a Tally: what Totals adds up.
ADDED = ("forwards", "steps", "fused_commits", "generated_tokens", "drafts_tried", "drafts_accepted")


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
        self._prefilled: float | None = None
        self._first_block: float | None = None
        self.added = dict.fromkeys(ADDED, 0)  # what Totals has of this sequence already

    def start(self, cached_tokens: int) -> None:
        """The sequence was admitted; the prefix cache supplied this many tokens."""
        self.cached_tokens = cached_tokens
        self._started = time.monotonic()

    def prefill(self, num_tokens: int) -> None:
        """A forward stored the keys and values of this many tokens of the prompt."""
        self.prefill_forwards += 1
        self.prefill_tokens += num_tokens
        self._prefilled = time.monotonic()

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
            prefill_ms=1000 * (self._prefilled - (self._started or now)) if self._prefilled else 0.0,
            first_block_ms=None if self._first_block is None else 1000 * (self._first_block - self._submitted),
        )


class Totals:
    """Sums over all sequences, ended and running, and over the engine's forwards.

    They are changed by the engine's thread, a whole number at a time, so any thread may read them.
    """

    def __init__(self) -> None:
        self.prefill_forwards = 0
        self.prefill_rows = 0
        self.denoise_forwards = 0
        self.denoise_rows = 0
        self.of_sequences = dict.fromkeys(ADDED, 0)

    def add_prefill(self, num_rows: int) -> None:
        self.prefill_forwards += 1
        self.prefill_rows += num_rows

    def add_denoise(self, num_rows: int) -> None:
        self.denoise_forwards += 1
        self.denoise_rows += num_rows

    def add(self, tally: Tally) -> None:
        """Add what the sequence has counted since the last call."""
        for name in ADDED:
            if new := getattr(tally, name) - tally.added[name]:
                self.of_sequences[name] += new
                tally.added[name] += new
