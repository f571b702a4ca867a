"""Rules that remove text repeated from around the cursor. Texts are compared by code points, not bytes.

What repeats the rest of the cursor's line, the server has cut already (docs/decisions/0012-who-cleans-up-an-infill.md).
"""

from __future__ import annotations

from lsp.text.cursor import CursorContext

MIN_OVERLAP = 3


def trim_overlap(text: str, cursor: CursorContext) -> str:
    """The candidate without text that it repeats from before the cursor, or from the lines below."""
    return _trim_lines_below(_trim_prefix(text, cursor), cursor)


def _trim_lines_below(text: str, cursor: CursorContext) -> str:
    """Remove final lines that equal the next lines below, ignoring indentation and blank lines."""
    if cursor.rest_of_line.strip():
        return text
    lines = text.split("\n")
    below = [line.strip() for line in cursor.lines_below]
    for first in range(1, len(lines)):
        tail = [line.strip() for line in lines[first:] if line.strip()]
        if tail and tail == below[: len(tail)] and any(map(_is_word, "".join(tail))):
            return "\n".join(lines[:first]).rstrip()
    alone = text.strip()
    return "" if "\n" not in alone and below[:1] == [alone] and len(alone) > MIN_OVERLAP else text


def _trim_prefix(text: str, cursor: CursorContext) -> str:
    """Remove the start of the cursor's line, or of its last word, if the candidate begins by repeating it."""
    line = cursor.line_prefix.lstrip()
    if len(line.rstrip()) >= MIN_OVERLAP and any(map(_is_word, line)) and text.lstrip().startswith(line):
        return text.lstrip()[len(line) :]
    word = _last_word(line)
    begun = _first_word(text)
    if len(word) >= MIN_OVERLAP and len(begun) > len(word) and begun.startswith(word):
        return text[len(word) :]
    return text


def _last_word(line: str) -> str:
    start = len(line)
    while start and _is_word(line[start - 1]):
        start -= 1
    return line[start:]


def _first_word(text: str) -> str:
    end = 0
    while end < len(text) and _is_word(text[end]):
        end += 1
    return text[:end]


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"
