"""How people type a request: as it is, or with case, punctuation and courtesies."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from training.data.patterns import as_typed

Manner = Callable[[str, random.Random], str]
# "u" may be either: "a user", "an umbrella".
A_VOWEL, AN_OTHER = (
    re.compile(r"\ba (?=[aeio])(?!(?:and|are|as|at|if|in|is|or)\b)", re.IGNORECASE),
    re.compile(r"\ban (?=[^aeiouhAEIOUH])"),
)
BEFORE = ("hi, ", "hello, ", "hey, ", "please ", "ok, ", "hi! ", "hello! ", "so, ", "now ", "i want: ")
AFTER = (", please", ", thanks", " thanks", " asap", " thank you", " quickly")
COURTESY_SHARE = 0.05


def as_is(text: str, rng: random.Random) -> str:
    return text


def politely(text: str, rng: random.Random) -> str:
    """Only the first line is language; code follows."""
    first, newline, rest = text.partition("\n")
    first = A_VOWEL.sub("an ", AN_OTHER.sub("a ", first))
    style = rng.random()
    if style < COURTESY_SHARE:
        first = rng.choice(BEFORE) + first
    elif style < 2 * COURTESY_SHARE and not newline:
        first += rng.choice(AFTER)
    return as_typed(first, rng) + newline + rest
