"""Counts in the step events of an infill, over the canvases of one candidate."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from app.api.infill_events import InfillStepEncoder
from app.messages.events import Proposal, SequenceSnapshot, Stepped, Token
from app.messages.params import Window
from app.serving.infill.infill import Infill
from app.serving.infill.requests import WindowSnapshot, WindowStep
from app.serving.requests import TokenText

SHORT, LONG = Window((None, None), (0, 0)), Window((None, None, None), (0, 0, 0))


class Text:
    def of(self, token_id: int) -> str:
        return str(token_id)

    def special(self, token_id: int) -> None:
        return None


def make_encoder() -> InfillStepEncoder:
    return InfillStepEncoder(cast(Infill, SimpleNamespace(mode="canvas")), {}, cast(TokenText, Text()))


def step(window: Window, number: int, forwards: int) -> WindowStep:
    proposals = (Proposal(4 + number, 50, 0.5, is_final=True),)
    return WindowStep(0, window, 4, Stepped(1, number, 4, 4 + len(window.token_ids), proposals, forwards=forwards))


def counted(encoder: InfillStepEncoder, items: list[Any]) -> list[tuple[int, int]]:
    events = [event for item in items for event in encoder.encode(item) if event["type"] == "step"]
    return [(event["step"], event["forwards"]) for event in events]


def test_a_longer_canvas_counts_on() -> None:
    """A forward need not be a step: here the second canvas took one more."""
    items = [step(SHORT, 0, 1), step(SHORT, 1, 2), step(LONG, 0, 2), step(LONG, 1, 3)]

    assert counted(make_encoder(), items) == [(0, 1), (1, 2), (2, 4), (3, 5)]


def test_steps_may_share_a_forward() -> None:
    items = [step(SHORT, 0, 1), step(SHORT, 1, 1), step(LONG, 0, 1), step(LONG, 1, 1), step(LONG, 2, 2)]

    assert counted(make_encoder(), items) == [(0, 1), (1, 1), (2, 2), (3, 2), (4, 3)]


def test_a_late_watcher_counts_the_shared_forwards() -> None:
    seen = SequenceSnapshot(1, 2, 4, 7, (Token(50, 0.5, 0), Token(50, 0.5, 1), None), (0, 0, 0), forwards=1)

    assert counted(make_encoder(), [WindowSnapshot(0, LONG, 4, seen), step(LONG, 2, 1)]) == [(2, 1)]


def test_a_late_watcher_counts_from_the_sequence() -> None:
    seen = SequenceSnapshot(1, 2, 4, 7, (Token(50, 0.5, 0), Token(50, 0.5, 1), None), (0, 0, 0), forwards=2)

    assert counted(make_encoder(), [WindowSnapshot(0, LONG, 4, seen), step(LONG, 2, 3)]) == [(2, 3)]
