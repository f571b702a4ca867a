"""Candidates: the texts that an editor is offered, with the confidence of their tokens."""

from __future__ import annotations

from dataclasses import dataclass

from lsp.model_server.wire import WireToken


@dataclass(frozen=True)
class Candidate:
    """Text to insert (line ends \\n), and the tokens of the model's answer that it was cut from."""

    text: str
    tokens: tuple[WireToken, ...] = ()


def unsure_spans(text: str, tokens: tuple[WireToken, ...], threshold: float) -> list[tuple[int, int, float]]:
    """(start, end, confidence) of the tokens below the threshold, as spans of `text`; adjacent ones are merged.

    Cleanup may have cut the text at both ends, so the tokens are aligned where it first occurs in their concatenation.
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
