"""The events that the engine emits about its sequences."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

FinishReason = Literal["stop", "length", "abort"]


@dataclass(frozen=True)
class Counters:
    """The cost of one sequence. A forward is one run of the model that includes rows of this sequence.

    Times are in milliseconds from the caller's submission.
    """

    prompt_tokens: int
    cached_tokens: int  # of the prompt: supplied by the prefix cache instead of prefilled
    prefill_tokens: int
    prefill_forwards: int
    steps: int  # denoising steps; each makes at least one position final, except a probe's
    forwards: int  # of the denoising steps, several of which may share one; prefill is not included
    fused_commits: int  # forwards that also committed the block before theirs, so that commits cost none
    generated_tokens: int
    queue_ms: float  # to admission
    total_ms: float  # to the time the counters were read
    first_block_ms: float | None = None  # to the first final block or hole; None before it
    # Drafts, later states of a block that forwards also computed, and those that its steps then reached.
    drafts_tried: int = 0
    drafts_accepted: int = 0
    prefill_ms: float = 0.0  # from admission to the end of the prompt's last forward
    restarts: int = 0  # on another replica of the engine, after the one before was lost

    @property
    def denoise_ms(self) -> float:
        """From the end of the prefill."""
        return max(0.0, self.total_ms - self.queue_ms - self.prefill_ms)


@dataclass(frozen=True)
class Token:
    """The final token at a position."""

    id: int
    confidence: float | None = None  # the probability it was accepted with; None: the caller gave the token
    step: int | None = None  # the denoising step of its sequence, from 0; None: the caller gave the token


@dataclass(frozen=True)
class Committed:
    """The tokens of a block are final."""

    sequence_id: int
    tokens: tuple[Token, ...]  # up to and including the first end token, without prompt tokens

    @property
    def token_ids(self) -> tuple[int, ...]:
        return tuple(token.id for token in self.tokens)


@dataclass(frozen=True)
class Filled:
    """A hole has no mask left."""

    sequence_id: int
    hole: int
    tokens: tuple[Token, ...]  # all of the hole, pinned ones included
    num_deleted: int  # positions removed from the hole


@dataclass(frozen=True)
class Probed:
    """The result of a probe: probabilities, one for each masked position."""

    sequence_id: int
    best: tuple[float, ...]  # of the most likely token
    deletes: tuple[float, ...]  # of the delete token; 0 without one
    targets: tuple[float, ...]  # of the target; 0 without one


@dataclass(frozen=True)
class Proposal:
    """The proposal for one masked position."""

    position: int  # in the canvas as it was before the step
    token_id: int
    confidence: float  # the token's probability
    is_final: bool
    is_deleted: bool = False  # the position is removed at the end of the step
    alternatives: tuple[tuple[int, float], ...] = ()  # the most likely tokens with their probabilities


@dataclass(frozen=True)
class Stepped:
    """One denoising step of a watched sequence, in the block [start, end)."""

    sequence_id: int
    step: int  # within the sequence, from 0
    start: int
    end: int
    proposals: tuple[Proposal, ...]
    # Positions that leave the canvas at the end of the step: deleted ones, and a hole's end with those after it.
    removed: tuple[int, ...] = ()
    forwards: int = field(kw_only=True)  # denoising forwards of the sequence so far


@dataclass(frozen=True)
class SequenceSnapshot:
    """The block [start, end) of a sequence when a caller starts to watch it, after `num_steps` steps."""

    sequence_id: int
    num_steps: int
    start: int
    end: int
    tokens: tuple[Token | None, ...]  # one for each position; None: still masked
    holes: tuple[int | None, ...]  # one for each position; None: in no hole
    forwards: int = field(kw_only=True)  # as in Stepped


@dataclass(frozen=True)
class Finished:
    """The last event of a sequence. The reason is "stop" after an end token, and always for a filled canvas."""

    sequence_id: int
    reason: FinishReason
    counters: Counters


@dataclass(frozen=True)
class Failed:
    """The sequence was dropped: one of its steps failed (the log has the cause), or the executor was closed."""

    sequence_id: int
    by_shutdown: bool = False


Event = Committed | Filled | Probed | Stepped | SequenceSnapshot | Finished | Failed
