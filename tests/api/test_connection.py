"""What is read from a client's socket, and what is only peeked at."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from io import BytesIO, RawIOBase

import pytest
from flask import Flask

from app.api.client_connection import ClientConnection
from app.api.context import read_body
from app.api.sse import frame
from app.errors import BodyTimeout


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """(the server's end, the client's end)"""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def connection_of(ours: socket.socket, protocol: str = "HTTP/1.1") -> ClientConnection:
    environ = {"gunicorn.socket": ours, "SERVER_PROTOCOL": protocol}
    with Flask("test").test_request_context(environ_overrides=environ):
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


def tcp_pair() -> tuple[socket.socket, socket.socket]:
    """(the server's end, the client's end)"""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        theirs = socket.create_connection(listener.getsockname())
        return listener.accept()[0], theirs


def is_found_gone(connection: ClientConnection) -> bool:
    """The reset takes a moment, also on the same machine."""
    end = time.monotonic() + 5
    while not connection.is_gone():
        if time.monotonic() > end:
            return False
        time.sleep(0.001)
    return True


def test_a_client_that_sends_no_more_is_asked_whether_it_still_reads() -> None:
    ours, theirs = tcp_pair()
    with ours, theirs:
        connection = connection_of(ours)
        theirs.shutdown(socket.SHUT_WR)

        assert not any(connection.is_gone() for _ in range(3))
        assert theirs.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"  # once

        theirs.close()
        ours.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        assert is_found_gone(connection)


def test_a_client_that_closed_is_found_by_asking_it() -> None:
    ours, theirs = tcp_pair()
    with ours:
        connection = connection_of(ours)
        theirs.close()

        assert is_found_gone(connection)


@pytest.mark.parametrize("protocol", ["HTTP/1.0", "HTTP/1.1"])
def test_a_client_that_sent_no_more_from_the_start_is_not_asked(protocol: str) -> None:
    ours, theirs = tcp_pair()
    with ours, theirs:
        theirs.shutdown(socket.SHUT_WR)
        connection = connection_of(ours, protocol)

        assert not connection.is_gone()
        theirs.setblocking(False)
        with pytest.raises(BlockingIOError):
            theirs.recv(100)


def test_a_client_of_http_1_0_cannot_be_asked() -> None:
    ours, theirs = tcp_pair()
    with ours, theirs:
        connection = connection_of(ours, "HTTP/1.0")
        theirs.shutdown(socket.SHUT_WR)

        assert connection.is_gone()


def test_a_stream_is_asked_to_write() -> None:
    ours, theirs = tcp_pair()
    with ours:
        connection = connection_of(ours)
        connection.begin_streaming()
        assert not connection.should_be_written_to()
        theirs.close()

        assert connection.should_be_written_to()
        assert not connection.is_gone(), "nothing has been written yet"
        ours.sendall(b":\n\n")
        assert is_found_gone(connection)


def test_a_socket_that_was_released_is_not_looked_at(pair: tuple[socket.socket, socket.socket]) -> None:
    connection = connection_of(pair[0])
    connection.release()
    pair[0].close()

    assert not connection.is_gone()


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
