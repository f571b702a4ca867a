"""An engine that fills canvases with scripted texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from app.messages.events import Committed, Event, Filled, Finished, Probed, Token
from app.messages.params import GenerationParams, Window
from tests.doubles.engine import FakeEngine, FakeSequence
from tests.doubles.tokenizer import FIRST_BYTE, FimTokenizer, byte_ids

DELETE = 7  # of models that were trained on canvases
CANVAS_MODEL = {"delete_token_id": DELETE}
# (index of the hole, number of its masks, parameters) -> the text the model would write there
Fills = Callable[[int, int, GenerationParams], str]


@dataclass
class InfillEngine(FakeEngine):
    """A step fills one hole of a canvas, the last one first, and deletes the masks that the text does not need. Replies
    come from `script`.

    `confidence` is that of all tokens; a probe returns `fit` for each of its targets. The rest is as in FakeEngine.
    """

    fills: Fills = lambda hole, num_masks, params: "x"
    confidence: Callable[[GenerationParams], float] = lambda params: 0.5
    fit: Callable[[Window], float] = lambda window: 0.5

    @property
    def canvases(self) -> list[Window]:
        """The windows of all sequences except probes, in order."""
        windows = [sequence.params.window for sequence in self.added]
        return [window for window in windows if window is not None and not window.probe]

    def _commit(self, sequence_id: int, sequence: FakeSequence) -> list[Event]:
        window = sequence.params.window
        if window is None:
            return [self._with_confidence(event, sequence) for event in super()._commit(sequence_id, sequence)]
        holes = {hole for hole, token_id in zip(window.holes, window.token_ids, strict=True) if token_id is None}
        left = sorted(hole for hole in holes if hole is not None)[: -sequence.blocks or None]
        sequence.blocks += 1
        events: list[Event] = [self._probe(sequence_id, window)] if window.probe else []
        if not window.probe:
            events.append(self._fill(sequence_id, sequence, window, left[-1]))
        if window.probe or len(left) == 1:
            del self._sequences[sequence_id]
            events.append(Finished(sequence_id, "stop", self._counters(sequence)))
        return events

    def _with_confidence(self, event: Event, sequence: FakeSequence) -> Event:
        if not isinstance(event, Committed):
            return event
        confidence, step = self.confidence(sequence.params), sequence.blocks - 1
        return replace(event, tokens=tuple(Token(token_id, confidence, step) for token_id in event.token_ids))

    def _fill(self, sequence_id: int, sequence: FakeSequence, window: Window, hole: int) -> Filled:
        own = [token_id for token_id, its in zip(window.token_ids, window.holes, strict=True) if its == hole]
        text = byte_ids(self.fills(hole, own.count(None), sequence.params))[: own.count(None)]
        num_deleted = own.count(None) - len(text)
        tokens = []
        for token_id in own:
            if token_id is not None:
                tokens.append(Token(token_id))
            elif text:
                tokens.append(Token(text.pop(0), self.confidence(sequence.params), sequence.blocks - 1))
        sequence.generated += sum(token.step is not None for token in tokens)
        return Filled(sequence_id, hole, tuple(tokens), num_deleted)

    def _probe(self, sequence_id: int, window: Window) -> Probed:
        values = (self.fit(window),) * window.num_masks
        return Probed(sequence_id, values, values, values)


def always(*texts: str) -> Fills:
    """Each hole gets its text, in all candidates."""
    return lambda hole, num_masks, params: texts[hole]


def seen(sequence: FakeSequence) -> str:
    """The model's input as text: a canvas with "_" for each mask, and sentinels as capitals."""
    names = {FimTokenizer.PREFIX: "<P>", FimTokenizer.SUFFIX: "<S>", FimTokenizer.MIDDLE: "<M>", None: "_"}
    window = sequence.params.window
    items: list[Any] = [*sequence.prompt_ids, *(window.token_ids if window else ())]
    parts = [names[item].encode() if item in names else _bytes(item) for item in items]
    return b"".join(parts).decode()


def _bytes(token_id: int) -> bytes:
    return bytes([token_id - FIRST_BYTE]) if token_id >= FIRST_BYTE else f"<{token_id}>".encode()
