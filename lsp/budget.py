"""How much text is sent. Counted in tokens that are estimated from characters: the server trims exactly.

What it costs to be wrong is small on either side (a few lines too many are trimmed, a few too few are missing), and a
round trip to /tokenize for each keystroke would cost more than it gives.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

DEFAULT_CONTEXT = 2048  # tokens, for a model that does not say
PREFIX_SHARE = 0.75
CROSS_FILE_SHARE = 0.25
# A model that looks at less than this needs all of it for the text around the cursor.
CROSS_FILE_FROM = 1024
_IMPORT = re.compile(r"^(?:import|from|#include|using|use|require|package)\b.*$|^const .*\brequire\(.*$", re.MULTILINE)


@dataclass(frozen=True)
class Window:
    """The text around the cursor that is sent."""

    prefix: str
    suffix: str

    @property
    def size(self) -> int:
        return len(self.prefix) + len(self.suffix)


class TokenEstimate:
    """Characters a token, learnt from what the server counted."""

    def __init__(self, characters_per_token: float = 3.0) -> None:
        self.characters_per_token = characters_per_token

    def learn(self, num_characters: int, num_tokens: int | None) -> None:
        """From a request that was not trimmed. Short ones say little: markers and templates count as tokens too."""
        if num_tokens and num_characters >= 200:
            seen = min(max(num_characters / num_tokens, 1.5), 6.0)
            self.characters_per_token += 0.2 * (seen - self.characters_per_token)

    def characters(self, tokens: int) -> int:
        return int(tokens * self.characters_per_token)


def cut_window(prefix: str, suffix: str, max_characters: int) -> Window:
    """The lines around the cursor, three parts before it to one after; what one side does not need is the other's.

    Cut at line ends; the cursor's own line is cut only where it alone is too long.
    """
    for_prefix = max(int(max_characters * PREFIX_SHARE), max_characters - len(suffix))
    before = _tail(prefix, for_prefix)
    return Window(before, _head(suffix, max_characters - len(before)))


def import_lines(text: str) -> str:
    """The lines of a text that bring in other modules: what a cut prefix loses first and misses most."""
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
