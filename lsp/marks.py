"""Places in documents that move with the text."""

from __future__ import annotations

from dataclasses import dataclass

from lsp.stale import moved


@dataclass(eq=False)
class Mark:
    """A span (code points); text inserted at its end, or at its start, stays outside it."""

    uri: str
    start: int
    end: int


class Marks:
    """The marks of all documents. Who makes one removes it."""

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
