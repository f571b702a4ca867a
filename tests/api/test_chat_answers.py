"""Replies in OpenAI's format, whole and streamed, including failures and clients that disconnect."""

from __future__ import annotations

import json
import random
import re
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.serving.generation import SILENCE, Silence
from app.serving.reply import Reply
from tests.api.wire import error_of, events_in, post, stream, text_of
from tests.doubles.app import service_of
from tests.doubles.engine import FakeEngine, says
from tests.doubles.tokenizer import EOS, TOOLS_TEMPLATE, ByteTokenizer, byte_ids

MakeClient = Callable[..., FlaskClient]

PROMPT = byte_ids("four")


def frames(response: TestResponse) -> Iterator[str]:
    """A stream's frames, as they arrive."""
    for frame in response.iter_encoded():
        yield frame.decode()


# Whole


def test_a_whole_answer(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(says("abcdef")))
    before = int(time.time())

    answer = post(client, prompt_token_ids=PROMPT, gen_length=8, steps=8, seed=7).json

    assert re.fullmatch(r"chatcmpl-[0-9a-f]{32}", answer["id"])
    assert isinstance(answer["created"], int)
    assert before <= answer["created"] <= time.time()
    assert answer["object"] == "chat.completion"
    assert answer["model"] == "fake-model"
    assert answer["choices"] == [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "abcdef"},
            "logprobs": None,
            "finish_reason": "stop",
        }
    ]
    assert answer["usage"] == {
        "prompt_tokens": 4,
        "completion_tokens": 7,
        "total_tokens": 11,
        "prompt_tokens_details": {"cached_tokens": 0},
    }
    assert answer["elbarto"] == {
        "steps": 4,
        "denoise_forwards": 4,
        "fused_commits": 1,
        "drafts": {"tried": 0, "accepted": 0},
        "prefill_forwards": 1,
        "tpf": 1.75,
        "prompt_tokens": 4,
        "cached_tokens": 0,
        "prefill_tokens": 4,
        "queue_ms": 1.0,
        "first_block_ms": 2.0,
        "total_ms": 3.0,
        "params": {
            "steps": 8,
            "gen_length": 8,
            "block_length": 4,
            "decode_mode": "static",
            "threshold": None,
            "factor": 1.0,
            "gamma": 0.1,
            "small_block_length": None,
            "block_cache": False,
            "time_budget_ms": None,
            "speculation": None,
            "remasking": "low_confidence",
            "schedule_eps": 0.001,
            "temperature": 0.0,
            "top_p": 1.0,
            "top_k": 0,
            "repetition_penalty": 1.0,
            "presence_penalty": 0.0,
            "frequency_penalty": 0.0,
            "seed": 7,
        },
        "warnings": [],
    }
    assert answer.keys() == {"id", "created", "model", "object", "choices", "usage", "elbarto"}


def test_several_choices_whole(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(says("abcdef", "xyz")))

    answer = post(client, prompt_token_ids=PROMPT, n=2, gen_length=4).json

    assert [choice["index"] for choice in answer["choices"]] == [0, 1]
    assert [choice["message"]["content"] for choice in answer["choices"]] == ["abcd", "xyz"]
    assert [choice["finish_reason"] for choice in answer["choices"]] == ["length", "stop"]
    assert answer["usage"]["completion_tokens"] == 8


def test_token_ids_come_when_asked_for(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(says("日a")))
    expected = [*byte_ids("日a"), EOS]

    whole = post(client, return_token_ids=True).json
    streamed = stream(client, return_token_ids=True)

    assert whole["choices"][0]["token_ids"] == expected
    assert [token_id for event in streamed for token_id in event["choices"][0]["token_ids"]] == expected
    assert "token_ids" not in post(client).json["choices"][0]
    assert not any("token_ids" in choice for event in stream(client) for choice in event["choices"])


def test_the_loaded_model_answers_to_any_name(client: FlaskClient) -> None:
    assert post(client, model="gpt-4o").json["model"] == "fake-model"


def test_text_is_sent_as_it_is(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(says("日本 \u2028😀\n\n")))

    assert "日本 \u2028😀\\n\\n" in post(client).text
    assert text_of(stream(client)) == "日本 \u2028😀\n\n"


def test_what_the_template_has_no_use_for_is_named_in_a_header(make_client: MakeClient) -> None:
    tools: dict[str, Any] = {"tools": [{"type": "function"}], "response_format": {"type": "json_object"}}

    for streamed in (False, True):
        plain, knowing = make_client(), make_client(tokenizer=ByteTokenizer(TOOLS_TEMPLATE))
        assert post(plain, stream=streamed, **tools).headers["x-elbarto-ignored"] == "response_format, tools"
        assert post(knowing, stream=streamed, **tools).headers["x-elbarto-ignored"] == "response_format"
        assert "x-elbarto-ignored" not in post(plain, stream=streamed).headers
        assert "x-elbarto-ignored" not in post(plain, stream=streamed, response_format={"type": "text"}).headers


def test_warnings_are_in_every_answer(client: FlaskClient) -> None:
    warning = "block_length is 8; fake-model was trained with 4: replies may be worse."

    for _ in range(2):
        assert post(client, block_length=8).json["elbarto"]["warnings"] == [warning]
        assert stream(client, block_length=8)[-1]["elbarto"]["warnings"] == [warning]


# Streamed


def test_a_stream(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(says("abcdef")))

    response = post(client, stream=True, prompt_token_ids=PROMPT, gen_length=8)
    events = events_in(response)

    assert response.headers["Cache-Control"] == "no-cache"
    assert response.headers["Content-Type"].startswith("text/event-stream")
    assert events.pop() == "[DONE]"
    assert [event["choices"] for event in events] == [
        [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}]
        for delta, reason in [
            ({"role": "assistant", "content": ""}, None),
            ({"content": "abcd"}, None),
            ({"content": "ef"}, None),
            ({}, "stop"),
        ]
    ]
    assert {event["object"] for event in events} == {"chat.completion.chunk"}
    assert len({(event["id"], event["created"], event["model"]) for event in events}) == 1
    assert ["elbarto" in event for event in events] == [False, False, False, True]
    assert events[-1]["elbarto"]["steps"] == 4
    assert not any("usage" in event for event in events)


def test_a_usage_chunk_when_asked_for(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(says("abcdef")))

    events = stream(client, prompt_token_ids=PROMPT, stream_options={"include_usage": True})

    assert events[-1]["choices"] == []
    assert events[-1]["usage"]["completion_tokens"] == 7
    assert events[-1]["usage"]["total_tokens"] == 11
    assert events[-1]["elbarto"]["tpf"] == 1.75
    assert all(event["usage"] is None and event["choices"] for event in events[:-1])
    assert not any("elbarto" in event for event in events[:-1])


@pytest.mark.parametrize("options", [None, {}, {"include_usage": False}, {"include_usage": None}])
def test_no_usage_chunk_unasked(client: FlaskClient, options: dict[str, bool | None] | None) -> None:
    events = stream(client, stream_options=options)

    assert all(event["choices"] and "usage" not in event for event in events)


def test_several_choices_streamed(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(says("abcdef", "xyz", "")))

    events = stream(client, n=3, prompt_token_ids=PROMPT)

    for index, text in enumerate(["abcdef", "xyz", ""]):
        own = [event["choices"][0] for event in events if event["choices"][0]["index"] == index]
        assert own[0]["delta"] == {"role": "assistant", "content": ""}
        assert not any("role" in choice["delta"] for choice in own[1:])
        assert [choice["finish_reason"] for choice in own] == [None] * (len(own) - 1) + ["stop"]
        assert text_of(events, index) == text
    assert ["elbarto" in event for event in events] == [False] * (len(events) - 1) + [True]


def test_the_stream_says_what_the_whole_answer_says(make_client: MakeClient) -> None:
    """At equal seeds, whatever the text, the stop strings, the budget and the tail of the prompt."""

    def script(prompt_ids: Any, params: Any) -> list[int]:
        chooser = random.Random(params.seed)
        return byte_ids("".join(chooser.choices("ab日😀é\n ", k=chooser.randint(0, 20))))

    client = make_client(FakeEngine(script))
    for seed in range(40):
        body: dict[str, Any] = {
            "seed": seed,
            "n": 1 + seed % 2,
            "stop": ["ab", "日a", "\n"][: seed % 4],
            "max_tokens": 5 + seed,
            "gen_length": 64,
            "prompt_token_ids": PROMPT[: 1 + seed % 4],
        }
        whole, events = post(client, **body).json, stream(client, **body)

        for choice in whole["choices"]:
            index = choice["index"]
            finals = [event["choices"][0] for event in events if event["choices"][0]["index"] == index]
            assert text_of(events, index) == choice["message"]["content"]
            assert finals[-1]["finish_reason"] == choice["finish_reason"]
            assert "\ufffd" not in choice["message"]["content"]


def test_chunks_come_as_blocks_are_committed(make_client: MakeClient) -> None:
    engine = FakeEngine(says("abcdefgh"), gated=True)
    response = post(make_client(engine), stream=True, prompt_token_ids=PROMPT, gen_length=8, buffered=False)
    arriving = frames(response)

    assert '"role":"assistant"' in next(arriving)  # before any step is done
    for text in ("abcd", "efgh"):
        engine.allow(1)
        assert f'"content":"{text}"' in next(arriving)
    assert '"finish_reason":"length"' in next(arriving)
    assert next(arriving) == "data: [DONE]\n\n"
    response.close()


def test_silence_is_filled_with_bare_comments(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.serving.generation.TICK_S", 0.001)
    engine = FakeEngine(gated=True)
    response = post(make_client(engine, sse_keepalive_s=1e-6), stream=True, buffered=False)
    arriving = frames(response)

    next(arriving)
    assert [next(arriving) for _ in range(3)] == [":\n\n"] * 3
    engine.allow()
    rest = "".join(arriving)
    response.close()

    assert rest.endswith("data: [DONE]\n\n")


@pytest.mark.parametrize("interval", [0, 1000])
def test_no_comments_when_switched_off_or_not_yet_due(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, interval: float
) -> None:
    monkeypatch.setattr("app.serving.generation.TICK_S", 0.001)
    silences: list[Silence] = []
    engine = FakeEngine(gated=True)
    take = Reply.__iter__

    def counted(reply: Reply) -> Iterator[Any]:
        for item in take(reply):
            if item is SILENCE:
                silences.append(item)
            if len(silences) == 5:
                engine.allow()
            yield item

    monkeypatch.setattr(Reply, "__iter__", counted)
    response = post(make_client(engine, sse_keepalive_s=interval), stream=True)

    assert len(silences) >= 5
    assert all(line.startswith("data: ") for line in response.text.splitlines() if line)


# Failures


def test_an_engine_that_fails_is_a_500(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(failing_steps=1))

    error = error_of(post(client), 500)

    assert (error["type"], error["param"], error["code"]) == ("server_error", None, "engine_failed")
    assert post(client).json["choices"][0]["message"]["content"] == "Hello, world!"


@pytest.mark.parametrize("n", [1, 2])
def test_an_engine_that_fails_in_mid_stream_is_an_error_event(make_client: MakeClient, n: int) -> None:
    engine = FakeEngine(says("abcdefgh"), gated=True)
    client = make_client(engine)
    response = post(client, stream=True, n=n, prompt_token_ids=PROMPT, buffered=False)
    arriving = frames(response)
    seen = [next(arriving) for _ in range(n)]
    engine.allow(1)
    seen.append(next(arriving))
    engine.wait_until_stepping()
    engine.failing_steps = 1
    engine.allow()
    seen += arriving
    response.close()

    error = json.loads(seen[-1].removeprefix("data: "))
    assert list(error) == ["error"]
    assert list(error["error"]) == ["message", "type", "param", "code"]
    assert error["error"]["code"] == "engine_failed"
    assert '"content":"abcd"' in seen[-2]
    assert not any("[DONE]" in frame or '"finish_reason":"' in frame for frame in seen)
    assert text_of(stream(client)) == "abcdefgh"  # and the server goes on


def test_a_defect_is_a_500_that_tells_the_caller_an_id_alone(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = make_client()
    with monkeypatch.context() as patch:
        patch.setattr(service_of(client), "chat", lambda call: 1 / 0)
        error = error_of(post(client, headers={"x-request-id": "abc-1"}), 500)

    assert error == {
        "message": "Internal error. The server's log has the cause under request id abc-1.",
        "type": "server_error",
        "param": None,
        "code": None,
    }
    assert "request abc-1 failed unexpectedly" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert post(client).status_code == 200


def test_a_defect_in_mid_stream_is_an_error_event(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = make_client()
    with monkeypatch.context() as patch:
        patch.setattr("app.api.chat.elbarto_body", lambda reply: 1 / 0)
        events = events_in(post(client, headers={"x-request-id": "abc-2"}, stream=True))

    assert events[-1] == {
        "error": {
            "message": "Internal error. The server's log has the cause under request id abc-2.",
            "type": "server_error",
            "param": None,
            "code": None,
        }
    }
    assert "ZeroDivisionError" in caplog.text
    assert text_of(stream(client)) == "Hello, world!"


# Clients that go away


@pytest.fixture
def gone() -> Iterator[dict[str, Any]]:
    """The environment of a request whose client has hung up."""
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours:
        yield {"gunicorn.socket": ours}


@pytest.mark.parametrize("streamed", [False, True])
def test_a_client_that_hangs_up_frees_the_engine(
    make_client: MakeClient, gone: dict[str, Any], streamed: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "elbarto.request")
    engine = FakeEngine(gated=True)

    post(make_client(engine), environ=gone, stream=streamed)
    engine.allow(1)
    engine.wait_for(lambda: engine.aborted == [0])

    assert engine.steps <= 1  # none, or the one that had begun before the check
    assert "status=499" in caplog.text


@pytest.mark.parametrize("streamed", [False, True])
def test_a_client_that_stays_is_answered(make_client: MakeClient, streamed: bool) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.send(b"the next request")  # is left in the socket
        response = post(make_client(), environ={"gunicorn.socket": ours}, stream=streamed)

        assert "finish_reason" in response.text
        assert ours.recv(100) == b"the next request"


@pytest.mark.parametrize("started", [False, True])
def test_a_stream_that_is_closed_frees_the_engine(make_client: MakeClient, started: bool) -> None:
    engine = FakeEngine(gated=True)
    response = post(make_client(engine), stream=True, buffered=False)
    if started:
        next(frames(response))
    engine.wait_until_stepping()
    response.close()
    engine.allow(1)

    engine.wait_for(lambda: engine.aborted == [0])
    assert engine.steps == 1
