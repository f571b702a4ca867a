"""Decodes token ids to text piece by piece, never half a character."""

from __future__ import annotations

from collections.abc import Callable, Sequence

REPLACEMENT = "\ufffd"
# A character has at most four bytes, so the start of one decodes to at most three replacement characters.
MAX_UNSETTLED = 3
# Some tokens hold the end of one character and the start of the next. Text that never settles is emitted after 16.
MAX_PENDING = 16


class Detokenizer:
    """Holds back trailing replacement characters: the start of a character whose other bytes are in the next token.

    Each piece is decoded together with the one before it, because some tokenizers write a word differently at the start
    of a text.
    """

    def __init__(self, decode: Callable[[Sequence[int]], str], context: Sequence[int] = ()) -> None:
        """`context` is the end of the text that the pieces go on with."""
        self._decode = decode
        self._context = list(context)
        self._pending: list[int] = []
        self._shown = 0  # characters of the pending tokens' text that were emitted

    def add(self, token_id: int) -> str:
        """The text that this token settles, possibly none."""
        self._pending.append(token_id)
        text = self._pending_text()
        unsettled = min(len(text) - len(text.rstrip(REPLACEMENT)), MAX_UNSETTLED)
        if not unsettled or len(self._pending) == MAX_PENDING:
            return self._settle(text)
        new = text[self._shown : len(text) - unsettled]
        self._shown += len(new)
        return new

    def flush(self) -> str:
        """The text held back, without an incomplete character at its end."""
        return self._settle(self._pending_text().rstrip(REPLACEMENT))

    def _settle(self, text: str) -> str:
        new = text[self._shown :]
        self._context, self._pending, self._shown = self._pending, [], 0
        return new

    def _pending_text(self) -> str:
        before = self._decode(self._context)
        return self._decode(self._context + self._pending)[len(before) :]
