"""Turns the tokens of a canvas's hole into the text that belongs in it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.messages.events import Token
from app.serving.infill.requests import FilledHole, FillReason, Hole, InfillRequest
from app.serving.infill.results import hole_tokens, without_first_space
from app.text.cleanup import clean_infill
from app.text.stop import StopStrings
from app.text.suffix_overlap import REACH
from app.text.tokenizer import Tokenizer

TRAILING_SPACE = re.compile(r"\S \Z")


def moves_trailing_space(text: str, hole: Hole) -> bool:
    """Whether a text's trailing space moves into the hole after it.

    Tokenizers attach the space between two words to the second one, so models have hardly seen text that continues
    after a separate space.
    """
    is_pinned = bool(hole.pinned) and hole.pinned[0].at == "start"
    return TRAILING_SPACE.search(text) is not None and not is_pinned


class HoleTexts:
    """The texts of the holes of one request.

    `visible` are the texts around the holes as the model sees them: without the spaces that move into holes.
    """

    def __init__(self, request: InfillRequest, texts: Sequence[str], tokenizer: Tokenizer) -> None:
        """`texts` are those of the request, trimmed to fit."""
        self._request, self._tokenizer = request, tokenizer
        self._moved = [moves_trailing_space(text, hole) for text, hole in zip(texts[:-1], request.holes, strict=True)]
        self.visible = [text[:-1] if moved else text for text, moved in zip(texts, [*self._moved, False], strict=True)]

    def encode(self, number: int, text: str) -> list[int]:
        """The tokens of a hole with this text."""
        return self._tokenizer.encode_plain(" " + text if self._moved[number] else text)

    def fill(self, number: int, tokens: Sequence[Token], context: Sequence[int], reason: FillReason) -> FilledHole:
        """The hole with these tokens; `context` are the token ids before it."""
        hole, texts = self._request.holes[number], self._request.texts
        decoded = hole_tokens(self._tokenizer, context, tokens)
        if self._moved[number]:
            decoded = without_first_space(decoded)
        text = "".join(token.text for token in decoded)
        stops = StopStrings(self._request.stop)
        shown, is_stopped = stops.add(text)
        if is_stopped:
            text, reason = shown, "stop"
        # "_" stands for the text of earlier holes: on the same line, it means that the line has begun.
        before, after = "_".join([texts[0][-REACH:], *texts[1 : number + 1]]), texts[number + 1][:REACH]
        beyond = "_".join(["", *texts[number + 2 :]])[: REACH - len(after)]
        text = clean_infill(text, before, after, single_line=hole.single_line, is_chat=False, beyond=beyond)
        if number + 1 < len(self._request.holes) and after.isspace() and "\n" in after:
            text = text.removesuffix(after)  # it includes the line break before the next hole
        return FilledHole(text, decoded, reason, stops.found or "")
