"""What every route needs: the service, the JSON body, and whether the client is still there."""

from __future__ import annotations

import json
import socket
from typing import Any

from flask import current_app, request

from app.errors import RequestError
from app.serving.service import Service

EXTENSION = "elbarto"


def service() -> Service:
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Service)
    return found


def json_body() -> dict[str, Any]:
    """The body as an object, whatever its Content-Type (curl -d says it is a form); raises RequestError."""
    raw = request.get_data(cache=False)
    request.stream.read(1)  # A chunked body over the limit was cut there without a word; this raises the 413.
    try:
        body = json.loads(raw)  # NaN and Infinity get through, so that the schema can name the field
    except (ValueError, RecursionError) as error:
        raise RequestError(f"The request body is not valid JSON: {error}") from error
    if not isinstance(body, dict):
        raise RequestError("The request body must be a JSON object.")
    if b"\\ud" in raw.lower():
        _refuse_lone_surrogates(body)
    return body


def _refuse_lone_surrogates(body: dict[str, Any]) -> None:
    """JSON can spell halves of characters ("\\ud800"), which no tokenizer takes."""
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        raise RequestError(
            f"The request body holds {half} alone, half of a surrogate pair: no Unicode text."
        ) from error


class ClientConnection:
    """The client's socket. Ask from any thread, also after the request's context is gone."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = request.environ.get("gunicorn.socket")

    def is_gone(self) -> bool:
        """Whether the client has closed the connection; only looks, takes nothing from the socket."""
        if self._socket is None:
            return False
        try:
            return self._socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True
