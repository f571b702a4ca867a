"""What a replica's steps cost, and how much it caches."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

BLOCK_LENGTH = 4


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A replica's hardware, model and engine settings.

    `forward_ms` are (rows, milliseconds) of a forward, with straight lines between them; each row beyond the last one
    takes `row_ms`. Reading the keys and values of 1,000 tokens takes `context_ms`. A step has `step_ms` of its own.
    """

    name: str
    forward_ms: tuple[tuple[int, float], ...]
    row_ms: float
    context_ms: float
    step_ms: float
    cache_tokens: int
    max_model_len: int
    tokens_per_step: float = 2.3  # threshold 0.9 on the embedded model, bench/LOG.md of 2026-11-29
    max_sequences: int = 16
    prefill_chunk: int = 512  # rows of a step, of all prompts together

    def forward(self, rows: float, context_tokens: float) -> float:
        """Milliseconds; `context_tokens` are those whose keys and values are read."""
        return self._rows_ms(rows) + self.context_ms * context_tokens / 1000

    def _rows_ms(self, rows: float) -> float:
        (first_rows, first_ms), (last_rows, last_ms) = self.forward_ms[0], self.forward_ms[-1]
        if rows <= first_rows:
            return first_ms
        for (rows_a, ms_a), (rows_b, ms_b) in itertools.pairwise(self.forward_ms):
            if rows <= rows_b:
                return ms_a + (ms_b - ms_a) * (rows - rows_a) / (rows_b - rows_a)
        return last_ms + self.row_ms * (rows - last_rows)

    @property
    def rows_per_sequence(self) -> float:
        """Rows of a sequence's denoising step: its block, and once a block the commit of the one before."""
        return BLOCK_LENGTH * (1 + min(1.0, self.tokens_per_step / BLOCK_LENGTH))


MACHINES: Mapping[str, Machine] = {
    # Assumed, not measured. 4 rows: 16.5 GB of bfloat16 weights at 90 % of 4.8 TB/s. 64, 128, 256 rows: 1.08, 1.25 and
    # 1.67 times as long, as in the simulation of drafts (bench/LOG.md of 2026-11-29). More: 16.5 GFLOP a row at 600
    # TFLOP/s. Context: 128 KiB a token at 4 TB/s. Cache: 80 GiB of 139, beside weights and 16 slots of 8,192 tokens.
    "h200-8b": Machine(
        name="8B on an H200 (assumed)",
        forward_ms=((4, 3.8), (64, 4.10), (128, 4.75), (256, 6.35)),
        row_ms=0.0275,
        context_ms=0.033,
        step_ms=1.0,
        cache_tokens=80 * 2**30 // 2**17,
        max_model_len=8192,
    ),
    # Measured: embedded model, float32, one thread (bench/LOG.md of 2026-11-29), behind 200 tokens, whose reading is in
    # it. A step's own time is assumed. Cache: the default of 1 GiB.
    "cpu-mini": Machine(
        name="the embedded model on a CPU core",
        forward_ms=((4, 1.33), (32, 3.04)),
        row_ms=0.061,
        context_ms=0.0,
        step_ms=1.0,
        cache_tokens=2**30 // 5120,
        max_model_len=2048,
    ),
}
