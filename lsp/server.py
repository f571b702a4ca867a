"""The wiring: which handler serves which request of an editor."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Mapping
from typing import Any

from lsprotocol import types
from lsprotocol.converters import get_converter
from pygls.exceptions import JsonRpcException
from pygls.io_ import StdoutWriter
from pygls.lsp.server import LanguageServer

from lsp import __version__
from lsp.editor.confidence import TOKEN_TYPE
from lsp.editor.framing import read_body, read_descriptor
from lsp.editor.lifetime import watch_process
from lsp.editor.protocol import ElBartoProtocol
from lsp.editor.session import EditorSession
from lsp.editor.tasks import spawn
from lsp.features import actions, commands, inline, notices, popup
from lsp.model_server.locator import ServerLocator

logger = logging.getLogger(__name__)
TRIGGERS = [".", "(", "=", " "]
# For the client's configuration, which decides which model server is used. An answer that comes later is still used.
CONFIGURATION_S = 2.0


class ElBartoServer(LanguageServer):
    """pygls' server with the session of its client."""

    session: EditorSession
    protocol: ElBartoProtocol
    _reader: asyncio.StreamReader

    def serve_stdio(self) -> int:
        """Serve the client at stdin and stdout. Returns the exit status."""

        async def serve() -> int:
            self.protocol.set_writer(StdoutWriter(sys.stdout.buffer))
            return await self._serve(read_descriptor(sys.stdin.fileno()))

        return asyncio.run(serve())

    def serve_tcp(self, host: str, port: int) -> int:
        """Serve the first client that connects. Returns the exit status; raises OSError."""

        async def serve() -> int:
            status: asyncio.Future[int] = asyncio.get_running_loop().create_future()

            async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                listener.close()
                if self.protocol.writer is not None:
                    writer.close()
                    return
                self.protocol.set_writer(writer)
                status.set_result(await self._serve(reader))
                writer.close()

            listener = await asyncio.start_server(connected, host, port)
            return await status

        return asyncio.run(serve())

    async def _serve(self, reader: asyncio.StreamReader) -> int:
        self._reader = reader
        while not self.protocol.has_exited and (body := await read_body(reader)) is not None:
            self.protocol.receive(body)
            await asyncio.sleep(
                0
            )  # Handlers begin in the order of their messages, also of those that are here already.
        return self.protocol.exit_status

    def watch_editor(self, process_id: int) -> None:
        """End when that process has ended, as at the end of input."""
        loop = asyncio.get_running_loop()
        watch_process(
            process_id,
            on_end=lambda: loop.call_soon_threadsafe(self._reader.feed_eof),
            status=lambda: self.protocol.exit_status,
        )

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log errors that belong to no request; pygls would show them to the user."""
        logger.error("%s: %s", getattr(source, "__name__", source), error)


def create_server(flags: Mapping[str, Any] | None = None, locator: ServerLocator | None = None) -> ElBartoServer:
    """A server for one client; `flags` are the options given on the command line."""
    server = ElBartoServer("elbarto", __version__, protocol_cls=ElBartoProtocol, converter_factory=get_converter)
    server.session = EditorSession(server, flags or {}, locator or ServerLocator())
    _register_lifetime(server)
    _register_documents(server)
    commands.register(server, server.session)
    notices.register(server, server.session)
    return server


def _register_lifetime(server: ElBartoServer) -> None:
    session = server.session
    pulls: set[asyncio.Task[Any]] = set()

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        session.initialize(params)
        _register_languages(server)
        if params.process_id is not None:
            server.watch_editor(params.process_id)

    @server.feature(types.INITIALIZED)
    async def initialized(params: types.InitializedParams) -> None:
        pull = spawn(pulls, _pull_configuration(session))
        if not (await asyncio.wait({pull}, timeout=CONFIGURATION_S))[0]:
            logger.warning("the client has not returned its configuration within %g s", CONFIGURATION_S)
        session.connection.search()

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def did_change_configuration(params: types.DidChangeConfigurationParams) -> None:
        settings = params.settings
        pushed = settings.get("elbarto") if isinstance(settings, dict) else None
        await _pull_configuration(session, pushed)

    @server.feature(types.SHUTDOWN)
    async def shutdown(*_: Any) -> None:
        await session.close()

    @server.feature(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    def cancel_progress(params: types.WorkDoneProgressCancelParams) -> None:
        session.progress.cancel(params.token)


async def _pull_configuration(session: EditorSession, pushed: Any = None) -> None:
    """Request the client's configuration section; clients that do not support that may push it."""
    configuration = pushed
    if session.editor.has_configuration:
        items = [types.ConfigurationItem(section="elbarto")]
        try:
            answers = await session.server.workspace_configuration_async(types.ConfigurationParams(items))
            configuration = answers[0] if answers else None
        except JsonRpcException as error:
            logger.warning("the client did not return its configuration: %s", error)
    session.configure(configuration)


def _register_languages(server: ElBartoServer) -> None:
    """What depends on the client's capabilities. Only one kind of completion: a popup would compete with ghost text."""
    session = server.session
    capabilities = server.client_capabilities.text_document
    if capabilities is not None and capabilities.inline_completion is not None:
        # pygls silently omits the capability unless options are given.
        @server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions())
        async def inline_completion(params: types.InlineCompletionParams) -> types.InlineCompletionList | None:
            return await inline.inline_completion(session, params)
    else:

        @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=TRIGGERS))
        async def completion(params: types.CompletionParams) -> types.CompletionList | None:
            return await popup.completion(session, params)

    kinds = types.CodeActionOptions([types.CodeActionKind.RefactorRewrite], resolve_provider=True)

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, kinds)
    def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        return actions.offered(session, params)

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def resolve(action: types.CodeAction) -> types.CodeAction:
        return await actions.resolved(session, action)

    if session.options.confidence == "hints":

        @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
        def inlay_hint(params: types.InlayHintParams) -> list[types.InlayHint]:
            document = session.documents.document(params.text_document.uri)
            return session.unsure_spans.hints(document, params.range) if document else []

    if session.options.confidence == "tokens":
        legend = types.SemanticTokensLegend([TOKEN_TYPE], [])

        @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, legend)
        def semantic_tokens(params: types.SemanticTokensParams) -> types.SemanticTokens:
            document = session.documents.document(params.text_document.uri)
            return session.unsure_spans.tokens(document) if document else types.SemanticTokens([])


def _register_documents(server: ElBartoServer) -> None:
    session = server.session

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: types.DidOpenTextDocumentParams) -> None:
        session.recent_chunks.opened(params.text_document.uri, params.text_document.text)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeTextDocumentParams) -> None:
        """pygls has applied the changes already, one by one (see Documents.on_change)."""
        document = session.documents.document(params.text_document.uri)
        if document is not None:
            session.unsure_spans.applied(document)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseTextDocumentParams) -> None:
        session.closed(params.text_document.uri)
