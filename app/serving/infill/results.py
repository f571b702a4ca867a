"""Tokens of holes as the caller sees them, and how likely they are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from app.messages.events import Token
from app.serving.infill.requests import FilledHole, HoleToken
from app.text.detokenizer import Detokenizer
from app.text.tokenizer import Tokenizer


def hole_tokens(tokenizer: Tokenizer, context: Sequence[int], tokens: Sequence[Token]) -> tuple[HoleToken, ...]:
    """Each with what it adds to the text after the tokens of `context`.

    A character that takes several tokens comes with the last of them.
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
    """Without the space that the first one begins with: it stands before the hole already."""
    if not tokens or not tokens[0].text.startswith(" "):
        return tokens
    return (replace(tokens[0], text=tokens[0].text[1:]), *tokens[1:])


def log_probability(probability: float) -> float:
    return math.log(max(probability, 1e-12))


def mean_log_probability(holes: Sequence[FilledHole]) -> float:
    """Over all tokens that the model chose; 0 where there are none."""
    chosen = [log_probability(token.confidence) for hole in holes for token in hole.tokens if not token.is_pinned]
    return sum(chosen) / len(chosen) if chosen else 0.0


def joined(texts: Sequence[str], holes: Sequence[str]) -> str:
    """The texts with the holes between them; a last hole may be missing."""
    return "".join(text + hole for text, hole in zip(texts, [*holes, ""], strict=True))
