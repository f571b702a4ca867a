"""The time budget of a sequence, and the transfer rule that spends it."""

from __future__ import annotations

import time

from app.engine.transfer import TransferRule, deadline_rule


class Deadline:
    """`budget_ms` from the submission (time.monotonic). The speed is measured from the first denoising forward on."""

    def __init__(self, submitted: float, budget_ms: int) -> None:
        self._end = submitted + budget_ms / 1000
        self._first_forward: float | None = None

    def start(self) -> None:
        """A denoising forward begins; only the first one counts."""
        if self._first_forward is None:
            self._first_forward = time.monotonic()

    @property
    def is_over(self) -> bool:
        return self._remaining_s <= 0

    def rule(self, num_forwards: int, blocks_left: int, commits_left: int = 0) -> TransferRule:
        """For the current block, after `num_forwards` denoising forwards, with `blocks_left` blocks after this one.

        `commits_left` forwards will be needed for commits alone.
        """
        assert self._first_forward is not None
        seconds = max(1e-6, (time.monotonic() - self._first_forward) / max(1, num_forwards))
        return deadline_rule(self._remaining_s / seconds - commits_left, blocks_left)

    @property
    def _remaining_s(self) -> float:
        return self._end - time.monotonic()
