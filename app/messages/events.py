"""The events that the engine emits about its sequences."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

FinishReason = Literal["stop", "length", "abort"]


@dataclass(frozen=True)
class Counters:
    """What a sequence cost. A forward is one run of the model that includes rows of this sequence.

    `steps` are the denoising steps, each of which makes at least one position final (a probe is one step that makes
    none final), and `forwards` the forwards that these took, prefill not counted. `fused_commits` of the steps also
    committed the block before theirs, so commits cost no forward. `cached_tokens` of the prompt came from the prefix
    cache and were not prefilled. Times are in milliseconds from the caller's submission: `queue_ms` to admission,
    `first_block_ms` to the first final block or hole (None before it), `total_ms` to when the counters were read.
    """

    prompt_tokens: int
    cached_tokens: int
    prefill_tokens: int
    prefill_forwards: int
    steps: int
    forwards: int
    fused_commits: int
    generated_tokens: int
    queue_ms: float
    total_ms: float
    first_block_ms: float | None = None


@dataclass(frozen=True)
class Token:
    """The final token at a position: the probability it was accepted with, and the denoising step of its sequence
    (from 0). Both are None if the caller gave the token."""

    id: int
    confidence: float | None = None
    step: int | None = None


@dataclass(frozen=True)
class Committed:
    """The tokens of a block are final. Up to and including the first end token; prompt tokens are left out."""

    sequence_id: int
    tokens: tuple[Token, ...]

    @property
    def token_ids(self) -> tuple[int, ...]:
        return tuple(token.id for token in self.tokens)


@dataclass(frozen=True)
class Filled:
    """A hole has no mask left. `tokens` are all it holds, pinned ones too; `num_deleted` positions were removed."""

    sequence_id: int
    hole: int
    tokens: tuple[Token, ...]
    num_deleted: int


@dataclass(frozen=True)
class Probed:
    """The result of a probe, one entry for each masked position: the probability of the likeliest token, of the delete
    token (0 without one) and of the target (0 if none was given)."""

    sequence_id: int
    best: tuple[float, ...]
    deletes: tuple[float, ...]
    targets: tuple[float, ...]


@dataclass(frozen=True)
class Proposal:
    """The proposal for a masked position of the canvas as it was before the step: the token, its probability, whether
    it became final (a deleted position is removed at the end of the step), and the likeliest tokens with theirs."""

    position: int
    token_id: int
    confidence: float
    is_final: bool
    is_deleted: bool = False
    alternatives: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True)
class Stepped:
    """One denoising step of a watched sequence: its number `step` (from 0), in the block [start, end).

    `removed` are the positions that are removed from a canvas at the end of the step: deleted ones, a hole's end, and
    what came after that. `forwards` is how many denoising forwards the sequence has taken so far.
    """

    sequence_id: int
    step: int
    start: int
    end: int
    proposals: tuple[Proposal, ...]
    removed: tuple[int, ...] = ()
    forwards: int = field(kw_only=True)


@dataclass(frozen=True)
class SequenceSnapshot:
    """The state of a sequence when a caller begins to watch it: the block [start, end) after `num_steps` steps.

    `tokens` and `holes` are those of each position; None: still masked, and in no hole. `forwards` as in `Stepped`.
    """

    sequence_id: int
    num_steps: int
    start: int
    end: int
    tokens: tuple[Token | None, ...]
    holes: tuple[int | None, ...]
    forwards: int = field(kw_only=True)


@dataclass(frozen=True)
class Finished:
    """The last event of a sequence. "stop": it ended by itself, as a canvas always does."""

    sequence_id: int
    reason: FinishReason
    counters: Counters


@dataclass(frozen=True)
class Failed:
    """The sequence was dropped: a step with it failed (the log has the cause), or the executor was closed."""

    sequence_id: int
    by_shutdown: bool = False


Event = Committed | Filled | Probed | Stepped | SequenceSnapshot | Finished | Failed
