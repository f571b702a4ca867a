"""Open documents, split into lines as LSP defines them.

pygls splits lines with `str.splitlines`, which also splits at form feeds and U+2028. Editors do not, so every position
below such a character would be off by a line; these documents split only at \\n, \\r\\n and \\r. Offsets are code
points, whichever position encoding the client uses.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import unquote

from lsprotocol import types
from pygls.workspace import TextDocument, Workspace
from pygls.workspace.position_codec import ServerTextPosition

from lsp.text.changes import difference

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


class Document(TextDocument):
    """A text document. Positions past the end of a line or of the text are clamped to that end."""

    _split: tuple[str, tuple[str, ...], list[int]] = ("", (), [0])

    @property
    def lines(self) -> Sequence[str]:
        return self._lines_and_starts()[0]

    def offset_at_position(self, client_position: types.Position) -> int:
        lines, starts = self._lines_and_starts()
        if client_position.line >= len(lines):
            return len(self.source)
        line = lines[client_position.line].rstrip("\r\n")
        units = 0
        for column, character in enumerate(line):
            if units >= client_position.character:
                return starts[client_position.line] + column
            units += self.position_codec.client_num_units(character)
        return starts[client_position.line] + len(line)

    def position_at(self, offset: int) -> types.Position:
        """The client's position of an offset, correct also at the end of the text, where pygls starts another line."""
        lines, starts = self._lines_and_starts()
        offset = min(offset, len(self.source))
        line = bisect_right(starts, offset) - 1
        column = lines[line][: offset - starts[line]] if line < len(lines) else ""
        return types.Position(line, self.position_codec.client_num_units(column))

    def server_position_at_offset(self, offset: int) -> ServerTextPosition:
        _, starts = self._lines_and_starts()
        line = bisect_right(starts, offset) - 1
        return ServerTextPosition(line, offset - starts[line])

    def range_at(self, start: int, end: int) -> types.Range:
        return types.Range(self.position_at(start), self.position_at(end))

    def offsets(self, where: types.Range) -> tuple[int, int]:
        """Start and end, the smaller first."""
        start, end = self.offset_at_position(where.start), self.offset_at_position(where.end)
        return min(start, end), max(start, end)

    def change_offsets(self, change: types.TextDocumentContentChangeEvent) -> tuple[int, int, str]:
        """Start, end and new text of a change that is not applied yet. Some clients send the whole text each time."""
        if isinstance(change, types.TextDocumentContentChangePartial):
            return (*self.offsets(change.range), change.text)
        return difference(self.source, change.text)

    def _apply_incremental_change(self, change: types.TextDocumentContentChangePartial) -> None:
        start, end, text = self.change_offsets(change)
        self._source = self.source[:start] + text + self.source[end:]

    def _lines_and_starts(self) -> tuple[tuple[str, ...], list[int]]:
        """The lines with their ends, and the offset of each; a final line end starts one more, empty line."""
        source = self.source
        if self._split[0] is not source:
            lines = tuple(_LINE.findall(source))
            starts = [0]
            for line in lines:
                starts.append(starts[-1] + len(line))
            if lines and not lines[-1].endswith(("\r", "\n")):
                starts.pop()
            self._split = (source, lines, starts)
        return self._split[1], self._split[2]


# Called with a document and the replacement (start, end, new text) just before it is applied.
ChangeListener = Callable[[Document, int, int, str], None]


class Documents(Workspace):
    """pygls' workspace holding our documents; calls a listener before every change."""

    on_change: ChangeListener | None = None

    def _create_text_document(
        self, doc_uri: str, source: str | None = None, version: int | None = None, language_id: str | None = None
    ) -> Document:
        return Document(doc_uri, source, version, language_id, True, self._sync_kind, self._position_codec)

    def document(self, uri: str) -> Document | None:
        """The open document, or None (pygls would read the file from disk)."""
        document = self.text_documents.get(unquote(uri))
        return document if isinstance(document, Document) else None

    def update_text_document(
        self, text_doc: types.VersionedTextDocumentIdentifier, change: types.TextDocumentContentChangeEvent
    ) -> None:
        document = self.document(text_doc.uri)
        if document is not None and self.on_change is not None:
            self.on_change(document, *document.change_offsets(change))
        super().update_text_document(text_doc, change)


def range_to_json(where: types.Range) -> dict[str, Any]:
    """A range in the format of our own notifications and answers."""
    return {
        "start": {"line": where.start.line, "character": where.start.character},
        "end": {"line": where.end.line, "character": where.end.character},
    }
