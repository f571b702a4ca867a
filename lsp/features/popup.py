"""`textDocument/completion`: for editors without ghost text."""

from __future__ import annotations

from lsprotocol import types

from lsp.editor.session import EditorSession
from lsp.features.inline import ACCEPTED
from lsp.suggest.candidates import Candidate, unsure_spans
from lsp.suggest.completion import SuggestionRequest
from lsp.text.changes import remainder
from lsp.text.cursor import leading_space
from lsp.text.documents import Document
from lsp.text.snapshot import take
from lsp.text.snippets import escape, to_snippet

MAX_LABEL = 60


async def completion(session: EditorSession, params: types.CompletionParams) -> types.CompletionList | None:
    """An incomplete list, so that the editor requests a new one after every key."""
    document = session.documents.document(params.text_document.uri)
    if document is None:
        return None
    if not session.is_automatic_in(document.language_id):
        return types.CompletionList(True, [])
    snapshot = take(document, document.offset_at_position(params.position))
    request = SuggestionRequest(snapshot, session.options.automatic_candidates or 1)
    answer = await session.progress.around(
        session.completions.complete(request), "El Barto: completing", params.work_done_token
    )
    typed = snapshot.typed_since(document.source)
    if answer is None or typed is None:
        return types.CompletionList(True, [])
    offset = snapshot.offset + len(typed)
    items = []
    for index, candidate in enumerate(answer.candidates):
        rest = remainder(candidate.text, typed)
        if rest is not None:
            items.append(_item(session, document, offset, candidate, rest, index))
    session.suggestions.counts["offered"] += len(items)
    return types.CompletionList(True, items)


def _item(
    session: EditorSession, document: Document, offset: int, candidate: Candidate, rest: str, index: int
) -> types.CompletionItem:
    """An item that includes the word at the cursor, because editors replace that word and filter by it."""
    snapshot = take(document, offset)
    word = _word_before(snapshot.line_prefix)
    first = (word + rest).split("\n", 1)[0].strip()
    suggestion = session.suggestions.add(document.uri, document.version, offset, (candidate,))
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
    if not session.editor.has_snippets:
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
    """Remove the current line's indentation from the other lines: editors add it to each line of a snippet."""
    indent = leading_space(line_prefix)
    return "\n".join(
        line.removeprefix(indent) if number and indent else line for number, line in enumerate(text.split("\n"))
    )


def _word_before(line: str) -> str:
    start = len(line)
    while start and (line[start - 1].isalnum() or line[start - 1] == "_"):
        start -= 1
    return line[start:]
