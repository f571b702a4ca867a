"""Edits: checked against the text as it is now, versioned, and made as one, so that one undo takes them back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lsprotocol import types

from lsp.documents import Document
from lsp.errors import LspError, Outdated
from lsp.session import Session
from lsp.snapshot import Snapshot
from lsp.stale import difference

TRIES = 5
ARRIVES_S = 2.0  # an editor tells of the change that it has made well within that


@dataclass(frozen=True)
class Change:
    """Replace `old`, at `start` of a text, by `new` (with the document's line ends). `unsure` are spans of `new`."""

    start: int
    old: str
    new: str
    unsure: tuple[tuple[int, int, float], ...] = ()

    @property
    def end(self) -> int:
        return self.start + len(self.old)


def rebased(changes: Sequence[Change], snapshot: Snapshot, text: str) -> list[Change]:
    """The changes for a text that the user has edited elsewhere meanwhile; Outdated if he has edited these places."""
    if text == snapshot.text:
        return list(changes)
    start, end, new = difference(snapshot.text, text)
    grown = len(new) - (end - start)
    found = []
    for change in changes:
        if change.end <= start and change.start != change.end:
            moved = change
        elif change.start >= end:
            moved = replace(change, start=change.start + grown)
        elif change.end <= start:
            moved = change
        else:
            raise Outdated("The text there has changed meanwhile; nothing was applied.")
        if text[moved.start : moved.end] != moved.old:
            raise Outdated("The text there has changed meanwhile; nothing was applied.")
        found.append(moved)
    return found


def applied(text: str, changes: Sequence[Change]) -> tuple[str, list[tuple[int, int, float]]]:
    """The text with the changes made, and where in it the unsure spans are."""
    parts: list[str] = []
    spans: list[tuple[int, int, float]] = []
    at = size = 0
    for change in sorted(changes, key=lambda change: change.start):
        parts += [text[at : change.start], change.new]
        size += change.start - at
        spans += [(size + start, size + end, confidence) for start, end, confidence in change.unsure]
        size += len(change.new)
        at = change.end
    return "".join(parts) + text[at:], spans


def workspace_edit(session: Session, document: Document, changes: Sequence[Change]) -> types.WorkspaceEdit:
    edits = [types.TextEdit(document.range_at(change.start, change.end), change.new) for change in changes]
    workspace = session.server.client_capabilities.workspace
    support = workspace.workspace_edit if workspace else None
    # Neovim takes versioned edits, and says so only by the operations that need them.
    if support is not None and (support.document_changes or support.resource_operations):
        versioned = types.OptionalVersionedTextDocumentIdentifier(document.uri, document.version)
        return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(versioned, edits)])
    return types.WorkspaceEdit(changes={document.uri: edits})


async def apply(session: Session, snapshot: Snapshot, changes: Sequence[Change], label: str) -> int:
    """Have the editor make the changes; how many. If it is a version ahead of us, once more for that one.

    Neovim says that it has applied an edit which it has refused for its version: only the text tells. It tells of
    quick changes together: where the text is what it was, the edit was made and undone.
    """
    for _ in range(TRIES):
        document = session.documents.document(snapshot.uri)
        if document is None:
            raise Outdated("The document was closed meanwhile.")
        version, before = document.version, document.source
        now = rebased([change for change in changes if change.new != change.old], snapshot, document.source)
        if not now:
            return 0
        text, spans = applied(document.source, now)
        edit = workspace_edit(session, document, now)
        answer = await session.server.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(edit, label))
        if answer.applied:
            session.unsure.expect(document, text, spans)
        has_changed = await changed_since(document, version)
        is_undone = document.source == before
        if answer.applied and (not has_changed or is_undone or all(change.new in document.source for change in now)):
            return len(now)
        if not has_changed:
            raise LspError(f"The editor did not apply the edit: {answer.failure_reason or 'it gave no reason'}.")
    raise Outdated("The text keeps changing; nothing was applied.")


async def changed_since(document: Document, version: int | None) -> bool:
    """Wait for the editor to tell of a change."""
    deadline = asyncio.get_running_loop().time() + ARRIVES_S
    while document.version == version:
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(0.005)
    return True
