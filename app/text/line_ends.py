"""Line ends: models write "\\n", and a caller's file may have "\\r\\n", with which infills are much worse."""

from __future__ import annotations

import re
from collections.abc import Sequence

LONE_LF = re.compile(r"(?<!\r)\n")


def with_lf(text: str) -> str:
    """As the model gets it."""
    return text.replace("\r\n", "\n")


class LineEnds:
    """Those of one file."""

    def __init__(self, texts: Sequence[str], kept: Sequence[str] = ()) -> None:
        """`texts` are the file's parts. What is one of `kept`, but for its line ends, is given back as it was."""
        num_crlf = sum(text.count("\r\n") for text in texts)
        self._is_crlf = 2 * num_crlf > sum(text.count("\n") for text in texts)
        self._kept = {with_lf(text): text for text in kept}

    def restore(self, text: str, before: str = "") -> str:
        """A model's text with the file's line ends; `before` is what it said earlier."""
        if text in self._kept:
            return self._kept[text]
        if not self._is_crlf:
            return text
        is_split = before.endswith("\r") and text.startswith("\n")
        return text[:is_split] + LONE_LF.sub("\r\n", text[is_split:])
