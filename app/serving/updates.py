"""What a request in progress yields to its caller and publishes to subscribers. Plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from app.messages.events import Counters, SequenceSnapshot, Stepped, Token

ChoiceFinishReason = Literal["stop", "length"]  # OpenAI's


class Update:
    """A "result" is for everybody, and kept for subscribers that come later. A "step" is for subscribers, and for a
    caller that asked for steps. A "snapshot" is for subscribers alone: where the work is when the first of them comes.
    """

    kind: ClassVar[Literal["result", "step", "snapshot"]] = "result"


@dataclass(frozen=True)
class Delta(Update):
    """New text of one choice, with the ids of its tokens; `tokens` are the same as the engine accepted them."""

    index: int
    text: str
    token_ids: tuple[int, ...]
    tokens: tuple[Token, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True)
class Step(Update):
    """A denoising step of one choice. Its positions count from the start of the canvas, prompt included."""

    kind = "step"

    index: int
    event: Stepped


@dataclass(frozen=True)
class StepSnapshot(Update):
    """The current block of one choice."""

    kind = "snapshot"

    index: int
    event: SequenceSnapshot


@dataclass(frozen=True)
class Ended(Update):
    """One choice is complete."""

    index: int
    finish_reason: ChoiceFinishReason
    counters: Counters
