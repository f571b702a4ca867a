"""Anthropic's and Ollama's SDKs, for Python and Node, against the embedded model."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients.processes import run_node, run_python
from tests.servers import Server


@pytest.fixture(scope="module")
def python(embedded: Server) -> dict[str, Any]:
    return run_python("anthropic_and_ollama.py", "anthropic", embedded.url)


@pytest.fixture(scope="module")
def node(embedded: Server) -> dict[str, Any]:
    return run_node("anthropic-and-ollama.mjs", "@anthropic-ai", embedded.url)


def test_anthropic(python: dict[str, Any]) -> None:
    """Replies, their stream helper, forced calls and results, stop sequences, `parse` and counting."""
    seen = python["anthropic"]
    assert seen["whole"] == seen["stream"] != ""
    assert seen["same"]
    assert seen["stop_reason"] == "end_turn"
    assert seen["request_id"].startswith("req-")
    assert seen["counted"]
    assert seen["called"]
    assert 0 < seen["after"] <= 8
    assert seen["stopped"] == ["stop_sequence", "def"]
    assert seen["parsed"]
    assert seen["models"] == ["elbarto-mini"]


def test_anthropics_errors(python: dict[str, Any]) -> None:
    seen = python["anthropic"]
    assert (seen["field"]["class"], seen["field"]["status"]) == ("BadRequestError", 400)
    assert "temperature must be" in seen["field"]["message"]
    assert "prompt is too long: " in seen["too_long"]["message"]


def test_ollama(python: dict[str, Any]) -> None:
    seen = python["ollama"]
    assert seen["name"] == "elbarto-mini:latest"
    assert seen["whole"] == seen["stream"] == seen["generated"] != ""
    assert all(number > 0 for number in seen["durations"])
    assert seen["form"]
    assert seen["tools"] in ("stop", "length")
    assert seen["filled"].startswith("a + b")
    assert "insert" in seen["capabilities"]
    assert seen["running"] == [2048]


def test_ollamas_errors(python: dict[str, Any]) -> None:
    seen = python["ollama"]
    assert seen["field"]["status"] == 400
    assert "options.temperature must be" in seen["field"]["message"]
    assert seen["absent"]["status"] == 404
    assert "no embeddings" in seen["absent"]["message"]
    assert "messages[0].images must be an empty list" in seen["in_stream"]["message"]


def test_node_anthropic(node: dict[str, Any]) -> None:
    seen = node["anthropic"]
    assert seen["whole"] == seen["stream"] != ""
    assert seen["stopReason"] == "end_turn"
    assert seen["called"] == seen["calledInStream"] == {"unit": "celsius"}
    assert (seen["refused"]["class"], seen["refused"]["status"]) == ("BadRequestError", 400)
    assert seen["refused"]["type"] == "invalid_request_error"


def test_node_ollama(node: dict[str, Any]) -> None:
    seen = node["ollama"]
    assert seen["whole"] == seen["stream"] != ""
    assert seen["filled"].startswith("a + b")
    assert "completion" in seen["capabilities"]
    assert seen["refused"]["status"] == 400
    assert seen["refused"]["message"].startswith("options.num_predict must be an integer")
