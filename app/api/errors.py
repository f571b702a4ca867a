"""Renders every error, on every route and status, in the format of the API that the route belongs to."""

from __future__ import annotations

import logging
import socket
import time
from contextlib import suppress
from functools import partial
from typing import Any

from flask import Flask, Response, g, jsonify, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge
from werkzeug.routing.exceptions import WebsocketMismatch

from app.api.context import read_body
from app.api.error_formats import OLLAMA_ABSENT, error_format, made_error
from app.api.not_found import not_found_message
from app.api.request_log import record
from app.errors import ApiError, UnsupportedCoding

logger = logging.getLogger(__name__)

# gunicorn itself reads at most this much of an unread body, and waits this long for it.
SKIPPED_BYTES, SKIP_TIMEOUT_S = 2**16, 5.0
# A body over the limit is discarded within these, so that the client can read why it is refused.
DISCARDED_BYTES, DISCARD_S = 2**29, 10.0
CODES = {404: "not_found", 405: "method_not_allowed", 413: "request_too_large", 415: "unsupported_media_type"}


def api_error_body(error: ApiError) -> dict[str, Any]:
    return error_format(request.path)(error)


def unexpected_error_body(error: Exception) -> dict[str, Any]:
    """Log an unexpected error under the request's id, which is all that the client gets."""
    request_id = g.get("request_id", "-")
    logger.error("request %s failed unexpectedly", request_id, exc_info=error)
    return api_error_body(ApiError(f"Internal error. The server's log has the cause under request id {request_id}."))


def error_event(error: Exception) -> tuple[int, dict[str, Any]]:
    """(HTTP status, event): how a failed stream ends. Unexpected errors are logged."""
    if isinstance(error, ApiError):
        return error.status, {"type": "error", "status": error.status, **api_error_body(error)}
    return 500, {"type": "error", "status": 500, **unexpected_error_body(error)}


def register(app: Flask, max_body_bytes: int) -> None:
    @app.after_request
    def read_the_body(response: Response) -> Response:
        """Read a rest that gunicorn would not: it reads 64 KiB, then closes the client's keep-alive connection.

        One that is too large is read once the answer is sent: closed earlier, the connection would be reset, and many
        clients write the whole body before they read.
        """
        if response.status_code < 400 and request.method == "POST":  # the route has read it
            return response
        length = request.content_length or 0
        is_chunked = request.content_length is None and "Transfer-Encoding" in request.headers
        if length > max_body_bytes or response.status_code == RequestEntityTooLarge.code:
            response.call_on_close(partial(_discard, request.environ))
        elif length > SKIPPED_BYTES or is_chunked:
            with suppress(HTTPException, ApiError, OSError):
                read_body(SKIP_TIMEOUT_S)
        return response

    @app.errorhandler(ApiError)
    def api_error(error: ApiError) -> Response:
        record().fail(error.status, error.code)
        response = jsonify(api_error_body(error))
        response.status_code = error.status
        if error.retry_after is not None:
            response.headers["Retry-After"] = str(error.retry_after)
        if isinstance(error, UnsupportedCoding):
            response.headers["Accept-Encoding"] = error.allowed
        if error.status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        return response

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        status = error.code or 500
        record().fail(status, CODES.get(status))
        kind = "server_error" if status >= 500 else "invalid_request_error"
        message = _message(error, max_body_bytes)
        response = jsonify(api_error_body(made_error(message, status, kind, CODES.get(status))))
        response.status_code = status
        for name, value in error.get_headers():
            if name not in ("Content-Type", "Content-Length"):
                response.headers[name] = value  # Allow, for 405
        return response

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        record().fail(500, None)
        response = jsonify(unexpected_error_body(error))
        response.status_code = 500
        return response


def _discard(environ: dict[str, Any]) -> None:
    """Read what is left of the body, within DISCARD_S and DISCARDED_BYTES."""
    connection: socket.socket | None = environ.get("gunicorn.socket")
    end, left = time.monotonic() + DISCARD_S, DISCARDED_BYTES
    with suppress(OSError, ApiError, ParseException, ValueError):
        while left > 0 and (remaining_s := end - time.monotonic()) > 0:
            if connection is not None:
                connection.settimeout(min(remaining_s, SKIP_TIMEOUT_S))
            part = environ["wsgi.input"].read(SKIPPED_BYTES)
            if not part:
                break
            left -= len(part)
    with suppress(OSError):
        if connection is not None:
            connection.settimeout(None)


def _message(error: HTTPException, max_body_bytes: int) -> str:
    if isinstance(error, RequestEntityTooLarge):
        return f"The request body is larger than the {max_body_bytes} bytes that this server accepts."
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        return f"{request.method} is not allowed on {request.path}; allowed: {allowed}."
    if isinstance(error, WebsocketMismatch):
        return f"{request.path} is for WebSocket connections; docs/reference/steps.md describes them."
    if isinstance(error, NotFound):
        reason = OLLAMA_ABSENT.get(request.path)
        return f"There is no route {request.method} {request.path}: {reason}." if reason else not_found_message()
    return error.description or error.name
