"""Finds where an answer repeats the rest of the hole's own line: the suffix up to its first line break."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from app.text.balance import OPENING, PAIRS, Balance
from app.text.suffix_overlap import has_word, line_so_far

# Characters around the hole in which brackets and quotes are matched. Both ends are the same whatever is cut.
LOOK_BACK, LOOK_AHEAD = 4000, 1000
MAX_SIZES, MAX_TIMES = 8, 4  # repetitions that are compared, and how often one is cut
MIN_WITHIN_WORD = 3  # characters of a repetition that begins within a word
NEVER_TWICE = ":,;.!"
QUOTES = "\"'`"
BRACKETS = OPENING | set(PAIRS)
# Words that are brackets too, at the start of a repetition, and what opens them.
CLOSING_WORD = re.compile(r"\s*(?:</(?P<tag>[\w.:-]+)|(?:end|fi|done|esac)\b)")
OPENING_WORD = re.compile(r"\b(?:begin|case|class|def|do|for|function|if|then|while)\b")


class LineOverlap:
    """A text repeats the rest of the line if it ends with a start of it: "x > 0:" before ":", "a) + 1" before ") + 1".

    A text in which brackets and quotes match less without the repetition keeps it: "g(a)" before ")". Where they match
    better without it, it is cut. Where they match as well, it is cut if it is a whole token or more that a text does
    not say twice on purpose: words, ":" or ",", but not an operator that may be a longer one together with the next.

    A text goes on after the end of the line only if its own first line does not end with the whole rest of the line.
    """

    def __init__(self, prefix: str, suffix: str) -> None:
        self._before, self._after = prefix[-LOOK_BACK:], suffix[:LOOK_AHEAD]
        self._rest = re.split(r"[\r\n]", self._after, maxsplit=1)[0]
        self._is_blank = not self._rest.strip()
        self._state = Balance() if self._is_blank else Balance().after(self._before)
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
        for _ in range(0 if self._is_blank else MAX_TIMES):
            kept -= self._longest_start(text, kept)
        return len(text) - kept

    def removes_rest(self, text: str, cut: int) -> bool:
        """Whether a cut at this index removes a repetition of the whole rest of the line."""
        return not self._is_blank and text.startswith(self._rest, cut)

    def _longest_start(self, text: str, end: int) -> int:
        sizes = range(min(end, len(self._rest)), 0, -1)
        return next((size for size in sizes if text.endswith(self._rest[:size], 0, end)), 0)

    def _cut(self, text: str, sizes: range) -> int:
        """The best index to cut at: the fewest errors, then the longest repetition, of punctuation as often as it is
        there."""
        matching = islice((size for size in sizes if text.endswith(self._rest[:size])), MAX_SIZES)
        ends = [(size, times, end) for size in matching for times, end in self._repetitions(text, size)]
        base = min((end for _, _, end in ends), default=len(text))
        around, alone = self._state.after(text[:base]), Balance().after(text[:base])
        most = around.after(text[base:] + self._after).num_errors if ends else 0
        found = []
        for size, times, end in ends:
            errors = around.after(text[base:end] + self._after).num_errors
            closes = alone.after(text[base:end]).num_unmatched < alone.after(text[base:]).num_unmatched
            is_better = errors < most or (errors == most and self._is_repetition(text[:end], size, closes))
            if is_better and not self._splits_word(size):
                found.append((errors, -size, times if has_word(self._rest[:size]) else -times, end))
        return min(found)[-1] if found else len(text)

    def _repetitions(self, text: str, size: int) -> Iterator[tuple[int, int]]:
        """How many repetitions are cut, and the end of the text without them."""
        end = len(text)
        for times in range(1, MAX_TIMES + 1):
            if end < size or not text.endswith(self._rest[:size], 0, end):
                return
            end -= size
            yield times, end

    def _splits_word(self, size: int) -> bool:
        return _is_word(self._rest[size - 1]) and _is_word(self._after[size : size + 1])

    def _is_repetition(self, kept: str, size: int, closes: bool) -> bool:
        """Whether what follows the kept text is a repetition, though around the hole, brackets and quotes match as well
        with it. `closes`: in the answer alone, they do not."""
        overlap = self._rest[:size]
        before = (self._before + kept)[-1:]
        is_all = size == len(self._rest)
        if has_word(overlap):
            is_within_word = _is_word(overlap[0]) and _is_word(before)
            is_enough = not is_within_word or (is_all and size >= MIN_WITHIN_WORD)
            return is_enough and not _closes_own(kept, overlap)
        mark = overlap.strip()
        if any(character in QUOTES for character in mark):
            return is_all and len(mark) > 1
        if any(character in BRACKETS for character in mark):
            return closes
        if mark in ("", before):
            return False
        return mark in NEVER_TWICE or (mark != overlap and not self._goes_on(size))

    def _goes_on(self, size: int) -> bool:
        """Whether an operator of the rest of the line is only a part of a longer one: "=" of "=="."""
        following = self._after[size : size + 1]
        return not (following.isspace() or _is_word(following) or self._rest[size - 1].isspace() or not following)


def _closes_own(kept: str, overlap: str) -> bool:
    """Whether the overlap begins with a word that may close what the kept text opens."""
    closing = CLOSING_WORD.match(overlap)
    if closing is None:
        return False
    return f"<{closing['tag']}" in kept if closing["tag"] else OPENING_WORD.search(kept) is not None


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"
