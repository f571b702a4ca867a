"""What the engine says about its sequences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FinishReason = Literal["stop", "length", "abort"]


@dataclass(frozen=True)
class Counters:
    """How a sequence was made. A forward is one run of the model over the rows of this sequence.

    `steps` are the denoising forwards; `fused_commits` of them committed the block before theirs as well, so commits
    cost no forward. `cached_tokens` of the prompt came from the prefix cache and were not prefilled. Times are in
    milliseconds: `queue_ms` from the caller's submission to the first forward, `first_block_ms` to the first full block
    (None before it), `total_ms` to the last forward.
    """

    prompt_tokens: int
    cached_tokens: int
    prefill_tokens: int
    prefill_forwards: int
    steps: int
    fused_commits: int
    generated_tokens: int
    queue_ms: float
    total_ms: float
    first_block_ms: float | None = None


@dataclass(frozen=True)
class Committed:
    """A block's tokens are final. Up to and including the first end token; frozen prompt tokens are left out."""

    sequence_id: int
    token_ids: tuple[int, ...]


@dataclass(frozen=True)
class Finished:
    sequence_id: int
    reason: FinishReason
    counters: Counters


@dataclass(frozen=True)
class Failed:
    """The sequence is gone: a step with it failed (the log has the cause), or the executor was closed."""

    sequence_id: int
    by_shutdown: bool = False


Event = Committed | Finished | Failed
