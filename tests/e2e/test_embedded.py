"""The embedded model behind the default settings: what a newcomer meets after `make serve`."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from tests.servers import Server, content, events, wait_for

REQUESTS = (
    "Write a Python function `add(a, b)` that returns the sum of two numbers.",
    "Write a function that checks if a number is even.",
    "Write a Python function that reverses a string.",
)


def test_it_is_the_default(embedded: Server) -> None:
    assert embedded.client.get("/health").json()["model"] == "elbarto-mini"
    card = embedded.client.get("/v1/models/elbarto-mini").json()
    assert (card["family"], card["block_length"], card["mask_token_id"]) == ("qwen3", 4, 5)


@pytest.mark.parametrize("request_text", REQUESTS)
def test_it_streams_python_and_stops_by_itself(embedded: Server, request_text: str) -> None:
    chunks = embedded.stream(messages=[{"role": "user", "content": request_text}], max_tokens=200)

    text = content(chunks)
    code = text.removeprefix("```python\n").partition("\n```")[0]
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    assert sum(bool(content([chunk])) for chunk in chunks) >= 3  # block by block
    assert isinstance(ast.parse(code).body[0], ast.FunctionDef)


def test_a_whole_reply_is_the_streamed_one(embedded: Server) -> None:
    body = {"messages": [{"role": "user", "content": REQUESTS[0]}], "max_tokens": 200}

    assert embedded.chat(**body)["choices"][0]["message"]["content"] == content(embedded.stream(**body))


# Infilling

INFILL = {
    "segments": ["def mean(values):\n    ", {"hole": {"single_line": True}}, "\n    return total / len(values)\n"],
    "temperature": 0,
}


def test_it_fills_a_hole(embedded: Server) -> None:
    """Whole and streamed."""
    whole = embedded.post("/v1/infill", **INFILL).json()

    with embedded.client.stream("POST", "/v1/infill", json={**INFILL, "stream": True}) as response:
        *seen, finished, done = events(response.iter_lines())

    assert done == "[DONE]"
    assert [event["type"] for event in seen] == ["started", "delta", "hole"]
    assert finished["text"] == whole["text"]
    assert finished["holes"] == whole["holes"]
    assert seen[1]["text"] == whole["holes"][0]["text"] != ""


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/infill", {"segments": ["", {"hole": {}}, ""], "n": 16, "temperature": 2}),
        ("/v1/infill", {"segments": ["x = ", {"hole": {}}], "n": 16, "infill_mode": "fim", "temperature": 2}),
        ("/v1/edits", {"text": "x = 1\n" * 100, "spans": [[0, 600]], "mode": "redenoise", "threshold": 1}),
    ],
    ids=["canvas", "fim", "redenoise"],
)
def test_an_infill_whose_client_leaves_ends(embedded: Server, path: str, body: dict[str, Any], stream: bool) -> None:
    """Long before it would by itself."""
    connection, request_id = embedded.connect(path, **body, stream=stream)
    wait_for(lambda: sum(embedded.queue) > 0, "a sequence in the engine")
    connection.close()

    embedded.wait_for_queue(0, 0)
    ended = embedded.wait_for_log(rf"id={request_id} route=POST {path} status=(\d+) tokens=(\S+)")
    assert (ended[1], ended[2]) == ("499", "0")
    assert embedded.post("/v1/infill", **INFILL).status_code == 200
