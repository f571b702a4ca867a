"""Where an answer runs on into the suffix: in a text that is complete, and in one that still grows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile

BLANK_LINES = re.compile(r"(?:[^\S\n]*\n)*")
LINE = re.compile(r"[^\n]*\n|[^\n]+")


class SuffixOverlap:
    """The suffix is repeated by at least its first whole line that is not blank: the anchor.

    The line must be the same with its indentation, and stand on a line of its own. (What completes a line that has
    begun already may well be the same as the next line: rows of a table.) A line without letters and digits ("}" or
    "])") is there in earnest more often, so the lines after it must repeat the suffix too, up to one with letters or
    digits or to the end of either text.

    What the suffix has before its anchor, the rest of the hole's line and line breaks, is cut from the end as well:
    before "\\n    return x", "y = 1\\n    return x" leaves "y = 1".
    """

    def __init__(self, prefix: str, suffix: str) -> None:
        so_far = line_so_far(prefix)
        is_begun = bool(so_far.strip())  # then the first lines are parts of one line; else so_far is their indentation
        self._first = int(is_begun)
        self._indentation = "" if is_begun else so_far
        self._suffix = self._indentation + suffix
        rest_of_line = (self._suffix.find("\n") + 1 or len(self._suffix)) if is_begun else 0
        blank = BLANK_LINES.match(self._suffix, rest_of_line)
        assert blank is not None
        self._lead = self._suffix[: blank.end()]
        self._anchor = next(self._suffix_lines(), None)

    def find(self, text: str) -> int | None:
        """Where a text that is complete begins to repeat the suffix."""
        lines = LINE.findall(self._indentation + text)
        for at in range(self._first, len(lines)):
            if lines[at].rstrip() == self._anchor and self._is_repeated(lines[at:]) is not False:
                return self._cut("".join(lines[:at]))
        return None

    def certain(self, text: str) -> tuple[int, bool]:
        """How many characters of a text that may go on stay in any case; whether the rest is cut in any case.

        A cut is where a line begins that is the anchor, less what stands before that line and ends as the lead ends.
        So this holds back everything from the first line that is the anchor or may become it, and at the end what the
        lead has somewhere. A later line's cut is not before the end of an earlier one that is the anchor, because the
        lead has none.
        """
        if self._anchor is None:
            return len(text), False
        *lines, last = re.split(r"(?<=\n)", self._indentation + text)  # the last one goes on; it may be empty
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
        """Whether these lines, of which the first is the anchor, repeat the suffix; None: up to here they do."""
        ours = [line.rstrip() for line in lines if line.strip()]
        theirs = list(islice(self._suffix_lines(), len(ours) + 1))
        same = [one for one, _ in takewhile(lambda pair: pair[0] == pair[1], zip(ours, theirs, strict=False))]
        if any(map(has_word, same)) or len(same) == len(theirs):
            return True
        return None if len(same) == len(ours) else False

    def _suffix_lines(self) -> Iterator[str]:
        """From the anchor on, without blank ones. Lazily: a suffix may have many, and few are asked for."""
        lines = (match[0].rstrip() for match in LINE.finditer(self._suffix, len(self._lead)))
        return (line for line in lines if line)

    def _cut(self, before: str) -> int:
        """Of the text, given what stands before the line at which the suffix begins."""
        if not self._lead:  # the suffix goes on behind the indentation
            return len(before)
        pairs = zip(reversed(before), reversed(self._lead), strict=False)
        common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        return max(0, len(before) - common - len(self._indentation))

    def _common_with_lead(self, text: str) -> int:
        """The length of the longest end of the text that the lead has somewhere."""
        sizes = range(1, min(len(text), len(self._lead)) + 1)
        return sum(1 for _ in takewhile(lambda size: text[len(text) - size :] in self._lead, sizes))


def line_so_far(prefix: str) -> str:
    return prefix[prefix.rfind("\n") + 1 :]


def has_word(text: str) -> bool:
    return any(character.isalnum() for character in text)
