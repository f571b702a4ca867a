"""What an infill is asked for, and what it answers with. Plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from app.messages.events import Seen, Stepped
from app.messages.params import Window
from app.serving.requests import InfillMode
from app.serving.updates import Update
from app.text.fim_dialects import ContextFile as ContextFile

EditMode = Literal["rewrite", "redenoise", "polish"]
LengthMethod = Literal["delete", "several", "exact"]
FillReason = Literal["stop", "length", "deadline"]


@dataclass(frozen=True)
class Pin:
    """A text that is in the hole for certain."""

    text: str
    at: Literal["anywhere", "start", "end"] = "anywhere"


@dataclass(frozen=True)
class Hole:
    """None: the default. `length` is how many tokens it has, where that is known; `start` with how many masks it begins
    at least."""

    max_tokens: int | None = None
    single_line: bool = False
    pinned: Sequence[Pin] = ()
    hint: str | None = None
    length: int | None = None
    start: int = 0


@dataclass(frozen=True)
class InfillRequest:
    """A validated infill: `texts` stand around `holes`, so there is one more of them. `sampling` are request fields by
    the names of Defaults; None and what is not there: the default. `watch` tells a canvas's steps; `scored` the steps
    of any route, as the engine does, for the `alternatives` to each token. Once `soft_budget_ms` are over, what is
    there is taken as soon as it has a whole line or fills its canvas."""

    texts: Sequence[str]
    holes: Sequence[Hole]
    mode: InfillMode | None = None
    length_method: LengthMethod | None = None
    n: int = 1
    seed: int | None = None
    stop: Sequence[str] = ()
    language: str = "python"
    filename: str | None = None
    context: Sequence[ContextFile] = ()
    steps: int | None = None
    block_length: int | None = None
    time_budget_ms: int | None = None
    soft_budget_ms: int | None = None
    sampling: Mapping[str, Any] = field(default_factory=dict)
    watch: bool = False
    scored: bool = False
    alternatives: int = 0

    def __post_init__(self) -> None:
        assert len(self.texts) == len(self.holes) + 1


@dataclass(frozen=True)
class EditRequest:
    """Parts of a text to be made anew: `infill` has the text around them as holes, `spans` what stands in them."""

    infill: InfillRequest
    spans: Sequence[str]
    mode: EditMode = "rewrite"
    threshold: float = 0.5
    num_forwards: int = 8


@dataclass(frozen=True)
class HoleToken:
    """`confidence` with which it was accepted, in which denoising step; a pinned one is given: 1 and None."""

    id: int
    text: str
    confidence: float
    step: int | None

    @property
    def is_pinned(self) -> bool:
        return self.step is None


@dataclass(frozen=True)
class FilledHole:
    """`tokens` are what was decoded, `text` what is left of it after stop strings and cleaning up."""

    text: str
    tokens: tuple[HoleToken, ...]
    finish_reason: FillReason


@dataclass(frozen=True)
class Candidate:
    """One answer. `number` counts them as they were begun; `score` is the mean log probability of its tokens."""

    number: int
    holes: tuple[FilledHole, ...]
    text: str
    score: float


@dataclass(frozen=True)
class WindowStep(Update):
    """A denoising step of a candidate that is watched. It begins as `window` behind `start` positions, and again, on a
    longer one, where a hole was too short: then `window` is another object."""

    kind = "step"

    candidate: int
    window: Window
    start: int
    event: Stepped


@dataclass(frozen=True)
class WindowSnapshot(Update):
    """Where a candidate is when the first subscriber comes."""

    kind = "snapshot"

    candidate: int
    window: Window
    start: int
    event: Seen


@dataclass(frozen=True)
class HoleDelta(Update):
    """New text of a hole of a candidate; final."""

    candidate: int
    hole: int
    text: str


@dataclass(frozen=True)
class HoleDone(Update):
    candidate: int
    hole: int
    filled: FilledHole
