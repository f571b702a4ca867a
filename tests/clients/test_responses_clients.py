"""Clients of OpenAI's Responses API, unchanged, against the embedded model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai import OpenAI

from tests.clients.processes import run_node, run_python
from tests.clients.weather import Weather
from tests.servers import Server

QUESTION = "Write a function that checks if a number is even."
EVEN = "```python\ndef is_even(n):\n    return n % 2 == 0\n```"
# What a stream of text consists of.
TEXT_EVENTS = {
    *("response.created", "response.in_progress", "response.completed"),
    *("response.output_item.added", "response.output_item.done"),
    *("response.content_part.added", "response.content_part.done"),
    *("response.output_text.delta", "response.output_text.done"),
}


@pytest.fixture
def client(embedded: Server) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{embedded.url}/v1", api_key="none", max_retries=0) as client:
        yield client


@pytest.fixture(scope="module")
def python(embedded: Server) -> dict[str, Any]:
    return run_python("responses.py", "langchain_openai", embedded.url)


@pytest.fixture(scope="module")
def node(embedded: Server) -> dict[str, Any]:
    return run_node("responses.mjs", "@ai-sdk/openai", embedded.url)


def test_create(client: OpenAI) -> None:
    answer = client.responses.create(model="any", input=QUESTION, extra_body={"threshold": 0.9})

    assert (answer.output_text, answer.status) == (EVEN, "completed")
    assert answer.model_extra["elbarto"]["params"]["threshold"] == 0.9
    assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens


def test_create_streamed(client: OpenAI) -> None:
    with client.responses.create(model="any", input=QUESTION, stream=True) as stream:
        events = list(stream)

    assert {event.type for event in events} == TEXT_EVENTS
    assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == EVEN
    assert events[-1].response.output_text == EVEN


def test_the_stream_helper(client: OpenAI) -> None:
    with client.responses.stream(model="any", input=QUESTION) as stream:
        snapshots = [event.snapshot for event in stream if event.type == "response.output_text.delta"]
        final = stream.get_final_response()

    assert snapshots[-1] == final.output_text == EVEN
    assert len(snapshots) > 3


def test_parse(client: OpenAI) -> None:
    parsed = client.responses.parse(model="any", input="The weather?", text_format=Weather, max_output_tokens=120)

    assert isinstance(parsed.output_parsed, Weather)


def test_a_conversation_with_a_call(client: OpenAI) -> None:
    """What the SDK gives back of an answer can be sent as the beginning of the next input."""
    tools: Any = [openai.pydantic_function_tool(Weather, name="weather")["function"] | {"type": "function"}]
    asked: Any = {"model": "any", "tools": tools, "max_output_tokens": 120}
    first = client.responses.parse(**asked, input="The weather?", tool_choice={"type": "function", "name": "weather"})
    (call,) = first.output
    assert call.type == "function_call"
    Weather.model_validate_json(call.arguments)
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}

    second = client.responses.create(**asked, input=[{"role": "user", "content": "The weather?"}, call, result])  # type: ignore[list-item]

    assert second.usage.input_tokens > first.usage.input_tokens


def test_an_error_names_the_field(client: OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.responses.create(model="any", input="Hi", previous_response_id="resp_1")
    assert (caught.value.param, caught.value.code) == ("previous_response_id", "unsupported_parameter")


def test_openai_2(python: dict[str, Any]) -> None:
    assert python["versions"]["openai"].startswith("2.")
    assert python["openai"]["text"]
    assert python["openai"]["parsed"]


def test_langchain(python: dict[str, Any]) -> None:
    seen = python["langchain"]
    assert seen["text"] == seen["stream"] != ""
    assert all(seen.values()), seen


def test_node_openai(node: dict[str, Any]) -> None:
    seen = node["openai"]
    assert seen["text"]
    assert (seen["status"], seen["total"] > 0) == ("completed", True)
    assert set(seen["kinds"]) == TEXT_EVENTS
    assert Weather.model_validate(seen["parsed"])


def test_ai_sdk(node: dict[str, Any]) -> None:
    """Its default model, which uses responses."""
    seen = node["ai"]
    assert seen["text"] == seen["stream"] != ""
    assert (seen["finishReason"], seen["calledReason"]) == ("stop", "tool-calls")
    for name in ("object", "tool", "streamed"):
        assert Weather.model_validate(seen[name])
    assert seen["after"] > 0
