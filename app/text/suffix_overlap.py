"""Finds where an answer repeats the suffix, in complete text and in text that still grows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile

BLANK_LINES = re.compile(r"(?:[^\S\n]*\n)*")
LINE = re.compile(r"[^\n]*\n|[^\n]+")
REACH = 2**16  # characters; no answer repeats more of a suffix


class SuffixOverlap:
    """A text repeats the suffix if it has at least the suffix's first whole non-blank line: the anchor.

    The line must have the same indentation and be a whole line of the text. (Text that completes a partial line may
    well equal the next line: rows of a table.) A line without letters and digits ("}" or "])") is often intended, so
    the lines after it must repeat the suffix too, up to one with letters or digits or to the end of either text.

    The part of the suffix before its anchor (the rest of the hole's line and line breaks) is cut from the end as well:
    before "\\n    return x", "y = 1\\n    return x" leaves "y = 1".
    """

    def __init__(self, prefix: str, suffix: str) -> None:
        so_far = line_so_far(prefix)
        suffix = suffix[:REACH]
        # If the hole's line has begun, the first lines of text and suffix are parts of it; else so_far indents them.
        is_begun = bool(so_far.strip())
        self._first = int(is_begun)
        self._indentation = "" if is_begun else so_far
        self._suffix = self._indentation + suffix
        rest_of_line = (self._suffix.find("\n") + 1 or len(self._suffix)) if is_begun else 0
        blank_lines = BLANK_LINES.match(self._suffix, rest_of_line)
        assert blank_lines is not None
        self._lead = self._suffix[: blank_lines.end()]
        self._anchor = next(self._suffix_lines(), None)

    def find(self, text: str) -> int | None:
        """The index at which a complete text starts to repeat the suffix; None if it does not."""
        lines = LINE.findall(self._indentation + text)
        for at in range(self._first, len(lines)):
            if lines[at].rstrip() == self._anchor and self._is_repeated(lines[at:]) is not False:
                return self._cut("".join(lines[:at]))
        return None

    def certain(self, text: str) -> tuple[int, bool]:
        """For a growing text: (how many characters are certain to stay, whether the rest is certain to be cut).

        A cut is at the start of a line that equals the anchor, minus the text before it that ends as the lead does.
        So this holds back everything from the first line that equals the anchor or may become it, and any end of the
        text that occurs in the lead. A later line's cut is never before the end of an earlier line that equals the
        anchor, because the lead has no such line.
        """
        if self._anchor is None:
            return len(text), False
        *lines, last = re.split(r"(?<=\n)", self._indentation + text)  # the last one is incomplete and may be empty
        for at in range(self._first, len(lines)):
            if lines[at].rstrip() == self._anchor:
                is_repeated = self._is_repeated(lines[at:])
                if is_repeated is not False:
                    return self._cut("".join(lines[:at])), is_repeated is True
        size = len(text) - self._common_with_lead(text)
        may_be_anchor = self._anchor.startswith(last) or last.rstrip() == self._anchor
        if len(lines) >= self._first and may_be_anchor:
            size = min(size, self._cut("".join(lines)))
        return size, False

    def _is_repeated(self, lines: Sequence[str]) -> bool | None:
        """Whether these lines, which start with the anchor, repeat the suffix; None: so far they do."""
        text_lines = [line.rstrip() for line in lines if line.strip()]
        suffix_lines = list(islice(self._suffix_lines(), len(text_lines) + 1))
        pairs = zip(text_lines, suffix_lines, strict=False)
        common = [line for line, _ in takewhile(lambda pair: pair[0] == pair[1], pairs)]
        if any(map(has_word, common)) or len(common) == len(suffix_lines):
            return True
        return None if len(common) == len(text_lines) else False

    def _suffix_lines(self) -> Iterator[str]:
        """The non-blank lines from the anchor on. Lazy: a suffix may have many lines, and few are needed."""
        lines = (match[0].rstrip() for match in LINE.finditer(self._suffix, len(self._lead)))
        return (line for line in lines if line)

    def _cut(self, before: str) -> int:
        """The index of the cut in the text; `before` is the text before the repeated line, with the indentation."""
        if not self._lead:  # the suffix continues right after the indentation
            return len(before)
        pairs = zip(reversed(before), reversed(self._lead), strict=False)
        common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        return max(0, len(before) - common - len(self._indentation))

    def _common_with_lead(self, text: str) -> int:
        """The length of the longest end of the text that occurs in the lead."""
        sizes = range(1, min(len(text), len(self._lead)) + 1)
        return sum(1 for _ in takewhile(lambda size: text[len(text) - size :] in self._lead, sizes))


def line_so_far(prefix: str) -> str:
    return prefix[prefix.rfind("\n") + 1 :]


def has_word(text: str) -> bool:
    return any(character.isalnum() for character in text)
