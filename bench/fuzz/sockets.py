"""Conversations over WebSockets in which the client's frames and messages are not what the server expects."""

from __future__ import annotations

import base64
import json
import random
import re
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from app.settings import ROOT
from bench.fuzz.bodies import TIMEOUT_S
from bench.fuzz.contract import Answer, Contract
from bench.fuzz.mutation import cut, spoiled, written
from bench.fuzz.report import Verdict
from bench.server import HOST

PATHS = (
    *("/v1/steps",) * 8,
    "/v1/generations/x/steps",
    "/v1/generations/chatcmpl-1/steps",
    "/v1/generations/%ff/steps",
)
REQUESTS = (
    {"messages": [{"role": "user", "content": "Write a function that adds."}], "max_tokens": 4},
    {
        "messages": [{"role": "user", "content": "Count."}],
        "max_tokens": 8,
        "alternatives": 3,
        "temperature": 0.8,
        "seed": 1,
    },
    {"prompt": "def add(a, b):\n    ", "max_tokens": 4},
    {"prompt": "def add(a, b):\n    return ", "suffix": "\n", "max_tokens": 4},
    {"segments": ["def add(a, b):\n    return ", {"hole": {"single_line": True}}, "\n"]},
    {"api_key": "x"},
)
HANDSHAKES = {
    "Connection": ("Upgrade", "keep-alive, Upgrade", "close", "upgrade"),
    "Upgrade": ("websocket", "WebSocket", "h2c", "websocket, h2c"),
    "Sec-WebSocket-Version": ("13", "12", "x", "13, 8", ""),
    "Sec-WebSocket-Key": ("AAAAAAAAAAAAAAAAAAAAAA==", "AAAA", "", "\xff" * 24, "A" * 300),
    "Sec-WebSocket-Extensions": ("permessage-deflate; client_max_window_bits", "x" * 500, ";;;"),
    "Sec-WebSocket-Protocol": ("chat, superchat", ",", "\xff"),
    "Origin": ("http://localhost:1", "https://evil.example", "null"),
    "Host": ("localhost", "evil.example"),
}
NEEDED = ("Connection", "Upgrade", "Sec-WebSocket-Version", "Sec-WebSocket-Key", "Host")
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
# What closes a socket: the end of its answer, the protocol's own complaints, and 4000 plus a documented status.
CODES = {1000, 1002, 1003, 1007, 1008, 1009, *(4000 + status for status in (400, 401, 403, 404, 408, 410, 413, 429))}


@dataclass(frozen=True)
class Conversation:
    """What a client sends once its handshake is accepted; then it closes its side, or waits for the server."""

    path: str
    handshake: bytes
    frames: bytes
    half_closes: bool

    def reproduction(self, port: int) -> str:
        """The frames are sent a second later: a client has to wait for the handshake."""
        if len(self.frames) > 4096:
            return ""
        parts = [f"base64 -d <<< {base64.b64encode(part).decode()}" for part in (self.handshake, self.frames)]
        option = "-N" if self.half_closes else "-q 30"
        return f"({'; sleep 1; '.join(parts)}) | nc {option} {HOST} {port} | xxd | tail"


def make(chance: random.Random) -> Conversation:
    path = chance.choice(PATHS)
    frames = [_frame(chance) for _ in range(chance.choice((0, 1, 1, 1, 2, 3, 6)))]
    # Something that ends it: the client's close, or a request. A client that stays silent waits for the server's.
    end = chance.random()
    if end < 0.4:
        frames.append(
            framed(CLOSE, chance.choice((b"", b"\x03\xe8", b"\x03", b"\x03\xed", b"\xff\xff", b"\x03\xe8\xff")))
        )
    elif end < 0.7:
        frames.append(framed(TEXT, _message(chance)))
    return Conversation(path, handshake(path, chance), b"".join(frames), half_closes=chance.random() < 0.97)


def follower() -> Conversation:
    """As it should be, of a request that does not exist."""
    lines = [f"{name}: {HANDSHAKES[name][0]}" for name in NEEDED]
    head = "\r\n".join((f"GET {PATHS[-2]} HTTP/1.1", *lines, "", ""))
    return Conversation(PATHS[-2], head.encode(), b"", half_closes=False)


def handshake(path: str, chance: random.Random) -> bytes:
    is_right = chance.random() < 0.85
    lines = [f"GET {path} HTTP/1.1"]
    for name, values in HANDSHAKES.items():
        keeps_right = is_right and name in NEEDED
        if keeps_right or (name in NEEDED) != (chance.random() < 0.1):
            lines.append(f"{name}: {values[0] if keeps_right else chance.choice(values)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _message(chance: random.Random) -> bytes:
    body = written(spoiled(chance.choice(REQUESTS), chance, chance.choice((0, 0, 1, 1, 2))), chance)
    return body if len(body) < 2_000_000 else body[:100]


def _frame(chance: random.Random) -> bytes:
    kind = chance.random()
    if kind < 0.4:
        return framed(TEXT, _message(chance))
    if kind < 0.5:
        message = _message(chance)
        at = chance.randrange(len(message) + 1)
        return framed(TEXT, message[:at], final=False) + framed(0, message[at:], final=chance.random() < 0.8)
    if kind < 0.6:
        return framed(BINARY, chance.randbytes(chance.choice((0, 1, 200, 70_000))))
    if kind < 0.7:
        return framed(chance.choice((PING, PONG)), chance.randbytes(chance.choice((0, 1, 125, 126)))) * chance.choice(
            (1, 50)
        )
    if kind < 0.8:
        return chance.choice((*BAD_FRAMES, framed(TEXT, b"{}", reserved=chance.randrange(1, 8))))
    if kind < 0.9:
        return cut(framed(TEXT, _message(chance)), chance)
    return chance.randbytes(chance.choice((1, 2, 30)))


def framed(opcode: int, payload: bytes, final: bool = True, reserved: int = 0) -> bytes:
    """A client's frame. The mask changes nothing, so that a reproduction can be read."""
    head = bytes([final << 7 | reserved << 4 | opcode])
    if len(payload) < 126:
        head += bytes([0x80 | len(payload)])
    else:
        head += (
            b"\xfe" + struct.pack("!H", len(payload))
            if len(payload) < 2**16
            else b"\xff" + struct.pack("!Q", len(payload))
        )
    return head + b"\0\0\0\0" + payload


# Reserved opcodes, unmasked, fragmented control frames, texts that are not UTF-8, lengths that lie.
BAD_FRAMES = (
    *(
        framed(3, b"x"),
        framed(7, b""),
        framed(11, b""),
        b"\x81\x02{}",
        framed(PING, b"", final=False),
        framed(0, b"{}"),
    ),
    *(framed(TEXT, b"\xff\xfe"), framed(TEXT, b"\xed\xa0\x80"), b"\x81\xff\xff", b"\x81\xff" + b"\xff" * 8),
    *(b"\x81\xff\x7f" + b"\xff" * 7 + b"abcd", b"\x81\xfe\x00\x01abcdx", b"\x81\xfe\xff\xffabcd{}"),
)


def converse(port: int, sent: Conversation, contract: Contract) -> Verdict:
    received, began = b"", time.monotonic()
    try:
        with socket.create_connection((HOST, port), timeout=TIMEOUT_S) as connection:
            connection.sendall(sent.handshake)
            is_open = False
            while part := connection.recv(65_536):
                received += part
                connection.settimeout(max(0.01, TIMEOUT_S - time.monotonic() + began))
                if not is_open and received.startswith(b"HTTP/1.1 101") and b"\r\n\r\n" in received:
                    is_open = True
                    connection.sendall(sent.frames)
                    if sent.half_closes:
                        connection.shutdown(socket.SHUT_WR)
                elif _is_refused(received):
                    break
    except TimeoutError:
        return Verdict("hangs", f"not closed within {TIMEOUT_S:.0f} s, after {received[-60:]!r}")
    except ConnectionError as error:
        # The server closes while frames that nobody will read are on their way: as TCP has it, that is a reset.
        return judge(sent.path, received, contract) if received else Verdict("reset", f"{error} before any answer")
    return judge(sent.path, received, contract)


_HEAD = re.compile(rb"HTTP/1\.1 (\d{3})[^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n")


def _is_refused(received: bytes) -> bool:
    """Whether the handshake was answered with an error, after which the connection is kept alive."""
    head = _HEAD.match(received)
    if head is None or head[1] == b"101":
        return False
    length = re.search(rb"content-length: (\d+)", head[2], re.IGNORECASE)
    return length is not None and len(received) >= head.end() + int(length[1])


def judge(path: str, received: bytes, contract: Contract) -> Verdict:
    head = _HEAD.match(received)
    if head is None:
        return Verdict("closed", f"no answer in HTTP: {received[:80]!r}")
    if head[1] != b"101":
        lines = head[2].decode("latin-1").lower().splitlines()
        headers = dict(line.split(": ", 1) for line in lines)
        return contract.judge("GET", path, Answer(int(head[1]), headers, received[head.end() :]))
    code = 0
    for opcode, payload in frames_of(received[head.end() :]):
        if opcode == TEXT and (fault := _event_fault(payload)):
            return Verdict("101", fault)
        if opcode == CLOSE:
            code = struct.unpack("!H", payload[:2])[0] if len(payload) > 1 else 1005
    if code in CODES or code in (0, 1005):  # the client left, or closed without a code
        return Verdict(f"101 {code or 'left'}")
    return Verdict(f"101 {code}", f"closed with {code}, which is not documented")


def frames_of(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The server's whole frames: it neither masks nor fragments."""
    at = 0
    while at + 2 <= len(data):
        opcode, length = data[at] & 15, data[at + 1] & 127
        at += 2
        if length > 125:
            size = 2 if length == 126 else 8
            length = int.from_bytes(data[at : at + size], "big")
            at += size
        if at + length > len(data):
            return
        yield opcode, data[at : at + length]
        at += length


def _event_fault(payload: bytes) -> str:
    try:
        event = json.loads(payload)
    except ValueError:
        return f"a message that is no JSON: {payload[:80]!r}"
    if event.get("type") == "error" and event.get("status", 500) >= 500:
        return f"an event of failure: {payload[:200]!r}"
    error = best_match(_schema().iter_errors(event))
    return f"an event that is not as documented: {error.message[:150]} at {error.json_path}" if error else ""


@cache
def _schema() -> Draft202012Validator:
    text = (ROOT / "docs" / "reference" / "steps.md").read_text(encoding="utf-8")
    (schema,) = re.findall(r"## Schema\n.*?```json\n(.*?)```", text, re.DOTALL)
    return Draft202012Validator(json.loads(schema))
