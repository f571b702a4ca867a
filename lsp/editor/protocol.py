"""pygls' protocol with three fixes: lines as in LSP, commands that can be cancelled, and editors that disappear."""

from __future__ import annotations

import inspect
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method

from lsp.text.documents import Documents


class _Writer:
    """Ignores write errors after the editor has gone; the process ends at the end of input."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def write(self, data: bytes) -> Any:
        try:
            return self._writer.write(data)
        except (BrokenPipeError, ConnectionError, ValueError):
            return None

    def close(self) -> Any:
        return self._writer.close()


class ElBartoProtocol(LanguageServerProtocol):
    """The protocol of one client."""

    def set_writer(self, writer: Any, include_headers: bool = True) -> None:
        super().set_writer(_Writer(writer), include_headers)

    def documents(self) -> Documents:
        """The open documents. Replaces the workspace that pygls creates before our first handler runs."""
        if not isinstance(self.workspace, Documents):
            theirs = self.workspace
            self._workspace = Documents(
                theirs.root_uri,
                self._server._text_document_sync_kind,
                list(theirs.folders.values()),
                theirs.position_encoding,
            )
        assert isinstance(self._workspace, Documents)
        return self._workspace

    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    async def lsp_workspace__execute_command(  # type: ignore[override]
        self, params: types.ExecuteCommandParams
    ) -> Any:
        """Run a command within the task of its request.

        pygls runs it as an inner task that `$/cancelRequest` does not reach: the response says that the command was
        cancelled, but it continues. Here the request's own task runs the command.
        """
        handler = self.fm.commands.get(params.command)
        if handler is None:
            raise JsonRpcInvalidParams(message=f"There is no command {params.command!r}.")
        arguments = params.arguments or [{}]
        if len(arguments) != 1 or not isinstance(arguments[0], dict):
            raise JsonRpcInvalidParams(message=f"{params.command} takes one object (docs/reference/lsp.md).")
        result = handler(arguments[0], params.work_done_token)
        return await result if inspect.isawaitable(result) else result
