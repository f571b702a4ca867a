"""SDKs that run in processes of their own: openai 2 and litellm for Python, openai for Node."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients.processes import run_node, run_python
from tests.servers import Server

SENTENCE = "This model's maximum context length is 2048 tokens."


@pytest.fixture(scope="module")
def python(server: Server) -> dict[str, Any]:
    return run_python("openai_2_and_litellm.py", "litellm", server.url)


@pytest.fixture(scope="module")
def node(server: Server) -> dict[str, Any]:
    return run_node("openai.mjs", "openai", server.url)


def test_openai_2(python: dict[str, Any]) -> None:
    assert python["versions"]["openai"].startswith("2.")
    seen = python["openai_2"]
    assert seen["whole"] == seen["stream"] != ""
    assert seen["elbarto"]["params"]["block_length"] == 2
    assert seen["too_long"]["class"] == "BadRequestError"
    assert SENTENCE in seen["too_long"]["message"]
    assert (seen["bad_field"]["class"], seen["bad_field"]["param"]) == ("BadRequestError", "top_p")


def test_litellm(python: dict[str, Any]) -> None:
    seen = python["litellm"]
    assert seen["whole"] == seen["stream"] != ""
    assert seen["extra_body"] in ("stop", "length")
    assert seen["bad_field"]["class"] == "BadRequestError"


def test_litellm_recognises_an_over_long_prompt(python: dict[str, Any]) -> None:
    """Which is how aider knows that it must send less."""
    for seen in (python["litellm"]["too_long"], python["litellm"]["too_long_stream"]):
        assert seen["class"] == "ContextWindowExceededError"
        assert SENTENCE in seen["message"]


def test_node_openai(node: dict[str, Any]) -> None:
    assert node["version"].startswith("6.")
    assert node["models"] == ["checkpoint"]
    assert node["whole"]["text"] == node["stream"]["text"] != ""
    assert node["whole"]["usage"] == node["stream"]["usage"]
    assert node["stream"]["chunks"] > 4
    assert node["elbarto"]["params"]["steps"] == 8


def test_node_openai_errors(node: dict[str, Any]) -> None:
    refused = node["refused"]
    assert (refused["field"]["class"], refused["field"]["param"]) == ("BadRequestError", "temperature")
    assert (refused["model"]["class"], refused["model"]["code"]) == ("NotFoundError", "model_not_found")
    assert (refused["tooLong"]["class"], refused["tooLong"]["code"]) == ("BadRequestError", "context_length_exceeded")
    assert SENTENCE in refused["tooLong"]["message"]


def test_node_openai_aborts(server: Server, node: dict[str, Any]) -> None:
    """Both ways to leave midway: breaking out of the loop, and an AbortController before any answer."""
    assert node["left"] == {"running": 1, "afterBreak": 0, "afterAbort": 0, "aborted": "APIUserAbortError"}
    assert server.queue == (0, 0)
