"""`textDocument/completion`: for editors that have no ghost text."""

from __future__ import annotations

from lsprotocol import types

from lsp.candidates import Candidate, unsure_spans
from lsp.completion import Ask
from lsp.documents import Document
from lsp.inline import ACCEPTED
from lsp.session import Session
from lsp.situation import leading_space
from lsp.snapshot import take
from lsp.snippets import escape, to_snippet
from lsp.stale import remainder, typed_since

MAX_LABEL = 60


async def completion(session: Session, params: types.CompletionParams) -> types.CompletionList | None:
    """A list that is not complete, so that the editor asks again as the user types."""
    document = session.documents.document(params.text_document.uri)
    if document is None:
        return None
    if not session.is_automatic_in(document.language_id):
        return types.CompletionList(True, [])
    snapshot = take(document, document.offset_at_position(params.position))
    ask = Ask(snapshot, session.options.automatic_candidates or 1)
    found = await session.progress.around(
        session.completions.complete(ask), "El Barto: completing", params.work_done_token
    )
    typed = typed_since(snapshot, document.source)
    if found is None or typed is None:
        return types.CompletionList(True, [])
    offset = snapshot.offset + len(typed)
    items = []
    for index, candidate in enumerate(found.candidates):
        rest = remainder(candidate.text, typed)
        if rest is not None:
            items.append(_item(session, document, offset, candidate, rest, index))
    session.shown.counts["offered"] += len(items)
    return types.CompletionList(True, items)


def _item(
    session: Session, document: Document, offset: int, candidate: Candidate, rest: str, index: int
) -> types.CompletionItem:
    """The word at the cursor belongs to the item, since editors replace it and filter by it."""
    snapshot = take(document, offset)
    word = _word_before(snapshot.line_prefix)
    first = (word + rest).split("\n", 1)[0].strip()
    suggestion = session.shown.add(document.uri, document.version, offset, (candidate,))
    label = first if len(first) <= MAX_LABEL else first[: MAX_LABEL - 1] + "…"
    item = types.CompletionItem(
        label,
        kind=types.CompletionItemKind.Snippet,
        detail="El Barto",
        documentation=word + rest if "\n" in rest else None,
        sort_text=f"\t{index}",
        filter_text=word or None,
        command=types.Command("Accepted", ACCEPTED, arguments=[{"id": suggestion.id, "index": 0}]),
    )
    if not _takes_snippets(session):
        item.insert_text = word + snapshot.to_document(rest)
        return item
    spans = []
    if session.options.placeholders and rest == candidate.text:
        spans = unsure_spans(rest, candidate.tokens, session.options.confidence_threshold)
    item.insert_text = escape(word) + _dedented(
        to_snippet(rest, spans) if spans else escape(rest), snapshot.line_prefix
    )
    item.insert_text_format = types.InsertTextFormat.Snippet
    return item


def _dedented(text: str, line_prefix: str) -> str:
    """Without the current line's indentation on the other lines: editors add it to each line of a snippet."""
    indent = leading_space(line_prefix)
    return "\n".join(
        line.removeprefix(indent) if number and indent else line for number, line in enumerate(text.split("\n"))
    )


def _takes_snippets(session: Session) -> bool:
    text_document = session.server.client_capabilities.text_document
    completion = text_document.completion if text_document else None
    item = completion.completion_item if completion else None
    return bool(item and item.snippet_support)


def _word_before(line: str) -> str:
    start = len(line)
    while start and (line[start - 1].isalnum() or line[start - 1] == "_"):
        start -= 1
    return line[start:]
