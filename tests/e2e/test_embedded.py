"""The embedded model behind the default settings: what a newcomer meets after `make serve`."""

from __future__ import annotations

import ast

import pytest

from tests.servers import Server, content

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
