"""Whether an answer still fits a text that has changed since it was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lsp.snapshot import Snapshot


def typed_since(snapshot: Snapshot, text: str) -> str | None:
    """What was inserted at the snapshot's offset to make `text` of it; None if anything else was changed."""
    before, after = snapshot.text[: snapshot.offset], snapshot.text[snapshot.offset :]
    if len(text) < len(snapshot.text) or not text.startswith(before) or not text.endswith(after):
        return None
    return text[len(before) : len(text) - len(after)]


def remainder(candidate: str, typed: str) -> str | None:
    """What is left to suggest after the user typed the start of a suggestion; None if it was something else."""
    if not candidate.startswith(typed):
        return None
    return candidate[len(typed) :] or None


def moved(offset: int, start: int, end: int, text: str, at_start: bool = False) -> int:
    """Where an offset is after `[start, end)` was replaced by `text`.

    An insertion exactly at the offset goes before it, and pushes it on, unless `at_start`.
    """
    if offset < start or (offset == start and at_start):
        return offset
    if offset >= end:
        return offset + len(text) - (end - start)
    return start + (0 if at_start else len(text))


def difference(before: str, after: str) -> tuple[int, int, str]:
    """All that differs between two texts as one change: start and end in `before`, and what stands there in `after`."""
    shortest = min(len(before), len(after))
    start = _common(before, after, shortest)
    end = _common(before[::-1], after[::-1], shortest - start)
    return start, len(before) - end, after[start : len(after) - end]


def _common(one: str, other: str, limit: int) -> int:
    """Length of the common start, by halving."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
