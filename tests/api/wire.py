"""Sends requests, and parses answers and checks their form."""

from __future__ import annotations

import json
import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

CHAT = "/v1/chat/completions"
USER = {"role": "user", "content": "Hi"}


def post(
    client: FlaskClient,
    path: str = CHAT,
    headers: dict[str, str] | None = None,
    environ: dict[str, Any] | None = None,
    buffered: bool = True,
    **body: Any,
) -> TestResponse:
    """A chat request says "Hi" unless `body` has a prompt. Unbuffered, a stream is read as it arrives."""
    if path == CHAT and not {"messages", "prompt_token_ids"} & body.keys():
        body["messages"] = [USER]
    data = json.dumps(body)
    return client.post(path, data=data, headers=headers, environ_overrides=environ, buffered=buffered)


def stream(client: FlaskClient, **body: Any) -> list[dict[str, Any]]:
    """The events of a stream that succeeds."""
    events = events_in(post(client, stream=True, **body))
    assert events.pop() == "[DONE]"
    return events


def events_in(response: TestResponse) -> list[Any]:
    """The events without comments; the last is the string "[DONE]". A frame may begin with its event's name."""
    assert response.status_code == 200, response.text
    assert response.mimetype == "text/event-stream"
    text = response.text
    assert text.endswith("\n\n")
    frames = [frame for frame in text.removesuffix("\n\n").split("\n\n") if not frame.startswith(":")]
    found = [re.fullmatch(r"(?:event: (\S+)\n)?data: (.+)", frame) for frame in frames]
    events = [(match[1], match[2] if match[2] == "[DONE]" else json.loads(match[2])) for match in found if match]
    assert len(events) == len(frames)
    assert all(name is None or name == event["type"] for name, event in events)
    return [event for _, event in events]


def named_events_in(response: TestResponse) -> list[Any]:
    """The events of a stream in Anthropic's format, each named on a line of its own."""
    assert response.status_code == 200, response.text
    assert response.mimetype == "text/event-stream"
    frames = response.text.removesuffix("\n\n").split("\n\n")
    parts = [re.fullmatch(r"event: (\w+)\ndata: (.+)", frame) for frame in frames]
    events = [(part[1], json.loads(part[2])) for part in parts if part]
    assert len(events) == len(frames)
    assert all(event["type"] == name for name, event in events)
    return [event for _, event in events]


def lines_in(response: TestResponse) -> list[Any]:
    """The objects of a stream in Ollama's format."""
    assert response.status_code == 200, response.text
    assert response.mimetype == "application/x-ndjson"
    assert response.text.endswith("\n")
    return [json.loads(line) for line in response.text.splitlines()]


def text_of(events: list[dict[str, Any]], index: int = 0) -> str:
    choices = [choice for event in events for choice in event["choices"] if choice["index"] == index]
    return "".join(choice["delta"].get("content", "") for choice in choices)


def error_of(response: TestResponse, status: int) -> dict[str, Any]:
    """The error object, with its form checked."""
    assert response.status_code == status, response.text
    assert response.mimetype == "application/json"
    assert response.headers["x-request-id"]
    assert list(response.json) == ["error"]
    error: dict[str, Any] = response.json["error"]
    assert list(error) == ["message", "type", "param", "code"]
    assert isinstance(error["message"], str)
    assert isinstance(error["type"], str)
    return error
