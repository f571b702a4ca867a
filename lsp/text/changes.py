"""Arithmetic on text changes: what differs between two texts, and where an offset ends up after a change."""

from __future__ import annotations


def remainder(candidate: str, typed: str) -> str | None:
    """The rest of a candidate after its start was typed; None if nothing is left or something else was typed."""
    if not candidate.startswith(typed):
        return None
    return candidate[len(typed) :] or None


def moved(offset: int, start: int, end: int, text: str, at_start: bool = False) -> int:
    """The new position of an offset after `[start, end)` was replaced by `text`.

    An insertion exactly at the offset pushes it to the end of the inserted text, unless `at_start`.
    """
    if offset < start or (offset == start and at_start):
        return offset
    if offset >= end:
        return offset + len(text) - (end - start)
    return start + (0 if at_start else len(text))


def difference(before: str, after: str) -> tuple[int, int, str]:
    """The difference of two texts as one change: start and end in `before`, and the text that replaces that span."""
    shortest = min(len(before), len(after))
    start = _common_prefix(before, after, shortest)
    end = _common_prefix(before[::-1], after[::-1], shortest - start)
    return start, len(before) - end, after[start : len(after) - end]


def _common_prefix(one: str, other: str, limit: int) -> int:
    """Length of the common prefix, at most `limit`, by bisection."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
