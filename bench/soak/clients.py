"""Ordinary clients: each kind sends one request and checks that the answer is whole."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from simple_websocket import Client, ConnectionClosed

TIMEOUT_S = 120.0  # a request that takes longer counts as lost
BUSY = (429,)  # what a server at its limits may answer, with Retry-After
FUNCTIONS = ("adds two numbers", "reverses a string", "returns the largest number in a list", "counts vowels")
SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 8}, "age": {"type": "integer", "maximum": 200}},
    "required": ["name", "age"],
    "additionalProperties": False,
}

# Returns the status, or "left" if the client did not wait for the end. Raises WrongAnswer, or one of httpx's errors.
Kind = Callable[[httpx.Client, random.Random], int | str]


class WrongAnswer(Exception):
    """An answer that has a good status, and is not what was asked for."""


def chat(client: httpx.Client, chance: random.Random) -> int:
    return _whole(client, "/v1/chat/completions", _chat(chance), lambda body: body["choices"][0]["finish_reason"])


def long_chat(client: httpx.Client, chance: random.Random) -> int:
    return _whole(client, "/v1/chat/completions", _long(chance), lambda body: body["choices"][0]["finish_reason"])


def chat_stream(client: httpx.Client, chance: random.Random) -> int:
    return _stream(client, "/v1/chat/completions", _chat(chance))


def completion(client: httpx.Client, chance: random.Random) -> int:
    body = {"prompt": f"def {_name(chance)}(a, b):\n", "max_tokens": _length(chance)}
    return _whole(client, "/v1/completions", body, lambda answer: answer["choices"][0]["finish_reason"])


def completion_stream(client: httpx.Client, chance: random.Random) -> int:
    return _stream(client, "/v1/completions", {"prompt": f"def {_name(chance)}(a):\n", "max_tokens": _length(chance)})


def infill(client: httpx.Client, chance: random.Random) -> int:
    body = {"segments": [f"def {_name(chance)}(a, b):\n    return ", {"hole": {"single_line": True}}, "\n"]}
    return _whole(client, "/v1/infill", body, lambda answer: len(answer["choices"][0]["holes"]) == 1)


def edit(client: httpx.Client, chance: random.Random) -> int:
    text = f"def {_name(chance)}(values):\n    return sum(values) / 2\n"
    body = {"text": text, "spans": [[text.index("return"), len(text) - 1]], "max_tokens": 16}
    return _whole(client, "/v1/edits", body, lambda answer: len(answer["edits"]) == 1)


def structured(client: httpx.Client, chance: random.Random) -> int:
    form = {"type": "json_schema", "json_schema": {"name": "person", "schema": SCHEMA}}
    body = {**_chat(chance), "max_tokens": 64, "response_format": form}
    return _whole(client, "/v1/chat/completions", body, _fits)


def steps(client: httpx.Client, chance: random.Random) -> int | str:
    """Over a WebSocket; every third client leaves in the middle."""
    stays = chance.random() > 1 / 3
    socket = Client(str(client.base_url.join("/v1/steps")).replace("http", "ws", 1), receive_bytes=2**16)
    try:
        socket.send(json.dumps(_chat(chance)))
        while stays or chance.random() > 0.1:
            message = socket.receive(TIMEOUT_S)
            if message is None:
                raise httpx.ReadTimeout("no event")
            event = json.loads(message)
            if event["type"] == "error":
                return int(event["error"].get("status") or event["status"])
            if event["type"] == "finished":
                return 200
    except ConnectionClosed as closed:
        raise WrongAnswer(f"closed with {closed.reason} before `finished`") from closed
    finally:
        _close(socket)
    return "left"


def leave_whole(client: httpx.Client, chance: random.Random) -> int | str:
    """A client that gives up before the answer."""
    try:
        timeout = httpx.Timeout(TIMEOUT_S, read=chance.uniform(0.001, 0.3))
        return client.post("/v1/chat/completions", json=_long(chance), timeout=timeout).status_code
    except httpx.ReadTimeout:
        return "left"


def leave_stream(client: httpx.Client, chance: random.Random) -> int | str:
    num_chunks = chance.randrange(1, 8)
    with client.stream("POST", "/v1/chat/completions", json={**_long(chance), "stream": True}) as response:
        for number, _ in enumerate(response.iter_lines()):
            if number == num_chunks:
                return "left"
        return response.status_code


def small(client: httpx.Client, chance: random.Random) -> int:
    path = chance.choice(("/v1/models", "/", "/docs", "/openapi.json", "/props", "/health"))
    return client.get(path).status_code


# Kinds by name, with how often they occur.
KINDS: Mapping[str, tuple[Kind, int]] = {
    "chat": (chat, 4),
    "chat, streamed": (chat_stream, 6),
    "completion": (completion, 3),
    "completion, streamed": (completion_stream, 3),
    "infill": (infill, 5),
    "edit": (edit, 2),
    "structured": (structured, 2),
    "steps": (steps, 2),
    "chat, left": (leave_whole, 2),
    "stream, left": (leave_stream, 3),
    "page, models": (small, 3),
}


def _whole(client: httpx.Client, path: str, body: Mapping[str, Any], is_right: Callable[[Any], Any]) -> int:
    response = client.post(path, json=body)
    if response.status_code == 200 and not is_right(response.json()):
        raise WrongAnswer(f"{path}: {response.text[:300]}")
    return _checked(response)


def _stream(client: httpx.Client, path: str, body: Mapping[str, Any]) -> int:
    """The chunks are JSON without errors, one says why the reply ended, and [DONE] is the last."""
    data: list[str] = []
    with client.stream("POST", path, json={**body, "stream": True}) as response:
        if response.status_code != 200:
            response.read()
            return _checked(response)
        for line in response.iter_lines():
            if line and not line.startswith((":", "data: ")):
                raise WrongAnswer(f"{path}: a line {line[:100]!r}")
            if line.startswith("data: "):
                data.append(line.removeprefix("data: "))
    if not data or data.pop() != "[DONE]":
        raise WrongAnswer(f"{path}: the stream ended without [DONE]")
    chunks = [json.loads(chunk) for chunk in data]
    if errors := [chunk["error"] for chunk in chunks if "error" in chunk]:
        raise WrongAnswer(f"{path}: {errors[0]}")
    if not any(choice["finish_reason"] for chunk in chunks for choice in chunk["choices"]):
        raise WrongAnswer(f"{path}: no chunk has a finish_reason")
    return 200


def _checked(response: httpx.Response) -> int:
    if response.status_code in BUSY and "retry-after" not in response.headers:
        raise WrongAnswer(f"{response.status_code} without Retry-After")
    return response.status_code


def _fits(answer: Any) -> bool:
    choice = answer["choices"][0]
    if choice["finish_reason"] == "length":
        return True  # the beginning of a form
    return sorted(json.loads(choice["message"]["content"])) == ["age", "name"]


def _chat(chance: random.Random) -> dict[str, Any]:
    text = f"Write a Python function {_name(chance)} that {chance.choice(FUNCTIONS)}."
    return {"messages": [{"role": "user", "content": text}], "max_tokens": _length(chance)}


def _long(chance: random.Random) -> dict[str, Any]:
    return {**_chat(chance), "max_tokens": 256, "ignore_eos": True}


def _name(chance: random.Random) -> str:
    """Prompts differ, so that the prefix cache has something to forget."""
    return f"f{chance.randrange(10**6)}"


def _length(chance: random.Random) -> int:
    return chance.choice((8, 16, 16, 32, 64))


def _close(socket: Client) -> None:
    with contextlib.suppress(ConnectionClosed, OSError):
        socket.close()
