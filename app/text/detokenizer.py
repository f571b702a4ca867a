"""Token ids to text, piece by piece, never half a character."""

from __future__ import annotations

from collections.abc import Callable, Sequence

REPLACEMENT = "\ufffd"
# A UTF-8 character has at most four bytes, so four tokens that still end in the replacement character are no character.
MAX_PENDING = 4


class Detokenizer:
    """Holds back the tokens at the end that may be the beginning of a character.

    Each piece is decoded after the piece before it, because some tokenizers write a word differently at the start of a
    text.
    """

    def __init__(self, decode: Callable[[Sequence[int]], str]) -> None:
        self._decode = decode
        self._context: list[int] = []
        self._pending: list[int] = []

    def add(self, token_id: int) -> str:
        """The text that became certain with this token, possibly none."""
        self._pending.append(token_id)
        text = self._new_text()
        if text.endswith(REPLACEMENT) and len(self._pending) < MAX_PENDING:
            return ""
        self._context, self._pending = self._pending, []
        return text

    def flush(self) -> str:
        """What was held back, without the beginning of a character that never came."""
        text = self._new_text().rstrip(REPLACEMENT)
        self._context, self._pending = [], []
        return text

    def _new_text(self) -> str:
        before = self._decode(self._context)
        return self._decode(self._context + self._pending)[len(before) :]
