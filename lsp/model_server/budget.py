"""How much text to send, in tokens estimated from characters.

An error costs little either way: the server trims excess lines exactly, and a few missing lines hardly matter.
A round trip to /tokenize per keystroke would cost more than exact counts are worth.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

DEFAULT_CONTEXT = 2048  # tokens, for a model that does not report its own
PREFIX_SHARE = 0.75
CROSS_FILE_SHARE = 0.25
# A model with a smaller context (tokens) needs all of it for the text around the cursor.
CROSS_FILE_FROM = 1024
_IMPORT = re.compile(r"^(?:import|from|#include|using|use|require|package)\b.*$|^const .*\brequire\(.*$", re.MULTILINE)


@dataclass(frozen=True)
class TextWindow:
    """The text around the cursor that is sent, and the rest of the text before and after it."""

    prefix: str
    suffix: str
    before: str = ""
    after: str = ""

    @property
    def size(self) -> int:
        return len(self.prefix) + len(self.suffix)


class TokenEstimate:
    """Characters per token: a moving average over the server's own counts."""

    def __init__(self, characters_per_token: float = 3.0) -> None:
        self.characters_per_token = characters_per_token

    def learn(self, num_characters: int, num_tokens: int | None) -> None:
        """Update from a request that was not trimmed. Short ones are skipped: markers and templates count too."""
        if num_tokens and num_characters >= 200:
            seen = min(max(num_characters / num_tokens, 1.5), 6.0)
            self.characters_per_token += 0.2 * (seen - self.characters_per_token)

    def characters(self, tokens: int) -> int:
        return int(tokens * self.characters_per_token)


def cut_window(prefix: str, suffix: str, max_characters: int) -> TextWindow:
    """The lines around the cursor, 3:1 before and after it; what one side leaves unused goes to the other.

    Cut at line ends; the cursor's own line is cut only if it alone is too long.
    """
    for_prefix = max(int(max_characters * PREFIX_SHARE), max_characters - len(suffix))
    near = _tail(prefix, for_prefix)
    following = _head(suffix, max_characters - len(near))
    return TextWindow(near, following, prefix[: len(prefix) - len(near)], suffix[len(following) :])


def import_lines(text: str) -> str:
    """The import lines of a text: what a cut prefix loses first and needs most."""
    return "\n".join(_IMPORT.findall(text))


def _tail(text: str, size: int) -> str:
    if len(text) <= size:
        return text
    start = text.find("\n", len(text) - size - 1) + 1 if size else 0
    return text[start:] if start else text[len(text) - size :]


def _head(text: str, size: int) -> str:
    if len(text) <= size:
        return text
    end = text.rfind("\n", 0, size)
    return text[: end + 1] if end >= 0 else text[:size]
