"""The commands around suggestions: request one, request others, and report that one was accepted."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from lsprotocol.converters import get_converter

from lsp.editor.session import EditorSession
from lsp.features.arguments import Arguments, ProgressToken
from lsp.features.inline import current_items
from lsp.model_server.wire import Pinned
from lsp.suggest.candidates import Candidate, unsure_spans
from lsp.suggest.completion import SuggestionRequest
from lsp.suggest.suggestions import Suggestion
from lsp.text.documents import Document
from lsp.text.marks import AcceptedCompletion
from lsp.text.snapshot import Snapshot, take


async def suggest(session: EditorSession, arguments: Arguments, token: ProgressToken) -> Any:
    """Candidates, as for an invoked inline completion."""
    document = arguments.document(session.documents)
    offset, _ = arguments.required_span(document)
    request = SuggestionRequest(take(document, offset), session.num_candidates(True), is_invoked=True)
    return await _complete(session, request, token)


async def regenerate(session: EditorSession, arguments: Arguments, token: ProgressToken) -> Any:
    """Other candidates. The typed part of the last suggestion is kept: it becomes a pinned part of the hole."""
    document = arguments.document(session.documents)
    offset, _ = arguments.required_span(document)
    session.completions.forget(take(document, offset))
    snapshot, pinned = _before_typing(session, document, offset)
    request = SuggestionRequest(
        snapshot, session.num_candidates(True), is_invoked=True, pinned=pinned, seed=random.getrandbits(31)
    )
    return await _complete(session, request, token)


async def accepted(session: EditorSession, arguments: Arguments, token: ProgressToken) -> None:
    """A candidate was inserted: remember where, publish its unsure spans, and prefetch what follows it."""
    suggestion = session.suggestions.get(arguments.fields.get("id"))
    index = arguments.fields.get("index", 0)
    if suggestion is None or not isinstance(index, int) or not 0 <= index < len(suggestion.candidates):
        return
    if session.options.statistics:
        session.suggestions.counts["accepted"] += 1
    document = session.documents.document(suggestion.uri)
    candidate = suggestion.candidates[index]
    end = _end_of(document, suggestion, candidate) if document is not None else None
    if document is None or end is None:
        return
    _remember(session, document, suggestion.offset, end, candidate)
    if session.is_automatic_in(document.language_id):
        session.completions.prefetch(take(document, end), session.num_candidates(False))


async def _complete(session: EditorSession, request: SuggestionRequest, token: ProgressToken) -> Any:
    work = session.completions.complete(request)
    answer = await session.progress.around(work, "El Barto: completing", token)
    items = current_items(session, request.snapshot, answer.candidates) if answer is not None else None
    return get_converter().unstructure(items) if items is not None else None


def _before_typing(session: EditorSession, document: Document, offset: int) -> tuple[Snapshot, Pinned]:
    """The text before the user typed the start of the last suggestion, and that start as pinned text.

    `current_items` then removes the typed text from the start of the candidates.
    """
    snapshot = take(document, offset)
    last = session.suggestions.last(document.uri)
    if last is None or not last.candidates:
        return snapshot, ()
    typed = document.source[last.offset : offset]
    if not typed or not any(candidate.text.startswith(typed) for candidate in last.candidates):
        return snapshot, ()
    text = document.source[: last.offset] + document.source[offset:]
    return replace(snapshot, text=text, offset=last.offset), ({"text": typed, "at": "start"},)


def _end_of(document: Document, suggestion: Suggestion, candidate: Candidate) -> int | None:
    """The end of the accepted text; None if the document does not contain it (any more)."""
    text = take(document, suggestion.offset).to_document(candidate.text)
    end = suggestion.offset + len(text)
    return end if document.source[suggestion.offset : end] == text else None


def _remember(session: EditorSession, document: Document, start: int, end: int, candidate: Candidate) -> None:
    before = session.accepted.get(document.uri)
    if before is not None:
        session.marks.remove(before.mark)
    session.accepted[document.uri] = AcceptedCompletion(
        session.marks.add(document.uri, start, end), document.source[start:end]
    )
    if "\r" not in document.source[start:end]:
        spans = unsure_spans(candidate.text, candidate.tokens, session.options.confidence_threshold)
        session.unsure_spans.add(
            document, [(start + first, start + last, confidence) for first, last, confidence in spans]
        )
