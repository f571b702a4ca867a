"""WS /v1/steps, and the same events over SSE."""

from __future__ import annotations

import itertools
import json
import logging
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.api import sockets
from tests.api.sockets import HELLO, VALIDATOR, Socket, converse, listening, refusal
from tests.api.wire import error_of, post, stream
from tests.doubles.app import service_of
from tests.doubles.engine import FakeEngine, says
from tests.doubles.tokenizer import EOS, byte_ids
from tests.waiting import wait_until

MakeClient = Callable[..., FlaskClient]
REPLY = "Hello, wörld! 日本"


@pytest.fixture
def address(make_client: MakeClient) -> Iterator[str]:
    with listening(make_client(FakeEngine(says(REPLY)))) as address:
        yield address


def only(events: list[dict[str, Any]], type: str, choice: int = 0) -> list[dict[str, Any]]:
    return [event for event in events if event["type"] == type and event.get("choice", 0) == choice]


def test_a_chat_is_told_step_by_step(address: str) -> None:
    events, code = converse(address, {**HELLO, "max_tokens": 40})

    started, finished = events[0], events[-1]
    assert code == 1000
    assert [started["type"], finished["type"]] == ["started", "finished"]
    assert started["id"] == finished["id"]
    assert started["canvas"]["length"] == 40
    assert finished["choices"] == [{"index": 0, "text": REPLY, "finish_reason": "stop"}]
    assert finished["usage"]["completion_tokens"] == len(byte_ids(REPLY)) + 1
    assert finished["elbarto"]["denoise_forwards"] == len(only(events, "step"))


def test_the_blocks_cover_the_canvas(address: str) -> None:
    events, _ = converse(address, {**HELLO, "max_tokens": 40})

    blocks = events[0]["canvas"]["blocks"]
    assert blocks[0][0] == 0
    assert blocks[-1][1] == 40
    assert all(end == start for (_, end), (start, _) in itertools.pairwise(blocks))
    for step in only(events, "step"):
        assert [step["start"], step["end"]] == blocks[step["block"]]
        assert all(step["start"] <= token["position"] < step["end"] for token in step["tokens"])


def test_steps_add_up_to_the_reply(address: str) -> None:
    events, _ = converse(address, {**HELLO, "max_tokens": 40})

    steps = only(events, "step")
    final = {token["position"]: token for step in steps for token in step["tokens"]}
    assert [step["step"] for step in steps] == list(range(len(steps)))
    assert [step["forwards"] for step in steps] == list(range(1, len(steps) + 1))
    assert [final[position]["id"] for position in sorted(final)] == [*byte_ids(REPLY), EOS]
    assert final[0]["confidence"] == 1
    assert final[len(byte_ids(REPLY))]["special"] == "<eos>"


def test_steps_that_share_a_forward_have_its_number(make_client: MakeClient) -> None:
    with listening(make_client(FakeEngine(says(REPLY), drafts=3))) as address:
        events, _ = converse(address, {**HELLO, "max_tokens": 40})
        alone, _ = converse(address, {**HELLO, "max_tokens": 40, "speculation": "off"})

    steps, made = only(events, "step"), events[-1]["elbarto"]
    assert [step["step"] for step in steps] == list(range(len(steps)))
    assert [step["forwards"] for step in steps] == [number // 2 + 1 for number in range(len(steps))]
    assert steps[-1]["forwards"] == made["denoise_forwards"]
    assert made["drafts"] == {"tried": 3 * made["denoise_forwards"], "accepted": len(steps) - made["denoise_forwards"]}
    assert alone[-1]["elbarto"]["denoise_forwards"] == len(only(alone, "step")) == len(steps)
    assert [step["tokens"] for step in only(alone, "step")] == [step["tokens"] for step in steps]


def test_committed_texts_are_whole_characters_at_their_offsets(address: str) -> None:
    events, _ = converse(address, {**HELLO, "max_tokens": 40})

    text = ""
    for event in only(events, "committed"):
        assert event["offset"] == len(text)
        text += event["text"]
        for token in event["tokens"]:
            assert REPLY[token["offset"] :].startswith(token["text"])
    assert text == REPLY


def test_a_character_of_several_tokens_is_never_torn(make_client: MakeClient) -> None:
    """Each byte is a token: a block of four holds one emoji, parts of two, or the middle of a family of three."""
    reply = "a👩‍👩‍👧b🙂é"
    with listening(make_client(FakeEngine(says(reply)))) as address:
        events, _ = converse(address, {**HELLO, "max_tokens": 40})

    text = ""
    for event in only(events, "committed"):
        text += event["text"]
        for token in event["tokens"]:
            assert reply[token["offset"] :].startswith(token["text"])
    told = [token for step in only(events, "step") for token in step["tokens"]]
    assert text == reply
    assert {token["text"] for token in told} == {"a", "b", "", None}  # part of a character has no text
    assert [token["offset"] for token in told if token["text"] == "a"] == [0]


def test_a_step_knows_an_offset_once_nothing_before_it_is_masked(address: str) -> None:
    events, _ = converse(address, {**HELLO, "max_tokens": 40})

    offsets = {token["position"]: token["offset"] for step in only(events, "step") for token in step["tokens"]}
    first = events[0]["canvas"]["blocks"][0][1]
    assert offsets[0] == 0
    assert offsets[first - 1] is None  # the fake engine fills a block's later half first


def test_alternatives_and_proposals_are_told_on_request(address: str) -> None:
    events, _ = converse(address, {**HELLO, "max_tokens": 40, "alternatives": 2})
    bare, _ = converse(address, {**HELLO, "max_tokens": 40})

    step = only(events, "step")[0]
    assert len(step["tokens"][0]["alternatives"]) == 2
    assert step["proposals"]
    assert {"alternatives", "proposals"}.isdisjoint(json.dumps(bare))
    assert all("proposals" not in event for event in bare)


def test_a_completion_is_told_step_by_step(address: str) -> None:
    events, code = converse(address, {"prompt": "Hi", "max_tokens": 40, "alternatives": 1, "n": 2})

    assert code == 1000
    assert events[0]["object"] == "text_completion.steps"
    for choice in (0, 1):
        assert "".join(event["text"] for event in only(events, "committed", choice)) == REPLY
    assert [choice["text"] for choice in events[-1]["choices"]] == [REPLY, REPLY]


def test_every_choice_is_told(address: str) -> None:
    events, _ = converse(address, {**HELLO, "max_tokens": 40, "n": 2})

    assert events[0]["num_choices"] == 2
    for choice in (0, 1):
        assert "".join(event["text"] for event in only(events, "committed", choice)) == REPLY
    assert [choice["text"] for choice in events[-1]["choices"]] == [REPLY, REPLY]


@pytest.mark.parametrize("stop", ["wör", "d!", "Hello"])
def test_text_ends_before_a_stop_string(address: str, stop: str) -> None:
    events, _ = converse(address, {**HELLO, "max_tokens": 40, "stop": stop})

    assert "".join(event["text"] for event in only(events, "committed")) == REPLY[: REPLY.index(stop)]
    assert events[-1]["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize(
    ("message", "status", "param"),
    [
        ("", 400, None),
        ("{", 400, None),
        ("[]", 400, None),
        (b"\x00", 400, None),
        ({}, 400, "messages"),
        ({**HELLO, "steps": 0}, 400, "steps"),
        ({**HELLO, "alternatives": 21}, 400, "alternatives"),
        ({"segments": ["text"]}, 400, "segments"),
        ({"prompt": []}, 400, "prompt"),
        ({"prompt": ["one", "two"]}, 400, "prompt"),
        ({"prompt": "Hi", "logprobs": 1}, 400, "logprobs"),
        ({"prompt": "Hi", "n": 1, "best_of": 2}, 400, "best_of"),
        ({"prompt": "Hi", "suffix": "you"}, 400, "infill_mode"),
        ('{"messages": [{"role": "user", "content": "\\ud800"}]}', 400, None),
    ],
)
def test_a_refusal_is_an_event(address: str, message: Any, status: int, param: str | None) -> None:
    events, code = converse(address, message)

    (event,) = events
    assert (event["type"], event["status"], event["error"]["param"], code) == ("error", status, param, 4000 + status)


def test_a_full_queue_is_an_event(make_client: MakeClient) -> None:
    engine = FakeEngine(gated=True)
    with listening(make_client(engine, max_queue=0)) as address:
        first = Socket(address)
        first.send(HELLO)
        assert first.receive()["type"] == "started"
        events, code = converse(address, HELLO)
        engine.allow()
        assert first.rest()[-1]["type"] == "finished"

    assert (events[0]["error"]["code"], code) == ("queue_full", 4429)


def test_a_failed_step_is_an_event(make_client: MakeClient) -> None:
    with listening(make_client(FakeEngine(failing_steps=1))) as address:
        events, code = converse(address, HELLO)

    assert [event["type"] for event in events] == ["started", "error"]
    assert (events[-1]["error"]["code"], code) == ("engine_failed", 4500)


def test_a_closed_socket_ends_the_request(make_client: MakeClient) -> None:
    engine = FakeEngine(says("x" * 200), gated=True)
    client = make_client(engine)
    with listening(client) as address:
        socket = Socket(address)
        socket.send({**HELLO, "max_tokens": 200})
        engine.allow(1)
        while socket.receive()["type"] != "committed":
            pass
        socket.close()
        wait_until(lambda: bool(service_of(client).engine._commands.qsize()))
        engine.allow(1)
        engine.wait_for(lambda: engine.aborted == [0])
    assert engine.steps == 2


def test_a_silent_client_is_told_and_left(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "REQUEST_S", 0.05)
    with listening(make_client()) as address:
        events, code = converse(address)

    assert (events[0]["error"]["code"], code) == ("request_timeout", 4408)


def test_a_message_beyond_the_limit_closes_the_socket(make_client: MakeClient) -> None:
    with listening(make_client(max_body_bytes=1000)) as address:
        events, code = converse(address, {**HELLO, "user": "x" * 1000})

    assert (events, code) == ([], 1009)


def test_a_client_that_stops_reading_is_given_up() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        patient = sockets.WholeSends(ours, timeout_s=1)
        assert patient.send(b"read") == 4
        with pytest.raises(OSError, match="unavailable"):
            patient.send(bytes(50_000_000))


# Access


def test_the_key_comes_with_a_header_or_with_a_message(make_client: MakeClient) -> None:
    with listening(make_client(api_key="secret")) as address:
        for messages, headers in [
            ([HELLO], {"Authorization": "Bearer secret"}),
            ([HELLO], {"X_Api_Key": "secret"}),
            ([{"api_key": "secret"}, HELLO], {}),
            ([{"api_key": "secret", **HELLO}], {}),
            ([{"api_key": "anything"}, HELLO], {"X_Api_Key": "secret"}),
        ]:
            events, _ = converse(address, *messages, **headers)
            assert events[-1]["type"] == "finished", messages


@pytest.mark.parametrize("message", [HELLO, {"api_key": "wrong"}, {"api_key": 7, **HELLO}, {"api_key": None}])
def test_a_wrong_key_or_none_is_refused(make_client: MakeClient, message: Any) -> None:
    engine = FakeEngine()
    with listening(make_client(engine, api_key="secret")) as address:
        events, code = converse(address, message)

    assert (events[0]["error"]["code"], code, engine.added) == ("invalid_api_key", 4401, [])


def test_a_wrong_key_in_a_header_opens_no_socket(make_client: MakeClient) -> None:
    with listening(make_client(api_key="secret")) as address:
        status, error = refusal(address, Authorization="Bearer wrong")

    assert (status, error["code"]) == (401, "invalid_api_key")


def test_a_key_that_nobody_wants_is_no_error(address: str) -> None:
    assert converse(address, {"api_key": "any"}, HELLO)[0][-1]["type"] == "finished"


def test_foreign_pages_open_no_socket(address: str) -> None:
    status, error = refusal(address, Origin="https://elsewhere.example")

    assert (status, error["type"]) == (403, "permission_error")


def test_the_servers_own_page_opens_one(address: str) -> None:
    assert converse(address, HELLO, Origin=f"http://{address}")[1] == 1000


def test_the_log_has_one_line_and_no_text(make_client: MakeClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "elbarto.request")
    client = make_client()
    with listening(client) as address:
        converse(address, HELLO)
        wait_until(lambda: len(caplog.messages) == 1)

    assert "route=GET /v1/steps status=101 tokens=14" in caplog.text
    assert "Hello" not in caplog.text
    assert service_of(client).engine.queue_lengths == (0, 0)


def test_a_plain_get_is_told_what_belongs_there(client: FlaskClient) -> None:
    assert "WebSocket" in error_of(client.get("/v1/steps"), 400)["message"]


# SSE


def test_server_sent_events_tell_the_same(client: FlaskClient) -> None:
    events = stream(client, stream_mode="steps", alternatives=1)

    for event in events:
        VALIDATOR.validate(event)
    assert [events[0]["type"], events[-1]["type"]] == ["started", "finished"]
    assert "".join(event["text"] for event in only(events, "committed")) == "Hello, world!"


def test_server_sent_events_tell_of_shared_forwards(make_client: MakeClient) -> None:
    events = stream(make_client(FakeEngine(drafts=3)), stream_mode="steps")

    steps = only(events, "step")
    assert steps[0]["forwards"] == steps[1]["forwards"] == 1
    assert steps[-1]["forwards"] == events[-1]["elbarto"]["denoise_forwards"] < len(steps)


def test_steps_need_a_stream(client: FlaskClient) -> None:
    assert error_of(post(client, stream_mode="steps"), 400)["param"] == "stream_mode"
    assert error_of(post(client, alternatives=3), 400)["param"] == "alternatives"
    assert error_of(post(client, stream=True, stream_mode="tokens"), 400)["param"] == "stream_mode"


def test_a_stream_that_fails_ends_with_an_error_event(make_client: MakeClient) -> None:
    response = post(make_client(FakeEngine(failing_steps=1)), stream=True, stream_mode="steps")

    last = json.loads(response.text.removesuffix("\n\n").split("data: ")[-1])
    VALIDATOR.validate(last)
    assert (last["type"], last["status"]) == ("error", 500)


def test_nobody_pays_who_did_not_ask(make_client: MakeClient) -> None:
    engine = FakeEngine()
    stream(make_client(engine))

    assert not engine.added[0].params.watch
