"""What gunicorn's parser gets of a request that has arrived."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from gunicorn.http.body import ChunkedReader

from app.errors import RequestError
from app.front.arrived import ArrivedBytes, Chunks

PIECE = 8192  # what gunicorn reads from a socket at once


@pytest.fixture
def arrived() -> Iterator[ArrivedBytes]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"later")
        yield ArrivedBytes(ours)


def chunks(arrived: ArrivedBytes, data: bytes, max_chunks: int) -> tuple[Chunks, list[str]]:
    """The body of a request, and what happens to its connection."""
    arrived.put(data)
    closed: list[str] = []
    return Chunks(ChunkedReader(SimpleNamespace(), arrived), lambda: closed.append("closes"), max_chunks), closed


def test_it_comes_in_pieces_and_the_socket_after_it(arrived: ArrivedBytes) -> None:
    arrived.put(b"a" * PIECE + b"b")

    assert [arrived.read(), arrived.read(), arrived.read()] == [b"a" * PIECE, b"b", b"later"]


def test_a_reader_that_wants_more_gets_it_at_once(arrived: ArrivedBytes) -> None:
    arrived.put(b"a" * 100_000)

    assert len(arrived.read(None, read_ahead=50_000)) == 50_000


def test_the_beginning_of_the_next_request_is_kept(arrived: ArrivedBytes) -> None:
    arrived.put(b"a" * 10_000)
    assert arrived.read(5) == b"aaaaa"

    assert len(arrived.take_buffered()) == 9_995
    assert arrived.read() == b"later"


def test_small_chunks_are_copied_a_piece_at_a_time(arrived: ArrivedBytes) -> None:
    """Each copy of all the rest made a body of 60,000 chunks take seconds, and one of a million half an hour."""
    body, closed = chunks(arrived, b"1\r\na\r\n" * 5000 + b"0\r\n\r\n", 5000)
    held = []
    take = arrived.chunk
    arrived.chunk = lambda size_hint=None: held.append(take(size_hint)) or held[-1]

    assert body.read(2**20) == b"a" * 5000
    assert max(map(len, held)) <= PIECE
    assert not closed


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"1\r\na\r\n" * 9 + b"0\r\n\r\n", "at most 8 are allowed"), (b"zz\r\n", "The chunks .* cannot be read")],
)
def test_bad_chunks_end_the_connection(arrived: ArrivedBytes, data: bytes, message: str) -> None:
    body, closed = chunks(arrived, data, 8)

    with pytest.raises(RequestError, match=message):
        body.read(100)
    assert closed == ["closes"]
