"""Text that ends where its lines become indented less than was asked for."""

from __future__ import annotations

import re


class IndentationLimit:
    """Passes text on up to the first line, after the one it begins in, whose indentation has fewer characters.

    Blank lines have no indentation; they are held back until a line with one shows whether they belong to the text.
    """

    def __init__(self, minimum: int) -> None:
        self._line = re.compile(rf"\n[ \t]{{0,{minimum - 1}}}\S") if minimum > 0 else None
        self._text = ""
        self._num_shown = 0
        self.is_over = False

    def add(self, text: str) -> str:
        if self._line is None:
            return text
        self._text += text
        return self._show(len(self._text.rstrip(" \t\r\n")))

    def flush(self) -> str:
        """The end."""
        return self._show(len(self._text))

    def _show(self, end: int) -> str:
        less = self._line.search(self._text) if self._line else None
        if less:
            end, self.is_over = less.start(), True
        new = self._text[self._num_shown : end]
        self._num_shown = max(self._num_shown, end)
        return new
