"""The text as it was when a request arrived. Everything computed for that request is computed from this."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from lsp.text.documents import Document


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
        """The text before the offset, with line ends \\n as the model expects them."""
        return to_model(self.text[: self.offset])

    @cached_property
    def suffix(self) -> str:
        return to_model(self.text[self.offset :])

    @cached_property
    def newline(self) -> str:
        return newline_of(self.text)

    @property
    def line_prefix(self) -> str:
        """The text before the offset on its line."""
        return self.prefix.rpartition("\n")[2]

    def to_document(self, text: str) -> str:
        """Model text with the document's line ends."""
        return text.replace("\n", self.newline)

    def typed_since(self, text: str) -> str | None:
        """What was inserted at the offset to turn this text into `text`; None if anything else was changed."""
        before, after = self.text[: self.offset], self.text[self.offset :]
        if len(text) < len(self.text) or not text.startswith(before) or not text.endswith(after):
            return None
        return text[len(before) : len(text) - len(after)]


def take(document: Document, offset: int) -> Snapshot:
    return Snapshot(document.uri, document.version, document.language_id or "", document.source, offset)


def to_model(text: str) -> str:
    return text.replace("\r\n", "\n")


def newline_of(text: str) -> str:
    """The line end of the text's first line."""
    end = text.find("\n")
    return "\r\n" if end > 0 and text[end - 1] == "\r" else "\n"
