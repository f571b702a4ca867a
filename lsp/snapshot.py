"""The text as it was when a request came in. Everything computed for that request is computed from this."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from lsp.documents import Document


@dataclass(frozen=True)
class Snapshot:
    """A version of a document and an offset (code points) in it. Inline completion requests carry no version."""

    uri: str
    version: int | None
    language_id: str
    text: str
    offset: int

    @cached_property
    def prefix(self) -> str:
        """All before the offset, with line ends as models know them."""
        return to_model(self.text[: self.offset])

    @cached_property
    def suffix(self) -> str:
        return to_model(self.text[self.offset :])

    @cached_property
    def newline(self) -> str:
        return newline_of(self.text)

    @property
    def line_prefix(self) -> str:
        """What stands before the offset on its line."""
        return self.prefix.rpartition("\n")[2]

    @property
    def rest_of_line(self) -> str:
        return self.suffix.partition("\n")[0]

    def to_document(self, text: str) -> str:
        """Model text with the document's line ends."""
        return text.replace("\n", self.newline)


def take(document: Document, offset: int) -> Snapshot:
    return Snapshot(document.uri, document.version, document.language_id or "", document.source, offset)


def to_model(text: str) -> str:
    return text.replace("\r\n", "\n")


def newline_of(text: str) -> str:
    """The line end of the text's first line."""
    end = text.find("\n")
    return "\r\n" if end > 0 and text[end - 1] == "\r" else "\n"
