"""Cleans a model's answer into the text that belongs in the hole.

Only "\\n" and "\\r\\n" end a line here: form feeds and Unicode's line separators are ordinary text.
"""

from __future__ import annotations

import re

from app.text.line_overlap import LineOverlap
from app.text.suffix_overlap import SuffixOverlap, has_word, line_so_far

# Up to three spaces, at least three backticks or tildes, and a language, alone on a line (CommonMark's rule).
FENCE = re.compile(r"^ {0,3}(?P<fence>`{3,}|~{3,})(?P<language>[^`\n]*)$", re.MULTILINE)
# An echo of the prefix that does not start with the hole's line has at least this many non-space characters.
MIN_ECHO = 4


def clean_infill(text: str, prefix: str, suffix: str, *, single_line: bool, is_chat: bool, beyond: str = "") -> str:
    """The part of an answer that belongs between prefix and suffix. `beyond` is more text, after the suffix.

    Chat models put code into fences, start with empty lines and repeat the line they complete. Models trained for
    infilling, with sentinels or on a canvas, do none of that: three backticks are Markdown that belongs in the hole,
    and a line that repeats the one above is intended. All models run on into the suffix: into its lines (SuffixOverlap)
    or the rest of the hole's line (LineOverlap). The first is found before the text is cut at its first line break: in
    "a)\\nreturn" the second line shows that the ")" is the suffix's.
    """
    if is_chat:
        text = strip_fences(text)
        if single_line or not line_so_far(prefix).strip():
            text = _without_blank_lines(text)
        text = drop_prefix_overlap(text, prefix)
    kept = text[: SuffixOverlap(prefix, suffix).find(text)]
    if single_line:
        kept = cut_single_line(kept)
    return kept[: _end_of_line_text(text, kept, LineOverlap(prefix, suffix + beyond))]


def _end_of_line_text(text: str, kept: str, overlap: LineOverlap) -> int:
    """The length of what is left of `kept`, the start of the whole text, without the rest of the hole's line."""
    end = overlap.find_in_first_line(text)
    if end is not None and end <= len(kept):
        return end
    return len(kept) if overlap.removes_rest(text, len(kept)) else overlap.find(kept)


def strip_fences(text: str) -> str:
    """The content of the first fenced block, without the line break before the closing fence.

    An unclosed block reaches to the end of the text. Text without a fence is returned unchanged.
    """
    inline = re.fullmatch(r"\s*```([^`\n]+)```\s*", text)
    if inline:
        return inline[1]
    opening = FENCE.search(text)
    if opening is None:
        return text
    content = text[opening.end() + 1 :]
    for fence in FENCE.finditer(content):
        if fence["fence"].startswith(opening["fence"]) and not fence["language"].strip():
            return content[: fence.start()].removesuffix("\n").removesuffix("\r")
    return content


def drop_prefix_overlap(text: str, prefix: str) -> str:
    """Drop the longest start of `text` that repeats the end of `prefix`, if it is an echo.

    Code repeats itself on purpose: after "f(g(x)" comes another ")", after "x = " there may be one more space, and "an"
    occurs twice in "banana". So only these count as an echo:

    - from the start of the hole's line (with or without its indentation), anything with a letter or digit: "    to" is
      answered with "total = 0" or with "    total = 0";
    - from the start of the hole's line, two or more spaces, or a tab: the answer repeats the indentation;
    - from the start of a word, at least MIN_ECHO non-space characters with a letter or digit among them: "self." after
      "x = self.", or whole lines.
    """
    line_start = len(prefix) - len(line_so_far(prefix))
    code_start = len(prefix) - len(line_so_far(prefix).lstrip())
    for size in range(min(len(text), len(prefix)), 0, -1):
        start = len(prefix) - size
        if text[size - 1] == prefix[-1] and prefix.startswith(text[:size], start):
            echo = text[:size]
            if start in (line_start, code_start):
                is_echo = has_word(echo) or echo == "\t" or (size >= 2 and echo.isspace())
            else:
                is_echo = has_word(echo) and not _within_word(prefix, start) and len(_solid(echo)) >= MIN_ECHO
            if is_echo:
                return text[size:]
    return text


def cut_at_suffix_overlap(text: str, prefix: str, suffix: str) -> str:
    """The text up to where it repeats the suffix (see SuffixOverlap)."""
    return text[: SuffixOverlap(prefix, suffix).find(text)]


def cut_single_line(text: str) -> str:
    """The text up to its first line break."""
    return re.split(r"[\r\n]", text, maxsplit=1)[0]


def _without_blank_lines(text: str) -> str:
    """Drop leading blank lines."""
    return re.sub(r"\A(?:[ \t]*\r?\n)+", "", text)


def _solid(text: str) -> str:
    return "".join(text.split())


def _within_word(text: str, at: int) -> bool:
    """Whether a cut at this index would split a word."""
    return at > 0 and all(character.isalnum() or character == "_" for character in text[at - 1 : at + 1])
