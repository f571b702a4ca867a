"""Generating code from a comment: the comment is the instruction, and the code is written below it block by block."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

from lsp.editor.session import EditorSession
from lsp.errors import NothingToDo, Outdated
from lsp.features.edits import changed_since, not_applied, workspace_edit
from lsp.features.filling import READY_S
from lsp.model_server.client import ServedModel
from lsp.text.cursor import leading_space
from lsp.text.documents import Document
from lsp.text.edits import Change
from lsp.text.holes import leading_comment
from lsp.text.languages import language
from lsp.text.marks import Mark
from lsp.text.snapshot import newline_of, to_model

_IMPERATIVE = re.compile(r"(?:write|create|implement|make|generate|define|add|python|a |an )", re.IGNORECASE)
MIN_CONTEXT = 2048  # tokens; a model with a smaller context gets only the instruction, without the text above it
CONTEXT_CHARACTERS = 4000
MAX_TRIES = 20


@dataclass(frozen=True)
class Comment:
    """A comment's text without its marks, the end of its last line (code points), and its indentation."""

    words: str
    end: int
    indent: str


def comment_at(document: Document, start: int, end: int) -> Comment:
    """The comment lines that the selection touches, or the comment block around the cursor; raises NothingToDo."""
    text = document.source
    found = leading_comment(text, document.language_id or "", start, end)
    if found is None:
        raise NothingToDo("There is no comment here to generate from.")
    words, first, last = found
    line = text[text.rfind("\n", 0, first) + 1 : first]
    return Comment(words, last, leading_space(line))


def messages(comment: Comment, document: Document, model: ServedModel) -> list[dict[str, str]]:
    """The chat messages. A model with enough context also gets the text above the comment."""
    name = language(document.language_id).name
    instruction = comment.words
    if not _IMPERATIVE.match(instruction):
        instruction = f"Write {name.capitalize()} code for this comment: {instruction}"
    if model.infill_context < MIN_CONTEXT:
        return [{"role": "user", "content": instruction}]
    above = to_model(document.source[: comment.end])[-CONTEXT_CHARACTERS:]
    content = (
        f"This is a {name} file so far:\n```{name}\n{above}\n```\n{instruction}\n"
        "Answer with the code that follows, only."
    )
    return [{"role": "user", "content": content}]


async def generate(session: EditorSession, document: Document, comment: Comment) -> int:
    """Write the answer below the comment; returns the number of edits."""
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
        raise NothingToDo("The model's answer contains no code.")
    return num_edits


async def code_of(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    """Yield the code of a chat answer as it arrives: its first fenced block, or the whole answer if it has none."""
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


async def _insert(session: EditorSession, document: Document, mark: Mark, text: str) -> None:
    """Insert a block where the last one ended; tries again if the user types elsewhere at the same time."""
    for _ in range(MAX_TRIES):
        if session.documents.document(document.uri) is not document:
            raise Outdated("The document was closed in the meantime.")
        version, mark.expected = document.version, text
        edit = workspace_edit(session.editor, document, [Change(mark.start, "", text)])
        answer = await session.editor.apply(edit, "Generate from comment")
        has_changed = await changed_since(document, version)
        if answer.applied:
            if mark.expected and document.source.startswith(text, mark.start):  # reported with other changes
                mark.start = mark.end = mark.start + len(text)
            return
        if not has_changed:
            raise not_applied(answer)
    raise Outdated("The text keeps changing; the rest was not written.")
