"""Applies changes through the editor: rebased to the current text, versioned, and as one edit that one undo reverts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from lsprotocol import types

from lsp.editor.port import EditorPort
from lsp.editor.session import EditorSession
from lsp.errors import LspError, Outdated
from lsp.text.documents import Document
from lsp.text.edits import Change, applied, rebased
from lsp.text.snapshot import Snapshot

MAX_TRIES = 5
CHANGE_TIMEOUT_S = 2.0  # editors report their changes well within this time


def workspace_edit(editor: EditorPort, document: Document, changes: Sequence[Change]) -> types.WorkspaceEdit:
    edits = [types.TextEdit(document.range_at(change.start, change.end), change.new) for change in changes]
    if editor.has_versioned_edits:
        versioned = types.OptionalVersionedTextDocumentIdentifier(document.uri, document.version)
        return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(versioned, edits)])
    return types.WorkspaceEdit(changes={document.uri: edits})


async def apply(session: EditorSession, snapshot: Snapshot, changes: Sequence[Change], label: str) -> int:
    """Have the editor apply the changes, retrying if its document was ahead of ours; returns the number of changes.

    Neovim reports success even for an edit that it refused because of its version, so the text decides. It also merges
    quick changes: an unchanged text means that the edit was applied and undone.
    """
    for _ in range(MAX_TRIES):
        document = session.documents.document(snapshot.uri)
        if document is None:
            raise Outdated("The document was closed in the meantime.")
        version, before = document.version, document.source
        now = rebased([change for change in changes if change.new != change.old], snapshot, document.source)
        if not now:
            return 0
        text, spans = applied(document.source, now)
        answer = await session.editor.apply(workspace_edit(session.editor, document, now), label)
        if answer.applied:
            session.unsure_spans.expect(document, text, spans)
        has_changed = await changed_since(document, version)
        is_undone = document.source == before
        if answer.applied and (not has_changed or is_undone or all(change.new in document.source for change in now)):
            return len(now)
        if not has_changed:
            raise not_applied(answer)
    raise Outdated("The text keeps changing; nothing was applied.")


async def changed_since(document: Document, version: int | None) -> bool:
    """Wait for the editor to report a change; False if it does not within CHANGE_TIMEOUT_S."""
    deadline = asyncio.get_running_loop().time() + CHANGE_TIMEOUT_S
    while document.version == version:
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(0.005)
    return True


def not_applied(answer: types.ApplyWorkspaceEditResult) -> LspError:
    return LspError(f"The editor did not apply the edit: {answer.failure_reason or 'it gave no reason'}.")
