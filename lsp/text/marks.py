"""Spans of documents that move as the text is edited."""

from __future__ import annotations

from dataclasses import dataclass

from lsp.text.changes import moved


@dataclass(eq=False)
class Mark:
    """A span (code points). Text inserted exactly at its start or end stays outside it.

    `expected` is what an edit of ours is about to insert at the start; the mark, then empty, moves behind it.
    """

    uri: str
    start: int
    end: int
    expected: str = ""


@dataclass(frozen=True)
class AcceptedCompletion:
    """The last accepted completion of a document: its present span, and its text when it was accepted."""

    mark: Mark
    text: str


class Marks:
    """The marks of all documents. The caller that adds a mark removes it."""

    def __init__(self) -> None:
        self._marks: list[Mark] = []

    def add(self, uri: str, start: int, end: int) -> Mark:
        mark = Mark(uri, start, end)
        self._marks.append(mark)
        return mark

    def remove(self, mark: Mark) -> None:
        if mark in self._marks:
            self._marks.remove(mark)

    def changed(self, uri: str, source: str, start: int, end: int, text: str) -> None:
        """Called with the text before a change that replaces a part of it."""
        for mark in self._marks:
            if mark.uri == uri and _inserts_expected(mark, source, start, end, text):
                mark.start = mark.end = mark.start + len(mark.expected)
                mark.expected = ""
            elif mark.uri == uri:
                is_empty = mark.start == mark.end
                mark.start = moved(mark.start, start, end, text)
                mark.end = mark.start if is_empty else max(mark.start, moved(mark.end, start, end, text, at_start=True))

    def closed(self, uri: str) -> None:
        self._marks = [mark for mark in self._marks if mark.uri != uri]


def _inserts_expected(mark: Mark, source: str, start: int, end: int, text: str) -> bool:
    """An editor may report "\\nx" before a line end as "x\\n" after it, which makes the same text."""
    if not mark.expected or len(text) - (end - start) != len(mark.expected):
        return False
    return (source[:start] + text + source[end:]).startswith(mark.expected, mark.start)
