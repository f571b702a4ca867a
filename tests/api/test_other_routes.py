"""/health, the models, and the tokenizer; and what applies to every route."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

import app
from app.errors import CheckpointError
from tests.api.wire import error_of, post
from tests.doubles.app import Loaded, fake_loaded, service_of
from tests.doubles.engine import FakeEngine
from tests.doubles.tokenizer import EOS, VOCAB_SIZE, byte_ids
from tests.waiting import PATIENCE_S, wait_until

MakeClient = Callable[..., FlaskClient]


def test_health_from_loading_to_ready_to_closed(make_client: MakeClient) -> None:
    gate = threading.Event()

    def load() -> Loaded:
        assert gate.wait(PATIENCE_S)
        return fake_loaded()

    client = make_client(load=load, max_queue=3)
    queue = {"running": 0, "waiting": 0, "capacity": 4}
    nothing = {"model": None, "device": None, "dtype": None}

    response = client.get("/health")
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) >= 1
    assert response.json == {"status": "loading", "queue": queue, **nothing}

    gate.set()
    service_of(client).wait_until_ready()
    response = client.get("/health")
    assert response.status_code == 200
    ready = {"status": "ok", "queue": queue, "model": "fake-model", "device": "cpu", "dtype": "float32"}
    assert response.json == ready

    service_of(client).close()
    response = client.get("/health")
    assert response.status_code == 503
    assert response.json == {"status": "closed", "queue": queue, **nothing}


def test_health_counts_the_queue(make_client: MakeClient) -> None:
    engine = FakeEngine(gated=True)
    client = make_client(engine, max_queue=5)
    running = post(client, stream=True, n=3, buffered=False)

    assert client.get("/health").json["queue"] == {"running": 1, "waiting": 2, "capacity": 6}
    running.close()


def test_ready_is_whether_a_request_would_be_taken(make_client: MakeClient) -> None:
    engine = FakeEngine(gated=True)
    client = make_client(engine, max_queue=1)
    assert client.get("/ready").status_code == 200
    with post(client, stream=True, buffered=False), post(client, stream=True, buffered=False):
        busy = client.get("/ready")
        assert (busy.status_code, busy.json["status"]) == (503, "busy")
        assert int(busy.headers["Retry-After"]) >= 1
        assert client.get("/health").status_code == 200
        engine.allow()
    wait_until(lambda: client.get("/ready").status_code == 200)


def test_a_server_whose_step_takes_very_long_is_not_ready(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = FakeEngine(gated=True)
    client = make_client(engine)
    with post(client, stream=True, buffered=False):
        engine.wait_until_stepping()
        with monkeypatch.context() as patched:
            patched.setattr("app.api.health.STALLED_S", 0.01)
            wait_until(lambda: client.get("/ready").json["status"] == "busy")
        assert client.get("/health").status_code == 200
        engine.allow()
    wait_until(lambda: client.get("/ready").status_code == 200)


def test_a_model_that_cannot_be_loaded_ends_the_process(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = threading.Event()
    told: list[BaseException] = []

    def end_process(error: BaseException) -> None:
        told.append(error)
        ended.set()

    monkeypatch.setattr(app, "end_process", end_process)
    failure = CheckpointError("no such directory")

    def load() -> Loaded:
        raise failure

    make_client(load=load)

    assert ended.wait(PATIENCE_S)
    assert told == [failure]


def test_the_end_of_the_process_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    codes: list[int] = []
    monkeypatch.setattr(os, "_exit", codes.append)

    app.end_process(CheckpointError("there is no model in /nowhere"))
    assert capsys.readouterr().err == "elbarto: error: there is no model in /nowhere\n"
    app.end_process(ZeroDivisionError())

    assert "the model could not be loaded" in caplog.text
    assert codes == [3, 3]


@pytest.mark.parametrize(
    ("settings", "warned"),
    [
        ({"host": "0.0.0.0"}, True),
        ({"host": "192.168.1.5"}, True),
        ({"host": "0.0.0.0", "api_key": "k"}, False),
        ({"host": "127.0.0.1"}, False),
        ({"host": "localhost"}, False),
        ({"host": "::1"}, False),
    ],
)
def test_a_server_open_to_the_network_says_so(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], warned: bool
) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(logging.getLogger("app"), "warning", lambda message, *values: warnings.append(message % values))

    make_client(**settings)

    assert len(warnings) == warned
    assert all("ELBARTO_API_KEY is not set" in warning for warning in warnings)


# Models


def test_models(client: FlaskClient) -> None:
    listed = client.get("/v1/models").json

    assert listed["object"] == "list"
    (card,) = listed["data"]
    assert isinstance(card.pop("created"), int)
    assert {"python", "tsx"} <= set(card.pop("infill_syntax"))
    assert card == {
        "id": "fake-model",
        "object": "model",
        "owned_by": "elbarto",
        "max_model_len": 1024,
        "family": "fake",
        "block_length": 4,
        "mask_token_id": 5,
        "infill_modes": ["chat"],
        "infill_context": 1024,
    }


@pytest.mark.parametrize("name", ["fake-model", "org/model-7B"])
def test_one_model(make_client: MakeClient, name: str) -> None:
    client = make_client(info={"id": name})

    assert client.get(f"/v1/models/{name}").json == client.get("/v1/models").json["data"][0]


@pytest.mark.parametrize("name", ["gpt-4o", "fake-model/x", "FAKE-MODEL", "fake", "%F0%9F%98%80"])
def test_an_unknown_model(client: FlaskClient, name: str) -> None:
    error = error_of(client.get(f"/v1/models/{name}"), 404)

    assert (error["code"], error["param"]) == ("model_not_found", "model")
    assert "fake-model" in error["message"]


# Tokens


@pytest.mark.parametrize("field", ["prompt", "content"])
def test_tokenize(client: FlaskClient, field: str) -> None:
    answer = post(client, "/tokenize", **{field: "a日<eos>"}).json

    tokens = [*byte_ids("a日"), EOS]
    assert answer == {"tokens": tokens, "count": len(tokens), "max_model_len": 1024}


def test_tokenize_with_special_tokens(client: FlaskClient) -> None:
    assert post(client, "/tokenize", prompt="", add_special_tokens=True).json["tokens"] == [0]
    assert post(client, "/tokenize", prompt="").json["tokens"] == []


def test_tokenize_messages(client: FlaskClient) -> None:
    parts = [{"type": "text", "text": "H"}, {"type": "text", "text": "i"}]
    answer = post(client, "/tokenize", messages=[{"role": "developer", "content": parts}]).json

    assert post(client, "/detokenize", tokens=answer["tokens"]).json["prompt"] == (
        "<bos>system\nHi<eos><bos>assistant\n"
    )
    usage = post(client, messages=[{"role": "developer", "content": parts}]).json["usage"]
    assert answer["count"] == usage["prompt_tokens"]


@pytest.mark.parametrize("text", ["def f():\n\treturn '日本 😀'", " ", "<bos>a<mask><eos>"])
def test_there_and_back(client: FlaskClient, text: str) -> None:
    tokens = post(client, "/tokenize", prompt=text).json["tokens"]

    assert post(client, "/detokenize", tokens=tokens).json == {"prompt": text, "content": text}


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        ("/tokenize", {}, "prompt"),
        ("/tokenize", {"prompt": None}, "prompt"),
        ("/tokenize", {"prompt": 5}, "prompt"),
        ("/tokenize", {"prompt": ["a"]}, "prompt"),
        ("/tokenize", {"content": 5}, "content"),
        ("/tokenize", {"messages": []}, "prompt"),
        ("/tokenize", {"messages": [{"role": "bot"}]}, "messages[0].role"),
        ("/tokenize", {"prompt": "a", "add_special_tokens": 1}, "add_special_tokens"),
        ("/detokenize", {}, "tokens"),
        ("/detokenize", {"tokens": []}, "tokens"),
        ("/detokenize", {"tokens": "8 9"}, "tokens"),
        ("/detokenize", {"tokens": [8, "9"]}, "tokens"),
        ("/detokenize", {"tokens": [8, True]}, "tokens"),
        ("/detokenize", {"tokens": [8, -1]}, "tokens"),
        ("/detokenize", {"tokens": [VOCAB_SIZE]}, "tokens"),
        ("/detokenize", {"tokens": [10**100]}, "tokens"),
    ],
)
def test_token_requests_that_are_wrong(client: FlaskClient, path: str, body: dict[str, Any], param: str) -> None:
    error = error_of(post(client, path, **body), 400)

    assert error["param"] == param
    assert error["message"].startswith(f"{param} ")
