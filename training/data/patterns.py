"""Wordings in short notation: `[tell|show] me` stands for two of them. One in ten is held out, by hash."""

from __future__ import annotations

import random
import re
from functools import cache
from zlib import crc32

ALTERNATIVES = re.compile(r"\[([^\]]*)\]")
SPACES = re.compile(r" +(?=[ ,!])")  # left over where an alternative is empty
WORDINGS_SHARE = 10  # one in
SALT = "wording 4388"  # with it, none of the messages that everybody types
QUESTION_WORDS = frozenset(
    "who what what's which how when where why are is do does did can could will would should anyone".split()  # noqa: SIM905
)


def draw_wording(patterns: tuple[str, ...], rng: random.Random) -> str:
    """One wording of one of the patterns."""
    parts = _parts(rng.choice(patterns))
    return SPACES.sub("", "".join(rng.choice(part) for part in parts)).strip()


@cache
def _parts(pattern: str) -> tuple[tuple[str, ...], ...]:
    texts = ALTERNATIVES.split(pattern)
    return tuple(tuple(text.split("|")) if index % 2 else (text,) for index, text in enumerate(texts))


@cache
def is_held_out_wording(wording: str) -> bool:
    return crc32(f"{SALT} {plain(wording)}".encode()) % WORDINGS_SHARE == 0


def plain(text: str) -> str:
    """Without what people type differently in the same words: case, and punctuation at the ends."""
    return text.lower().strip(" .!?…")


def as_typed(text: str, rng: random.Random) -> str:
    """With the case and the last character that people use."""
    style = rng.random()
    if style < 0.4:
        text = text[0].upper() + text[1:]
    elif style < 0.75:
        text = text.lower()
    if text[-1].isalnum():
        asks = text.lower().split()[0] in QUESTION_WORDS
        text += rng.choice(("", "", "?", "?", "??") if asks else ("", "", "", ".", ".", "!"))
    return text
