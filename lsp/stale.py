"""Whether an answer still fits a text that has changed since it was asked for."""

from __future__ import annotations

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
