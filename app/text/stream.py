"""Decodes a reply's token ids to the text that the caller receives."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.text.detokenizer import Detokenizer
from app.text.stop import StopStrings
from app.text.tokenizer import Tokenizer


@dataclass(frozen=True)
class Piece:
    """New text, the token ids consumed for it, and whether a stop string ended the reply."""

    text: str
    token_ids: tuple[int, ...]
    stopped: bool = False


class TextStream:
    """Detokenizer, stop strings and stop tokens, one token at a time, so that tokens after a stop are not counted."""

    def __init__(
        self,
        tokenizer: Tokenizer,
        stops: Sequence[str],
        stop_token_ids: Collection[int] = (),
        context: Sequence[int] = (),
    ) -> None:
        """`context` are the last tokens of a text that this one goes on with."""
        self._detokenizer = Detokenizer(tokenizer.decode, context)
        self._stops = StopStrings(stops)
        self._stop_token_ids = frozenset(stop_token_ids)

    @property
    def stop_string(self) -> str | None:
        """The one that ended the text."""
        return self._stops.found

    def add(self, token_ids: Sequence[int]) -> Piece:
        text = ""
        for used, token_id in enumerate(token_ids, start=1):
            if token_id in self._stop_token_ids:
                return Piece(text + self.flush().text, tuple(token_ids[:used]), stopped=True)
            shown, stopped = self._stops.add(self._detokenizer.add(token_id))
            text += shown
            if stopped:
                return Piece(text, tuple(token_ids[:used]), stopped=True)
        return Piece(text, tuple(token_ids))

    def flush(self) -> Piece:
        """The end of a reply that no stop string has ended so far."""
        shown, stopped = self._stops.add(self._detokenizer.flush())
        return Piece(shown if stopped else shown + self._stops.flush(), (), stopped)
