"""GET /v1/generations and WS /v1/generations/{id}/steps."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.api.context import EXTENSION
from tests.api.sockets import Socket, listening, refusal
from tests.api.wire import CHAT, USER, error_of
from tests.doubles.engine import FakeEngine, says
from tests.doubles.tokenizer import EOS, byte_ids
from tests.waiting import wait_until

MakeClient = Callable[..., FlaskClient]
GENERATIONS = "/v1/generations"
REPLY = "Hello, wörld! 日本"
KEY = "sk-watch"
ASKED = {"messages": [USER], "max_tokens": 40}


class Asking(threading.Thread):
    """Another client's request, over the network, in a thread."""

    def __init__(self, address: str, path: str = CHAT, key: str | None = None, **body: Any) -> None:
        super().__init__()
        self._address, self._path, self._body = address, path, body
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.answer: dict[str, Any] = {}
        self.start()

    def run(self) -> None:
        connection = HTTPConnection(self._address, timeout=30)
        connection.request("POST", self._path, json.dumps(self._body), self._headers)
        self.answer = json.loads(connection.getresponse().read())
        connection.close()

    def result(self) -> dict[str, Any]:
        self.join()
        return self.answer


@contextmanager
def running(make_client: MakeClient, engine: FakeEngine, **settings: Any) -> Iterator[tuple[FlaskClient, str]]:
    """At the end nothing waits for the engine, even after a failure."""
    client = make_client(engine, **settings)
    with listening(client) as address:
        try:
            yield client, address
        finally:
            engine.allow()


def listed(client: FlaskClient, **headers: str) -> list[dict[str, Any]]:
    response = client.get(GENERATIONS, headers=headers)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json["data"]
    return found


def only_one(client: FlaskClient, **headers: str) -> dict[str, Any]:
    """The one request that runs."""
    wait_until(lambda: len(listed(client, **headers)) == 1)
    return listed(client, **headers)[0]


def after_blocks(engine: FakeEngine, blocks: int) -> None:
    """Exactly this many steps of the engine."""
    engine.wait_until_stepping()
    engine.allow(blocks)
    engine.wait_until_stepping()


def followed(address: str, generation_id: str, **headers: str) -> Socket:
    return Socket(address, f"{GENERATIONS}/{generation_id}/steps", headers)


def joined(socket: Socket) -> dict[str, Any]:
    """The follower's first event, once the engine knows of it."""
    started = socket.receive()
    assert started["type"] == "started"
    return started


def keys_in(value: Any) -> set[str]:
    if isinstance(value, list):
        return {key for item in value for key in keys_in(item)}
    if isinstance(value, dict):
        return value.keys() | {key for item in value.values() for key in keys_in(item)}
    return set()


def test_nothing_runs(client: FlaskClient) -> None:
    assert client.get(GENERATIONS).json == {"object": "list", "data": []}


def test_a_running_request_is_listed_until_it_ends(make_client: MakeClient) -> None:
    engine = FakeEngine(says(REPLY), gated=True)
    with running(make_client, engine) as (client, address):
        asking = Asking(address, **ASKED)
        after_blocks(engine, 2)
        wait_until(lambda: only_one(client)["progress"]["tokens"] > 0)
        told = only_one(client)
        engine.allow()
        answer = asking.result()
        wait_until(lambda: listed(client) == [])

    assert told["id"] == answer["id"]
    assert told["endpoint"] == "POST /v1/chat/completions"
    assert told["model"] == "fake-model"
    assert told["progress"]["tokens"] < told["progress"]["max_tokens"] == 40
    assert told["age_ms"] > 0
    assert "texts" not in told


def test_texts_are_listed_where_the_operator_says_so(make_client: MakeClient) -> None:
    engine = FakeEngine(says(REPLY), gated=True)
    with running(make_client, engine, watch="full") as (client, address):
        asking = Asking(address, **ASKED)
        after_blocks(engine, 2)
        wait_until(lambda: only_one(client)["texts"] != [""])
        (text,) = only_one(client)["texts"]
        engine.allow()
        asking.result()

    assert REPLY.startswith(text)


def test_a_follower_hears_what_was_and_every_step_after(make_client: MakeClient) -> None:
    engine = FakeEngine(says(REPLY), gated=True)
    with running(make_client, engine, watch="full") as (client, address):
        asking = Asking(address, **ASKED)
        after_blocks(engine, 2)
        wait_until(lambda: only_one(client)["progress"]["tokens"] > 0)
        socket = followed(address, only_one(client)["id"])
        started = joined(socket)
        engine.allow()
        answer = asking.result()
        events = socket.rest()

    assert socket.code == 1000
    assert started["id"] == answer["id"]
    so_far, later = started["so_far"], [event for event in events if event["type"] == "committed"]
    assert so_far
    assert "".join(event["text"] for event in [*so_far, *later]) == REPLY
    final = {token["position"]: token["id"] for event in events if event["type"] == "step" for token in event["tokens"]}
    ids = [*byte_ids(REPLY), EOS]
    assert final
    assert all(ids[position] == token_id for position, token_id in final.items())
    assert events[-1]["choices"] == [{"index": 0, "text": REPLY, "finish_reason": "stop"}]


def test_a_follower_hears_the_forwards_that_steps_share(make_client: MakeClient) -> None:
    engine = FakeEngine(says(REPLY), gated=True, drafts=3)
    with running(make_client, engine) as (client, address):
        asking = Asking(address, **ASKED)
        after_blocks(engine, 2)
        wait_until(lambda: only_one(client)["progress"]["tokens"] > 0)
        socket = followed(address, only_one(client)["id"])
        joined(socket)
        engine.allow()
        made = asking.result()["elbarto"]
        steps = [event for event in socket.rest() if event["type"] == "step"]

    assert [step["forwards"] for step in steps] == [step["step"] // 2 + 1 for step in steps]
    assert steps[0]["forwards"] > 1
    assert steps[-1]["forwards"] == made["denoise_forwards"]


def test_the_answer_is_the_same_whether_followed_or_not(make_client: MakeClient) -> None:
    answers = []
    for is_followed in (False, True):
        engine = FakeEngine(says(REPLY), gated=True)
        with running(make_client, engine) as (client, address):
            asking = Asking(address, **ASKED, seed=5, n=2)
            engine.wait_until_stepping()
            if is_followed:
                socket = followed(address, only_one(client)["id"])
                joined(socket)
            engine.allow()
            answers.append(asking.result())
            if is_followed:
                events = socket.rest()
                assert {event["choice"] for event in events if event["type"] == "committed"} == {0, 1}
    assert answers[0]["choices"] == answers[1]["choices"]
    assert answers[0]["usage"] == answers[1]["usage"]


def test_without_leave_a_follower_gets_positions_and_confidences_alone(make_client: MakeClient) -> None:
    engine = FakeEngine(says(REPLY), gated=True)
    with running(make_client, engine) as (client, address):
        asking = Asking(address, **ASKED)
        after_blocks(engine, 2)
        wait_until(lambda: only_one(client)["progress"]["tokens"] > 0)
        socket = followed(address, only_one(client)["id"])
        started = joined(socket)
        engine.allow()
        asking.result()
        events = [started, *socket.rest()]

    tokens = [token for event in events if event["type"] == "step" for token in event["tokens"]]
    assert tokens
    assert all(set(token) == {"position", "confidence"} for token in tokens)
    assert started["so_far"]
    assert keys_in(events).isdisjoint({"text", "offset", "special", "alternatives", "token_ids"})
    assert [event["type"] for event in events if "id" in event] == ["started", "finished"]
    assert "Hello" not in json.dumps(events, ensure_ascii=False)


def test_steps_are_collected_as_long_as_somebody_follows(make_client: MakeClient) -> None:
    engine = FakeEngine(says("x" * 30), gated=True)
    with running(make_client, engine) as (client, address):
        asking = Asking(address, **ASKED)
        engine.wait_until_stepping()
        (sequence,) = engine.added
        assert not sequence.is_watched
        sockets = [followed(address, only_one(client)["id"]) for _ in range(2)]
        for socket in sockets:
            joined(socket)
        engine.allow(1)
        engine.wait_for(lambda: sequence.is_watched)
        sockets[0].close()
        sockets[1].close()
        (request,) = client.application.extensions[EXTENSION].in_flight.all()
        wait_until(lambda: not request.work.publisher._subscribers)
        engine.allow(1)
        engine.wait_for(lambda: not sequence.is_watched)
        engine.allow()
        assert asking.result()["choices"][0]["message"]["content"] == "x" * 30


def test_a_completion_and_its_several_prompts(make_client: MakeClient) -> None:
    engine = FakeEngine(says("x" * 20), gated=True)
    with running(make_client, engine, watch="full") as (client, address):
        asking = Asking(address, "/v1/completions", prompt="Hi", max_tokens=20)
        engine.wait_until_stepping()
        socket = followed(address, only_one(client)["id"])
        assert joined(socket)["prompt_tokens"] > 0
        both = Asking(address, "/v1/completions", prompt=["Hi", "Ho"], max_tokens=20)
        wait_until(lambda: len(listed(client)) == 2)
        refused = followed(address, listed(client)[1]["id"]).receive()
        engine.allow()
        assert asking.result()["choices"][0]["text"] == "x" * 20
        assert socket.rest()[-1]["choices"][0]["text"] == "x" * 20
        assert len(both.result()["choices"]) == 2

    assert (refused["type"], refused["status"]) == ("error", 400)


def test_who_follows_hears_that_the_client_left(make_client: MakeClient) -> None:
    engine = FakeEngine(says(REPLY), gated=True)
    with running(make_client, engine) as (client, address):
        asked = Socket(address)
        asked.send(ASKED)
        engine.wait_until_stepping()
        assert only_one(client)["endpoint"] == "WS /v1/steps"
        socket = followed(address, only_one(client)["id"])
        joined(socket)
        asked.close()
        engine.allow(1)
        (*_, last) = socket.rest()

    assert (last["type"], last["error"]["code"], socket.code) == ("error", "generation_ended", 4410)


def test_who_follows_hears_that_the_request_failed(make_client: MakeClient) -> None:
    engine = FakeEngine(says(REPLY), gated=True, failing_steps=1)
    with running(make_client, engine) as (client, address):
        asking = Asking(address, **ASKED)
        engine.wait_until_stepping()
        socket = followed(address, only_one(client)["id"])
        joined(socket)
        engine.allow()
        assert asking.result()["error"]["code"] == "engine_failed"
        assert socket.rest()[-1]["error"]["code"] == "engine_failed"


def test_an_id_that_does_not_run(make_client: MakeClient) -> None:
    with running(make_client, FakeEngine()) as (_, address):
        socket = followed(address, "chatcmpl-none")
        (event,) = socket.rest()

    assert (event["status"], event["error"]["code"], socket.code) == (404, "generation_not_found", 4404)


def test_off_is_off(make_client: MakeClient) -> None:
    with running(make_client, FakeEngine(), watch="off") as (client, address):
        assert "is disabled" in error_of(client.get(GENERATIONS), 403)["message"]
        assert refusal(address, f"{GENERATIONS}/x/steps")[0] == 403


@pytest.mark.parametrize(
    "environ",
    [
        {"REMOTE_ADDR": "192.168.1.7"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.168.1.7"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=192.168.1.7"},
    ],
)
def test_without_a_key_only_this_machine_may_look(client: FlaskClient, environ: dict[str, str]) -> None:
    error = error_of(client.get(GENERATIONS, environ_overrides=environ), 403)
    assert error["code"] == "watching_not_allowed"
    assert client.get(GENERATIONS, environ_overrides={"REMOTE_ADDR": "127.0.0.1"}).status_code == 200


def test_with_a_key_whoever_has_it_may_look_from_anywhere(make_client: MakeClient) -> None:
    engine = FakeEngine(says(REPLY), gated=True)
    with running(make_client, engine, api_key=KEY) as (client, address):
        error_of(client.get(GENERATIONS), 401)
        far = {"REMOTE_ADDR": "192.168.1.7"}
        assert client.get(GENERATIONS, headers={"X-Api-Key": KEY}, environ_overrides=far).status_code == 200
        assert refusal(address, f"{GENERATIONS}/x/steps", X_Api_Key="wrong")[0] == 401

        asking = Asking(address, key=KEY, **ASKED)
        engine.wait_until_stepping()
        generation_id = only_one(client, **{"X-Api-Key": KEY})["id"]
        by_header = followed(address, generation_id, **{"X-Api-Key": KEY})
        joined(by_header)
        by_message = followed(address, generation_id)
        by_message.send({"api_key": KEY})
        joined(by_message)
        without = followed(address, generation_id)
        without.send({"api_key": "wrong"})
        assert without.receive()["status"] == 401
        engine.allow()
        asking.result()
        assert by_header.rest()[-1]["type"] == by_message.rest()[-1]["type"] == "finished"
