"""Infill requests, and their results and updates. Plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.messages.decoding import Decoding
from app.messages.defaults import InfillMode
from app.messages.events import SequenceSnapshot, Stepped
from app.messages.options import Overrides
from app.messages.params import Window
from app.serving.logit_bias import Biases
from app.serving.updates import Update
from app.text.fim_dialects import ContextFile as ContextFile

EditMode = Literal["rewrite", "redenoise", "polish"]
LengthMethod = Literal["delete", "several", "exact"]
FillReason = Literal["stop", "length", "deadline"]


@dataclass(frozen=True)
class Pin:
    """A text that the hole must contain."""

    text: str
    at: Literal["anywhere", "start", "end"] = "anywhere"  # start: only the first pin of a hole; end: only the last


@dataclass(frozen=True)
class Hole:
    """A hole of a request. Lengths are in tokens."""

    max_tokens: int | None = None  # None: the operator's limit, which also lowers larger values
    single_line: bool = False  # the hole ends at the first line break
    pinned: Sequence[Pin] = ()  # texts that the hole must contain, in order
    hint: str | None = None  # a description of the text that belongs here
    length: int | None = None  # the exact length; None: unknown
    start: int = 0  # a canvas starts with at least this many masks


@dataclass(frozen=True)
class SyntaxCheck:
    """How the candidates are parsed: as a file that begins with `before` and ends with `after`, around the text."""

    language: str  # of tree-sitter
    before: str = ""
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class InfillRequest:
    """A validated infill. None: the default."""

    texts: Sequence[str]  # around the holes: one more than holes
    holes: Sequence[Hole]
    mode: InfillMode | None = None  # the route; None: the default of the model
    length_method: LengthMethod | None = None  # for canvases; None: delete if the model can, else several
    n: int = 1  # candidates to return
    seed: int | None = None  # None: a random one
    stop: Sequence[str] = ()  # strings that end a hole
    language: str = "python"  # the VS Code id, for comments and code fences
    filename: str | None = None  # of the file with the holes
    context: Sequence[ContextFile] = ()  # other files
    syntax: SyntaxCheck | None = None  # rank by syntax errors first; None: they are not counted
    steps: int | None = None  # denoising steps for each sequence
    block_length: int | None = None  # tokens
    decoding: Overrides[Decoding] = field(default_factory=Overrides)
    logit_bias: Biases = ()  # as in DecodingRequest
    time_budget_ms: int | None = None  # from the submission on
    speculation: int | None = None  # drafts in one forward, at most; lowers the server's limit
    # After this time, the best text so far is returned as soon as it has a whole line or fills its canvas.
    soft_budget_ms: int | None = None
    watch: bool = False  # report the denoising steps of a canvas
    scored: bool = False  # report the engine's steps on any route, for log probabilities
    alternatives: int = 0  # in reported steps: this many of the most likely tokens at each position
    warnings: Sequence[str] = ()  # about the request; the answer has them first

    def __post_init__(self) -> None:
        assert len(self.texts) == len(self.holes) + 1


@dataclass(frozen=True, kw_only=True)
class EditRequest:
    """A validated edit, which replaces spans of a text."""

    infill: InfillRequest  # the text around the spans, with a hole for each
    spans: Sequence[str]  # the present text of each span
    mode: EditMode = "rewrite"  # rewrite: fill the holes anew; the others keep tokens that the model is sure of
    threshold: float = 0.5  # redenoise: tokens below this confidence are masked
    num_forwards: int = 8  # polish: approximate number of forwards


@dataclass(frozen=True)
class HoleToken:
    """One token of a filled hole."""

    id: int
    text: str  # the text it adds
    confidence: float  # the probability it was accepted with; 1 for a pinned token
    step: int | None  # the denoising step, from 0; None for a pinned token

    @property
    def is_pinned(self) -> bool:
        return self.step is None


@dataclass(frozen=True)
class FilledHole:
    """The result for one hole."""

    text: str  # of the tokens, after stop strings and cleaning up
    tokens: tuple[HoleToken, ...]  # all that were decoded
    finish_reason: FillReason
    stopping_word: str = ""  # the stop string that ended it


@dataclass(frozen=True)
class Candidate:
    """One answer to an infill."""

    number: int  # in the order of submission, from 0
    holes: tuple[FilledHole, ...]
    text: str  # the whole text, holes filled
    score: float  # the mean log probability of its tokens (both routes: the least), plus its fit if there are several
    num_errors: int | None = None  # of syntax, in the whole file; None: they were not counted


@dataclass(frozen=True)
class WindowStep(Update):
    """A denoising step of a watched candidate."""

    kind = "step"

    candidate: int  # its number
    window: Window  # as submitted; a different object once a hole was too short and the canvas was submitted again
    start: int  # the position at which the window starts
    event: Stepped


@dataclass(frozen=True)
class WindowSnapshot(Update):
    """The state of a candidate when the first subscriber comes; fields as in WindowStep."""

    kind = "snapshot"

    candidate: int
    window: Window
    start: int
    event: SequenceSnapshot


@dataclass(frozen=True)
class HoleDelta(Update):
    """New text of a candidate's hole. It is final."""

    candidate: int
    hole: int
    text: str


@dataclass(frozen=True)
class HoleDone(Update):
    """A candidate's hole is filled."""

    candidate: int
    hole: int
    filled: FilledHole
