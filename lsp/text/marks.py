"""Spans of documents that move as the text is edited."""

from __future__ import annotations

from dataclasses import dataclass

from lsp.text.changes import moved


@dataclass(eq=False)
class Mark:
    """A span (code points). Text inserted exactly at its start or end stays outside it."""

    uri: str
    start: int
    end: int


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

    def changed(self, uri: str, start: int, end: int, text: str) -> None:
        for mark in self._marks:
            if mark.uri == uri:
                is_empty = mark.start == mark.end
                mark.start = moved(mark.start, start, end, text)
                mark.end = mark.start if is_empty else max(mark.start, moved(mark.end, start, end, text, at_start=True))

    def closed(self, uri: str) -> None:
        self._marks = [mark for mark in self._marks if mark.uri != uri]
