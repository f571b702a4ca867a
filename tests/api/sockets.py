"""A real server on a real port, WebSocket clients for it, and events checked against docs/reference/steps.md."""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from simple_websocket import Client, ConnectionClosed
from werkzeug.serving import WSGIRequestHandler, make_server
from wsproto.events import Ping
from wsproto.utilities import LocalProtocolError

from tests.waiting import PATIENCE_S

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "reference" / "steps.md"
HELLO = {"messages": [{"role": "user", "content": "Hi"}]}


def read_schema() -> dict[str, Any]:
    (text,) = re.findall(r"## Schema\n.*?```json\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    schema: dict[str, Any] = json.loads(text)
    return schema


VALIDATOR = Draft202012Validator(read_schema())


class QuietHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass


@contextmanager
def listening(client: FlaskClient) -> Iterator[str]:
    """The application behind a test client, on a port: "127.0.0.1:PORT"."""
    server = make_server("127.0.0.1", 0, client.application, threaded=True, request_handler=QuietHandler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Socket:
    """A WebSocket client. Every event that it receives is checked against the schema."""

    def __init__(self, address: str, path: str = "/v1/steps", headers: dict[str, str] | None = None) -> None:
        self._client = Client(f"ws://{address}{path}", headers=list((headers or {}).items()))
        self._wake()

    def _wake(self) -> None:
        """simple_websocket's client ignores data that came with the handshake until more arrives; a pong suffices."""
        with suppress(LocalProtocolError, OSError, ValueError):  # if the server has already closed the socket
            self._client.sock.send(self._client.ws.send(Ping()))

    def send(self, message: Any) -> None:
        self._client.send(message if isinstance(message, str | bytes) else json.dumps(message))

    def receive(self) -> dict[str, Any]:
        text = self._client.receive(timeout=PATIENCE_S)
        assert text is not None, "nothing came"
        event: dict[str, Any] = json.loads(text)
        VALIDATOR.validate(event)
        return event

    def rest(self) -> list[dict[str, Any]]:
        """All events until the server closes."""
        events = []
        try:
            while True:
                events.append(self.receive())
        except ConnectionClosed as closed:
            self.code = closed.reason
        return events

    def close(self) -> None:
        self._client.close()

    def reset(self) -> None:
        """Leave without a word, as a program does that is killed."""
        sock = self._client.sock
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()


def refusal(address: str, path: str = "/v1/steps", **headers: str) -> tuple[int, dict[str, Any]]:
    """(status, error) of a handshake that the server answers with plain HTTP."""
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection = HTTPConnection(address, timeout=PATIENCE_S)
    try:
        connection.request("GET", path, headers={**upgrade, "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==", **sent})
        response = connection.getresponse()
        error: dict[str, Any] = json.loads(response.read())["error"]
        return response.status, error
    finally:
        connection.close()


def converse(address: str, *messages: Any, path: str = "/v1/steps", **headers: str) -> tuple[list[dict[str, Any]], int]:
    """(events, close code)."""
    socket = Socket(address, path, {name.replace("_", "-"): value for name, value in headers.items()})
    for message in messages:
        socket.send(message)
    events = socket.rest()
    return events, socket.code
