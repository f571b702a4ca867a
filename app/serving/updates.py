"""What a request in progress yields to its caller and publishes to subscribers. Plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from app.messages.events import Counters, SequenceSnapshot, Stepped, Token

ChoiceFinishReason = Literal["stop", "length"]  # OpenAI's


class Update:
    """Something that happened to a request in progress.

    A "result" goes to the caller and to all subscribers, later ones included. A "step" goes to current subscribers, and
    to the caller if it requested steps. A "snapshot", the state when the first subscriber comes, goes to subscribers.
    """

    kind: ClassVar[Literal["result", "step", "snapshot"]] = "result"


@dataclass(frozen=True)
class Delta(Update):
    """New text of one choice, with its tokens."""

    index: int
    text: str
    token_ids: tuple[int, ...]
    # The same tokens, with their confidences and steps.
    tokens: tuple[Token, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True)
class Step(Update):
    """A denoising step of one choice. Positions count from the start of the canvas, prompt included."""

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
