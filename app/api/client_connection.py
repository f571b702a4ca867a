"""Whether the client of a request is still there (docs/decisions/0017-half-closed-clients.md).

Both a client that has left and one that has only finished sending appear as the end of its data. Writing tells them
apart: the system of a client that has left answers with a reset.
"""

from __future__ import annotations

import select
import socket
import threading

from flask import Flask, g, request

# HTTP/1.1 clients must expect any number of these before the answer (RFC 9110, section 15.2).
_INTERIM_ANSWER = b"HTTP/1.1 100 Continue\r\n\r\n"
_ENDED = getattr(select, "POLLRDHUP", 0)  # Linux; elsewhere the end of a client's data counts as leaving
_BROKEN = select.POLLHUP | select.POLLERR | select.POLLNVAL


def register(app: Flask) -> None:
    @app.before_request
    def look() -> None:
        """Before anything else: whether the client had already finished sending."""
        g.client = ClientConnection()


def client() -> ClientConnection:
    """The client of the current request."""
    current = g.client
    assert isinstance(current, ClientConnection)
    return current


class ClientConnection:
    """The client's socket. Usable from any thread, also after the request context has ended, until `release`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = request.environ.get("gunicorn.socket")
        self._is_streaming = False
        self._was_probed = False
        is_http = request.url_rule is None or not request.url_rule.websocket
        knows_interim = is_http and request.environ.get("SERVER_PROTOCOL") != "HTTP/1.0"
        # A client that has finished sending before its request is looked at does so on purpose: it gets its answer.
        self._had_ended = is_http and bool(self._poll() & _ENDED)
        self._may_probe = knows_interim and not self._had_ended

    def is_gone(self) -> bool:
        """Whether the client has left; reads nothing from the socket."""
        with self._lock:
            found = self._poll()
            if found & _ENDED and not found & _BROKEN and self._may_probe and not self._was_probed:
                self._was_probed = True
                if not self._is_streaming:
                    self._send_interim_answer()
                    found = self._poll()
        if found & _ENDED and not (self._may_probe or self._had_ended or self._is_streaming):
            return True
        return bool(found & _BROKEN)

    def begin_streaming(self) -> None:
        """From now on only the stream writes, which shows whether the client is there."""
        with self._lock:
            self._is_streaming = True

    def should_be_written_to(self) -> bool:
        """Whether the stream should write something now, to find out whether the client is there."""
        with self._lock:
            return bool(self._poll() & _ENDED)

    def release(self) -> None:
        """Forget the socket: it is about to be closed, and its number may be another client's soon."""
        with self._lock:
            self._socket = None

    def _poll(self) -> int:
        if self._socket is None:
            return 0
        if self._socket.fileno() == -1:
            return select.POLLNVAL
        if not _ENDED:
            return _BROKEN if _has_ended(self._socket) else 0
        poll = select.poll()
        try:
            poll.register(self._socket, _ENDED)  # also works under TLS and with unread bytes
        except ValueError:  # a WebSocket's, closed by its own thread since the line above
            return select.POLLNVAL
        return next((events for _, events in poll.poll(0)), 0)

    def _send_interim_answer(self) -> None:
        assert self._socket is not None
        try:
            self._socket.send(_INTERIM_ANSWER, socket.MSG_DONTWAIT)
        except OSError:
            return  # The next poll finds it.


def _has_ended(connection: socket.socket) -> bool:
    try:
        return socket.socket.recv(connection, 1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
