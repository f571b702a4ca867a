"""Clients for structured replies and tools, against the embedded model."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients.processes import run_node, run_python
from tests.servers import Server


@pytest.fixture(scope="module")
def python(embedded: Server) -> dict[str, Any]:
    return run_python("structured.py", "pydantic_ai", embedded.url)


@pytest.fixture(scope="module")
def node(embedded: Server) -> dict[str, Any]:
    return run_node("structured.mjs", "ai", embedded.url)


def test_openai(python: dict[str, Any]) -> None:
    """`chat.completions.parse` with models as formats and as tools, its stream helper, and log probabilities."""
    seen = python["openai"]
    assert seen["parsed"]
    assert seen["called"]
    assert seen["streamed"]
    assert seen["same"]
    assert seen["deltas"] > 3
    assert seen["finish_reason"] == "tool_calls"
    assert 0 < seen["after"] <= 8
    assert set(seen["logprobs"]) <= {1, 2}
    assert seen["logprobs"]


@pytest.mark.parametrize("client", ["langchain", "instructor", "pydantic_ai"])
def test_frameworks(python: dict[str, Any], client: str) -> None:
    """Each with a JSON schema and with a tool."""
    seen = python[client]
    assert len(seen) >= 2
    assert all(seen.values()), seen


def test_node_ai_sdk(node: dict[str, Any]) -> None:
    for seen in (node["object"], node["tool"], node["streamed"]):
        assert seen.keys() == {"city", "unit", "days"}
        assert len(seen["city"]) <= 12
        assert seen["unit"] in ("celsius", "fahrenheit")
        assert 1 <= seen["days"] <= 7
    assert node["finishReason"] == "tool-calls"
