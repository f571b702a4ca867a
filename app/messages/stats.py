"""What an engine has done since it was loaded, and what it holds. Plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class EngineStats:
    """Sums over all sequences, ended and running, and of the engine's forwards. They only grow, except what is held."""

    slots: int
    slots_held: int
    waiting: Mapping[str, int] = field(default_factory=dict)  # by client: sequences without a slot
    # Runs of the model, each over the rows of one sequence or of several, and the sums of their rows, drafts included.
    prefill_forwards: int = 0
    prefill_rows: int = 0
    denoise_forwards: int = 0
    denoise_rows: int = 0
    # As in `Counters`, of all sequences.
    sequence_forwards: int = 0
    steps: int = 0
    fused_commits: int = 0
    generated_tokens: int = 0
    drafts_tried: int = 0
    drafts_accepted: int = 0
    # The prefix cache: lookups and those that found something, the tokens of both, and the nodes evicted for room.
    prefix_lookups: int = 0
    prefix_hits: int = 0
    prefix_tokens: int = 0
    prefix_tokens_found: int = 0
    prefix_evictions: int = 0
    prefix_bytes: int = 0
    prefix_max_bytes: int = 0
