"""What a model answered, made into what belongs in the hole.

Only "\\n" ends a line here, with a "\\r" before it if there is one: form feeds and Unicode's line separators are
text.
"""

from __future__ import annotations

import re

from app.text.suffix_overlap import SuffixOverlap, has_word, line_so_far

# Up to three blanks, at least three backticks or tildes and a language, on a line of their own (CommonMark's rule).
FENCE = re.compile(r"^ {0,3}(?P<fence>`{3,}|~{3,})(?P<language>[^`\n]*)$", re.MULTILINE)
# An echo of the prefix that does not begin with the hole's line must have this many characters that are not blank.
MIN_ECHO = 4


def clean_infill(text: str, prefix: str, suffix: str, *, single_line: bool, is_chat: bool) -> str:
    """The part of an answer that belongs between prefix and suffix.

    Chat models put code into fences, begin with empty lines and repeat the line they complete. Models trained for
    infilling, with sentinels or on a canvas, do none of that: three backticks of theirs are Markdown that belongs in
    the hole, and a line that repeats the one above is meant. Running on into the suffix happens to all, and is looked
    for before the cut at the first line break: in "a)\\nreturn" the second line shows that the ")" is the suffix's.
    """
    if is_chat:
        text = strip_fences(text)
        if single_line or not line_so_far(prefix).strip():
            text = _without_blank_lines(text)
        text = drop_prefix_overlap(text, prefix)
    text = cut_at_suffix_overlap(text, prefix, suffix)
    return cut_single_line(text) if single_line else text


def strip_fences(text: str) -> str:
    """The first fenced block's content, without the line break before the closing fence, whatever is said around it.

    A block that is not closed reaches to the end of the text. Text without a fence is returned as it is.
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
    """Without the longest beginning that repeats the prefix's end, if it is an echo.

    Code repeats itself in earnest: after "f(g(x)" comes another ")", after "x = " there may be one more space, and "an"
    comes twice in "banana". So only this counts as an echo:

    - from the beginning of the hole's line on (with or without its indentation), anything with a letter or digit:
      "    to" is answered with "total = 0" or with "    total = 0";
    - a line so far of two or more blanks, or of a tab: the answer has its own indentation;
    - from the beginning of a word on, MIN_ECHO characters that are not blank, a letter or digit among them: "self."
      after "x = self.", or whole lines.
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
    """Up to where the suffix is repeated, as SuffixOverlap has it."""
    return text[: SuffixOverlap(prefix, suffix).find(text)]


def cut_single_line(text: str) -> str:
    """Up to the first line break."""
    return re.split(r"[\r\n]", text, maxsplit=1)[0]


def _without_blank_lines(text: str) -> str:
    """Without those at the beginning."""
    return re.sub(r"\A(?:[ \t]*\r?\n)+", "", text)


def _solid(text: str) -> str:
    return "".join(text.split())


def _within_word(text: str, at: int) -> bool:
    """Whether a cut at this place would part a word."""
    return at > 0 and all(character.isalnum() or character == "_" for character in text[at - 1 : at + 1])
