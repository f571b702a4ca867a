"""What the editor can do, and the messages that are sent to it."""

from __future__ import annotations

import logging
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

logger = logging.getLogger(__name__)


class EditorPort:
    """The connected editor, seen through its capabilities (LSP's and our own `clientFeatures`)."""

    def __init__(self, server: LanguageServer) -> None:
        self._server = server
        self.name = ""
        self.features: frozenset[str] = frozenset()

    def initialize(self, params: types.InitializeParams, features: Any) -> None:
        self.name = params.client_info.name if params.client_info else ""
        self.features = frozenset(map(str, features)) if isinstance(features, list) else frozenset()

    @property
    def has_snippets(self) -> bool:
        """Whether items of the completion popup may be snippets."""
        text_document = self._server.client_capabilities.text_document
        completion = text_document.completion if text_document else None
        item = completion.completion_item if completion else None
        return bool(item and item.snippet_support)

    @property
    def resolves_edits(self) -> bool:
        """Whether the edit of a code action can be computed when the action is chosen."""
        text_document = self._server.client_capabilities.text_document
        code_action = text_document.code_action if text_document else None
        support = code_action.resolve_support if code_action else None
        return bool(code_action and code_action.data_support and support and "edit" in support.properties)

    @property
    def has_versioned_edits(self) -> bool:
        """Whether edits may name a document version.

        Neovim supports this but declares only resource operations, which require it.
        """
        workspace = self._server.client_capabilities.workspace
        support = workspace.workspace_edit if workspace else None
        return bool(support and (support.document_changes or support.resource_operations))

    @property
    def has_configuration(self) -> bool:
        """Whether the client answers `workspace/configuration`."""
        workspace = self._server.client_capabilities.workspace
        return bool(workspace and workspace.configuration)

    def notify(self, feature: str, params: dict[str, Any]) -> None:
        """Send the notification `elbarto/<feature>`, if the client has declared that feature."""
        if feature in self.features:
            self._server.protocol.notify(f"elbarto/{feature}", params)

    def show(self, message: str, is_error: bool) -> None:
        """Show the user a message."""
        logger.info("%s", message)
        kind = types.MessageType.Warning if is_error else types.MessageType.Info
        self._server.window_show_message(types.ShowMessageParams(kind, message))

    async def apply(self, edit: types.WorkspaceEdit, label: str) -> types.ApplyWorkspaceEditResult:
        """Have the editor apply an edit."""
        return await self._server.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(edit, label))

    def refresh_inlay_hints(self) -> None:
        """Make the client request inlay hints again."""
        workspace = self._server.client_capabilities.workspace
        if workspace and workspace.inlay_hint:
            self._server.workspace_inlay_hint_refresh(None)

    def refresh_semantic_tokens(self) -> None:
        workspace = self._server.client_capabilities.workspace
        if workspace and workspace.semantic_tokens:
            self._server.workspace_semantic_tokens_refresh(None)
