"""What a WebSocket may cost: bad handshakes, compression, messages in advance, silence, and events nobody reads."""

from __future__ import annotations

import re
import socket
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from simple_websocket import ConnectionClosed
from wsproto.utilities import LocalProtocolError

from app.api import sockets
from app.api.seats import Seats
from app.errors import FellBehind, Overloaded
from app.messages.events import Committed
from app.serving import generation as generation_module
from app.serving import publisher as publisher_module
from app.serving.generation import Generation
from app.serving.publisher import Publisher
from app.serving.updates import Delta
from tests.api.sockets import HELLO, Socket, converse, listening
from tests.doubles.engine import FakeEngine
from tests.waiting import wait_until

MakeClient = Callable[..., FlaskClient]
KEY = "AAAAAAAAAAAAAAAAAAAAAA=="


@pytest.fixture
def address(make_client: MakeClient) -> Iterator[str]:
    with listening(make_client()) as address:
        yield address


def with_seats(client: FlaskClient, **numbers: int) -> FlaskClient:
    extensions = client.application.extensions
    seats = {name: Seats(number, f"{name} are here") for name, number in numbers.items()}
    extensions["elbarto"] = replace(extensions["elbarto"], **seats)
    return client


def is_refused(address: str, path: str = "/v1/steps") -> bool:
    """Whether a socket whose client says nothing is closed because there are too many.

    Without simple_websocket's client, which loses what comes with the handshake.
    """
    lines = ["Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {KEY}"]
    close_frame = struct.pack(">BBH", 0x88, 19, 4429) + b"too_many_requests"
    with opening(address, *lines, path=path) as connection:
        answer = b""
        while close_frame not in answer:
            if not (received := connection.recv(65536)):
                return False
            answer += received
        return True


GOOD = ("Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {KEY}")


@contextmanager
def opening(address: str, *headers: str, path: str = "/v1/steps") -> Iterator[socket.socket]:
    host, port = address.split(":")
    lines = [f"GET {path} HTTP/1.1", f"Host: {address}", "Connection: Upgrade", "Upgrade: websocket", *headers]
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        yield connection


def handshake(address: str, *headers: str) -> bytes:
    with opening(address, *headers) as connection:
        answer = b""
        while b"\r\n\r\n" not in answer or (b"HTTP/1.1 4" in answer and not answer.endswith(b"}}\n")):
            answer += connection.recv(65536)
        return answer


@pytest.mark.parametrize(
    ("headers", "named"),
    [
        ([f"Sec-WebSocket-Key: {KEY}"], b"Sec-WebSocket-Version must be 13, got None"),
        ([f"Sec-WebSocket-Key: {KEY}", "Sec-WebSocket-Version: 8"], b"Sec-WebSocket-Version must be 13, got '8'"),
        (["Sec-WebSocket-Version: 13"], b"Sec-WebSocket-Key must be 16 bytes in base64, got ''"),
        (["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: short"], b"Sec-WebSocket-Key must be"),
        ([*GOOD, "X-Feed: a\x0cb"], b"The WebSocket's handshake cannot be read: "),
        ([*GOOD, "Transfer-Encoding: x"], b"The WebSocket's handshake cannot be read: "),
    ],
)
def test_a_bad_handshake_is_a_400_that_names_the_header(address: str, headers: list[str], named: bytes) -> None:
    answer = handshake(address, *headers)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert named in answer


def test_a_host_that_no_name_can_be_is_a_400(make_client: MakeClient) -> None:
    with listening(make_client(allowed_hosts=("*",))) as address:
        answer = handshake(address, *GOOD, "Host: x.xn--a")

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"Host must be a host's name or address, got '" in answer


@pytest.mark.parametrize("odd", ["Sec-WebSocket-Protocol: \xff, x", "Connection: \xff", "X-Name: \xff"])
def test_what_the_server_does_not_use_need_not_be_readable(address: str, odd: str) -> None:
    assert handshake(address, *GOOD, odd).startswith(b"HTTP/1.1 101 ")


def test_compression_is_not_accepted(address: str) -> None:
    offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"

    answer = handshake(address, f"Sec-WebSocket-Key: {KEY}", "Sec-WebSocket-Version: 13", offer)

    assert answer.startswith(b"HTTP/1.1 101 ")
    assert not re.search(b"extensions", answer, re.IGNORECASE)


def test_a_compressed_frame_closes_the_socket_before_it_is_inflated(address: str) -> None:
    deflate = zlib.compressobj(wbits=-15)
    packed = deflate.compress(b"x" * 10**7) + deflate.flush(zlib.Z_SYNC_FLUSH)
    frame = struct.pack(">BBHI", 0xC1, 0xFE, len(packed), 0) + packed  # RSV1; masked with zeros
    with opening(address, f"Sec-WebSocket-Key: {KEY}", "Sec-WebSocket-Version: 13") as connection:
        connection.sendall(frame)
        answer = b""
        while struct.pack(">H", 1002) not in answer.partition(b"\r\n\r\n")[2]:
            received = connection.recv(65536)
            assert received, answer
            answer += received


def test_messages_behind_the_request_close_the_socket(make_client: MakeClient) -> None:
    engine = FakeEngine(gated=True)
    with listening(make_client(engine)) as address:
        client = Socket(address)
        client.send(HELLO)
        assert client.receive()["type"] == "started"
        for _ in range(4):
            client.send("x" * 1000)
        assert client.rest() == []
        assert client.code == 1008


def test_sockets_that_say_nothing_are_few(make_client: MakeClient) -> None:
    client = with_seats(make_client(), new_sockets=1)
    seats = client.application.extensions["elbarto"].new_sockets
    with listening(client) as address:
        silent = Socket(address)
        wait_until(lambda: not seats._free)  # another socket could take the only one first
        assert is_refused(address)

        silent.send(HELLO)
        assert silent.rest()[-1]["type"] == "finished"
        assert converse(address, HELLO)[0][-1]["type"] == "finished"


def test_followers_are_few(make_client: MakeClient) -> None:
    engine = FakeEngine(gated=True)
    with listening(with_seats(make_client(engine, watch="full"), followers=1)) as address:
        running = Socket(address)
        running.send(HELLO)
        path = f"/v1/generations/{running.receive()['id']}/steps"
        first = Socket(address, path)
        assert first.receive()["type"] == "started"

        assert is_refused(address, path)
        first.close()
        engine.allow()
        running.rest()


def test_followers_of_nothing_take_no_seat(make_client: MakeClient) -> None:
    with listening(with_seats(make_client(), followers=1)) as address:
        for _ in range(3):
            missing = Socket(address, "/v1/generations/chatcmpl-1/steps")
            assert missing.rest()[0]["error"]["code"] == "generation_not_found"


class BusySocket:
    """Sends when it is allowed to."""

    def __init__(self) -> None:
        self.is_sending, self.may_end, self.calls = threading.Event(), threading.Event(), list[str]()

    def setsockopt(self, *_: object) -> None: ...

    def sendall(self, _: bytes) -> None:
        self.is_sending.set()
        assert self.may_end.wait(30)
        self.calls.append("sent")

    def close(self) -> None:
        self.calls.append("closed")

    def shutdown(self, _: int) -> None:
        self.calls.append("shut down")


@pytest.mark.parametrize("end", [lambda ws: ws.close(), lambda ws: ws.shutdown(socket.SHUT_RDWR)])
def test_a_socket_is_not_closed_while_something_is_sent(end: Callable[[sockets.WholeSends], None]) -> None:
    """Its descriptor may be another's the moment after: a send then waited for that, up to half a minute."""
    inner: Any = BusySocket()
    ws = sockets.WholeSends(inner, 30)
    sending = threading.Thread(target=ws.send, args=(b"x",))
    sending.start()
    assert inner.is_sending.wait(30)
    ending = threading.Thread(target=end, args=(ws,))
    ending.start()

    ending.join(0.05)
    assert inner.calls == []
    inner.may_end.set()
    sending.join()
    ending.join()
    assert inner.calls[0] == "sent"
    assert len(inner.calls) == 2


class Closing:
    """A socket whose client is closing it: wsproto then sends nothing more, and simple_websocket may know or not."""

    def __init__(self, error: Exception) -> None:
        self.input_buffer, self.event, self._error = ["{}"] * 3, threading.Event(), error

    def send(self, *_: object) -> None:
        raise self._error

    close = send

    def _handle_events(self) -> bool:
        return True


@pytest.mark.parametrize("error", [LocalProtocolError("REMOTE_CLOSING"), ConnectionClosed()])
def test_what_cannot_be_sent_any_more_is_a_closed_connection(error: Exception) -> None:
    """Anything else would be answered in HTTP, in the middle of the client's WebSocket."""
    ws: Any = Closing(error)
    with pytest.raises(ConnectionClosed):
        sockets.send(ws, {"type": "started"})
    with pytest.raises(ConnectionClosed):
        sockets.close(ws, 1000)

    sockets._limit_messages(ws)
    assert not ws._handle_events()
    assert ws.event.is_set()


def test_requests_in_progress_are_bounded(make_client: MakeClient) -> None:
    engine = FakeEngine(gated=True)
    client = with_seats(make_client(engine), requests=1)
    with listening(client) as address:
        running = Socket(address)
        running.send(HELLO)
        running.receive()

        refused = client.post("/v1/chat/completions", json=HELLO)

        assert refused.status_code == 429
        assert refused.json is not None
        assert "overloaded: 1 requests are here" in refused.json["error"]["message"]
        engine.allow()
        running.rest()
        assert client.post("/v1/chat/completions", json=HELLO).status_code == 200


def test_a_seat_is_freed_once() -> None:
    seats = Seats(1, "things are done")
    free = seats.take()
    with pytest.raises(Overloaded, match="1 things are done"):
        seats.take()

    free()
    free()

    seats.take()
    with pytest.raises(Overloaded):
        seats.take()


def test_a_follower_that_does_not_read_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publisher_module, "MAX_LAG", 3)
    publisher = Publisher(lambda is_watched: None)
    with publisher.subscribe() as slow:
        for number in range(10):
            publisher.publish(Delta(0, str(number), ()))
        publisher.close()

        read = iter(slow)
        assert [next(read) for _ in range(3)] == [Delta(0, str(number), ()) for number in range(3)]
        with pytest.raises(FellBehind):
            next(read)


def test_a_caller_that_does_not_read_is_abandoned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation_module, "MAX_PENDING", 3)
    generation = Generation(1, lambda *_: None, lambda *_: None)
    event = Committed(0, ())
    for _ in range(3):
        generation.put(0, event)
    assert not generation.is_abandoned()

    generation.put(0, event)

    assert generation.is_abandoned()
