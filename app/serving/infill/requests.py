"""What an infill is asked for, and what it answers with. Plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.messages.decoding import Decoding
from app.messages.defaults import InfillMode
from app.messages.events import SequenceSnapshot, Stepped
from app.messages.options import Overrides
from app.messages.params import Window
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
    """A hole of a request. Lengths are in tokens; None: the default."""

    max_tokens: int | None = None
    single_line: bool = False  # it ends with its line
    pinned: Sequence[Pin] = ()  # in order
    hint: str | None = None  # what belongs here, in words
    length: int | None = None  # the exact length if it is known
    start: int = 0  # it begins with at least this many masks


@dataclass(frozen=True, kw_only=True)
class InfillRequest:
    """A validated infill: `texts` are around `holes`, so there is one more of them. None: the default."""

    texts: Sequence[str]
    holes: Sequence[Hole]
    mode: InfillMode | None = None
    length_method: LengthMethod | None = None
    n: int = 1  # candidates
    seed: int | None = None  # None: a random one
    stop: Sequence[str] = ()  # strings that end a hole
    language: str = "python"  # for models that are instructed in words
    filename: str | None = None
    context: Sequence[ContextFile] = ()  # other files
    steps: int | None = None
    block_length: int | None = None
    decoding: Overrides[Decoding] = field(default_factory=Overrides)
    time_budget_ms: int | None = None  # from the submission on
    # After this time the best so far is taken as soon as it has a whole line or fills its canvas.
    soft_budget_ms: int | None = None
    watch: bool = False  # report a canvas's denoising steps
    scored: bool = False  # report the steps of any route as the engine does, for the `alternatives` to each token
    alternatives: int = 0

    def __post_init__(self) -> None:
        assert len(self.texts) == len(self.holes) + 1


@dataclass(frozen=True, kw_only=True)
class EditRequest:
    """A validated edit: parts of a text that are to be replaced."""

    infill: InfillRequest  # the text around them, with a hole for each
    spans: Sequence[str]  # what is in them now
    mode: EditMode = "rewrite"
    threshold: float = 0.5  # redenoise: tokens below this confidence are masked
    num_forwards: int = 8  # polish: about this many


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
    event: SequenceSnapshot


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
