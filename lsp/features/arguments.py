"""The argument object of a command, validated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from lsp.errors import Outdated
from lsp.model_server.wire import Pinned
from lsp.text.documents import Document, Documents

ProgressToken = str | int | None  # of the client's workDoneToken


@dataclass(frozen=True)
class Arguments:
    """A command's argument. Raises JsonRpcInvalidParams for anything that docs/reference/lsp.md does not allow."""

    command: str
    fields: Mapping[str, Any]

    def document(self, documents: Documents) -> Document:
        """The open document at `uri`; raises Outdated if it is not open or has another `version`."""
        uri = self.fields.get("uri")
        if not isinstance(uri, str):
            raise self._invalid("uri must be the URI of a document")
        document = documents.document(uri)
        if document is None:
            raise Outdated(f"{uri} is not open.")
        version = self.fields.get("version")
        if version is not None and version != document.version:
            raise Outdated("The text has changed in the meantime; try again.")
        return document

    def span(self, document: Document) -> tuple[int, int] | None:
        """Start and end (code points) of `range`, or of `position` as an empty span; None without either."""
        where = self.fields.get("range")
        try:
            if where is not None:
                return document.offsets(types.Range(_position(where["start"]), _position(where["end"])))
            at = self.fields.get("position")
            if at is None:
                return None
            offset = document.offset_at_position(_position(at))
            return offset, offset
        except (TypeError, KeyError, ValueError):
            raise self._invalid("position and range must be as in LSP") from None

    def required_span(self, document: Document) -> tuple[int, int]:
        span = self.span(document)
        if span is None:
            raise self._invalid("position or range is missing")
        return span

    @property
    def hint(self) -> str | None:
        hint = self.fields.get("hint")
        if hint is not None and not isinstance(hint, str):
            raise self._invalid("hint must be text")
        return hint or None

    @property
    def pinned(self) -> Pinned:
        pinned = self.fields.get("pinned") or []
        if not isinstance(pinned, list) or not all(isinstance(item, str | dict) for item in pinned):
            raise self._invalid("pinned must be a list of texts")
        return tuple(pinned)

    def choice(self, name: str, *allowed: str) -> str | None:
        value = self.fields.get(name)
        if value is not None and value not in allowed:
            raise self._invalid(f"{name} must be one of {', '.join(allowed)}")
        return value

    def _invalid(self, what: str) -> JsonRpcInvalidParams:
        return JsonRpcInvalidParams(message=f"{self.command}: {what} (docs/reference/lsp.md).")


def _position(value: Mapping[str, Any]) -> types.Position:
    return types.Position(int(value["line"]), int(value["character"]))
