"""Bytes that are almost a request in HTTP: bad lines and headers, lengths and chunks that lie, and other protocols."""

from __future__ import annotations

import base64
import random
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.front.incoming import IncomingRequest
from bench.fuzz.bodies import TIMEOUT_S
from bench.fuzz.contract import Contract
from bench.fuzz.mutation import flipped
from bench.fuzz.report import Verdict
from bench.fuzz.samples import BODY, CHUNKS, HEADER_LINES, HEADERS, OTHERS, REQUEST_LINES, TARGETS
from bench.fuzz.target import SETTINGS
from bench.server import HOST

MAX_ANSWER = 2**22
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(frozen=True)
class Bytes:
    """What a client sends; it then says that it will send no more, or waits."""

    data: bytes
    half_closes: bool

    def reproduction(self, port: int) -> str:
        if len(self.data) > 4096:
            return ""
        option = "-N" if self.half_closes else "-q 30"
        return f"echo {base64.b64encode(self.data).decode()} | base64 -d | nc {option} {HOST} {port}"


def make(chance: random.Random) -> Bytes:
    data = chance.choice(KINDS)(chance)
    if chance.random() < 0.2:
        data = flipped(data, chance)
    return Bytes(data, half_closes=chance.random() < 0.93)


def _bad_line(chance: random.Random) -> bytes:
    return _request(chance.choice(REQUEST_LINES), [HEADERS[0]], b"", chance)


def _bad_headers(chance: random.Random) -> bytes:
    headers = list(chance.sample(HEADERS, chance.choice((2, 3, 3, 3))))
    for _ in range(chance.choice((1, 1, 2, 3))):
        headers.insert(chance.randrange(len(headers) + 1), chance.choice(HEADER_LINES))
    return _request(_post(chance), headers, BODY, chance)


def _bad_chunks(chance: random.Random) -> bytes:
    return _request(_post(chance), [*HEADERS[:2], b"Transfer-Encoding: chunked"], chance.choice(CHUNKS), chance)


def _bad_length(chance: random.Random) -> bytes:
    length = chance.choice((0, 1, len(BODY) - 1, len(BODY) + 1, 200, 4_194_304, 4_194_305, 10**12))
    return _request(_post(chance), [*HEADERS[:2], b"Content-Length: %d" % length], BODY, chance)


def _pipelined(chance: random.Random) -> bytes:
    return b"".join(_request(_post(chance), list(HEADERS), BODY, chance) for _ in range(chance.choice((2, 3, 20))))


def _other_protocol(chance: random.Random) -> bytes:
    return chance.choice((*OTHERS, chance.randbytes(chance.choice((1, 20, 3000)))))


KINDS: tuple[Callable[[random.Random], bytes], ...] = (
    *(_bad_line, _bad_headers, _bad_headers, _bad_chunks, _bad_length, _pipelined, _other_protocol),
)


def _post(chance: random.Random) -> bytes:
    return b"POST %b HTTP/1.1" % chance.choice(TARGETS)


def _request(line: bytes, headers: list[bytes], body: bytes, chance: random.Random) -> bytes:
    end = b"\n" if chance.random() < 0.03 else b"\r\n"
    return end.join([line, *headers, b"", b""]) + body


def send(port: int, sent: Bytes, contract: Contract) -> Verdict:
    """Whether all that comes back is answers, each of them documented. Half a request needs none."""
    received, began = b"", time.monotonic()
    try:
        with socket.create_connection((HOST, port), timeout=TIMEOUT_S) as connection:
            connection.sendall(sent.data)
            if sent.half_closes:
                connection.shutdown(socket.SHUT_WR)
            while len(received) < MAX_ANSWER and (sent.half_closes or not _is_whole(received)):
                if not (part := connection.recv(65_536)):
                    break
                received += part
                connection.settimeout(max(0.01, TIMEOUT_S - time.monotonic() + began))
    except TimeoutError:
        return Verdict("hangs", f"no end of the answer within {TIMEOUT_S:.0f} s, after {received[:60]!r}")
    except OSError as error:
        return Verdict("reset", f"{type(error).__name__} after {received[:60]!r}")
    if not received and _is_request(sent.data):
        return Verdict("closed", f"no answer to a whole request: {sent.data[:60]!r}")
    return judge(received, contract)


def _is_request(data: bytes) -> bool:
    """Whether it has a head, and the body that the head promises."""
    incoming = IncomingRequest(SETTINGS.max_body_bytes)
    incoming.feed(data)
    return incoming.is_complete and bool(data.strip())


_HEAD = re.compile(rb"HTTP/1\.[01] (\d{3})[^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n")
_LENGTH = re.compile(rb"content-length: (\d+)\r\n", re.IGNORECASE)


def _is_whole(received: bytes) -> bool:
    head = _HEAD.match(received.removeprefix(CONTINUE))
    if head is None:
        return False
    length = _LENGTH.search(head[2])
    return length is not None and len(received.removeprefix(CONTINUE)) >= head.end() + int(length[1])


def judge(received: bytes, contract: Contract) -> Verdict:
    """By the last answer: what comes after it was not read as a request."""
    status, at = "closed", 0
    while at < len(received):
        head = _HEAD.match(received, at)
        if head is None:
            return Verdict(status, f"what is no answer in HTTP: {received[at : at + 80]!r}")
        status, at = head[1].decode(), head.end()
        if status == "100":
            continue
        length = _LENGTH.search(head[2])
        if length is None and b"chunked" not in head[2].lower():
            return Verdict(status, f"{status} without a length")
        body = received[at : at + int(length[1])] if length else b""
        at += len(body) if length else len(received)
        if fault := _fault(int(status), head[2], body, contract):
            return Verdict(status, fault)
    return Verdict(status)


def _fault(status: int, headers: bytes, body: bytes, contract: Contract) -> str:
    """Which route it was for, if any, only the server knows: an error must be in the format of one."""
    if status >= 500:
        return f"{status}: {body[:100]!r}"
    if b"x-request-id: " not in headers.lower():
        return f"{status} without x-request-id"
    if status < 400 or not body:  # the answer to HEAD has none
        return ""
    return contract.any_error_fault(body)
