"""A suggestion, from the server's answer to what an editor is shown."""

from __future__ import annotations

from dataclasses import dataclass

from lsp.wire import Filled, Token


@dataclass(frozen=True)
class Candidate:
    """Text to insert (line ends \\n); `whole` is what it was before the user typed the start of it."""

    text: str
    whole: str
    tokens: tuple[Token, ...] = ()

    @property
    def typed(self) -> str:
        return self.whole[: len(self.whole) - len(self.text)]


def from_filled(hole: Filled, cleaned: str) -> Candidate:
    return Candidate(cleaned, cleaned, hole.tokens)


def unsure_spans(text: str, tokens: tuple[Token, ...], threshold: float) -> list[tuple[int, int, float]]:
    """(start, end, confidence) of the unsure tokens of a text that is a part of what the tokens say.

    Cleaning up may have cut text off at both ends, so the tokens are laid over the text where it occurs in theirs.
    """
    decoded = "".join(token.text for token in tokens)
    shift = decoded.find(text)
    if not text or shift < 0:
        return []
    spans: list[tuple[int, int, float]] = []
    at = -shift
    for token in tokens:
        start, at = at, at + len(token.text)
        start, end = max(start, 0), min(at, len(text))
        if start < end and token.confidence < threshold and text[start:end].strip():
            if spans and spans[-1][1] == start:
                spans[-1] = (spans[-1][0], end, min(spans[-1][2], token.confidence))
            else:
                spans.append((start, end, token.confidence))
    return spans
