"""Sends requests for responses, and checks the answers with the models of OpenAI's own package."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from flask.testing import FlaskClient
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter
from werkzeug.test import TestResponse

from tests.api.wire import events_in, post

RESPONSES = "/v1/responses"
Json = dict[str, Any]
EVENT: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)


def ask(client: FlaskClient, **body: Any) -> TestResponse:
    """The input is "Hi" unless `body` has one."""
    return post(client, RESPONSES, **{"input": "Hi", **body})


def response(client: FlaskClient, **body: Any) -> Json:
    """A whole response."""
    answer = ask(client, **body)
    assert answer.status_code == 200, answer.text
    Response.model_validate(answer.json, strict=True)
    return dict(answer.json)


def streamed(client: FlaskClient, **body: Any) -> list[Json]:
    """The events of a stream, numbered from 0 and each of the right form."""
    events = events_in(ask(client, stream=True, **body))
    for number, event in enumerate(events):
        assert EVENT.validate_python(event, strict=True).type == event["type"]
        assert event["sequence_number"] == number
    return events


def rebuilt(events: list[Json]) -> list[Json]:
    """The output items that a client makes of a stream, from the deltas alone."""
    items: list[Json] = []
    for event in deepcopy(events):
        match event["type"].removeprefix("response."):
            case "output_item.added":
                assert event["output_index"] == len(items)
                items.append(event["item"])
            case "content_part.added":
                assert event["content_index"] == len(items[-1]["content"])
                items[-1]["content"].append(event["part"])
            case "output_text.delta":
                assert (event["item_id"], event["output_index"]) == (items[-1]["id"], len(items) - 1)
                items[-1]["content"][event["content_index"]]["text"] += event["delta"]
            case "function_call_arguments.delta":
                assert (event["item_id"], event["output_index"]) == (items[-1]["id"], len(items) - 1)
                items[-1]["arguments"] += event["delta"]
            case "output_text.done":
                assert event["text"] == items[-1]["content"][0]["text"]
            case "content_part.done":
                assert event["part"] == items[-1]["content"][0]
            case "function_call_arguments.done":
                assert (event["name"], event["arguments"]) == (items[-1]["name"], items[-1]["arguments"])
            case "output_item.done":
                items[-1]["status"] = event["item"]["status"]
                assert event["item"] == items[-1]
    return items


def without_ids(items: list[Json]) -> list[Json]:
    return [{name: value for name, value in item.items() if name not in ("id", "call_id")} for item in items]


def message(text: str, status: str = "completed") -> Json:
    """As `without_ids` leaves it."""
    content = [{"type": "output_text", "text": text, "annotations": [], "logprobs": []}]
    return {"type": "message", "status": status, "role": "assistant", "content": content}


def call(name: str, arguments: str, status: str = "completed") -> Json:
    """As `without_ids` leaves it."""
    return {"type": "function_call", "status": status, "name": name, "arguments": arguments}
