"""Anthropic's and Ollama's formats with the embedded model: forced calls, forms and holes."""

from __future__ import annotations

import json
from typing import Any

from flask.testing import FlaskClient

from tests.api.translated import NOW, SEARCH, anthropic_error, ask, comparable, message_of, ollama_error
from tests.api.wire import USER, lines_in, named_events_in, post

Json = dict[str, Any]

UNIT: Json = {
    "type": "object",
    "properties": {"unit": {"enum": ["celsius"]}},
    "required": ["unit"],
    "additionalProperties": False,
}


def test_a_cut_forced_call_is_left_out(embedded: FlaskClient) -> None:
    schema = {"type": "object", "properties": {"text": {"type": "string", "minLength": 200}}, "required": ["text"]}
    tools = [{**NOW, "input_schema": schema}]
    body = {"tools": tools, "tool_choice": {"type": "any"}, "max_tokens": 40}

    whole = ask(embedded, **body).json
    events = named_events_in(ask(embedded, **body, stream=True))

    assert whole["content"] == []
    assert whole["stop_reason"] == events[-2]["delta"]["stop_reason"] == "max_tokens"
    assert whole["elbarto"]["warnings"][0].startswith("A call of now is left out")
    assert any(event.get("delta", {}).get("type") == "input_json_delta" for event in events)


def test_a_forced_call_follows_its_schema(embedded: FlaskClient) -> None:
    tools = [SEARCH, {"name": "other", "input_schema": {}}, {"name": "weather", "input_schema": UNIT}]
    choice = {"type": "tool", "name": "weather", "disable_parallel_tool_use": True}

    message = comparable(ask(embedded, tools=tools, tool_choice=choice).json)
    streamed = message_of(named_events_in(ask(embedded, tools=tools, tool_choice=choice, stream=True)))

    assert message["content"] == [{"type": "tool_use", "name": "weather", "input": {"unit": "celsius"}}]
    assert comparable(streamed)["content"] == message["content"]


def test_a_form(embedded: FlaskClient) -> None:
    form = {"type": "json_schema", "schema": {"enum": ["yes"]}}

    message = ask(embedded, output_config={"format": form}).json

    assert message["content"] == [{"type": "text", "text": '"yes"'}]


def test_a_schema_at_fault_is_named(embedded: FlaskClient) -> None:
    tools = [SEARCH, {"name": "now", "input_schema": {"type": "object", "properties": {"a": {"type": "strin"}}}}]

    error = anthropic_error(ask(embedded, tools=tools, tool_choice={"type": "any"}), 400)

    assert error["message"].startswith("tools[1].input_schema.properties.a cannot be compiled")


def test_ollamas_format(embedded: FlaskClient) -> None:
    chat = post(embedded, "/api/chat", messages=[USER], format=UNIT, stream=False).json
    lines = lines_in(post(embedded, "/api/generate", prompt="Hi", format=UNIT))

    assert json.loads(chat["message"]["content"]) == {"unit": "celsius"}
    assert "".join(line["response"] for line in lines) == chat["message"]["content"]
    begun = post(embedded, "/api/chat", messages=[USER], format="json", stream=False, options={"num_predict": 8}).json
    assert begun["message"]["content"].startswith("{")


def test_ollamas_errors_about_forms(embedded: FlaskClient) -> None:
    wrong = {"type": "object", "properties": {"a": {"type": "strin"}}}

    error = ollama_error(post(embedded, "/api/chat", messages=[USER], format=wrong), 400)
    hole = ollama_error(post(embedded, "/api/generate", prompt="a", suffix="b", format="json"), 400)

    assert error.startswith("format.properties.a cannot be compiled")
    assert hole.startswith("format is not supported for a hole")


def test_ollamas_suffix_is_an_infill(embedded: FlaskClient) -> None:
    asked = {"prompt": "def add(a, b):\n    return ", "suffix": "\n"}

    whole = post(embedded, "/api/generate", **asked, stream=False).json
    lines = lines_in(post(embedded, "/api/generate", **asked))
    completion = post(embedded, "/v1/completions", **asked).json

    assert whole["response"] == completion["choices"][0]["text"] != ""
    assert "".join(line["response"] for line in lines) == whole["response"]
    assert whole["elbarto"]["infill_mode"] == lines[-1]["elbarto"]["infill_mode"] == "both"
