"""OpenAI's error object on every route and status."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.wire import CHAT, error_of, post
from tests.doubles.app import Loaded, fake_loaded, service_of
from tests.doubles.engine import FakeEngine
from tests.doubles.tokenizer import byte_ids
from tests.waiting import PATIENCE_S

MakeClient = Callable[..., FlaskClient]


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_404(client: FlaskClient, method: str) -> None:
    error = error_of(client.open("/v1/nothing", method=method), 404)

    assert error == {
        "message": f"There is no route {method} /v1/nothing. /docs lists the routes.",
        "type": "invalid_request_error",
        "param": None,
        "code": "not_found",
    }


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", CHAT, {"POST", "OPTIONS"}),
        ("PUT", CHAT, {"POST", "OPTIONS"}),
        ("POST", "/v1/models", {"GET", "HEAD", "OPTIONS"}),
        ("DELETE", "/v1/models/fake-model", {"GET", "HEAD", "OPTIONS"}),
        ("POST", "/health", {"GET", "HEAD", "OPTIONS"}),
        ("GET", "/tokenize", {"POST", "OPTIONS"}),
        ("GET", "/detokenize", {"POST", "OPTIONS"}),
    ],
)
def test_405_says_what_is_allowed(client: FlaskClient, method: str, path: str, allowed: set[str]) -> None:
    response = client.open(path, method=method)
    error = error_of(response, 405)

    assert set(response.headers["Allow"].split(", ")) == allowed
    assert error["code"] == "method_not_allowed"
    assert error["message"] == f"{method} is not allowed on {path}; allowed: {', '.join(sorted(allowed))}."


@pytest.mark.parametrize("path", [CHAT, "/tokenize", "/detokenize"])
def test_413(make_client: MakeClient, path: str) -> None:
    client = make_client(max_body_bytes=100)

    error = error_of(client.post(path, data=b"x" * 101), 413)

    assert error == {
        "message": "The request body is larger than the 100 bytes that this server accepts.",
        "type": "invalid_request_error",
        "param": None,
        "code": "request_too_large",
    }
    error_of(client.post(path, data=b"x" * 100), 400)  # at the limit


@pytest.mark.parametrize("streamed", [False, True])
def test_429_when_the_queue_is_full(make_client: MakeClient, streamed: bool) -> None:
    engine = FakeEngine(gated=True)
    client = make_client(engine, max_queue=0)
    running = post(client, stream=True, buffered=False)

    response = post(client, stream=streamed)
    error = error_of(response, 429)
    running.close()

    assert int(response.headers["Retry-After"]) >= 1
    assert (error["type"], error["code"], error["param"]) == ("rate_limit_error", "queue_full", None)
    assert "overloaded" in error["message"]


def test_429_counts_every_choice(make_client: MakeClient) -> None:
    engine = FakeEngine(gated=True)
    client = make_client(engine, max_queue=2)
    running = post(client, stream=True, n=2, buffered=False)

    error_of(post(client, n=2), 429)
    assert error_of(post(client, n=4), 400)["param"] == "n"
    running.close()


@pytest.mark.parametrize("streamed", [False, True])
def test_400_when_the_prompt_is_too_long(make_client: MakeClient, streamed: bool) -> None:
    client = make_client(info={"max_model_len": 16})

    error = error_of(post(client, stream=streamed, prompt_token_ids=byte_ids("x" * 14)), 400)

    assert error["code"] == "context_length_exceeded"
    assert error["message"].startswith(
        "This model's maximum context length is 16 tokens. However, you requested 18 tokens"
    )
    assert post(client, prompt_token_ids=byte_ids("x" * 12)).status_code == 200


def loading(gate: threading.Event) -> Callable[[], Loaded]:
    def load() -> Loaded:
        assert gate.wait(PATIENCE_S)
        return fake_loaded()

    return load


ROUTES = [
    ("POST", CHAT, {"messages": [{"role": "user", "content": "Hi"}]}),
    ("POST", CHAT, {"messages": [{"role": "user", "content": "Hi"}], "stream": True, "model": "x"}),
    ("GET", "/v1/models", None),
    ("GET", "/v1/models/fake-model", None),
    ("POST", "/tokenize", {"prompt": "a"}),
    ("POST", "/detokenize", {"tokens": [8]}),
]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_503_while_the_model_loads(
    make_client: MakeClient, method: str, path: str, body: dict[str, Any] | None
) -> None:
    gate = threading.Event()
    client = make_client(load=loading(gate))

    response = client.open(path, method=method, json=body)
    error = error_of(response, 503)
    gate.set()
    service_of(client).wait_until_ready()

    assert int(response.headers["Retry-After"]) >= 1
    assert (error["type"], error["code"]) == ("unavailable_error", "model_loading")
    assert client.open(path, method=method, json=body, buffered=True).status_code == 200


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_503_while_the_server_shuts_down(
    client: FlaskClient, method: str, path: str, body: dict[str, Any] | None
) -> None:
    service_of(client).close()

    response = client.open(path, method=method, json=body)

    assert error_of(response, 503)["code"] == "shutting_down"
    assert "Retry-After" in response.headers


def test_a_strict_server_does_not_know_other_models(make_client: MakeClient) -> None:
    client = make_client(strict_model=True)

    error = error_of(post(client, model="gpt-4o"), 404)

    assert (error["type"], error["param"], error["code"]) == ("invalid_request_error", "model", "model_not_found")
    assert post(client, model="fake-model").status_code == 200
    assert post(client).status_code == 200
