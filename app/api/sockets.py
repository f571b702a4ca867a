"""WebSockets: receive the request, send its events, and close with a code that says why.

A socket occupies one of the server's threads and carries one request. Closing the socket ends the request.
"""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

import simple_websocket
from flask import Flask, Response, current_app, request
from simple_websocket import ConnectionClosed, Server
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import LocalProtocolError, ProtocolError

from app.api.auth import accept_key, needs_key
from app.api.context import hold_body, http, parse_object
from app.api.errors import error_event
from app.api.limits import count_request, end_socket
from app.api.request_log import CLIENT_CLOSED_REQUEST, record
from app.errors import BodyTimeout, RequestError, Unauthorized
from app.serving.generation import SILENCE, Silence

PING_S = 20.0
REQUEST_S = 10.0  # for a client to send its request once it is connected
# A socket carries one request, perhaps with the key in a message of its own before it.
MAX_MESSAGES_AHEAD = 2
CLOSING_S = 2.0  # for the client's half of the closing handshake
SEND_TIMEOUT_S = 30  # a client that reads nothing for this long is gone
_NONCE = re.compile(r"[A-Za-z0-9+/]{22}==")
# An error's close code is 4000 plus its HTTP status (4000 to 4999 are for applications).
ERROR_CODE = 4000


class EventSource(Protocol):
    """The answer to a socket's request."""

    def events(self) -> Iterator[dict[str, Any] | Silence]:
        """In order, with SILENCE in between. May raise ApiErrors."""

    def close(self) -> None:
        """Always called at the end: abort unfinished work, fill in the log's record."""


def register(app: Flask, max_message_bytes: int) -> None:
    """flask-sock's settings. A peer that does not answer two pings is gone."""
    app.config["SOCK_SERVER_OPTIONS"] = {
        "ping_interval": PING_S,
        "max_message_size": max_message_bytes,
        "thread_class": partial(threading.Thread, daemon=True),  # open sockets do not delay the process's exit
    }
    app.before_request(_check_handshake)
    for error in (ConnectionError, simple_websocket.ConnectionError):
        app.register_error_handler(error, _left_early)
    app.register_error_handler(ProtocolError, _unreadable)


def _check_handshake() -> None:
    """What simple_websocket would fail on. Raises RequestError."""
    if request.url_rule is None or not request.url_rule.websocket:
        return
    version, key = request.headers.get("Sec-WebSocket-Version"), request.headers.get("Sec-WebSocket-Key", "")
    if version != "13":
        raise RequestError(f"Sec-WebSocket-Version must be 13, got {version!r}.")
    if not _NONCE.fullmatch(key):
        raise RequestError(f"Sec-WebSocket-Key must be 16 bytes in base64, got {key!r}.")
    # simple_websocket closes its socket on a thread of its own, whenever the client does; the worker's stays open.
    if (connection := request.environ.get("gunicorn.socket")) is not None:
        request.environ["gunicorn.socket"] = connection.dup()
    _keep_readable(request.environ)


def _keep_readable(environ: dict[str, Any]) -> None:
    """Of the headers that wsproto decodes, keep those that it can decode. Raises RequestError."""
    # Compression is not offered: a few bytes would become megabytes before their size could be checked.
    environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
    environ.pop("HTTP_SEC_WEBSOCKET_PROTOCOL", None)  # the server knows none
    environ["HTTP_CONNECTION"] = "Upgrade"  # perhaps among other things
    host = environ.get("HTTP_HOST", "")
    try:
        host.encode("latin-1").decode("idna")
    except UnicodeError as error:
        raise RequestError(f"Host must be a host's name or address, got {host!r}.") from error


def _unreadable(error: Exception) -> Response:
    """Whatever else wsproto refuses, such as control characters in a header."""
    response: Response = current_app.make_response(
        current_app.handle_user_exception(RequestError(f"The WebSocket's handshake cannot be read: {error}."))
    )
    return response


def _left_early(_: Exception) -> Response:
    return Response(status=CLIENT_CLOSED_REQUEST)


def serve(ws: Server, answer: Callable[[dict[str, Any]], EventSource]) -> None:
    """Read the request, send its answer's events, and close. `answer` may reject it by raising an ApiError."""

    def begin() -> EventSource:
        message = _first_message(ws)
        count_request()
        return answer(message)

    _converse(ws, begin)


def serve_events(ws: Server, answer: Callable[[], EventSource]) -> None:
    """The same without a request: the first message is the key, if no header had it."""

    def begin() -> EventSource:
        if needs_key():
            _check_key(_message(ws).get("api_key"))
        return answer()

    _converse(ws, begin)


def _converse(ws: Server, begin: Callable[[], EventSource]) -> None:
    status = 101
    try:
        ws.sock = WholeSends(ws.sock, SEND_TIMEOUT_S)
        _limit_messages(ws)
        status = _send_all(ws, begin())
        _close(ws, None)
    except (ConnectionClosed, OSError):
        status = CLIENT_CLOSED_REQUEST
    except Exception as error:
        status, event = error_event(error)
        record().fail(status, getattr(error, "code", None))
        with suppress(ConnectionClosed, OSError):
            send(ws, event)
            _close(ws, ERROR_CODE + status, event["error"]["code"] or "")
    finally:
        end_socket()
        record().status = status
        record().write()


def _limit_messages(ws: Server) -> None:
    """Close the socket of a client that sends messages faster than they are read, before they fill the memory."""
    handle_events = ws._handle_events

    def handle_and_count() -> bool:
        goes_on: bool = handle_events()
        if goes_on and len(ws.input_buffer) > MAX_MESSAGES_AHEAD:
            with suppress(ConnectionClosed):  # our answer has ended at the same time
                close(ws, CloseReason.POLICY_VIOLATION, "A WebSocket carries one request.")
            ws.event.set()
            return False
        return goes_on

    ws._handle_events = handle_and_count


def send(ws: Server, event: dict[str, Any]) -> None:
    """Raises ConnectionClosed, OSError."""
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    try:
        ws.send(text)
    except LocalProtocolError as error:  # the client has begun to close, which its own thread is about to notice
        raise ConnectionClosed from error


def close(ws: Server, code: int | None, reason: str = "") -> None:
    """The same."""
    try:
        ws.close(code, reason)
    except LocalProtocolError as error:
        raise ConnectionClosed from error


class WholeSends:
    """A socket whose `send` sends one whole frame at a time (another thread sends pings), or fails.

    simple_websocket ignores how much was sent, and would wait forever for a client that stopped reading. Its thread
    closes the socket whenever the client leaves. Here that waits until another thread's `send` is over: descriptors are
    used again at once, and it would go on with whatever this one has become.
    """

    def __init__(self, inner: socket.socket, timeout_s: int) -> None:
        self._inner = inner
        self._lock = threading.Lock()
        inner.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("@ll", timeout_s, 0))

    def send(self, data: bytes) -> int:
        """Raises OSError."""
        with self._lock:
            self._inner.sendall(data)
        return len(data)

    def shutdown(self, how: int) -> None:
        """Raises OSError."""
        with self._lock:
            self._inner.shutdown(how)

    def close(self) -> None:
        with self._lock:
            self._inner.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def _send_all(ws: Server, answer: EventSource) -> int:
    try:
        for event in answer.events():
            if not ws.connected:
                return CLIENT_CLOSED_REQUEST
            if event is not SILENCE:
                send(ws, event)
        return 101
    finally:
        answer.close()


def _first_message(ws: Server) -> dict[str, Any]:
    """The request. If no header had the key, it is `api_key` in the request or in a message before it."""
    message = _message(ws)
    key = message.pop("api_key", None)
    if not needs_key():
        return message if message or key is None else _message(ws)
    _check_key(key)
    return message or _message(ws)


def _check_key(key: Any) -> None:
    if not isinstance(key, str) or not accept_key(key):
        raise Unauthorized('A valid API key is required: send {"api_key": "KEY"} as the first message.')


def _message(ws: Server) -> dict[str, Any]:
    free_seat = http().new_sockets.take()
    try:
        message = ws.receive(timeout=REQUEST_S)
    finally:
        free_seat()
    if message is None:
        raise BodyTimeout
    if not isinstance(message, str):
        raise RequestError("A message must be text: one JSON object.")
    raw = message.encode(errors="surrogatepass")
    hold_body(len(raw))
    return parse_object(raw)


def _close(ws: Server, code: int | None, reason: str = "") -> None:
    """Do the closing handshake, then close the connection whether or not the client answered."""
    with suppress(ConnectionClosed):
        close(ws, code, reason)
    ws.thread.join(timeout=CLOSING_S)
    with suppress(OSError):
        ws.sock.shutdown(socket.SHUT_RDWR)
