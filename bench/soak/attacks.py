"""Clients that mean harm, in a process of their own, so that they do not slow the measuring one.

Each has an address of its own in 127.0.0.0/8, as clients of a network have: they must be stopped by more than the bound
on connections of one address.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection

HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\n"
HANDSHAKE = (
    b"GET /v1/steps HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
PINGS = b"\x89\x80\0\0\0\0" * 500
MAX_SILENCE_S = 120.0  # the server must have ended a slow or silent client's connection by then
UNREAD_S = 45.0  # that a client does not read: longer than the server waits
MALFORMED = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    b"GET\r\n\r\n",
    b"POST / HTTP/9.9\r\n\r\n",
    HEAD + b"Content-Length: -1\r\n\r\n",
    HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    HEAD + b'Content-Length: 9\r\n\r\n{"a": NaN',
    HEAD + b"Content-Length: 3\r\n\r\n\xff\xfe\xfd",
    HEAD + b"Content-Length: 2\r\n\r\n[]",
    HEAD + b"X: " + b"a" * 70_000 + b"\r\n\r\n",
    b"GET /../../etc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    HANDSHAKE.replace(b": 13", b": 99"),
)
STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")


@dataclass(frozen=True)
class Attacker:
    port: int
    address: str
    chance: random.Random

    async def connect(self, receive_buffer: int = 0) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        connection = socket.socket()
        if receive_buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.bind((self.address, 0))
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", self.port))
        return await asyncio.open_connection(sock=connection)


async def slow_head(attacker: Attacker) -> str:
    return await _drip(attacker, HEAD, b"X")


async def slow_body(attacker: Attacker) -> str:
    return await _drip(attacker, HEAD + b"Content-Length: 3000000\r\n\r\n", b" " * 1000)


async def silent_socket(attacker: Attacker) -> str:
    return await _drip(attacker, HANDSHAKE, b"")


async def ping_flood(attacker: Attacker) -> str:
    """Reads nothing, so that the answers to the pings pile up somewhere."""
    _, writer = await attacker.connect(receive_buffer=4096)
    try:
        writer.write(HANDSHAKE)
        for _ in range(1000):
            writer.write(PINGS)
            await asyncio.wait_for(writer.drain(), MAX_SILENCE_S)
            await asyncio.sleep(0.01)
        return "not stopped"
    except TimeoutError:
        return "hangs"
    finally:
        writer.close()


async def never_reading(attacker: Attacker) -> str:
    message = {"role": "user", "content": "Write a Python function that adds."}
    body = {"messages": [message], "max_tokens": 384, "stream": True, "stream_mode": "steps", "ignore_eos": True}
    reader, writer = await attacker.connect(receive_buffer=4096)
    try:
        _transport(writer).pause_reading()
        writer.write(_request(json.dumps(body).encode()))
        await asyncio.sleep(UNREAD_S)
        return "left"
    finally:
        writer.close()
        del reader


async def malformed(attacker: Attacker) -> str:
    return await _ask(attacker, attacker.chance.choice(MALFORMED), half_closed=True)


async def large_body(attacker: Attacker) -> str:
    content = attacker.chance.choice(("word " * 700_000, " " * 3_900_000, "x" * 6_000_000))
    body = json.dumps({"messages": [{"role": "user", "content": content}]}).encode()
    return await _ask(attacker, _request(body))


@dataclass(frozen=True)
class Attack:
    """`at_once` clients at full strength, and in a soak. Between two of one client are `pause_s` seconds."""

    run: Callable[[Attacker], Awaitable[str]]
    at_once: int
    in_soak: int
    pause_s: float


ATTACKS: Mapping[str, Attack] = {
    "slow heads": Attack(slow_head, 200, 3, 0.5),
    "slow bodies": Attack(slow_body, 200, 3, 0.5),
    "silent sockets": Attack(silent_socket, 200, 3, 2.0),
    "ping floods": Attack(ping_flood, 1, 1, 0.2),
    "never-reading streams": Attack(never_reading, 3, 1, 0.5),
    "malformed requests": Attack(malformed, 0, 1, 1.0),
    "large bodies": Attack(large_body, 0, 1, 15.0),
}


def attack(port: int, at_full_strength: bool, seed: int, control: Connection) -> None:
    """The main function of the process: attacks until told to stop, then sends how often what came of it."""
    control.send(asyncio.run(_attack(port, at_full_strength, seed, control)))


async def _attack(port: int, at_full_strength: bool, seed: int, control: Connection) -> Counter[tuple[str, str]]:
    results: Counter[tuple[str, str]] = Counter()
    number = 0
    tasks = []
    for name, kind in ATTACKS.items():
        for _ in range(kind.at_once if at_full_strength else kind.in_soak):
            number += 1
            attacker = Attacker(port, f"127.0.{1 + number // 250}.{1 + number % 250}", random.Random(seed + number))
            tasks.append(asyncio.create_task(_repeat(name, kind, attacker, results)))
    await asyncio.to_thread(control.recv)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return results


async def _repeat(name: str, kind: Attack, attacker: Attacker, results: Counter[tuple[str, str]]) -> None:
    while True:
        try:
            results[name, await kind.run(attacker)] += 1
        except OSError:
            results[name, "cut off"] += 1
        await asyncio.sleep(kind.pause_s * attacker.chance.uniform(0.5, 1.5))


async def _drip(attacker: Attacker, first: bytes, then: bytes) -> str:
    """Send `first`, then a little every second, until the server ends it."""
    reader, writer = await attacker.connect()
    received = b""
    loop = asyncio.get_running_loop()
    end = loop.time() + MAX_SILENCE_S
    try:
        writer.write(first)
        while loop.time() < end:
            with contextlib.suppress(TimeoutError):
                received += (data := await asyncio.wait_for(reader.read(65536), 1.0))
                if not data:
                    return _status(received)
                continue
            writer.write(then)
        return "hangs"
    finally:
        writer.close()


async def _ask(attacker: Attacker, request: bytes, half_closed: bool = False) -> str:
    reader, writer = await attacker.connect()
    try:
        writer.write(request)
        if half_closed:
            writer.write_eof()
        return _status(await asyncio.wait_for(reader.read(65536), MAX_SILENCE_S))
    except TimeoutError:
        return "hangs"
    finally:
        writer.close()


def _request(body: bytes) -> bytes:
    return HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def _status(received: bytes) -> str:
    found = STATUS.match(received)
    return found[1].decode() if found else "closed"


def _transport(writer: asyncio.StreamWriter) -> asyncio.ReadTransport:
    transport = writer.transport
    assert isinstance(transport, asyncio.ReadTransport)
    return transport
