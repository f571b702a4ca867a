"""Tools in chats: what is refused, calls in whole and streamed answers, and forced ones by the embedded model."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import validate

from tests.api.wire import error_of, post, stream
from tests.doubles.engine import FakeEngine, says
from tests.doubles.tokenizer import byte_ids

MakeClient = Callable[..., FlaskClient]
Json = dict[str, Any]

CITY: Json = {
    "type": "object",
    "properties": {"city": {"type": "string", "maxLength": 12}, "unit": {"enum": ["celsius", "fahrenheit"]}},
    "required": ["city", "unit"],
}


def tool(name: str, parameters: Json | None = None) -> Json:
    return {"type": "function", "function": {"name": name, **({"parameters": parameters} if parameters else {})}}


def named(name: str) -> Json:
    return {"type": "function", "function": {"name": name}}


TOOLS = [tool("weather", CITY), tool("now")]
PARIS = '{"city": "Paris", "unit": "celsius"}'


def written(name: str, arguments: str) -> str:
    return f'<tool_call>\n{{"name": "{name}", "arguments": {arguments}}}\n</tool_call>'


def accumulated(events: list[Json], index: int = 0) -> tuple[Json, str | None]:
    """The message that a client makes of a stream, and its finish_reason."""
    message: Json = {"content": None}
    reason = None
    for event in events:
        for choice in event["choices"]:
            if choice["index"] != index:
                continue
            delta = choice["delta"]
            message["role"] = delta.get("role", message.get("role"))
            if delta.get("content") is not None:
                message["content"] = (message["content"] or "") + delta["content"]
            for call in delta.get("tool_calls", ()):
                calls = message.setdefault("tool_calls", [])
                if call["index"] == len(calls):
                    assert call["function"]["arguments"] == ""
                    calls.append({name: value for name, value in call.items() if name != "index"})
                else:
                    assert call.keys() == {"index", "function"}
                    assert call["index"] == len(calls) - 1
                    calls[-1]["function"]["arguments"] += call["function"]["arguments"]
            reason = choice["finish_reason"] or reason
    return message, reason


def without_ids(message: Json) -> Json:
    """The message with its calls' ids checked, left out, and its content None if empty."""
    calls = message.get("tool_calls", [])
    assert all(re.fullmatch(r"call_[0-9a-f]{24}", call["id"]) and call["type"] == "function" for call in calls)
    assert len({call["id"] for call in calls}) == len(calls)
    return {"content": message["content"] or None, "calls": [call["function"] for call in calls]}


# Refused


@pytest.mark.parametrize(
    ("body", "param", "message"),
    [
        ({"tool_choice": "required"}, "tool_choice", "there are no tools"),
        ({"tool_choice": "required", "tools": []}, "tool_choice", "there are no tools"),
        ({"tool_choice": named("now")}, "tool_choice", "'now', which is not among the tools"),
        ({"tool_choice": named("other"), "tools": TOOLS}, "tool_choice", "'other', which is not among the tools"),
        ({"tools": [tool("a b")]}, "tools[0].function.name", "letters, digits"),
        ({"tools": [tool("")]}, "tools[0].function.name", "1 to 128 characters"),
        ({"tools": [tool("a"), tool("a")]}, "tools[1].function.name", "no other tool has"),
        ({"tools": TOOLS, "response_format": {"type": "json_object"}}, "response_format", "exclude each other"),
        ({"tools": TOOLS, "guided_regex": "a"}, "guided_regex", "exclude each other"),
        ({"tools": TOOLS, "tool_choice": "required", "ignore_eos": True}, "ignore_eos", "cannot be combined"),
    ],
)
def test_what_makes_no_sense_is_refused(client: FlaskClient, body: Json, param: str, message: str) -> None:
    error = error_of(post(client, **body), 400)

    assert error["param"] == param
    assert message in error["message"]


# Calls that the model writes of its own accord


def test_calls_whole_and_streamed(make_client: MakeClient) -> None:
    text = f"I look.\n{written('weather', PARIS)}\n{written('now', '{}')}"
    client = make_client(FakeEngine(says(text)))

    (choice,) = post(client, tools=TOOLS).json["choices"]
    events = stream(client, tools=TOOLS)
    message, reason = accumulated(events)

    assert choice["message"].keys() == {"role", "content", "tool_calls"}
    assert without_ids(choice["message"]) == {
        "content": "I look.",
        "calls": [{"name": "weather", "arguments": PARIS}, {"name": "now", "arguments": "{}"}],
    }
    assert choice["finish_reason"] == reason == "tool_calls"
    assert without_ids(message) == without_ids(choice["message"])
    assert message["role"] == "assistant"
    first = next(event for event in events if "tool_calls" in event["choices"][0]["delta"])
    assert [event["choices"][0]["finish_reason"] for event in events[:-1]] == [None] * (len(events) - 1)
    assert events.index(first) > 1, "the text streams before"
    assert not any("tool_call>" in json.dumps(event) for event in events)


def test_a_reply_of_calls_only_has_no_content(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(says(written("now", "{}"))))

    (choice,) = post(client, tools=TOOLS).json["choices"]

    assert choice["message"]["content"] is None
    assert choice["finish_reason"] == "tool_calls"


@pytest.mark.parametrize(
    "text",
    [
        "Hello!",
        "",
        "<tool_call>{oh</tool_call>",
        written("other", "{}"),
        written("now", "[]"),
        written("now", "{}")[:30],
    ],
)
def test_what_is_no_call_is_text(make_client: MakeClient, text: str) -> None:
    client = make_client(FakeEngine(says(text)))

    (choice,) = post(client, tools=TOOLS).json["choices"]
    message, reason = accumulated(stream(client, tools=TOOLS))

    assert choice["message"] == message == {"role": "assistant", "content": text}
    assert choice["finish_reason"] == reason == "stop"


def test_without_tools_nothing_is_searched(make_client: MakeClient) -> None:
    engine = FakeEngine(says(written("now", "{}")))
    client = make_client(engine)

    plain = post(client).json
    none = post(client, tools=TOOLS, tool_choice="none", response_format={"type": "text"}).json

    assert plain["choices"] == none["choices"]
    assert plain["choices"][0]["message"] == {"role": "assistant", "content": written("now", "{}")}
    assert engine.added[0].prompt_ids == engine.added[1].prompt_ids, "nor shown to the model"


def test_one_call_at_most(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(says(written("now", "{}") + written("now", "{}"))))

    (choice,) = post(client, tools=TOOLS, parallel_tool_calls=False).json["choices"]

    assert len(choice["message"]["tool_calls"]) == 1
    assert len(accumulated(stream(client, tools=TOOLS, parallel_tool_calls=False))[0]["tool_calls"]) == 1


def test_a_cut_call_is_text(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(says(written("now", "{}"))))

    (choice,) = post(client, tools=TOOLS, max_tokens=20).json["choices"]

    assert choice["message"] == {"role": "assistant", "content": written("now", "{}")[:20]}
    assert choice["finish_reason"] == "length"


def test_every_choice_has_its_own_calls(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(says(written("now", "{}"), "No.", written("now", "{}"), "No.")))

    whole = post(client, tools=TOOLS, n=2).json["choices"]
    events = stream(client, tools=TOOLS, n=2)

    assert [choice["finish_reason"] for choice in whole] == ["tool_calls", "stop"]
    assert [accumulated(events, index)[1] for index in (0, 1)] == ["tool_calls", "stop"]


def test_token_ids_and_usage_of_calls_are_complete(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(says(written("now", "{}"))))
    options: Json = {"tools": TOOLS, "return_token_ids": True}

    (choice,) = post(client, **options).json["choices"]
    events = stream(client, stream_options={"include_usage": True}, **options)

    ids = [id for event in events for choice in event["choices"] for id in choice["token_ids"]]
    assert ids == choice["token_ids"]
    assert ids[:-1] == byte_ids(written("now", "{}"))
    assert events[-1]["usage"]["completion_tokens"] == len(ids)


# Log probabilities


@pytest.mark.parametrize("tools", [None, TOOLS])
def test_log_probabilities(make_client: MakeClient, tools: list[Json] | None) -> None:
    client = make_client(FakeEngine(says(written("now", "{}") if tools else "日a")))
    options: Json = {"logprobs": True, "top_logprobs": 1, **({"tools": tools} if tools else {})}

    (choice,) = post(client, **options).json["choices"]
    events = stream(client, **options)
    (without,) = post(client, logprobs=True, **({"tools": tools} if tools else {})).json["choices"]

    entries = choice["logprobs"]["content"]
    assert [round(entry["logprob"], 3) for entry in entries[:3]] == [0, -0.693, -1.099]  # 1, 1/2, 1/3
    streamed = [choice["logprobs"] for event in events for choice in event["choices"] if choice["logprobs"]]
    assert [entry for each in streamed for entry in each["content"]] == entries
    assert all(len(entry["top_logprobs"]) == 1 for entry in entries)
    assert all(entry["top_logprobs"] == [] for entry in without["logprobs"]["content"])
    if tools is None:
        assert [entry["token"] for entry in entries] == ["token_id:238", "token_id:159", "日", "a", "<eos>"]
        assert [entry["bytes"] for entry in entries[:4]] == [None, None, [230, 151, 165], [97]]


# Forced calls, by the embedded model


@pytest.mark.parametrize("temperature", [0, 1, 2])
@pytest.mark.parametrize("more", [{}, {"block_length": 8, "decode_mode": "greedy"}, {"threshold": 0.5}])
def test_a_required_call_is_valid(embedded: FlaskClient, temperature: float, more: Json) -> None:
    options: Json = {"tools": TOOLS, "tool_choice": "required", "parallel_tool_calls": False, "max_tokens": 96}
    options |= {"temperature": temperature, "seed": 3, **more}

    (choice,) = post(embedded, **options).json["choices"]
    message, reason = accumulated(stream(embedded, **options))

    assert choice["finish_reason"] == reason == "tool_calls"
    assert without_ids(message) == without_ids(choice["message"])
    assert message["content"] is choice["message"]["content"] is None
    (call,) = choice["message"]["tool_calls"]
    assert call["function"]["name"] in ("weather", "now")
    arguments = json.loads(call["function"]["arguments"])
    if call["function"]["name"] == "weather":
        validate(arguments, CITY)
    else:
        assert arguments == {}


def test_a_named_call_comes_alone(embedded: FlaskClient) -> None:
    (weather,) = post(embedded, tools=TOOLS, tool_choice=named("weather"), max_tokens=96).json["choices"]
    answer = post(embedded, tools=TOOLS, tool_choice=named("now"), max_tokens=96).json

    (call,) = weather["message"]["tool_calls"]
    assert call["function"]["name"] == "weather"
    validate(json.loads(call["function"]["arguments"]), CITY)
    (choice,) = answer["choices"]
    assert without_ids(choice["message"]) == {"content": None, "calls": [{"name": "now", "arguments": "{}"}]}
    assert answer["elbarto"]["denoise_forwards"] == 0, "all of it is forced"


def test_a_form_does_not_apply_to_forced_calls(embedded: FlaskClient) -> None:
    """instructor sends the schema as both."""
    form = {"type": "json_schema", "json_schema": {"name": "other", "schema": {"type": "integer"}}}
    options: Json = {"tools": TOOLS, "tool_choice": named("now"), "max_tokens": 96}

    (choice,) = post(embedded, **options, response_format=form).json["choices"]

    assert without_ids(choice["message"]) == {"content": None, "calls": [{"name": "now", "arguments": "{}"}]}


def test_several_required_calls_are_valid(embedded: FlaskClient) -> None:
    (choice,) = post(embedded, tools=TOOLS, tool_choice="required", max_tokens=200, temperature=1, seed=1).json[
        "choices"
    ]

    *complete, last = [call["function"] for call in choice["message"]["tool_calls"]]
    for call in complete if choice["finish_reason"] == "length" else [*complete, last]:
        validate(json.loads(call["arguments"]), CITY if call["name"] == "weather" else {"maxProperties": 0})


def test_a_forced_call_that_is_cut_says_so(embedded: FlaskClient) -> None:
    options: Json = {"tools": TOOLS, "tool_choice": named("weather"), "max_tokens": 40}

    (choice,) = post(embedded, **options).json["choices"]
    message, reason = accumulated(stream(embedded, **options))

    assert choice["finish_reason"] == reason == "length"
    assert without_ids(message) == without_ids(choice["message"])
    (call,) = choice["message"]["tool_calls"]
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        json.loads(call["function"]["arguments"])


def test_forced_arguments_stream_as_they_arrive(embedded: FlaskClient) -> None:
    events = stream(embedded, tools=TOOLS, tool_choice=named("weather"), max_tokens=96)

    deltas = [event["choices"][0]["delta"] for event in events]
    assert deltas[0] == {"role": "assistant", "content": None}
    assert len([delta for delta in deltas if "tool_calls" in delta]) > 4


def test_a_schema_that_cannot_be_compiled_is_named(embedded: FlaskClient) -> None:
    wrong = {"type": "object", "properties": {"a": {"type": "strin"}}}

    error = error_of(post(embedded, tools=[TOOLS[0], tool("f", wrong)], tool_choice="required"), 400)

    assert error["param"] == "tools[1].function.parameters.properties.a"
    assert "Invalid type: strin" in error["message"]
    assert post(embedded, tools=[tool("f", wrong)], max_tokens=4).status_code == 200, "auto does not compile it"
