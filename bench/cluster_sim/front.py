"""How many events a second a front can carry: python -m bench.cluster_sim.front.

Streamed chats through gunicorn, Flask and SSE, with a fake engine behind them. Reported is the worker's CPU time, which
other programs on the machine hardly change: it runs Python on one core at a time, so a CPU second is the most that a
front has in a second. What it would take to receive the events from other processes is not in it.
"""

from __future__ import annotations

import argparse
import http.client
import json
import selectors
import socket
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from app.settings import ROOT, Settings
from bench.cluster_sim.front_app import CPU_ROUTE, MAX_TOKENS, STEP_VARIABLE
from bench.server import HOST, serving

SERVER = ("-m", "gunicorn", "-c", str(ROOT / "gunicorn.conf.py"), "bench.cluster_sim.front_app:app")
BLOCK_LENGTH = 4
TOKENS = (8, MAX_TOKENS)  # a fit over replies of two lengths tells a request's cost from an event's
STREAMS = (1, 16, 64, 256)
STEP_MS = 20.0
TIMEOUT_S = 300.0


@dataclass(frozen=True)
class Load:
    """What requests of one length cost. `events` are chunks with text, one for each block."""

    requests: int
    events: int
    seconds: float
    cpu_s: float


@dataclass(frozen=True)
class Cost:
    """CPU time of a front's request and of each of its events, in microseconds."""

    request_us: float
    event_us: float

    def events_per_s(self, blocks_per_request: float) -> float:
        """The most that one front sends."""
        return 1e6 / (self.event_us + self.request_us / blocks_per_request)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--streams", type=int, nargs="+", default=STREAMS, help="numbers of streams at once")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each; the median counts")
    args = parser.parse_args()
    print("| streams | events/s sent | CPU, request | CPU, event | most events/s, replies of 63 blocks |")
    print("|---|---|---|---|---|")
    for streams in args.streams:
        cost, rate = measure(streams, args.rounds)
        print(
            f"| {streams} | {rate:.0f} | {cost.request_us / 1000:.2f} ms | {cost.event_us:.0f} µs | "
            f"{cost.events_per_s(63):.0f} |",
            flush=True,
        )


def measure(streams: int, rounds: int) -> tuple[Cost, float]:
    """The cost with that many streams, and the events that were sent per second of the long replies."""
    with serving_fake(streams, STEP_MS) as port:
        run(port, streams, TOKENS[0])  # warm-up
        found = [(run(port, streams, TOKENS[0]), run(port, streams, TOKENS[1])) for _ in range(rounds)]
    costs = sorted((fit(short, long) for short, long in found), key=lambda cost: cost.event_us)
    rates = sorted(long.events / long.seconds for _, long in found)
    return costs[rounds // 2], rates[rounds // 2]


def serving_fake(streams: int, step_ms: float) -> AbstractContextManager[int]:
    """The port of a server whose engine takes that many streams at once."""
    settings = Settings(host=HOST, port=0, max_sequences=streams, max_queue=streams)
    return serving(settings, SERVER, **{STEP_VARIABLE: str(step_ms)})


def fit(short: Load, long: Load) -> Cost:
    """Requests with few events and requests with many, as a straight line."""
    each = [(load.events / load.requests, load.cpu_s / load.requests) for load in (short, long)]
    (few, cheap), (many, dear) = each
    event_s = (dear - cheap) / (many - few)
    return Cost(1e6 * max(0.0, cheap - few * event_s), 1e6 * event_s)


def run(port: int, streams: int, tokens: int) -> Load:
    """`streams` requests at once, each read to its end. Raises RuntimeError unless all are answered."""
    cpu, start = _cpu_seconds(port), time.perf_counter()
    events = _read_all([_ask(port, tokens) for _ in range(streams)])
    seconds = time.perf_counter() - start
    return Load(streams, events, seconds, _cpu_seconds(port) - cpu)


def _ask(port: int, tokens: int) -> socket.socket:
    body = {
        "messages": [{"role": "user", "content": "hello"}],
        "max_tokens": tokens,
        "ignore_eos": True,
        "stream": True,
        "block_length": BLOCK_LENGTH,
    }
    content = json.dumps(body).encode()
    connection = socket.create_connection((HOST, port), timeout=TIMEOUT_S)
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\nContent-Type: application/json\r\n"
    )
    connection.sendall(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)
    return connection


def _read_all(connections: Sequence[socket.socket]) -> int:
    """The number of chunks with text in all answers."""
    answers = {connection: bytearray() for connection in connections}
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            selector.register(connection, selectors.EVENT_READ, connection)
        while selector.get_map():
            ready = selector.select(TIMEOUT_S)
            if not ready:
                raise RuntimeError(f"the server sent nothing for {TIMEOUT_S:.0f} seconds")
            for key, _ in ready:
                connection = key.data
                data = connection.recv(65536)
                answers[connection] += data
                if not data:
                    selector.unregister(connection)
                    connection.close()
    for answer in answers.values():
        if b"data: [DONE]" not in answer:
            raise RuntimeError(f"a stream did not end: {bytes(answer[-300:])!r}")
    return sum(answer.count(b'"content":') for answer in answers.values())


def _cpu_seconds(port: int) -> float:
    connection = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", CPU_ROUTE)
        return float(json.loads(connection.getresponse().read())["seconds"])
    finally:
        connection.close()


if __name__ == "__main__":
    main()
