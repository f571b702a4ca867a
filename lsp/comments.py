"""Generating from a comment: the comment is the order, the answer's code goes below it as it is made."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

from lsprotocol import types

from lsp.client import Model
from lsp.documents import Document
from lsp.edits import Change, changed_since, workspace_edit
from lsp.errors import LspError, NothingToDo, Outdated
from lsp.filling import READY_S
from lsp.holes import leading_comment
from lsp.languages import language
from lsp.marks import Mark
from lsp.session import Session
from lsp.situation import leading_space
from lsp.snapshot import newline_of, to_model

_IMPERATIVE = re.compile(r"(?:write|create|implement|make|generate|define|add|python|a |an )", re.IGNORECASE)
# A model with less context than this was made for the bare order.
CONTEXT_FROM = 2048
CONTEXT_CHARACTERS = 4000
TRIES = 20


@dataclass(frozen=True)
class Comment:
    """A comment's words, and the end of its last line."""

    words: str
    end: int
    indent: str


def comment_at(document: Document, start: int, end: int) -> Comment:
    """The comment lines that the selection touches, or the block of them around the cursor; raises NothingToDo."""
    text = document.source
    found = leading_comment(text, document.language_id or "", start, end)
    if found is None:
        raise NothingToDo("There is no comment here to generate from.")
    words, first, last = found
    line = text[text.rfind("\n", 0, first) + 1 : first]
    return Comment(words, last, leading_space(line))


def messages(comment: Comment, document: Document, model: Model) -> list[dict[str, str]]:
    """The chat. Models with room get the text above the comment as well."""
    name = language(document.language_id).name
    order = comment.words
    if not _IMPERATIVE.match(order):
        order = f"Write {name.capitalize()} code for this comment: {order}"
    if model.infill_context < CONTEXT_FROM:
        return [{"role": "user", "content": order}]
    above = to_model(document.source[: comment.end])[-CONTEXT_CHARACTERS:]
    content = (
        f"This is a {name} file so far:\n```{name}\n{above}\n```\n{order}\nAnswer with the code that follows, only."
    )
    return [{"role": "user", "content": content}]


async def generate(session: Session, document: Document, comment: Comment) -> int:
    """Write the answer below the comment; how many edits it took."""
    ready = await session.connection.wait(READY_S)
    mark = session.marks.add(document.uri, comment.end, comment.end)
    newline = newline_of(document.source)
    num_edits = 0
    try:
        with session.status.busy():
            chunks = ready.client.chat(messages(comment, document, ready.model), session.options.comment_max_tokens)
            async for code in code_of(chunks):
                lines = code.split("\n")
                text = "".join(newline + (comment.indent + line if line else "") for line in lines)
                await _insert(session, document, mark, text)
                num_edits += 1
    finally:
        session.marks.remove(mark)
    if not num_edits:
        raise NothingToDo("The model answered without any code.")
    return num_edits


async def code_of(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    """The lines of code in a chat answer as they come: its first fenced block, or all of it where it has none."""
    held: list[str] = []
    is_inside, line = False, ""
    async for chunk in chunks:
        *whole, line = (line + chunk).split("\n")
        ready: list[str] = []
        for text in whole:
            if text.lstrip().startswith("```"):
                if is_inside:
                    if ready:
                        yield "\n".join(ready)
                    return
                is_inside = True
            elif is_inside:
                ready.append(text)
            else:
                held.append(text)
        if ready:
            yield "\n".join(ready)
    if is_inside and line.strip() and not line.lstrip().startswith("```"):
        yield line
    elif not is_inside:
        rest = "\n".join([*held, line]).strip("\n")
        if rest.strip():
            yield rest


async def _insert(session: Session, document: Document, mark: Mark, text: str) -> None:
    """Insert a block where the last one ended. The user may type elsewhere meanwhile; then it is tried again."""
    for _ in range(TRIES):
        if session.documents.document(document.uri) is not document:
            raise Outdated("The document was closed meanwhile.")
        version, at = document.version, mark.start
        edit = workspace_edit(session, document, [Change(at, "", text)])
        answer = await session.server.workspace_apply_edit_async(
            types.ApplyWorkspaceEditParams(edit, "Generate from comment")
        )
        has_changed = await changed_since(document, version)
        if answer.applied:
            if document.source[at : at + len(text)] == text:
                # An editor may tell of "x\ny\n" as inserted behind the line end, where that comes to the same text.
                mark.start = mark.end = at + len(text)
            return
        if not has_changed:
            raise LspError(f"The editor did not apply the edit: {answer.failure_reason or 'it gave no reason'}.")
    raise Outdated("The text keeps changing; the rest was not written.")
