"""Cuts holes into code, like those that editors request. Every cut is (start, end) in characters."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

Span = tuple[int, int]
MAX_SPAN = 40  # characters of a random span


def line_spans(code: str) -> list[Span]:
    """The text of each non-blank line, without its indentation and newline: where a cursor would be."""
    spans, start = [], 0
    for line in code.splitlines(keepends=True):
        text = line.strip()
        if text:
            begin = start + line.index(text)
            spans.append((begin, begin + len(text)))
        start += len(line)
    return spans


def single_line(code: str, rng: random.Random) -> Span:
    """The text of one line, not the first unless it is the only one."""
    spans = line_spans(code)
    return rng.choice(spans[1:] or spans)


def multi_line(code: str, rng: random.Random) -> Span:
    """Two to four lines, from the text of the first to the end of the last; one line if the code has only one."""
    spans = line_spans(code)
    first = rng.choice(range(1, len(spans) - 1) or range(1))
    last = min(len(spans) - 1, first + rng.randint(1, 3))
    return spans[first][0], spans[last][1]


def rest_of_line(code: str, rng: random.Random) -> Span:
    """From any place in a line to its end."""
    start, end = rng.choice(line_spans(code))
    return rng.randrange(start, end), end


def random_span(code: str, rng: random.Random) -> Span:
    """Any characters, possibly starting or ending inside a word."""
    start = rng.randrange(len(code))
    return start, min(len(code), start + rng.randint(1, MAX_SPAN))


def rest_of_code(code: str, rng: random.Random) -> Span:
    """From the text of a line to the end of the code."""
    spans = line_spans(code)
    return rng.choice(spans[1:] or spans)[0], spans[-1][1]


KINDS: tuple[tuple[float, Callable[[str, random.Random], Span]], ...] = (
    (0.4, single_line),
    (0.15, multi_line),
    (0.2, rest_of_line),
    (0.15, random_span),
    (0.1, rest_of_code),
)


def draw_span(code: str, rng: random.Random) -> Span:
    (_, cut) = rng.choices(KINDS, [share for share, _ in KINDS])[0]
    return cut(code, rng)


def draw_spans(code: str, count: int, rng: random.Random) -> list[Span]:
    """One to `count` spans that neither overlap nor touch, in order."""
    return apart((draw_span(code, rng) for _ in range(count * 3)), count)


def apart(spans: Iterable[Span], count: int) -> list[Span]:
    """The first `count` of the spans that neither overlap nor touch, in order."""
    chosen: list[Span] = []
    for start, end in spans:
        if all(end < other_start or start > other_end for other_start, other_end in chosen):
            chosen.append((start, end))
        if len(chosen) == count:
            break
    return sorted(chosen)
