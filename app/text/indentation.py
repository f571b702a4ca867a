"""Cuts text before the first line that is indented too little."""

from __future__ import annotations

import re


class IndentationLimit:
    """Passes text on up to the first line, after the one it starts in, indented by fewer than `minimum` characters.

    Blank lines do not count; they are held back until a later line shows whether they belong to the text.
    """

    def __init__(self, minimum: int) -> None:
        self._line = re.compile(rf"\r?\n[ \t]{{0,{minimum - 1}}}\S") if minimum > 0 else None
        self._text = ""
        self._num_shown = 0
        self.is_over = False

    def add(self, text: str) -> str:
        if self._line is None:
            return text
        self._text += text
        return self._show(len(self._text.rstrip(" \t\r\n")))

    def flush(self) -> str:
        """The text held back, at the end."""
        return self._show(len(self._text))

    def _show(self, end: int) -> str:
        less = self._line.search(self._text) if self._line else None
        if less:
            end, self.is_over = less.start(), True
        new = self._text[self._num_shown : end]
        self._num_shown = max(self._num_shown, end)
        return new
