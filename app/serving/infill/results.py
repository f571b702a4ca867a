"""The tokens of holes as the caller sees them, and their log probabilities."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from app.messages.events import Token
from app.serving.infill.requests import FilledHole, HoleToken
from app.text.detokenizer import Detokenizer
from app.text.line_ends import with_lf
from app.text.tokenizer import Tokenizer


def hole_tokens(tokenizer: Tokenizer, context: Sequence[int], tokens: Sequence[Token]) -> tuple[HoleToken, ...]:
    """The tokens, each with the text it adds after the token ids of `context`.

    A character that spans several tokens comes with the last of them.
    """
    detokenizer = Detokenizer(lambda ids: tokenizer.decode(ids, skip_special_tokens=False))
    for token_id in context:
        detokenizer.add(token_id)
    pieces = [detokenizer.add(token.id) for token in tokens]
    if pieces:
        pieces[-1] += detokenizer.flush()
    return tuple(
        HoleToken(token.id, piece, 1.0 if token.confidence is None else token.confidence, token.step)
        for token, piece in zip(tokens, pieces, strict=True)
    )


def without_first_space(tokens: tuple[HoleToken, ...]) -> tuple[HoleToken, ...]:
    """Drop the leading space of the first token: the text before the hole has it already."""
    if not tokens or not tokens[0].text.startswith(" "):
        return tokens
    return (replace(tokens[0], text=tokens[0].text[1:]), *tokens[1:])


def tokens_shown(hole: FilledHole, shown: str) -> slice:
    """Which tokens have the shown text: the hole's text may have been cut at either end, and have other line ends."""
    start = max(0, "".join(token.text for token in hole.tokens).find(with_lf(hole.text)))
    end = start + len(with_lf(shown))
    kept, at = [], 0
    for number, token in enumerate(hole.tokens):
        if at < end and at + len(token.text) > start:
            kept.append(number)
        at += len(token.text)
    return slice(kept[0], kept[-1] + 1) if kept else slice(0)


def log_probability(probability: float) -> float:
    """The natural logarithm; finite for 0 too."""
    return math.log(max(probability, 1e-12))


def mean_log_probability(holes: Sequence[FilledHole]) -> float:
    """The mean over all tokens that the model chose; 0 if there are none."""
    chosen = [log_probability(token.confidence) for hole in holes for token in hole.tokens if not token.is_pinned]
    return sum(chosen) / len(chosen) if chosen else 0.0


def joined(texts: Sequence[str], holes: Sequence[str]) -> str:
    """The texts with the holes between them, one fewer than texts."""
    return "".join(text + hole for text, hole in zip(texts, [*holes, ""], strict=True))
