"""Limits of clients, and the memory of all requests together."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.api.client_limits import MAX_IDLE, RATE_HEADERS, ClientLimits
from app.api.limits import BYTES_PER_BODY_BYTE, FREE_ENDPOINTS, MAX_BODIES, RequestMemory
from app.errors import ConcurrencyLimited, RateLimited
from tests.api.sockets import converse, listening
from tests.api.test_request_log import lines as lines  # a fixture
from tests.api.test_socket_bounds import with_seats
from tests.api.test_steps import HELLO
from tests.api.wire import CHAT, USER, error_of, post
from tests.doubles.engine import FakeEngine, says
from tests.test_keys import line, write
from tests.waiting import wait_until

MakeClient = Callable[..., FlaskClient]
BODY = {"messages": [USER]}


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


# --- Counting ---


def test_requests_in_progress() -> None:
    limits = ClientLimits(max_concurrent=2)
    first, second = limits.enter("a"), limits.enter("a")
    with pytest.raises(ConcurrencyLimited, match="2 requests in progress"):
        limits.enter("a")
    limits.enter("b")
    first()
    first()
    third = limits.enter("a")
    with pytest.raises(ConcurrencyLimited):
        limits.enter("a")
    second()
    third()
    assert limits.headers("a") == {}


def test_requests_in_a_minute() -> None:
    clock = Clock()
    limits = ClientLimits(per_minute=3, clock=clock)
    assert list(limits.headers("a").values()) == ["3", "3", "0s"]
    for _ in range(3):
        limits.enter("a")()
        clock.now += 10
    assert list(limits.headers("a").values()) == ["3", "0", "50s"]
    with pytest.raises(RateLimited) as raised:
        limits.enter("a")
    assert raised.value.retry_after == 30
    limits.enter("b")()
    clock.now += 30
    limits.enter("a")()
    assert list(limits.headers("a").values()) == ["3", "0", "60s"]
    with pytest.raises(RateLimited):
        limits.enter("a")


def test_clients_are_forgotten() -> None:
    clock = Clock()
    limits = ClientLimits(max_concurrent=1, per_minute=5, clock=clock)
    limits.enter("stays")
    for number in range(3 * MAX_IDLE):
        limits.enter(str(number))()
        clock.now += 1
    assert len(limits._clients) <= MAX_IDLE
    with pytest.raises(ConcurrencyLimited):
        limits.enter("stays")


# --- Over HTTP ---


@pytest.fixture
def keys(tmp_path: Path) -> str:
    write(tmp_path / "keys", line("alice", "a-key") + line("bob", "b-key"))
    return str(tmp_path / "keys")


ALICE, BOB = {"Authorization": "Bearer a-key"}, {"X-Api-Key": "b-key"}


def test_a_minute_of_each_key(make_client: MakeClient, keys: str) -> None:
    client = make_client(api_keys_file=keys, requests_per_minute_per_key=2)
    answers = [post(client, headers=ALICE) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [[answer.headers[name] for name in RATE_HEADERS[:2]] for answer in answers] == [
        ["2", "1"],
        ["2", "0"],
        ["2", "0"],
    ]
    error = error_of(answers[2], 429)
    assert (error["type"], error["code"]) == ("rate_limit_error", "rate_limit_exceeded")
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 60
    assert answers[2].headers[RATE_HEADERS[2]].endswith("s")
    assert post(client, headers=BOB).status_code == 200
    assert not set(post(client).headers.keys()) & set(RATE_HEADERS)
    assert client.get("/v1/models", headers=ALICE).status_code == 200
    assert client.post("/tokenize", json={"prompt": "a"}, headers=ALICE).status_code == 200


def test_requests_of_a_key_in_progress(make_client: MakeClient, keys: str) -> None:
    engine = FakeEngine(gated=True)
    client = make_client(engine, api_keys_file=keys, max_concurrent_per_key=1)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(post, client.application.test_client(), headers=ALICE)
        engine.wait_until_stepping()
        refused = post(client, headers=ALICE)
        assert error_of(refused, 429)["code"] == "concurrency_limit_exceeded"
        assert refused.headers["Retry-After"] == "5"
        other = pool.submit(post, client.application.test_client(), headers=BOB)
        engine.allow()
        assert [first.result().status_code, other.result().status_code] == [200, 200]
    assert post(client, headers=ALICE).status_code == 200


def test_requests_that_fail_or_whose_client_leaves_are_over(make_client: MakeClient, keys: str) -> None:
    client = make_client(api_keys_file=keys, max_concurrent_per_key=1)
    assert post(client, headers=ALICE, temperature=-1).status_code == 400
    post(client, headers=ALICE, stream=True).close()
    assert post(client, headers=ALICE).status_code == 200


def test_without_keys_addresses_count(make_client: MakeClient) -> None:
    client = make_client(requests_per_minute_per_key=1)
    statuses = [
        client.post(CHAT, json=BODY, environ_overrides={"REMOTE_ADDR": address}).status_code
        for address in ("10.0.0.1", "10.0.0.2", "10.0.0.1")
    ]
    assert statuses == [200, 200, 429]


def test_a_websocket_counts_once_its_key_is_known(make_client: MakeClient, keys: str) -> None:
    client = make_client(api_keys_file=keys, requests_per_minute_per_key=1)
    with listening(client) as address:
        events = [converse(address, HELLO | {"api_key": key})[0] for key in ("a-key", "a-key", "b-key")]
    assert [each[-1].get("status") for each in events] == [None, 429, None]


def test_every_route_that_generates_is_counted(make_client: MakeClient) -> None:
    """Other POST routes are listed by name."""
    rules = make_client().application.url_map.iter_rules()
    endpoints = {rule.endpoint for rule in rules if "POST" in (rule.methods or ())}
    assert endpoints > FREE_ENDPOINTS
    assert len(endpoints - FREE_ENDPOINTS) >= 10


def test_tokenising_does_not_take_the_last_threads(make_client: MakeClient) -> None:
    client = with_seats(make_client(), requests=1)
    bodies = {"/tokenize": {"prompt": "a"}, "/v1/messages/count_tokens": BODY, "/detokenize": {"tokens": [65]}}
    for path, body in bodies.items():
        assert [post(client, path, **body).status_code for _ in range(2)] == [200, 200]
    leave = client.application.extensions["elbarto"].requests.take()
    for path, body in bodies.items():
        assert post(client, path, **body).status_code == 429
    assert client.get("/health").status_code == 200
    leave()
    assert post(client, "/tokenize", prompt="a").status_code == 200


def test_clients_take_turns_in_the_engine(make_client: MakeClient, keys: str) -> None:
    engine = FakeEngine()
    client = make_client(engine, api_keys_file=keys, api_key="own")
    for headers in (ALICE, BOB, {"X-Api-Key": "own"}):
        assert post(client, headers=headers, n=2).status_code == 200
    assert engine.clients == ["key alice"] * 2 + ["key bob"] * 2 + ["key default"] * 2
    keyless = FakeEngine()
    post(make_client(keyless))
    assert keyless.clients == ["address 127.0.0.1"]


def test_the_log_names_the_key(make_client: MakeClient, keys: str, lines: Callable[[], list[str]]) -> None:
    client = make_client(api_keys_file=keys)
    post(client, headers=ALICE)
    post(client, headers={"X-Api-Key": "wrong-key"})
    right, wrong = lines()
    assert right.endswith(" key=alice")
    assert " key=" not in wrong
    assert "-key" not in right + wrong


# --- Memory ---


def test_bodies_in_progress_are_bounded(make_client: MakeClient) -> None:
    engine = FakeEngine(says("a"), gated=True)
    client = make_client(engine, max_body_bytes=2000)
    large: dict[str, Any] = {"user": "x" * 1800}
    with ThreadPoolExecutor(MAX_BODIES) as pool:
        requests = [pool.submit(post, client.application.test_client(), **large) for _ in range(MAX_BODIES)]
        bodies = client.application.extensions["elbarto"].bodies
        wait_until(lambda: bodies._free < 1800)
        error = error_of(post(client, **large), 429)
        assert error["code"] == "too_many_requests"
        assert "16000 bytes" in error["message"]
        engine.allow()
        assert {request.result().status_code for request in requests} == {200}
    assert post(client, **large).status_code == 200
    assert bodies._free == 16000


@pytest.mark.parametrize(
    "item",
    [
        "{}",
        "[]",
        '""',
        "1.5",
        '{"a":{}}',
        "[[]]",
        "1000",
        '"\\u00e9"',
        '{"":0}',
        "[" * 500 + "]" * 500,
        '{"":' * 500 + "0" + "}" * 500,
        '"😀"',
        '"aaaaaaaaaaaa"',
    ],
)
def test_what_json_becomes(item: str) -> None:
    text = f"[{','.join([item] * (200_000 // len(item)))}]"
    tracemalloc.start()
    try:
        value = json.loads(text)
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert value
    assert size <= BYTES_PER_BODY_BYTE * len(text.encode())


def test_the_bound_is_logged(make_client: MakeClient, capfd: pytest.CaptureFixture[str]) -> None:
    make_client(max_body_bytes=2**20, max_sequences=4, max_queue=4)
    bound = RequestMemory(max_body_bytes=2**20, max_arriving=64, max_threads=80, max_requests=16, max_model_len=1024)
    seen = ""

    def is_seen() -> bool:
        nonlocal seen
        seen += capfd.readouterr().err
        return str(bound) in seen

    wait_until(is_seen)  # a thread writes the log
    assert str(bound).startswith("requests hold at most 738 MiB of memory: 64 bodies that arrive, 80 that are read, ")
