"""The worker under clients that are slow, silent or too many: real gunicorn, a small application."""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest

from app.front.pool import Pool
from app.front.worker import KEEPALIVE, Limits, keep_alive

ROOT = Path(__file__).resolve().parents[2]
THREADS = 4
PER_ADDRESS = 50
PATIENCE_S = 30.0
HEAD = b"POST /echo HTTP/1.1\r\nHost: test\r\n"

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        "python:tests.front.small_app",
        "tests.front.small_app:application",
    ]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        for line in server.stderr:
            if match := re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", line):
                break
        else:
            pytest.fail("gunicorn did not start")
        yield int(match[1])
        server.terminate()
        assert server.wait(PATIENCE_S) == 0
        assert "Traceback" not in server.stderr.read()


def connect(port: int, sent: bytes = b"", source: str = "127.0.0.1") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), PATIENCE_S, source_address=(source, 0))
    connection.sendall(sent)
    return connection


def answer(connection: socket.socket) -> bytes:
    """All that comes until the server closes."""
    with contextlib.suppress(ConnectionResetError):
        return b"".join(iter(lambda: connection.recv(65536), b""))
    return b""


def asks(port: int, source: str = "127.0.0.1") -> bytes:
    with connect(port, HEAD + b"Connection: close\r\nContent-Length: 3\r\n\r\nabc", source) as connection:
        return answer(connection)


@pytest.mark.parametrize(
    "begun",
    [b"", b"P", HEAD, HEAD + b"Content-Length: 9\r\n\r\nabc", HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"],
)
def test_clients_that_do_not_go_on_hold_up_nobody(port: int, begun: bytes) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(5 * THREADS):
            stack.enter_context(connect(port, begun, "127.0.0.2"))
        began = time.monotonic()

        assert asks(port).endswith(b"/echo 3")
        assert time.monotonic() - began < 1.0, "the others' time was not waited for"


def test_a_request_that_takes_too_long_is_refused(port: int) -> None:
    with connect(port, HEAD + b"Content-Length: 9\r\n\r\nabc", "127.0.0.3") as connection:
        for _ in range(3):
            time.sleep(0.2)
            connection.sendall(b"d")  # steadily, but too slowly
        refused = answer(connection)

    assert refused.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert b"did not arrive whole within 1 s" in refused


def test_connections_of_one_address_are_limited(port: int) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(PER_ADDRESS):
            stack.enter_context(connect(port, b"", "127.0.0.4"))

        assert asks(port, "127.0.0.4").startswith(b"HTTP/1.1 429 ")
        assert asks(port, "127.0.0.5").endswith(b"/echo 3")

    assert wait_until_answered(port, "127.0.0.4")


@pytest.mark.parametrize(
    ("address", "is_unlimited"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("::1", True),
        ("fe80::1%eth0", False),
        ("11.1.2.3", False),
        ("", True),
    ],
)
def test_proxies_may_have_any_number_of_connections(address: str, is_unlimited: bool) -> None:
    assert Limits(unlimited=("10.0.0.0/8", "::1")).is_unlimited(address) == is_unlimited
    assert Limits(unlimited=("*",)).is_unlimited(address)


def wait_until_answered(port: int, source: str) -> bool:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if asks(port, source).endswith(b"/echo 3"):
            return True
        time.sleep(0.05)
    return False


def test_where_there_is_no_room_the_longest_silence_ends(port: int) -> None:
    with contextlib.ExitStack() as stack:
        silent = [stack.enter_context(connect(port, b"", f"127.0.1.{number % 4 + 1}")) for number in range(80)]

        assert asks(port).endswith(b"/echo 3")
        assert answer(silent[0]) == b""  # closed; nothing else would end this before its time


def test_requests_one_after_another_on_a_connection(port: int) -> None:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    for path in ("/first", "/second"):
        client.request("GET", path)
        connection = client.sock
        assert client.getresponse().read() == f"{path} 0".encode()
        assert client.sock is connection, "it was kept"
    client.close()


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
        b"Content-Length: 5\r\nContent-Length: 3\r\n",
        b"Content-Length: +5\r\n",
        b"Content-Length: 5, 3\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
    ],
)
def test_where_a_request_ends_is_never_in_doubt(port: int, lines: bytes) -> None:
    """A proxy in front may see it elsewhere, and take the rest for the request of somebody else."""
    hidden = b"GET /hidden HTTP/1.1\r\nConnection: close\r\n\r\n"
    with connect(port, HEAD + lines + b"\r\n0\r\n\r\n" + hidden, "127.0.0.8") as connection:
        answers = answer(connection)

    assert answers.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 501 "))
    assert answers.count(b"HTTP/1.1 ") == 1


def test_requests_that_are_sent_together(port: int) -> None:
    together = b"GET /first HTTP/1.1\r\nHost: test\r\n\r\nGET /second HTTP/1.1\r\nConnection: close\r\n\r\n"
    with connect(port, together) as connection:
        answers = answer(connection)

    assert answers.count(b"HTTP/1.1 200 OK") == 2
    assert answers.endswith(b"/second 0")


def test_a_client_that_waits_to_be_told_to_go_on(port: int) -> None:
    head = HEAD + b"Connection: close\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"
    with connect(port, head) as connection:
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
        connection.sendall(b"abc")

        assert answer(connection).endswith(b"/echo 3")


def test_a_client_that_sends_no_more_gets_its_answer(port: int) -> None:
    with connect(port, b"GET /echo HTTP/1.1\r\nHost: test\r\n\r\n") as connection:
        connection.shutdown(socket.SHUT_WR)

        assert answer(connection).endswith(b"/echo 0")


@pytest.mark.parametrize("chunks", [b"zz\r\n", b"0\r\n" + b"X: y\r\n" * 200 + b"\r\n", b"5\r\nabcdefgh\r\n"])
def test_a_request_whose_body_nobody_reads_is_answered_once(port: int, chunks: bytes) -> None:
    head = HEAD.replace(b"/echo", b"/unread") + b"Transfer-Encoding: chunked\r\n\r\n"
    with connect(port, head + chunks) as connection:
        connection.shutdown(socket.SHUT_WR)
        received = answer(connection)

    assert received.count(b"HTTP/1.1 ") == 1
    assert received.startswith(b"HTTP/1.1 200 OK\r\n")


def test_clients_that_never_close_hold_up_nobody(port: int) -> None:
    """gunicorn's own worker waits 2 seconds for each of them, in its only loop."""
    with contextlib.ExitStack() as stack:
        for _ in range(20):
            closing = b"GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
            stack.enter_context(connect(port, closing, "127.0.0.6"))
        began = time.monotonic()

        assert asks(port).endswith(b"/echo 3")
        assert time.monotonic() - began < 2.0


def test_where_no_thread_can_be_started_requests_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    log, start = Mock(), threading.Thread.start
    pool = Pool(log, 4)

    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as context:
        context.setattr(threading.Thread, "start", refuse)
        with pytest.raises(RuntimeError):
            pool.submit(len, "a")  # nobody would ever serve it

    gate, first = threading.Event(), pool.submit(len, "ab")
    assert first.result(PATIENCE_S) == 2
    assert threading.Thread.start is start
    with monkeypatch.context() as context:
        context.setattr(threading.Thread, "start", refuse)
        waiting = [pool.submit(gate.wait, PATIENCE_S) for _ in range(3)]
        gate.set()
        assert all(each.result(PATIENCE_S) for each in waiting)
    pool.shutdown()

    log.warning.assert_called_once_with("No more than %d threads could be started; requests wait.", 1)


def test_clients_that_have_vanished_are_found_by_the_system(port: int) -> None:
    with connect(port, b"GET /keepalive HTTP/1.1\r\nConnection: close\r\n\r\n") as connection:
        assert answer(connection).endswith(b"\r\n\r\n1 %d" % KEEPALIVE["TCP_KEEPIDLE"])
    ours, theirs = socket.socketpair()
    with ours, theirs:
        keep_alive(ours)  # it has no such options, which is no error


def test_clients_that_never_read_are_let_go(port: int) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(THREADS):
            stack.enter_context(connect(port, b"GET /endless HTTP/1.1\r\nHost: test\r\n\r\n", "127.0.0.7"))

        assert asks(port).endswith(b"/echo 3"), "after send_s, though all threads were sending"
