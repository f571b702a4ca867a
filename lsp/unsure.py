"""Where what was filled in is unsure: spans that move with the text, shown as the user wants them to be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from lsp.documents import Document
from lsp.stale import moved

if TYPE_CHECKING:
    from lsp.session import Session

TOKEN_TYPE = "elbartoUnsure"
KEPT = 500  # spans a document


@dataclass(frozen=True)
class Span:
    """Code points of a document, and the confidence of the least sure token in them."""

    start: int
    end: int
    confidence: float


class Unsure:
    """The unsure spans of all open documents. A span that is edited is the user's from then on, and is forgotten."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._spans: dict[str, list[Span]] = {}
        self._expected: dict[str, tuple[str, list[Span]]] = {}

    def spans(self, uri: str) -> list[Span]:
        return list(self._spans.get(uri, ()))

    def add(self, document: Document, spans: Iterable[tuple[int, int, float]]) -> None:
        known = self._spans.setdefault(document.uri, [])
        known.extend(Span(*span) for span in spans)
        known.sort(key=lambda span: span.start)
        del known[:-KEPT]
        self.tell(document)

    def expect(self, document: Document, text: str, spans: Iterable[tuple[int, int, float]]) -> None:
        """Spans of the text that the document will have once the editor has made an edit of ours."""
        self._expected[document.uri] = (text, [Span(*span) for span in spans])
        self.arrived(document)

    def arrived(self, document: Document) -> None:
        """A change has been made. Tells the client about the spans, if there are any or there were."""
        expected = self._expected.get(document.uri)
        if expected is not None and expected[0] == document.source:
            del self._expected[document.uri]
            self.add(document, [(span.start, span.end, span.confidence) for span in expected[1]])
        elif document.uri in self._spans:
            self.tell(document)

    def changed(self, document: Document, start: int, end: int, text: str) -> None:
        """Called just before the change; what is left is told after it."""
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

    def tell(self, document: Document) -> None:
        """Tell a client that draws them itself, and make one that asks for hints or tokens ask again."""
        session = self._session
        spans: list[dict[str, Any]] = [
            {"range": to_json(document.range_at(span.start, span.end)), "confidence": round(span.confidence, 3)}
            for span in self.spans(document.uri)
        ]
        session.notify("confidence", {"uri": document.uri, "version": document.version, "spans": spans})
        workspace = session.server.client_capabilities.workspace
        if session.options.confidence == "hints" and workspace and workspace.inlay_hint:
            session.server.workspace_inlay_hint_refresh(None)
        if session.options.confidence == "tokens" and workspace and workspace.semantic_tokens:
            session.server.workspace_semantic_tokens_refresh(None)

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
        """In LSP's relative form; a token stays on its line."""
        data: list[int] = []
        line, column = 0, 0
        for start, end in _by_line(document, self.spans(document.uri)):
            at, stop = document.position_at(start), document.position_at(end)
            delta = at.line - line
            data += [delta, at.character - (0 if delta else column), stop.character - at.character, 0, 0]
            line, column = at.line, at.character
        return types.SemanticTokens(data)


def _by_line(document: Document, spans: list[Span]) -> Iterable[tuple[int, int]]:
    for span in spans:
        at = span.start
        for line in document.source[span.start : span.end].splitlines(keepends=True):
            text = line.rstrip("\r\n")
            if text.strip():
                yield at, at + len(text)
            at += len(line)


def to_json(where: types.Range) -> dict[str, Any]:
    return {
        "start": {"line": where.start.line, "character": where.start.character},
        "end": {"line": where.end.line, "character": where.end.character},
    }
