"""Infills that cannot continue: clients that disconnect, full queues, a failing engine; and the server after them."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.messages.params import GenerationParams
from tests.api.infill_wire import EDITS, INFILL, fill
from tests.api.wire import error_of, events_in, post
from tests.doubles.app import service_of
from tests.doubles.engine import says
from tests.doubles.infill import CANVAS_MODEL, InfillEngine, always
from tests.doubles.tokenizer import FimTokenizer, byte_ids
from tests.waiting import wait_until

MakeClient = Callable[..., FlaskClient]
HOLE: dict[str, Any] = {"hole": {}}
TWO = ["a = ", HOLE, "\nb = ", HOLE, "\n"]
ROUTES = ["canvas", "fim", "chat", "both"]
# For a model that supports all routes; the answer takes more than one step on each.
REQUESTS: list[tuple[str, dict[str, Any]]] = [(INFILL, {"segments": TWO, "infill_mode": mode}) for mode in ROUTES]
REQUESTS += [(EDITS, {"text": "a = 12345678\n", "spans": [[4, 12]], "mode": mode}) for mode in ("redenoise", "polish")]
each_request = pytest.mark.parametrize(("path", "body"), REQUESTS, ids=[*ROUTES, "redenoise", "polish"])


def make_engine(gated: bool = False) -> InfillEngine:
    return InfillEngine(says(byte_ids("12345678")), gated=gated, fills=always("first", "second"))


@pytest.fixture
def make_server(make_client: MakeClient) -> MakeClient:
    return lambda engine, **options: make_client(engine, tokenizer=FimTokenizer(), info=CANVAS_MODEL, **options)


@pytest.fixture
def gone() -> Iterator[dict[str, Any]]:
    """The environment of a request whose client has hung up."""
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours:
        yield {"gunicorn.socket": ours}


def is_idle(client: FlaskClient) -> bool:
    return service_of(client).engine.queue_lengths == (0, 0)


# Clients that leave


@pytest.mark.parametrize("streamed", [False, True])
@each_request
def test_a_client_that_hangs_up_frees_the_engine_within_a_step(
    make_server: MakeClient,
    gone: dict[str, Any],
    path: str,
    body: dict[str, Any],
    streamed: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "elbarto.request")
    engine = make_engine(gated=True)
    client = make_server(engine)

    post(client, path, environ=gone, stream=streamed, **body)
    engine.allow(1)
    wait_until(lambda: is_idle(client))

    assert engine.steps <= 1
    assert engine.aborted
    assert "status=499" in caplog.text


@each_request
def test_a_stream_that_is_closed_frees_the_engine(make_server: MakeClient, path: str, body: dict[str, Any]) -> None:
    engine = make_engine(gated=True)
    client = make_server(engine)
    response = post(client, path, stream=True, buffered=False, **body)
    assert next(response.iter_encoded()).startswith(b'data: {"type":"started"')
    engine.wait_until_stepping()

    response.close()
    engine.allow(1)
    wait_until(lambda: is_idle(client))

    assert engine.steps == 1


def test_leaving_between_phases(make_server: MakeClient) -> None:
    """One hole has been sent, the other starts over on a longer canvas, and the client disconnects."""
    engine = InfillEngine(gated=True, fills=always("first", "x" * 100))
    client = make_server(engine)
    response = post(client, INFILL, segments=TWO, stream=True, buffered=False)
    frames = response.iter_encoded()
    engine.allow(2)
    assert [json.loads(next(frames)[6:])["type"] for _ in range(3)] == ["started", "delta", "hole"]

    response.close()
    engine.allow(1)
    wait_until(lambda: is_idle(client))

    assert engine.steps <= 3
    assert len(engine.canvases) <= 2


# Too many


@pytest.mark.parametrize("streamed", [False, True])
@each_request
def test_a_full_queue(make_server: MakeClient, path: str, body: dict[str, Any], streamed: bool) -> None:
    engine = make_engine(gated=True)
    client = make_server(engine, max_queue=3)  # a revision needs four sequences at once
    running = post(client, INFILL, segments=TWO, infill_mode="fim", n=4, stream=True, buffered=False)

    response = post(client, path, stream=streamed, **body)
    error = error_of(response, 429)
    running.close()

    assert (error["type"], error["code"], error["param"]) == ("rate_limit_error", "queue_full", None)
    assert int(response.headers["Retry-After"]) >= 1


def test_a_request_that_was_admitted_is_not_refused_half_way(make_server: MakeClient) -> None:
    """Its later phases are admitted, however many requests wait by then."""
    engine = InfillEngine(gated=True, fills=always("x" * 40, "y" * 40))
    client = make_server(engine, max_queue=1)
    with ThreadPoolExecutor() as pool:
        answers = [pool.submit(fill, client.application.test_client(), TWO) for _ in range(2)]
        wait_until(lambda: service_of(client).engine.queue_lengths == (1, 1))
        error_of(post(client, INFILL, segments=TWO), 429)
        engine.allow()

    assert [answer.result()["text"] for answer in answers] == [f"a = {'x' * 40}\nb = {'y' * 40}\n"] * 2
    assert len(engine.canvases) == 4


@pytest.mark.parametrize("method", ["several", "delete"])
def test_a_small_server_tries_what_it_has_places_for(make_server: MakeClient, method: str) -> None:
    """Batch size 1, no queue: only the longest canvas, or one candidate."""
    engine = make_engine()

    answer = fill(make_server(engine, max_queue=0), TWO, length_method=method)

    assert len(engine.canvases) == 1
    assert len(answer["choices"]) == 1


# A failing engine


def error_in(response: TestResponse) -> dict[str, Any]:
    """The error that ends a stream, which has no [DONE]."""
    *_, last = events_in(response)
    assert set(last) == {"error"}
    error: dict[str, Any] = last["error"]
    return error


@each_request
def test_an_engine_that_fails(make_server: MakeClient, path: str, body: dict[str, Any]) -> None:
    engine = make_engine()
    client = make_server(engine)

    engine.failing_steps = 1
    whole = error_of(post(client, path, **body), 500)
    engine.failing_steps = 1
    streamed = error_in(post(client, path, stream=True, **body))

    assert whole == streamed
    assert (whole["type"], whole["code"]) == ("server_error", "engine_failed")
    wait_until(lambda: is_idle(client))
    fill(client, TWO)


def test_an_engine_that_fails_half_way(make_server: MakeClient) -> None:
    """In the second phase of one candidate; the others' sequences are removed from the engine."""
    engine = InfillEngine()

    def fails_later(hole: int, num_masks: int, params: GenerationParams) -> str:
        engine.failing_steps = int(num_masks == 24)
        return "x" * 100

    engine.fills = fails_later
    client = make_server(engine)

    events = events_in(post(client, INFILL, segments=TWO, stream=True))

    assert events[0]["type"] == "started"
    assert events[-1]["error"]["code"] == "engine_failed"
    wait_until(lambda: is_idle(client))
    engine.fills, engine.failing_steps = always("1", "2"), 0
    fill(client, TWO)


def test_a_server_that_shuts_down(make_server: MakeClient) -> None:
    engine = make_engine(gated=True)
    client = make_server(engine)
    response = post(client, INFILL, segments=TWO, stream=True, buffered=False)
    engine.wait_until_stepping()

    engine.allow(1)
    service_of(client).close()

    assert error_in(response)["code"] == "shutting_down"
    assert error_of(post(client, INFILL, segments=TWO), 503)["code"] == "shutting_down"
