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
class Token:
    """What is final at a position: accepted with which probability, in which denoising step of its sequence (from 0);
    both None where the caller gave it."""

    id: int
    confidence: float | None = None
    step: int | None = None


@dataclass(frozen=True)
class Committed:
    """A block's tokens are final. Up to and including the first end token; frozen prompt tokens are left out."""

    sequence_id: int
    tokens: tuple[Token, ...]

    @property
    def token_ids(self) -> tuple[int, ...]:
        return tuple(token.id for token in self.tokens)


@dataclass(frozen=True)
class Filled:
    """A hole has no mask left. `tokens` are all of it, pinned ones too; `num_deleted` positions have left it."""

    sequence_id: int
    hole: int
    tokens: tuple[Token, ...]
    num_deleted: int


@dataclass(frozen=True)
class Probed:
    """What a probe found, one entry for each masked position: the probability of the likeliest token, of the delete
    token (0 without one) and of the target (0 where none was asked for)."""

    sequence_id: int
    best: tuple[float, ...]
    deletes: tuple[float, ...]
    targets: tuple[float, ...]


@dataclass(frozen=True)
class Proposal:
    """At a masked position, of the canvas as it was in that step: the token, its probability, whether it became final
    (a deleted position leaves the canvas at the end of the step), and the likeliest tokens with theirs."""

    position: int
    token_id: int
    confidence: float
    is_final: bool
    is_deleted: bool = False
    alternatives: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True)
class Stepped:
    """One denoising step of a sequence that is watched: `step` of it (from 0), of the block [start, end).

    `removed` are the positions that leave a canvas at its end: deleted ones, a hole's end, and what stood behind that.
    """

    sequence_id: int
    step: int
    start: int
    end: int
    proposals: tuple[Proposal, ...]
    removed: tuple[int, ...] = ()


@dataclass(frozen=True)
class Seen:
    """Where a sequence is when somebody begins to watch it: the block [start, end) after `num_steps` steps.

    `tokens` and `holes` are those of each position; None: still masked, and in no hole.
    """

    sequence_id: int
    num_steps: int
    start: int
    end: int
    tokens: tuple[Token | None, ...]
    holes: tuple[int | None, ...]


@dataclass(frozen=True)
class Finished:
    """The last event of a sequence. "stop": it ended by itself; a canvas always does."""

    sequence_id: int
    reason: FinishReason
    counters: Counters


@dataclass(frozen=True)
class Failed:
    """The sequence is gone: a step with it failed (the log has the cause), or the executor was closed."""

    sequence_id: int
    by_shutdown: bool = False


Event = Committed | Filled | Probed | Stepped | Seen | Finished | Failed
