"""Replacements in a text: rebased when the text has changed elsewhere, and applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lsp.errors import Outdated
from lsp.text.changes import difference
from lsp.text.snapshot import Snapshot


@dataclass(frozen=True)
class Change:
    """Replace `old` at offset `start` with `new` (which has the document's line ends).

    `unsure` are the spans of `new` (start, end, confidence) that the model was unsure of.
    """

    start: int
    old: str
    new: str
    unsure: tuple[tuple[int, int, float], ...] = ()

    @property
    def end(self) -> int:
        return self.start + len(self.old)


def rebased(changes: Sequence[Change], snapshot: Snapshot, text: str) -> list[Change]:
    """The snapshot's changes moved to their places in `text`, which the user has edited elsewhere since.

    Raises Outdated if one of those places itself was edited.
    """
    if text == snapshot.text:
        return list(changes)
    start, end, new = difference(snapshot.text, text)
    grown = len(new) - (end - start)
    found = []
    for change in changes:
        is_insertion = change.start == change.end
        if change.end <= start and not (is_insertion and change.start >= end):
            moved = change
        elif change.start >= end:
            moved = replace(change, start=change.start + grown)
        else:
            raise Outdated("The text there has changed in the meantime; nothing was applied.")
        if text[moved.start : moved.end] != moved.old:
            raise Outdated("The text there has changed in the meantime; nothing was applied.")
        found.append(moved)
    return found


def applied(text: str, changes: Sequence[Change]) -> tuple[str, list[tuple[int, int, float]]]:
    """The text with the changes made, and the unsure spans (start, end, confidence) in that text."""
    parts: list[str] = []
    spans: list[tuple[int, int, float]] = []
    at = size = 0
    for change in sorted(changes, key=lambda change: change.start):
        parts += [text[at : change.start], change.new]
        size += change.start - at
        spans += [(size + start, size + end, confidence) for start, end, confidence in change.unsure]
        size += len(change.new)
        at = change.end
    return "".join(parts) + text[at:], spans
