"""What is read from a client's socket, and what is only peeked at."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from io import BytesIO, RawIOBase

import pytest
from flask import Flask

from app.api.context import ClientConnection, read_body
from app.api.sse import frame
from app.errors import BodyTimeout


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """(the server's end, the client's end)"""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def connection_of(ours: socket.socket) -> ClientConnection:
    with Flask("test").test_request_context(environ_overrides={"gunicorn.socket": ours}):
        return ClientConnection()


def test_a_client_that_waits_is_there(pair: tuple[socket.socket, socket.socket]) -> None:
    assert not connection_of(pair[0]).is_gone()


@pytest.mark.parametrize("sent", [b"", b"\r\n", b"GET / HTTP/1.1"], ids=["nothing", "line end", "next request"])
def test_a_client_that_closed_is_gone_whatever_it_sent_before(
    pair: tuple[socket.socket, socket.socket], sent: bytes
) -> None:
    ours, theirs = pair
    connection = connection_of(ours)
    theirs.sendall(sent)
    assert not connection.is_gone()

    theirs.close()

    assert connection.is_gone()
    assert ours.recv(100) == sent  # nothing was taken


def test_our_own_closed_socket_is_gone(pair: tuple[socket.socket, socket.socket]) -> None:
    connection = connection_of(pair[0])
    pair[0].close()

    assert connection.is_gone()


def test_without_a_socket_the_client_is_there() -> None:
    with Flask("test").test_request_context():
        assert not ClientConnection().is_gone()


class SocketInput(RawIOBase):
    """A body that is read from the socket as it arrives."""

    def __init__(self, ours: socket.socket) -> None:
        self._socket = ours

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        return self._socket.recv_into(buffer)


def test_a_body_that_stops_coming_is_given_up(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    theirs.sendall(b"{")
    environ = {"gunicorn.socket": ours, "wsgi.input": SocketInput(ours), "CONTENT_LENGTH": "100"}
    with Flask("test").test_request_context(method="POST", environ_overrides=environ), pytest.raises(BodyTimeout):
        read_body(timeout_s=0.01)

    assert ours.gettimeout() is None


def test_a_body_that_is_there_is_read() -> None:
    environ = {"wsgi.input": BytesIO(b"body"), "CONTENT_LENGTH": "4"}
    with Flask("test").test_request_context(method="POST", environ_overrides=environ):
        assert read_body() == b"body"


def test_a_frame_is_one_line_for_everybody() -> None:
    """str.splitlines, and so httpx's iter_lines, ends a line at each of these."""
    text = "a\u2028b\u2029c\x85d\x0be\x1cf\né日"

    framed = frame({"text": text})

    assert len(framed.removesuffix("\n\n").splitlines()) == 1
    assert json.loads(framed.removeprefix("data: ")) == {"text": text}
    assert "é日" in framed  # other text stays as it is
