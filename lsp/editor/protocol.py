"""pygls' protocol with fixes: lines as in LSP, commands that can be cancelled, editors that disappear, and an answer to
every request, whatever it looks like."""

from __future__ import annotations

import asyncio
import inspect
import logging
from concurrent.futures import Future
from typing import Any

import attrs
from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInternalError,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcMethodNotFound,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.json_rpc import JsonRPCNotification, JsonRPCRequestMessage, JsonRPCResponseMessage
from pygls.protocol.language_server import lsp_method

from lsp.editor.reading import Message, check_call, id_of, parse, structured
from lsp.text.documents import Documents

logger = logging.getLogger(__name__)


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

    has_exited = False  # by the notification `exit`

    @property
    def exit_status(self) -> int:
        """LSP: 0 after `shutdown`, else 1; also 0 if the input ended before anything began."""
        return 0 if self._shutdown or not (self._is_initialized or self.has_exited) else 1

    @property
    def _is_initialized(self) -> bool:
        return self._workspace is not None

    def receive(self, body: bytes) -> None:
        """Handle one message. Requests that cannot be read are refused with an error; pygls would drop them."""
        message: Message = {}
        try:
            message = parse(body)
            if "method" not in message:
                self._receive_answer(message)
            elif "id" in message:
                self._receive_request(message)
            else:
                self._receive_notification(message)
        except JsonRpcException as error:
            logger.warning("refused: %s", error)
            self._refuse(message, error)
        except Exception:
            logger.exception("a message could not be handled")
            if "method" in message and "id" in message:
                self._refuse(message, JsonRpcInternalError("The message could not be handled; the log says why."))

    def _refuse(self, message: Message, error: JsonRpcException) -> None:
        # pygls would leave out an id that is null.
        answer = {"code": error.code, "message": error.message}
        self._send_data({"jsonrpc": self.VERSION, "id": id_of(message), "error": answer})

    def _receive_request(self, message: Message) -> None:
        check_call(message)
        method = message["method"]
        if self._shutdown:
            raise JsonRpcInvalidRequest("The server has been shut down.")
        if self._is_initialized and method == types.INITIALIZE:
            raise JsonRpcInvalidRequest("The server is initialized already.")
        if not self._is_initialized and method != types.INITIALIZE:
            raise JsonRpcServerNotInitialized("The first request must be initialize.")
        kind = self.get_message_type(method)
        if kind is not None and not _takes_id(kind):
            raise JsonRpcMethodNotFound(f"{method} is a notification, which has no id.")
        self._handle(message, kind or JsonRPCRequestMessage)

    def _receive_notification(self, message: Message) -> None:
        """Nobody is waiting for an answer, but a message that is no JSON-RPC is refused."""
        check_call(message)
        method = message["method"]
        if method != types.EXIT and (self._shutdown or not self._is_initialized):
            logger.warning("ignored %s before initialize or after shutdown", method)
            return
        kind = self.get_message_type(method)
        if kind is not None and _takes_id(kind):
            raise JsonRpcInvalidRequest(f"{method} is a request, which needs an id.")
        try:
            self._handle(message, kind or JsonRPCNotification)
        except JsonRpcInvalidParams as error:
            logger.error("ignored %s: %s", method, error)
            if method == types.TEXT_DOCUMENT_DID_CHANGE:
                self._forget_document(message)

    def _handle(self, message: Message, kind: type[Any]) -> None:
        message.setdefault("params", None)
        call, left_out = structured(self._converter, message, kind)
        for problem in left_out:
            logger.warning("%s: left out %s", message["method"], problem)
        self.handle_message(call)

    def _forget_document(self, message: Message) -> None:
        """After a change that was not applied, completions would be for another text than the editor's."""
        params = message.get("params")
        document = params.get("textDocument") if isinstance(params, dict) else None
        uri = document.get("uri") if isinstance(document, dict) else None
        if isinstance(uri, str) and self.documents().document(uri) is not None:
            logger.error("%s is ignored until it is opened again", uri)
            self._handle_notification(
                types.TEXT_DOCUMENT_DID_CLOSE, types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri))
            )

    def _receive_answer(self, message: Message) -> None:
        """An answer that cannot be read fails the request, so that its sender does not wait for ever."""
        id = id_of(message)
        future = None if id is None else self._request_futures.get(id)
        if not isinstance(future, Future):  # The client's own requests have an asyncio.Future there.
            if "result" not in message and "error" not in message:
                raise JsonRpcInvalidRequest("A message must have a method, a result or an error.")
            logger.warning("ignored an answer to no request: id %r", message.get("id"))
            return
        assert id is not None
        del self._request_futures[id]
        kind = self._result_types.pop(id, None) or JsonRPCResponseMessage
        if future.done():
            return
        error = message.get("error")
        if error is not None:
            text = error.get("message") if isinstance(error, dict) else error
            future.set_exception(JsonRpcException(f"the client answered with an error: {text}"))
            return
        try:
            whole = {"jsonrpc": self.VERSION, "id": id, "result": message.get("result")}
            future.set_result(structured(self._converter, whole, kind)[0].result)
        except JsonRpcException as unreadable:
            future.set_exception(unreadable)

    def _handle_cancel_notification(self, msg_id: Any) -> None:
        """pygls would also cancel the server's own requests, and fails for ids that are none."""
        future = self._request_futures.get(msg_id) if isinstance(msg_id, int | str) else None
        if isinstance(future, asyncio.Future):
            super()._handle_cancel_notification(msg_id)

    @lsp_method(types.EXIT)
    def lsp_exit(self, *_: Any) -> None:  # type: ignore[override]
        """The process ends when the message loop sees this; pygls would raise SystemExit in the middle of it."""
        self.has_exited = True

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


def _takes_id(kind: type[Any]) -> bool:
    """Whether messages of lsprotocol's type are requests."""
    return any(field.name == "id" for field in attrs.fields(kind))
