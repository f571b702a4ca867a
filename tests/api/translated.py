"""Sends requests in Anthropic's and Ollama's formats, and reads the answers."""

from __future__ import annotations

import json
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.wire import USER, post

Json = dict[str, Any]

MESSAGES = "/v1/messages"
NOW: Json = {"name": "now", "description": "The time.", "input_schema": {"type": "object"}}
SEARCH: Json = {"type": "web_search_20250305", "name": "web_search"}  # one of Anthropic's own


def written(name: str, arguments: str) -> str:
    """A call as a model writes it."""
    return f'<tool_call>\n{{"name": "{name}", "arguments": {arguments}}}\n</tool_call>'


def ask(client: FlaskClient, path: str = MESSAGES, **body: Any) -> TestResponse:
    """In Anthropic's format."""
    return post(client, path, **{"messages": [USER], "max_tokens": 400, **body})


def anthropic_error(response: TestResponse, status: int) -> Json:
    """The error object, with the body's form checked."""
    assert response.status_code == status, response.text
    body = response.json
    assert body is not None
    assert body.keys() == {"type", "error", "request_id"}
    assert (body["type"], body["request_id"]) == ("error", response.headers["x-request-id"])
    assert body["error"].keys() == {"type", "message"}
    error: Json = body["error"]
    return error


def message_of(events: list[Json]) -> Json:
    """The message that a client makes of a stream in Anthropic's format, whose order is checked."""
    kinds = [event["type"] for event in events]
    assert kinds[:2] + kinds[-2:] == ["message_start", "ping", "message_delta", "message_stop"]
    message: Json = events[0]["message"]
    content, inputs = message["content"], list[str]()
    for before, event in zip(kinds[1:], events[2:-2], strict=False):
        match event["type"]:
            case "content_block_start":
                assert before in ("ping", "content_block_stop")
                assert event["index"] == len(content)
                content.append(event["content_block"])
                inputs.append("")
            case "content_block_delta":
                assert event["index"] == len(content) - 1
                content[-1]["text"] = content[-1].get("text", "") + event["delta"].get("text", "")
                inputs[-1] += event["delta"].get("partial_json", "")
    assert kinds[-3] in ("ping", "content_block_stop")
    for block, arguments in zip(content, inputs, strict=True):
        if block["type"] == "tool_use":
            assert block.pop("text", "") == ""
            block["input"] = json.loads(arguments)
    return {**message, **events[-2]["delta"], "usage": events[-2]["usage"]}


def comparable(message: Json) -> Json:
    """Without what differs from reply to reply, after a check of it."""
    assert message.pop("id").startswith("msg")
    message.pop("elbarto", None)
    for block in message["content"]:
        if block["type"] == "tool_use":
            assert block.pop("id").startswith("call_")
    return message


def ollama_error(response: TestResponse, status: int) -> str:
    assert response.status_code == status, response.text
    assert response.mimetype == "application/json"
    assert list(response.json or ()) == ["error"]
    text = (response.json or {})["error"]
    assert isinstance(text, str)
    return text
