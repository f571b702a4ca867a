"""Clients that disconnect, and too many clients. Numbered as in docs/develop/conformance.md."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from tests.servers import CAPACITY, HELLO, PATIENCE_S, RUNNING, SLOW, Server

TOKENS = SLOW["gen_length"]


@pytest.fixture(autouse=True)
def _idle(server: Server) -> Iterator[None]:
    """Every test begins and ends with an empty queue and a working engine."""
    server.wait_for_queue(0, 0)
    yield
    server.wait_for_queue(0, 0)
    assert server.chat(max_tokens=4)["choices"]


def reset(connection: socket.socket) -> None:
    """Close as a killed process does: with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@pytest.mark.parametrize("close", [socket.socket.close, reset], ids=["closed", "reset"])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_check_16_leaving_while_it_runs(server: Server, stream: bool, close: Any) -> None:
    connection, request_id = server.connect(**SLOW, stream=stream)
    server.wait_for_queue(1, 0)
    if stream:
        assert connection.recv(4096).startswith(b"HTTP/1.1 200 OK")
    left = time.monotonic()
    close(connection)
    server.wait_for_queue(0, 0)
    freed_s = time.monotonic() - left
    ended = server.wait_for_log(rf"id={request_id} route=POST /v1/chat/completions status=(\d+) tokens=([\d-]+)")
    assert ended[1] == "499"
    assert int(ended[2]) < TOKENS, "it was cut off, not run to its end"
    assert freed_s < 5, "a second, with some room for a busy machine"


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_check_16_leaving_the_queue(server: Server, stream: bool) -> None:
    running, _ = server.connect(**SLOW, n=RUNNING)
    with running:
        server.wait_for_queue(RUNNING, 0)
        waiting, request_id = server.connect(**SLOW, stream=stream)
        server.wait_for_queue(RUNNING, 1)
        waiting.close()
        server.wait_for_queue(RUNNING, 0)
        assert server.wait_for_log(rf"id={request_id} route=\S+ \S+ status=(\d+) tokens=0 ")[1] == "499"


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_check_16_a_client_that_only_stops_sending_gets_its_answer(server: Server, stream: bool) -> None:
    connection, _ = server.connect(**SLOW, stream=stream)
    with connection:
        server.wait_for_queue(1, 0)
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(PATIENCE_S)
        answer = b""
        while b'"finish_reason":"length"' not in answer.replace(b": ", b":"):
            received = connection.recv(65536)
            assert received, answer
            answer += received


def test_check_16_leaving_with_several_choices(server: Server) -> None:
    connection, _ = server.connect(**SLOW, n=3)
    server.wait_for_queue(RUNNING, 3 - RUNNING)
    connection.close()


def test_check_16_leaving_before_the_body_is_there(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\n{")


def test_check_16_a_waiting_request_runs_when_the_one_before_leaves(server: Server) -> None:
    running, _ = server.connect(**SLOW, n=RUNNING)
    server.wait_for_queue(RUNNING, 0)
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(server.chat, max_tokens=4)
        server.wait_for_queue(RUNNING, 1)
        running.close()
        assert answer.result()["usage"]["completion_tokens"] <= 4


def test_check_17_burst(server: Server) -> None:
    """Requests over the limit are rejected before a stream's headers, and /health keeps answering."""
    with ExitStack() as stack:
        for _ in range(CAPACITY):
            stack.enter_context(server.connect(**SLOW, stream=True)[0])
        server.wait_for_queue(RUNNING, CAPACITY - RUNNING)
        for more in ({}, {"stream": True}, {"n": 2}):
            response = server.post(messages=HELLO, **more)
            assert response.status_code == 429
            assert response.headers["content-type"] == "application/json"
            assert int(response.headers["retry-after"]) >= 1
            error = response.json()["error"]
            assert (error["type"], error["code"], error["param"]) == ("rate_limit_error", "queue_full", None)
            assert "overloaded" in error["message"], "Continue retries on this word"
        assert server.queue == (RUNNING, CAPACITY - RUNNING)
        assert server.client.get("/v1/models").status_code == 200


def test_check_17_many_at_once(server: Server) -> None:
    """Every request is answered or gets a 429, none hangs, and /health never waits for the engine."""

    def ask(number: int) -> int:
        with httpx.Client(timeout=PATIENCE_S, trust_env=False) as client:
            body = {"messages": HELLO, "max_tokens": 40, "stream": number % 2 == 0, "ignore_eos": True}
            response = client.post(server.url + "/v1/chat/completions", content=json.dumps(body))
            assert (b"[DONE]" in response.content) == (response.status_code == 200 and number % 2 == 0)
            return response.status_code

    with ThreadPoolExecutor(24) as pool:
        asked = [pool.submit(ask, number) for number in range(24)]
        while not all(answer.done() for answer in asked):
            started = time.monotonic()
            assert server.client.get("/health").status_code == 200
            assert time.monotonic() - started < 10
    statuses = [answer.result() for answer in asked]
    assert set(statuses) <= {200, 429}
    assert statuses.count(200) >= CAPACITY


def test_check_13_seed_is_reproducible_under_concurrency(server: Server) -> None:
    def ids(seed: int) -> list[int]:
        answer = server.chat(temperature=1.0, seed=seed, max_tokens=32, ignore_eos=True, return_token_ids=True)
        return answer["choices"][0]["token_ids"]

    alone = {seed: ids(seed) for seed in (1, 2)}
    with ThreadPoolExecutor(CAPACITY) as pool:
        together = list(pool.map(ids, [1, 2, 3, 1, 2]))
    assert together[0] == together[3] == alone[1]
    assert together[1] == together[4] == alone[2]
    assert together[2] not in alone.values()
