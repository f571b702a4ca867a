"""Code actions. Offering one costs nothing; its edit is computed when it is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lsp.editor.session import EditorSession
from lsp.errors import LspError, Outdated
from lsp.features.arguments import Arguments
from lsp.features.edits import workspace_edit
from lsp.features.filling import FillOrder, fill
from lsp.features.rewriting import redenoise, rewrite_order
from lsp.text.documents import Document, range_to_json
from lsp.text.edits import Change, applied, rebased
from lsp.text.holes import Hole, find_holes, function_span, hole_at
from lsp.text.snapshot import Snapshot, take

KIND = "refactor.rewrite.elbarto."
CONTENT_MODIFIED = -32801


def offered(session: EditorSession, params: types.CodeActionParams) -> list[types.CodeAction]:
    document = session.documents.document(params.text_document.uri)
    if document is None or not _is_wanted(params.context):
        return []
    start, end = document.offsets(params.range)
    end = start if end == start + 1 else end  # in Helix the cursor is a selection of one character
    holes = find_holes(document.source, document.language_id or "")
    actions: list[types.CodeAction] = []
    here = hole_at(holes, document.source, start) or next((hole for hole in holes if start <= hole.start < end), None)
    if here is not None:
        actions.append(_action(session, document, "fillHole", "Fill this hole", [here]))
    actions += _all_holes(session, document, [hole for hole in holes if hole.is_certain], start, end)
    if start < end:
        selected = [Hole(start, end, document.source[start:end], "selection")]
        actions.append(_action(session, document, "rewrite", "Rewrite selection", selected, "rewriteSelection"))
        actions.append(_action(session, document, "redenoise", "Re-denoise unsure tokens in the selection", selected))
    return actions


async def resolved(session: EditorSession, action: types.CodeAction) -> types.CodeAction:
    """The action with its edit. Failures, such as a changed text, are shown to the user and raised."""
    data: Mapping[str, Any] = action.data if isinstance(action.data, dict) else {}
    try:
        work = _compute(session, Arguments(str(data.get("name")), data))
        document, changes = await session.progress.around(work, f"El Barto: {action.title}")
        action.edit = workspace_edit(session.editor, document, changes)
    except LspError as error:
        session.editor.show(str(error), is_error=True)
        raise JsonRpcException(str(error), CONTENT_MODIFIED) from error
    return action


async def _compute(session: EditorSession, arguments: Arguments) -> tuple[Document, list[Change]]:
    document = session.documents.document(str(arguments.fields.get("uri")))
    if document is None:
        raise Outdated("The document is no longer open.")
    spans = _checked_spans(document, arguments.fields)
    snapshot = take(document, spans[0][0])
    changes = await _changes(session, arguments.command, snapshot, spans)
    document = session.documents.document(snapshot.uri)
    if document is None:
        raise Outdated("The document was closed in the meantime.")
    now = rebased(changes, snapshot, document.source)
    text, unsure = applied(document.source, now)
    session.unsure_spans.expect(document, text, unsure)
    return document, now


async def _changes(session: EditorSession, name: str, snapshot: Snapshot, spans: list[tuple[int, int]]) -> list[Change]:
    start, end = spans[0][0], spans[-1][1]
    if name == "redenoise":
        return await redenoise(session, snapshot, [(start, end)])
    if name == "rewrite":
        return await fill(session, rewrite_order(session, snapshot, start, end, None, ()))
    known = {(hole.start, hole.end): hole for hole in find_holes(snapshot.text, snapshot.language_id)}
    holes = [known[span] for span in spans if span in known]
    if len(holes) != len(spans):
        raise Outdated("The holes have changed in the meantime; request the code actions again.")
    return await fill(session, FillOrder(snapshot, holes))


def _checked_spans(document: Document, data: Mapping[str, Any]) -> list[tuple[int, int]]:
    """The spans of the action's holes, if their text is unchanged in the document as it is now."""
    try:
        items = [(int(hole["start"]), str(hole["text"])) for hole in data["holes"]]
    except (KeyError, TypeError, ValueError):
        raise Outdated("This code action does not come from this server.") from None
    before = [Change(start, text, text) for start, text in items]
    spans = [(change.start, change.end) for change in before]
    if data.get("version") != document.version:
        holes = data["holes"]
        if any(document.source[start:end] != hole["text"] for (start, end), hole in zip(spans, holes, strict=True)):
            raise Outdated("The text there has changed in the meantime; request the code actions again.")
    return spans


def _all_holes(
    session: EditorSession, document: Document, holes: list[Hole], start: int, end: int
) -> list[types.CodeAction]:
    """Actions for the selection, or for the function around the cursor and, if it has more holes, the file."""
    actions = []
    if start < end:
        inside = [hole for hole in holes if start <= hole.start and hole.end <= end]
        if len(inside) > 1:
            title = f"Fill all {len(inside)} holes in the selection"
            actions.append(_action(session, document, "fillAllHoles", title, inside))
        return actions
    inside = []
    function = function_span(document.source, document.language_id or "", start)
    if function is not None:
        inside = [hole for hole in holes if function[0] <= hole.start and hole.end <= function[1]]
        if len(inside) > 1:
            title = f"Fill all {len(inside)} holes of {function[2]}"
            actions.append(_action(session, document, "fillAllHoles", title, inside))
    if len(holes) > max(len(inside), 1):
        actions.append(_action(session, document, "fillAllHoles", f"Fill all {len(holes)} holes of the file", holes))
    return actions


def _action(
    session: EditorSession, document: Document, name: str, title: str, holes: list[Hole], command: str | None = None
) -> types.CodeAction:
    """The action with data to resolve, or with a command for clients that do not resolve edits."""
    action = types.CodeAction(f"{title} (El Barto)", kind=KIND + name)
    where = range_to_json(document.range_at(holes[0].start, holes[-1].end))
    if session.editor.resolves_edits:
        places = [{"start": hole.start, "text": hole.text} for hole in holes]
        action.data = {"name": name, "uri": document.uri, "version": document.version, "holes": places}
    else:
        argument: dict[str, Any] = {"uri": document.uri, "version": document.version, "range": where}
        action.command = types.Command(title, f"elbarto.ls.{command or name}", arguments=[argument])
    return action


def _is_wanted(context: types.CodeActionContext) -> bool:
    """False if the editor requests only other kinds, as it does on saving."""
    kind = f"{KIND}fillHole"
    return context.only is None or any(
        only == "" or kind.startswith(only) or str(only).startswith(KIND.rstrip("."))
        for only in map(_value, context.only)
    )


def _value(kind: Any) -> str:
    return str(getattr(kind, "value", kind))
