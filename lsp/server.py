"""The wiring: which handler serves which request of an editor."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from lsprotocol import types
from lsprotocol.converters import get_converter
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from lsp import __version__
from lsp.editor.confidence import TOKEN_TYPE
from lsp.editor.protocol import ElBartoProtocol
from lsp.editor.session import EditorSession
from lsp.features import actions, commands, inline, notices, popup
from lsp.model_server.locator import ServerLocator

logger = logging.getLogger(__name__)
TRIGGERS = [".", "(", "=", " "]


class ElBartoServer(LanguageServer):
    """pygls' server with the session of its client."""

    session: EditorSession

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

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        session.initialize(params)
        _register_languages(server)

    @server.feature(types.INITIALIZED)
    async def initialized(params: types.InitializedParams) -> None:
        await _pull_configuration(session)
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
