"""The unsure spans of inserted text: they move with the text, and are displayed as the user prefers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from lsprotocol import types

from lsp.editor.port import EditorPort
from lsp.options import Options
from lsp.text.changes import moved
from lsp.text.documents import Document, range_to_json

TOKEN_TYPE = "elbartoUnsure"
MAX_SPANS = 500  # per document


@dataclass(frozen=True)
class UnsureSpan:
    """A span of a document (code points), and the lowest confidence of its tokens."""

    start: int
    end: int
    confidence: float


class UnsureSpans:
    """The unsure spans of all open documents. A span that the user edits is forgotten."""

    def __init__(self, editor: EditorPort, options: Options) -> None:
        self._editor = editor
        self._display = options.confidence
        self._spans: dict[str, list[UnsureSpan]] = {}
        self._expected: dict[str, tuple[str, list[UnsureSpan]]] = {}

    def configure(self, options: Options) -> None:
        self._display = options.confidence

    def spans(self, uri: str) -> list[UnsureSpan]:
        return list(self._spans.get(uri, ()))

    def add(self, document: Document, spans: Iterable[tuple[int, int, float]]) -> None:
        known = self._spans.setdefault(document.uri, [])
        known.extend(UnsureSpan(*span) for span in spans)
        known.sort(key=lambda span: span.start)
        del known[:-MAX_SPANS]
        self.publish(document)

    def expect(self, document: Document, text: str, spans: Iterable[tuple[int, int, float]]) -> None:
        """Spans of the text that the document will have once the editor has applied an edit of ours."""
        self._expected[document.uri] = (text, [UnsureSpan(*span) for span in spans])
        self.applied(document)

    def applied(self, document: Document) -> None:
        """Called after a change was applied; publishes the document's spans, if it has or had any."""
        expected = self._expected.get(document.uri)
        if expected is not None and expected[0] == document.source:
            del self._expected[document.uri]
            self.add(document, [(span.start, span.end, span.confidence) for span in expected[1]])
        elif document.uri in self._spans:
            self.publish(document)

    def changed(self, document: Document, start: int, end: int, text: str) -> None:
        """Called just before a change is applied; the spans are published after it."""
        spans = self._spans.get(document.uri)
        if spans:
            untouched = [span for span in spans if span.end <= start or span.start >= end]
            self._spans[document.uri] = [
                replace(span, start=moved(span.start, start, end, text), end=moved(span.end, start, end, text, True))
                for span in untouched
            ]

    def closed(self, uri: str) -> None:
        self._spans.pop(uri, None)
        self._expected.pop(uri, None)

    def publish(self, document: Document) -> None:
        """Send the spans to clients that draw them, and make clients that show hints or tokens request them again."""
        spans: list[dict[str, Any]] = [
            {"range": range_to_json(document.range_at(span.start, span.end)), "confidence": round(span.confidence, 3)}
            for span in self.spans(document.uri)
        ]
        self._editor.notify("confidence", {"uri": document.uri, "version": document.version, "spans": spans})
        if self._display == "hints":
            self._editor.refresh_inlay_hints()
        if self._display == "tokens":
            self._editor.refresh_semantic_tokens()

    def hints(self, document: Document, where: types.Range) -> list[types.InlayHint]:
        start, end = document.offsets(where)
        return [
            types.InlayHint(
                document.position_at(span.end),
                f"{span.confidence:.0%}",
                tooltip="El Barto is unsure of this",
                padding_left=True,
            )
            for span in self.spans(document.uri)
            if start <= span.end <= end
        ]

    def tokens(self, document: Document) -> types.SemanticTokens:
        """The spans in LSP's relative encoding; a token must not cross lines."""
        data: list[int] = []
        line, column = 0, 0
        for start, end in _by_line(document, self.spans(document.uri)):
            at, stop = document.position_at(start), document.position_at(end)
            delta = at.line - line
            data += [delta, at.character - (0 if delta else column), stop.character - at.character, 0, 0]
            line, column = at.line, at.character
        return types.SemanticTokens(data)


def _by_line(document: Document, spans: list[UnsureSpan]) -> Iterable[tuple[int, int]]:
    """(start, end) of each span's part on each line, without line ends and without blank parts."""
    for span in spans:
        at = span.start
        for line in document.source[span.start : span.end].splitlines(keepends=True):
            text = line.rstrip("\r\n")
            if text.strip():
                yield at, at + len(text)
            at += len(line)
