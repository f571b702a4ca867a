"""`textDocument/inlineCompletion`: ghost text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lsprotocol import types

from lsp.editor.session import EditorSession
from lsp.suggest.candidates import Candidate, unsure_spans
from lsp.suggest.completion import SuggestionRequest
from lsp.suggest.suggestions import Suggestion
from lsp.text.changes import remainder
from lsp.text.documents import Document
from lsp.text.snapshot import Snapshot, take
from lsp.text.snippets import to_snippet

ACCEPTED = "elbarto.ls.accepted"


async def inline_completion(
    session: EditorSession, params: types.InlineCompletionParams
) -> types.InlineCompletionList | None:
    """Items; an empty list if there is nothing to suggest; None if a newer request replaced this one."""
    document = session.documents.document(params.text_document.uri)
    if document is None:
        return None
    is_invoked = params.context.trigger_kind == types.InlineCompletionTriggerKind.Invoked
    if not is_invoked and not session.is_automatic_in(document.language_id):
        return types.InlineCompletionList([])
    offset = document.offset_at_position(params.position)
    snapshot, selected = _with_selected(document, offset, params.context.selected_completion_info)
    request = SuggestionRequest(snapshot, session.num_candidates(is_invoked), is_invoked)
    answer = await session.progress.around(
        session.completions.complete(request), "El Barto: completing", params.work_done_token
    )
    if answer is None:
        return None
    if selected is not None:
        if document.version != snapshot.version:
            return None
        return items_for(session, document, offset, answer.candidates, selected)
    return current_items(session, snapshot, answer.candidates)


def current_items(
    session: EditorSession, snapshot: Snapshot, candidates: tuple[Candidate, ...]
) -> types.InlineCompletionList | None:
    """Items for the current text: the candidates that start with the text typed since, without that start."""
    document = session.documents.document(snapshot.uri)
    typed = snapshot.typed_since(document.source) if document is not None else None
    if document is None or typed is None:
        return None
    rests = [(candidate, remainder(candidate.text, typed)) for candidate in candidates]
    remaining = tuple(replace(candidate, text=rest) for candidate, rest in rests if rest is not None)
    if typed and not remaining:
        return None
    return items_for(session, document, snapshot.offset + len(typed), remaining)


def items_for(
    session: EditorSession,
    document: Document,
    offset: int,
    candidates: tuple[Candidate, ...],
    selected: types.SelectedCompletionInfo | None = None,
) -> types.InlineCompletionList:
    """Items with an empty range at the offset: editors draw an item with a non-empty range over the text.

    With an item selected in the editor's popup, a suggestion must extend that item and use its range.
    """
    suggestion = session.suggestions.add(document.uri, document.version, offset, candidates)
    session.suggestions.counts["offered"] += len(candidates)
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
    """The snapshot as if the selected item of the editor's popup had been inserted, and that item if it fits."""
    snapshot = take(document, offset)
    if info is None:
        return snapshot, None
    start, end = document.offsets(info.range)
    typed = document.source[start:end]
    if end != offset or not info.text.startswith(typed):
        return snapshot, None
    text = document.source[:start] + info.text + document.source[end:]
    return replace(snapshot, text=text, offset=start + len(info.text)), info


def _with_placeholders(session: EditorSession, candidate: Candidate, text: str, start: str) -> str | types.StringValue:
    if not (session.options.placeholders and "inlineSnippets" in session.editor.features) or start:
        return text
    spans = unsure_spans(candidate.text, candidate.tokens, session.options.confidence_threshold)
    return types.StringValue(to_snippet(candidate.text, spans)) if spans else text


def _accepted(suggestion: Suggestion, index: int) -> types.Command:
    argument: dict[str, Any] = {"id": suggestion.id, "index": index}
    return types.Command("Accepted", ACCEPTED, arguments=[argument])
