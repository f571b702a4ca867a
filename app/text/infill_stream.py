"""An infill that arrives piece by piece: what of it is certain to stay after cleaning up."""

from __future__ import annotations

from app.text.cleanup import clean_infill


class InfillStream:
    """Passes on what cleaning up the whole will not take back; holds back the rest.

    Only a whole line can repeat the suffix, and the lines below it may decide whether it does, so the lines from the
    last one that begins like the suffix's first are held back. `is_over`: what comes is cut off anyway.
    """

    def __init__(self, prefix: str, suffix: str, *, single_line: bool, is_chat: bool) -> None:
        self._prefix, self._suffix = prefix, suffix
        self._single_line, self._is_chat = single_line, is_chat
        self._text = ""
        self._num_shown = 0
        self.is_over = False

    def add(self, text: str) -> str:
        self._text += text
        if self._is_chat:  # fences and an echo of the prefix show only at the end
            return ""
        cleaned = self._cleaned()
        if self._single_line and "\n" in self._text.strip("\n"):
            self.is_over = True
            return self._show(cleaned)
        last_line = self._text.rfind("\n") + 1
        if last_line and len(cleaned) < last_line - 1:
            self.is_over = True  # a line of the suffix stands there, with another line after it
            return self._show(cleaned)
        return self._show(cleaned[: self._first_doubt()])

    def flush(self) -> str:
        """The end."""
        return self._show(self._cleaned())

    def _cleaned(self) -> str:
        return clean_infill(
            self._text, self._prefix, self._suffix, single_line=self._single_line, is_chat=self._is_chat
        )

    def _show(self, text: str) -> str:
        new = text[self._num_shown :]
        self._num_shown = max(self._num_shown, len(text))
        return new

    def _first_doubt(self) -> int:
        """Where the trailing lines begin that may turn out to be the suffix."""
        first = next((line.strip() for line in self._suffix.split("\n") if line.strip()), None)
        if first is None:
            return len(self._text)
        start, doubt = 0, len(self._text)
        for line in self._text.split("\n"):
            if start and (first.startswith(line.strip()) or line.strip() == first):
                doubt = min(doubt, start - 1)  # the line break before it is cut with it
            elif line.strip() and start >= doubt and not self._suffix_has(line.strip()):
                doubt = len(self._text)  # the lines before this one were not the suffix after all
            start += len(line) + 1
        return doubt

    def _suffix_has(self, line: str) -> bool:
        return any(other.strip().startswith(line) for other in self._suffix.split("\n"))
