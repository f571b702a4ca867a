"""The rule against repetition: of the line above or below, and within the candidate."""

from __future__ import annotations

import re

from lsp.text.cursor import CursorContext

_IN_LINE = re.compile(r"(\S.{3,}?)\1{4,}")
MAX_PERIOD = 8  # lines


def cut_repeats(text: str, cursor: CursorContext) -> str:
    """Empty if the first line repeats the line above or below; otherwise the text without loops."""
    first = text.split("\n", 1)[0].strip()
    if cursor.is_line_start and _has_words(first):
        below = cursor.lines_below[0].strip() if cursor.lines_below else ""
        if first in (cursor.line_above.strip(), below):
            return ""
    return _cut_loop(_cut_in_line(text))


def _cut_loop(text: str) -> str:
    """Keep one copy of lines that occur three times in a row, and end the text there."""
    lines = text.split("\n")
    for start in range(len(lines)):
        for period in range(1, min(MAX_PERIOD, (len(lines) - start) // 3) + 1):
            once = lines[start : start + period]
            if not any(map(_has_words, once)):
                continue
            if once == lines[start + period : start + 2 * period] == lines[start + 2 * period : start + 3 * period]:
                return "\n".join(lines[: start + period])
    return text


def _cut_in_line(text: str) -> str:
    found = _IN_LINE.search(text)
    if found is None or not any(map(str.isalnum, found[1])) or len(set(found[1])) < 3:
        return text
    return text[: found.start() + len(found[1])]


def _has_words(line: str) -> bool:
    return sum(map(str.isalnum, line)) >= 3
