"""`textDocument/inlineCompletion`: ghost text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lsprotocol import types

from lsp.candidates import Candidate, unsure_spans
from lsp.completion import Ask
from lsp.documents import Document
from lsp.session import Session
from lsp.shown import Suggestion
from lsp.snapshot import Snapshot, take
from lsp.snippets import to_snippet
from lsp.stale import remainder, typed_since

ACCEPTED = "elbarto.ls.accepted"


async def inline_completion(
    session: Session, params: types.InlineCompletionParams
) -> types.InlineCompletionList | None:
    """Items; an empty list where there is nothing to suggest; None where a newer request decides."""
    document = session.documents.document(params.text_document.uri)
    if document is None:
        return None
    is_invoked = params.context.trigger_kind == types.InlineCompletionTriggerKind.Invoked
    if not is_invoked and not session.is_automatic_in(document.language_id):
        return types.InlineCompletionList([])
    offset = document.offset_at_position(params.position)
    snapshot, selected = _with_selected(document, offset, params.context.selected_completion_info)
    ask = Ask(snapshot, session.num_candidates(is_invoked), is_invoked)
    found = await session.progress.around(
        session.completions.complete(ask), "El Barto: completing", params.work_done_token
    )
    if found is None:
        return None
    if selected is not None:
        if document.version != snapshot.version:
            return None
        return items_for(session, document, offset, found.candidates, selected)
    return current_items(session, snapshot, found.candidates)


def current_items(
    session: Session, snapshot: Snapshot, candidates: tuple[Candidate, ...]
) -> types.InlineCompletionList | None:
    """Items for the text as it is now: what the user typed since must be the start of a candidate."""
    document = session.documents.document(snapshot.uri)
    typed = typed_since(snapshot, document.source) if document is not None else None
    if document is None or typed is None:
        return None
    rests = [(candidate, remainder(candidate.text, typed)) for candidate in candidates]
    left = tuple(replace(candidate, text=rest) for candidate, rest in rests if rest is not None)
    if typed and not left:
        return None
    return items_for(session, document, snapshot.offset + len(typed), left)


def items_for(
    session: Session,
    document: Document,
    offset: int,
    candidates: tuple[Candidate, ...],
    selected: types.SelectedCompletionInfo | None = None,
) -> types.InlineCompletionList:
    """Each with an empty range at the offset: editors lay a range that is not empty over the text.

    With an item selected in the popup the suggestion has to be a longer form of that item, in its range.
    """
    suggestion = session.shown.add(document.uri, document.version, offset, candidates)
    session.shown.counts["offered"] += len(candidates)
    where = selected.range if selected else types.Range(document.position_at(offset), document.position_at(offset))
    start = selected.text if selected else ""
    items = []
    for index, candidate in enumerate(candidates):
        text = start + take(document, offset).to_document(candidate.text)
        insert = _with_placeholders(session, candidate, text, start)
        items.append(types.InlineCompletionItem(insert, range=where, command=_accepted(suggestion, index)))
    return types.InlineCompletionList(items)


def _with_selected(
    document: Document, offset: int, info: types.SelectedCompletionInfo | None
) -> tuple[Snapshot, types.SelectedCompletionInfo | None]:
    """The snapshot as if the item that is selected in the editor's popup had been inserted."""
    snapshot = take(document, offset)
    if info is None:
        return snapshot, None
    start, end = document.offsets(info.range)
    typed = document.source[start:end]
    if end != offset or not info.text.startswith(typed):
        return snapshot, None
    text = document.source[:start] + info.text + document.source[end:]
    return replace(snapshot, text=text, offset=start + len(info.text)), info


def _with_placeholders(session: Session, candidate: Candidate, text: str, start: str) -> str | types.StringValue:
    if not (session.options.placeholders and "inlineSnippets" in session.client_features) or start:
        return text
    spans = unsure_spans(candidate.text, candidate.tokens, session.options.confidence_threshold)
    return types.StringValue(to_snippet(candidate.text, spans)) if spans else text


def _accepted(suggestion: Suggestion, index: int) -> types.Command:
    argument: dict[str, Any] = {"id": suggestion.id, "index": index}
    return types.Command("Accepted", ACCEPTED, arguments=[argument])
