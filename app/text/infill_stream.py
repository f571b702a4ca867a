"""Cleans up an infill that arrives in pieces."""

from __future__ import annotations

from app.text.cleanup import clean_infill, cut_single_line
from app.text.line_overlap import LineOverlap
from app.text.suffix_overlap import SuffixOverlap


class InfillStream:
    """Passes on the text that `clean_infill` will certainly keep and holds back the rest: for chat models, everything.

    `is_over`: all further text would be cut off.
    """

    def __init__(self, prefix: str, suffix: str, *, single_line: bool, is_chat: bool) -> None:
        self._prefix, self._suffix = prefix, suffix
        self._single_line, self._is_chat = single_line, is_chat
        self._overlap, self._line_overlap = SuffixOverlap(prefix, suffix), LineOverlap(prefix, suffix)
        self._text = ""
        self._num_shown = 0
        self._has_first_line = False
        self.is_over = False

    def add(self, text: str) -> str:
        self._text += text
        if self.is_over or self._is_chat:  # a chat's fences and echoes are known only at the end
            return ""
        size, self.is_over = self._overlap.certain(self._text)
        if self._single_line:
            line = cut_single_line(self._text)
            self.is_over = self.is_over or (len(line) < len(self._text) and len(line) <= size)
            size = min(size, len(line))
        if not self._has_first_line and "\n" in self._text:
            self._has_first_line = True
            if (end := self._line_overlap.find_in_first_line(self._text)) is not None:
                size, self.is_over = min(size, end), True
        size -= self._line_overlap.num_uncertain(self._text[:size])
        return self._show(self._text[:size])

    def flush(self) -> str:
        """The text held back, at the end."""
        whole = clean_infill(
            self._text, self._prefix, self._suffix, single_line=self._single_line, is_chat=self._is_chat
        )
        return self._show(whole)

    def _show(self, text: str) -> str:
        new = text[self._num_shown :]
        self._num_shown = max(self._num_shown, len(text))
        return new
