"""The commands around suggestions: asking for them, asking for others, and telling that one was taken."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from lsprotocol.converters import get_converter

from lsp.arguments import Arguments
from lsp.candidates import Candidate, unsure_spans
from lsp.completion import Ask
from lsp.documents import Document
from lsp.inline import current_items
from lsp.rewriting import Accepted
from lsp.session import Session
from lsp.shown import Suggestion
from lsp.snapshot import Snapshot, take
from lsp.wire import Pinned

Token = str | int | None


async def suggest(session: Session, arguments: Arguments, token: Token) -> Any:
    """As an inline completion that is invoked."""
    document = arguments.document(session)
    offset, _ = arguments.needed_span(document)
    return await _ask(session, Ask(take(document, offset), session.num_candidates(True), is_invoked=True), token)


async def regenerate(session: Session, arguments: Arguments, token: Token) -> Any:
    """Other candidates. What was typed of the last suggestion is pinned: it is a part of the hole from then on."""
    document = arguments.document(session)
    offset, _ = arguments.needed_span(document)
    session.completions.forget(take(document, offset))
    snapshot, pinned = _before_typing(session, document, offset)
    ask = Ask(snapshot, session.num_candidates(True), is_invoked=True, pinned=pinned, seed=random.getrandbits(31))
    return await _ask(session, ask, token)


async def accepted(session: Session, arguments: Arguments, token: Token) -> None:
    """A candidate stands in the text: remember where, show what of it is unsure, and compute what comes after it."""
    suggestion = session.shown.get(arguments.given.get("id"))
    index = arguments.given.get("index", 0)
    if suggestion is None or not isinstance(index, int) or not 0 <= index < len(suggestion.candidates):
        return
    if session.options.statistics:
        session.shown.counts["accepted"] += 1
    document = session.documents.document(suggestion.uri)
    candidate = suggestion.candidates[index]
    end = _end_of(document, suggestion, candidate) if document is not None else None
    if document is None or end is None:
        return
    _remember(session, document, end - len(take(document, end).to_document(candidate.text)), end, candidate)
    if session.is_automatic_in(document.language_id):
        session.completions.prefetch(take(document, end), session.num_candidates(False))


async def _ask(session: Session, ask: Ask, token: Token) -> Any:
    work = session.completions.complete(ask)
    found = await session.progress.around(work, "El Barto: completing", token)
    items = current_items(session, ask.snapshot, found.candidates) if found is not None else None
    return get_converter().unstructure(items) if items is not None else None


def _before_typing(session: Session, document: Document, offset: int) -> tuple[Snapshot, Pinned]:
    """The text without what the user has typed of the last suggestion, and that as pinned text.

    To the candidates for it the rule on stale answers applies, which takes the typed text off again.
    """
    snapshot = take(document, offset)
    last = session.shown.last(document.uri)
    if last is None or not last.candidates:
        return snapshot, ()
    typed = document.source[last.offset : offset]
    if not typed or not any(candidate.text.startswith(typed) for candidate in last.candidates):
        return snapshot, ()
    text = document.source[: last.offset] + document.source[offset:]
    return replace(snapshot, text=text, offset=last.offset), ({"text": typed, "at": "start"},)


def _end_of(document: Document, suggestion: Suggestion, candidate: Candidate) -> int | None:
    """Where the accepted text ends; None where it does not stand in the text (any more)."""
    text = take(document, suggestion.offset).to_document(candidate.text)
    end = suggestion.offset + len(text)
    return end if document.source[suggestion.offset : end] == text else None


def _remember(session: Session, document: Document, start: int, end: int, candidate: Candidate) -> None:
    before = session.accepted.get(document.uri)
    if before is not None:
        session.marks.remove(before.mark)
    session.accepted[document.uri] = Accepted(session.marks.add(document.uri, start, end), document.source[start:end])
    if "\r" not in document.source[start:end]:
        spans = unsure_spans(candidate.text, candidate.tokens, session.options.confidence_threshold)
        session.unsure.add(document, [(start + first, start + last, confidence) for first, last, confidence in spans])
