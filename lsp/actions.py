"""Code actions. What is offered costs nothing; the edit is computed when one is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lsp.arguments import Arguments
from lsp.documents import Document
from lsp.edits import Change, applied, rebased, workspace_edit
from lsp.errors import LspError, Outdated
from lsp.filling import Order, fill
from lsp.holes import Hole, find_holes, function_span, hole_at
from lsp.rewriting import redenoise, rewrite_order
from lsp.session import Session
from lsp.snapshot import Snapshot, take
from lsp.unsure import to_json

KIND = "refactor.rewrite.elbarto."
CONTENT_MODIFIED = -32801


def offered(session: Session, params: types.CodeActionParams) -> list[types.CodeAction]:
    document = session.documents.document(params.text_document.uri)
    if document is None or not _is_wanted(params.context):
        return []
    start, end = document.offsets(params.range)
    end = start if end == start + 1 else end  # an editor whose cursor is a selection of one character: Helix
    holes = find_holes(document.source, document.language_id or "")
    found: list[types.CodeAction] = []
    here = hole_at(holes, document.source, start) or next((hole for hole in holes if start <= hole.start < end), None)
    if here is not None:
        found.append(_action(session, document, "fillHole", "Fill this hole", [here]))
    found += _all_holes(session, document, [hole for hole in holes if hole.is_certain], start, end)
    if start < end:
        selected = [Hole(start, end, document.source[start:end], "selection")]
        found.append(_action(session, document, "rewrite", "Rewrite selection", selected, "rewriteSelection"))
        found.append(_action(session, document, "redenoise", "Re-denoise what is unsure in the selection", selected))
    return found


async def resolved(session: Session, action: types.CodeAction) -> types.CodeAction:
    """With its edit. Raises for a text that has changed, and for everything else that the user should read."""
    data: Mapping[str, Any] = action.data if isinstance(action.data, dict) else {}
    try:
        work = _compute(session, Arguments(str(data.get("name")), data))
        document, changes = await session.progress.around(work, f"El Barto: {action.title}")
        action.edit = workspace_edit(session, document, changes)
    except LspError as error:
        session.show(str(error), is_error=True)
        raise JsonRpcException(str(error), CONTENT_MODIFIED) from error
    return action


async def _compute(session: Session, arguments: Arguments) -> tuple[Document, list[Change]]:
    document = session.documents.document(str(arguments.given.get("uri")))
    if document is None:
        raise Outdated("The document is not open any more.")
    spans = _checked_spans(document, arguments.given)
    snapshot = take(document, spans[0][0])
    changes = await _changes(session, arguments.command, snapshot, spans)
    document = session.documents.document(snapshot.uri)
    if document is None:
        raise Outdated("The document was closed meanwhile.")
    now = rebased(changes, snapshot, document.source)
    text, unsure = applied(document.source, now)
    session.unsure.expect(document, text, unsure)
    return document, now


async def _changes(session: Session, name: str, snapshot: Snapshot, spans: list[tuple[int, int]]) -> list[Change]:
    start, end = spans[0][0], spans[-1][1]
    if name == "redenoise":
        return await redenoise(session, snapshot, [(start, end)])
    if name == "rewrite":
        return await fill(session, rewrite_order(session, snapshot, start, end, None, ()))
    known = {(hole.start, hole.end): hole for hole in find_holes(snapshot.text, snapshot.language_id)}
    holes = [known[span] for span in spans if span in known]
    if len(holes) != len(spans):
        raise Outdated("The holes have changed meanwhile; ask for the actions once more.")
    return await fill(session, Order(snapshot, holes))


def _checked_spans(document: Document, data: Mapping[str, Any]) -> list[tuple[int, int]]:
    """The holes' places in the text as it is now, if what stood in them still stands there."""
    try:
        items = [(int(hole["start"]), str(hole["text"])) for hole in data["holes"]]
    except (KeyError, TypeError, ValueError):
        raise Outdated("This action is not one of this server's.") from None
    before = [Change(start, text, text) for start, text in items]
    spans = [(change.start, change.end) for change in before]
    if data.get("version") != document.version:
        holes = data["holes"]
        if any(document.source[start:end] != hole["text"] for (start, end), hole in zip(spans, holes, strict=True)):
            raise Outdated("The text there has changed meanwhile; ask for the actions once more.")
    return spans


def _all_holes(session: Session, document: Document, holes: list[Hole], start: int, end: int) -> list[types.CodeAction]:
    """For the selection; otherwise for the function around the cursor, and for the file, if that has more."""
    found = []
    if start < end:
        inside = [hole for hole in holes if start <= hole.start and hole.end <= end]
        if len(inside) > 1:
            title = f"Fill all {len(inside)} holes in the selection"
            found.append(_action(session, document, "fillAllHoles", title, inside))
        return found
    inside = []
    function = function_span(document.source, document.language_id or "", start)
    if function is not None:
        inside = [hole for hole in holes if function[0] <= hole.start and hole.end <= function[1]]
        if len(inside) > 1:
            title = f"Fill all {len(inside)} holes of {function[2]}"
            found.append(_action(session, document, "fillAllHoles", title, inside))
    if len(holes) > max(len(inside), 1):
        found.append(_action(session, document, "fillAllHoles", f"Fill all {len(holes)} holes of the file", holes))
    return found


def _action(
    session: Session, document: Document, name: str, title: str, holes: list[Hole], command: str | None = None
) -> types.CodeAction:
    """With data to resolve; or with a command, for clients that do not resolve edits."""
    action = types.CodeAction(f"{title} (El Barto)", kind=KIND + name)
    where = to_json(document.range_at(holes[0].start, holes[-1].end))
    if _resolves_edits(session):
        places = [{"start": hole.start, "text": hole.text} for hole in holes]
        action.data = {"name": name, "uri": document.uri, "version": document.version, "holes": places}
    else:
        argument: dict[str, Any] = {"uri": document.uri, "version": document.version, "range": where}
        action.command = types.Command(title, f"elbarto.ls.{command or name}", arguments=[argument])
    return action


def _resolves_edits(session: Session) -> bool:
    text_document = session.server.client_capabilities.text_document
    code_action = text_document.code_action if text_document else None
    support = code_action.resolve_support if code_action else None
    return bool(code_action and code_action.data_support and support and "edit" in support.properties)


def _is_wanted(context: types.CodeActionContext) -> bool:
    """Not where the editor wants only other kinds, as it does on saving."""
    kind = f"{KIND}fillHole"
    return context.only is None or any(
        only == "" or kind.startswith(only) or str(only).startswith(KIND.rstrip("."))
        for only in map(_value, context.only)
    )


def _value(kind: Any) -> str:
    return str(getattr(kind, "value", kind))
