"""Finds where an answer repeats the rest of the hole's own line: the suffix up to its first line break."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.text.balance import PAIRS, Balance
from app.text.suffix_overlap import has_word, line_so_far

# Characters around the hole in which brackets and quotes are matched. Both ends are the same whatever is cut.
LOOK_BACK, LOOK_AHEAD = 4000, 2000
MIN_WITHIN_WORD = 3  # characters of a repetition that begins within a word
NEVER_TWICE = ":,;."
QUOTES = "\"'`"


class LineOverlap:
    """A text repeats the rest of the line if it ends with a start of it: "x > 0:" before ":", "a) + 1" before ") + 1".

    A text in which brackets and quotes match less without the repetition keeps it: "g(a)" before ")". Where they match
    better without it, it is cut. Where they match as well, it is cut if it is a whole token or more that a text does
    not say twice on purpose: words, ":" or ",", but not an operator that may be a longer one together with the next.

    A text goes on after the end of the line only if its own first line does not end with the whole rest of the line.
    """

    def __init__(self, prefix: str, suffix: str) -> None:
        self._before = prefix[-LOOK_BACK:]
        self._state = Balance().after(self._before)
        self._after = suffix[:LOOK_AHEAD]
        self._rest = re.split(r"[\r\n]", self._after, maxsplit=1)[0]
        self._is_blank = not self._rest.strip()
        self._is_begun = bool(line_so_far(prefix).strip())

    def find(self, text: str) -> int:
        """The index at which a complete text ends without the repetition at its end."""
        return len(text) if self._is_blank else self._cut(text, range(min(len(text), len(self._rest)), 0, -1))

    def find_in_first_line(self, text: str) -> int | None:
        """The index of the cut if the text's first line is complete and ends with all the rest of the hole's line."""
        line, newline, _ = text.partition("\n")
        if self._is_blank or not self._is_begun or not newline or not line.endswith(self._rest):
            return None
        cut = self._cut(line, range(len(self._rest), len(self._rest) - 1, -1))
        return cut if cut < len(line) else None

    def num_uncertain(self, text: str) -> int:
        """For a growing text: how many characters at its end may be cut, by themselves or together with more."""
        kept = len(text)
        while not self._is_blank and (size := self._longest_start(text[:kept])):
            kept -= size
        return len(text) - kept

    def removes_rest(self, text: str, cut: int) -> bool:
        """Whether a cut at this index removes a repetition of the whole rest of the line."""
        return not self._is_blank and text.startswith(self._rest, cut)

    def _longest_start(self, text: str) -> int:
        sizes = range(min(len(text), len(self._rest)), 0, -1)
        return next((size for size in sizes if text.endswith(self._rest[:size])), 0)

    def _cut(self, text: str, sizes: range) -> int:
        """The best index to cut at: the fewest errors, then the longest repetition, of punctuation as often as it is
        there."""
        num_errors = self._num_errors(text)
        found = []
        for size in sizes:
            for times, end in enumerate(self._repetitions(text, self._rest[:size]), 1):
                errors = self._num_errors(text[:end])
                is_better = errors < num_errors or (errors == num_errors and self._is_repetition(text, end, size))
                if is_better and not self._splits_word(size):
                    found.append((errors, -size, times if has_word(self._rest[:size]) else -times, end))
        return min(found)[-1] if found else len(text)

    @staticmethod
    def _repetitions(text: str, overlap: str) -> Iterator[int]:
        """The ends of the text without one repetition, without two, and so on."""
        end = len(text)
        while end and text.endswith(overlap, 0, end):
            end -= len(overlap)
            yield end

    def _num_errors(self, text: str) -> int:
        return self._state.after(text + self._after).num_errors

    def _splits_word(self, size: int) -> bool:
        return _is_word(self._rest[size - 1]) and _is_word(self._after[size : size + 1])

    def _is_repetition(self, text: str, end: int, size: int) -> bool:
        """Whether the text from `end` on is certainly a repetition, though brackets and quotes say nothing."""
        overlap = self._rest[:size]
        before = (self._before + text[:end])[-1:]
        is_all = size == len(self._rest)
        if has_word(overlap):
            is_within_word = _is_word(overlap[0]) and _is_word(before)
            return not is_within_word or (is_all and size >= MIN_WITHIN_WORD)
        mark = overlap.strip()
        if any(character in QUOTES for character in mark):
            return is_all and len(mark) > 1
        if any(character in PAIRS or character in PAIRS.values() for character in mark):
            return Balance().after(text).num_unmatched > Balance().after(text[:end]).num_unmatched
        if mark in ("", before):
            return False
        is_apart = mark != overlap and not self._goes_on(size)
        return mark in NEVER_TWICE or is_apart

    def _goes_on(self, size: int) -> bool:
        """Whether an operator of the rest of the line is only a part of a longer one: "=" of "=="."""
        following = self._after[size : size + 1]
        return not (following.isspace() or _is_word(following) or self._rest[size - 1].isspace() or not following)


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"
