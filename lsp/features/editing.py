"""The commands that edit. Each returns its number of edits, or raises NothingToDo or another LspError."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lsp.editor.session import EditorSession
from lsp.errors import NothingToDo
from lsp.features import comments
from lsp.features.arguments import Arguments
from lsp.features.edits import apply
from lsp.features.filling import FillOrder, OnHole, fill
from lsp.features.rewriting import redenoise as denoise_again
from lsp.features.rewriting import rewrite_order, unchanged_spans
from lsp.text.documents import Document, range_to_json
from lsp.text.holes import Hole, find_holes, function_span, hole_at
from lsp.text.snapshot import Snapshot, take


async def fill_hole(session: EditorSession, arguments: Arguments, id: str) -> int:
    document = arguments.document(session.documents)
    start, _ = arguments.required_span(document)
    hint, pinned = arguments.hint, arguments.pinned
    holes = find_holes(document.source, document.language_id or "")
    hole = hole_at(holes, document.source, start)
    if hole is None:
        raise NothingToDo("There is no hole here: write ... or ___ where code is missing.")
    order = FillOrder(take(document, hole.start), [hole], hint=hint, pinned=pinned)
    return await run_order(session, order, arguments.command, id, "Fill this hole")


async def fill_all_holes(session: EditorSession, arguments: Arguments, id: str) -> int:
    document = arguments.document(session.documents)
    start, end = holes_span(document, arguments.span(document), arguments.choice("scope", "function", "file"))
    holes = [hole for hole in certain_holes(document) if start <= hole.start and hole.end <= end]
    if not holes:
        raise NothingToDo("There are no holes here: write ... or ___ where code is missing.")
    order = FillOrder(take(document, holes[0].start), holes, hint=arguments.hint)
    return await run_order(session, order, arguments.command, id, "Fill all holes")


async def rewrite_selection(session: EditorSession, arguments: Arguments, id: str) -> int:
    document = arguments.document(session.documents)
    start, end = arguments.required_span(document)
    order = rewrite_order(session, take(document, start), start, end, arguments.hint, arguments.pinned)
    return await run_order(session, order, arguments.command, id, "Rewrite selection")


async def redenoise(session: EditorSession, arguments: Arguments, id: str) -> int:
    document = arguments.document(session.documents)
    span = arguments.span(document)
    if span is not None and span[0] < span[1]:
        spans = [span]
    else:
        accepted = session.accepted.get(document.uri)
        spans = unchanged_spans(accepted, document.source) if accepted else []
    if not spans:
        raise NothingToDo("Select the text to denoise again: no completion was accepted in this document.")
    snapshot = take(document, spans[0][0])
    return await apply(session, snapshot, await denoise_again(session, snapshot, spans), "Denoise again")


async def generate_from_comment(session: EditorSession, arguments: Arguments, id: str) -> int:
    document = arguments.document(session.documents)
    start, end = arguments.required_span(document)
    return await comments.generate(session, document, comments.comment_at(document, start, end))


async def list_holes(session: EditorSession, arguments: Arguments, token: object) -> dict[str, Any]:
    document = arguments.document(session.documents)
    start, end = arguments.span(document) or (0, len(document.source))
    holes = find_holes(document.source, document.language_id or "")
    return {
        "holes": [
            {"range": range_to_json(document.range_at(hole.start, hole.end)), "text": hole.text, "kind": hole.kind}
            for hole in holes
            if start <= hole.start and hole.end <= end
        ]
    }


async def run_order(session: EditorSession, order: FillOrder, command: str, id: str, label: str) -> int:
    """Fill and apply, sending drafts to clients that show them."""
    drafts = Drafts(session, order.snapshot, order.holes, command, id)
    try:
        changes = await fill(session, order, drafts.on_hole)
    finally:
        drafts.done()
    return await apply(session, order.snapshot, changes, label)


def certain_holes(document: Document) -> list[Hole]:
    """The holes that are certainly missing code, and may be filled without being selected individually."""
    return [hole for hole in find_holes(document.source, document.language_id or "") if hole.is_certain]


def holes_span(document: Document, span: tuple[int, int] | None, scope: str | None) -> tuple[int, int]:
    """Where to look for holes: in the range, else in the function around the position, else in the whole file."""
    if span is not None and span[0] < span[1]:
        return span
    if span is not None and scope != "file":
        function = function_span(document.source, document.language_id or "", span[0])
        if function is not None:
            return function[0], function[1]
        if scope == "function":
            raise NothingToDo("There is no function here.")
    return 0, len(document.source)


class Drafts:
    """The notification `elbarto/draft`, for one command."""

    def __init__(
        self, session: EditorSession, snapshot: Snapshot, holes: Sequence[Hole], command: str, id: str
    ) -> None:
        self._session = session
        self._snapshot = snapshot
        self._holes = holes
        self._head = {"id": id, "command": command, "uri": snapshot.uri, "version": snapshot.version}
        self._texts: dict[int, str] = {}

    @property
    def on_hole(self) -> OnHole | None:
        return self._full if "draft" in self._session.editor.features else None

    def done(self) -> None:
        if self._texts:
            self._session.editor.notify("draft", {**self._head, "done": True, "holes": self._known()})

    def _full(self, index: int, text: str) -> None:
        self._texts[index] = text
        self._session.editor.notify("draft", {**self._head, "done": False, "holes": self._known()})

    def _known(self) -> list[dict[str, Any]]:
        snapshot = self._snapshot
        document = Document(snapshot.uri, snapshot.text, position_codec=self._session.documents.position_codec)
        return [
            {
                "range": range_to_json(document.range_at(self._holes[index].start, self._holes[index].end)),
                "text": snapshot.to_document(self._holes[index].lead + text),
            }
            for index, text in sorted(self._texts.items())
        ]
