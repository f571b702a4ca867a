"""Responses, whole and streamed: their form, calls, forms of the text, and how they end."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import validate

from tests.api.responses_wire import (
    RESPONSES,
    Json,
    ask,
    call,
    message,
    rebuilt,
    response,
    streamed,
    without_ids,
)
from tests.api.test_tools import CITY, PARIS, written
from tests.api.wire import error_of, events_in, post
from tests.doubles.engine import FakeEngine, says

MakeClient = Callable[..., FlaskClient]

TOOLS: list[Json] = [
    {"type": "function", "name": "weather", "description": "The weather.", "parameters": CITY, "strict": True},
    {"type": "function", "name": "now"},
]
FORM = {
    "type": "json_schema",
    "name": "pair",
    "schema": {
        "type": "object",
        "properties": {"a": {"enum": ["x", "y"]}, "b": {"type": "boolean"}},
        "required": ["a", "b"],
        "additionalProperties": False,
    },
}


# Text


def test_a_whole_response(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(says("abcdef")))
    asked = {"instructions": "Be brief.", "max_output_tokens": 64, "metadata": {"a": "b"}, "user": "me", "top_p": 0.9}
    before = int(time.time())

    answer = response(client, **asked, temperature=1, unheard_of=1)

    assert re.fullmatch(r"resp_[0-9a-f]{32}", answer["id"])
    assert before <= answer["created_at"] <= answer["completed_at"] <= time.time()
    assert (answer["object"], answer["model"], answer["status"]) == ("response", "fake-model", "completed")
    (item,) = answer["output"]
    assert re.fullmatch(r"msg_[0-9a-f]{32}", item["id"])
    assert without_ids([item]) == [message("abcdef")]
    assert answer["usage"] == {
        "input_tokens": answer["elbarto"]["prompt_tokens"],
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": 7,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": answer["elbarto"]["prompt_tokens"] + 7,
    }
    assert asked.items() <= answer.items()
    assert (answer["top_p"], answer["temperature"]) == (0.9, 1)
    assert answer["text"] == {"format": {"type": "text"}}
    assert answer["error"] is answer["incomplete_details"] is answer["previous_response_id"] is None
    assert answer["elbarto"]["warnings"] == ["unheard_of is not a field of this server, and was ignored."]


def test_it_is_what_a_chat_answers(make_client: MakeClient) -> None:
    """Same prompt, same options, same counters."""
    engine = FakeEngine(says("abcdef"))
    client = make_client(engine)
    options = {"steps": 4, "block_length": 2, "threshold": 0.5, "decode_mode": "threshold", "seed": 5, "stop": "e"}

    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]
    chat = post(client, messages=messages, max_tokens=8, **options).json
    answer = response(client, instructions="Be brief.", max_output_tokens=8, **options)

    assert engine.added[0].prompt_ids == engine.added[1].prompt_ids
    assert without_ids(answer["output"]) == [message(chat["choices"][0]["message"]["content"])] == [message("abcd")]
    volatile = {"cached_tokens", "prefill_tokens"}
    assert {name: value for name, value in answer["elbarto"].items() if name not in volatile} == {
        name: value for name, value in chat["elbarto"].items() if name not in volatile
    }


def test_a_stream_of_text(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(says("abcdef")))

    events = streamed(client)

    kinds = [event["type"].removeprefix("response.") for event in events]
    assert kinds == [
        *("created", "in_progress", "output_item.added", "content_part.added"),
        *("output_text.delta", "output_text.delta"),
        *("output_text.done", "content_part.done", "output_item.done", "completed"),
    ]
    begun, last = events[0]["response"], events[-1]["response"]
    assert (begun["status"], begun["output"], begun["usage"]) == ("in_progress", [], None)
    assert events[1]["response"] == begun
    assert rebuilt(events) == last["output"]
    assert without_ids(last["output"]) == [message("abcdef")]
    assert begun["id"] == last["id"]


def test_a_stream_ends_with_the_whole_response(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(says("abcdef")))
    for tools in ([], TOOLS):
        whole = response(client, tools=tools, seed=1)
        last = streamed(client, tools=tools, seed=1)[-1]["response"]

        assert whole.keys() == last.keys()
        differ = {"id", "created_at", "completed_at", "output", "usage", "elbarto"}
        assert {name: whole[name] for name in whole.keys() - differ} == {
            name: last[name] for name in last.keys() - differ
        }
        assert without_ids(whole["output"]) == without_ids(last["output"])
        assert whole["usage"]["output_tokens"] == last["usage"]["output_tokens"]


def test_events_have_names(client: FlaskClient) -> None:
    """As OpenAI's; no [DONE] follows the last."""
    text = ask(client, stream=True).text

    names = re.findall(r"^event: (\S+)\ndata: \{\"type\":\"(\S+?)\"", text, re.MULTILINE)
    assert len(names) == text.count("data: ")
    assert all(name == kind for name, kind in names)
    assert "[DONE]" not in text


@pytest.mark.parametrize("text", ["", "a"])
def test_a_reply_has_at_least_one_item(make_client: MakeClient, text: str) -> None:
    client = make_client(FakeEngine(says(text)))

    assert without_ids(response(client)["output"]) == [message(text)]
    assert without_ids(rebuilt(streamed(client))) == [message(text)]


def test_a_reply_at_its_limit_is_incomplete(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(says("abcdef")))

    answer = response(client, max_output_tokens=3)
    events = streamed(client, max_output_tokens=3)

    assert (answer["status"], answer["incomplete_details"]) == ("incomplete", {"reason": "max_output_tokens"})
    assert answer["completed_at"] is None
    assert without_ids(answer["output"]) == without_ids(rebuilt(events)) == [message("abc", "incomplete")]
    assert events[-1]["type"] == "response.incomplete"
    assert events[-1]["response"]["incomplete_details"] == {"reason": "max_output_tokens"}


# Calls


def test_calls_are_items(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(says(f"I look.\n{written('weather', PARIS)}\n{written('now', '{}')}\nDone.")))

    answer = response(client, tools=TOOLS)
    events = streamed(client, tools=TOOLS)

    expected = [message("I look."), call("weather", PARIS), call("now", "{}"), message("Done.")]
    assert without_ids(answer["output"]) == without_ids(rebuilt(events)) == expected
    assert answer["status"] == events[-1]["response"]["status"] == "completed"
    assert rebuilt(events) == events[-1]["response"]["output"]
    calls = [item for item in answer["output"] if item["type"] == "function_call"]
    assert all(re.fullmatch(r"fc_[0-9a-f]{32}", item["id"]) for item in calls)
    assert all(re.fullmatch(r"call_[0-9a-f]{24}", item["call_id"]) for item in calls)
    assert answer["tools"] == [TOOLS[0], {**TOOLS[1], "parameters": None, "strict": None}]


def test_only_some_tools_may_be_allowed(make_client: MakeClient) -> None:
    engine = FakeEngine(says(written("now", "{}") + written("weather", PARIS)))
    client = make_client(engine)
    choice = {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "now"}]}

    answer = response(client, tools=TOOLS, tool_choice=choice)
    response(client, tools=[TOOLS[1]])

    assert engine.added[0].prompt_ids == engine.added[1].prompt_ids
    assert [item["type"] for item in answer["output"]] == ["function_call", "message"]
    assert answer["tool_choice"] == choice


@pytest.mark.parametrize("temperature", [0, 1])
def test_a_forced_call(embedded: FlaskClient, temperature: float) -> None:
    asked: Json = {"tools": TOOLS, "tool_choice": {"type": "function", "name": "weather"}, "seed": 3}
    asked |= {"max_output_tokens": 96, "temperature": temperature}

    answer = response(embedded, **asked)
    events = streamed(embedded, **asked)

    (item,) = answer["output"]
    validate(json.loads(item["arguments"]), CITY)
    assert without_ids(rebuilt(events)) == without_ids([item])
    assert sum(event["type"] == "response.function_call_arguments.delta" for event in events) > 4
    assert not any("output_text" in event["type"] for event in events)


def test_a_forced_call_that_is_cut_is_incomplete(embedded: FlaskClient) -> None:
    asked: Json = {"tools": TOOLS, "tool_choice": {"type": "function", "name": "weather"}}

    at_limit = response(embedded, **asked, max_output_tokens=40)
    stopped = response(embedded, **asked, max_output_tokens=96, stop="unit")

    assert at_limit["incomplete_details"] == {"reason": "max_output_tokens"}
    assert stopped["incomplete_details"] == {"reason": None}
    for answer in (at_limit, stopped):
        assert (answer["status"], answer["output"][-1]["status"]) == ("incomplete", "incomplete")


# Forms of the text


def test_a_text_follows_its_form(embedded: FlaskClient) -> None:
    answer = response(embedded, text={"format": FORM}, max_output_tokens=64)
    events = streamed(embedded, text={"format": FORM}, max_output_tokens=64)

    (item,) = answer["output"]
    validate(json.loads(item["content"][0]["text"]), FORM["schema"])
    assert without_ids(rebuilt(events)) == without_ids([item])
    assert answer["text"] == {"format": FORM}


def test_any_object(embedded: FlaskClient) -> None:
    answer = response(embedded, text={"format": {"type": "json_object"}}, max_output_tokens=16)

    assert answer["output"][0]["content"][0]["text"].startswith("{")


# Failures


def test_a_failed_reply(make_client: MakeClient) -> None:
    assert error_of(ask(make_client(FakeEngine(failing_steps=1))), 500)["code"] == "engine_failed"


def test_a_stream_that_fails_says_so(make_client: MakeClient) -> None:
    events = streamed(make_client(FakeEngine(failing_steps=1)))

    assert [event["type"] for event in events] == ["response.created", "response.in_progress", "response.failed"]
    failed = events[-1]["response"]
    assert failed["status"] == "failed"
    assert failed["error"]["code"] == "server_error"
    assert "The engine failed" in failed["error"]["message"]


def test_a_client_that_leaves_ends_the_work(make_client: MakeClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "elbarto.request")
    engine = FakeEngine(says("abcdefgh"), gated=True)
    answer = post(make_client(engine), RESPONSES, input="Hi", stream=True, buffered=False)
    arriving = answer.iter_encoded()
    engine.allow(1)
    while b"output_text.delta" not in next(arriving):
        pass
    answer.close()

    (record,) = [each for each in caplog.records if each.name == "elbarto.request"]
    assert " route=POST /v1/responses status=499 tokens=4 " in record.getMessage()


def test_a_running_response_is_listed_by_its_id(make_client: MakeClient) -> None:
    engine = FakeEngine(gated=True)
    client = make_client(engine)
    answer = post(client, RESPONSES, input="Hi", stream=True, buffered=False)
    first = next(iter(answer.iter_encoded())).decode()
    (running,) = client.get("/v1/generations").json["data"]

    assert running["endpoint"] == "POST /v1/responses"
    assert running["id"] == json.loads(first.partition("data: ")[2])["response"]["id"]
    answer.close()


def test_the_key_and_the_models_name_are_checked(make_client: MakeClient) -> None:
    client = make_client(api_key="secret", strict_model=True)
    key = {"Authorization": "Bearer secret"}

    error_of(post(client, RESPONSES, input="Hi"), 401)
    assert error_of(post(client, RESPONSES, input="Hi", model="gpt-5", headers=key), 404)["param"] == "model"
    assert post(client, RESPONSES, input="Hi", model="fake-model", headers=key).status_code == 200


def test_a_full_queue(make_client: MakeClient) -> None:
    engine = FakeEngine(gated=True)
    client = make_client(engine, max_queue=0)
    running = post(client, RESPONSES, input="Hi", stream=True, buffered=False)
    engine.wait_until_stepping()

    refused: Any = ask(client, stream=True)

    assert error_of(refused, 429)["code"] == "queue_full"
    engine.allow()
    assert events_in(running)[-1]["type"] == "response.completed"
