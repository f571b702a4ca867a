"""On every route, an answer that repeats the rest of the hole's line ends before it, streamed or not."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.infill_wire import fill, fill_streamed, texts_of
from tests.api.wire import events_in, lines_in, post
from tests.doubles.engine import says
from tests.doubles.infill import CANVAS_MODEL, InfillEngine, always
from tests.doubles.tokenizer import FimTokenizer

MakeClient = Callable[..., FlaskClient]
P, S = "with ", " as file:\n    pass\n"
ANSWER, FILLED = "open(path) as file:", "open(path)"
# The address, the body, and where an answer or an event has its text.
FIM_ROUTES: dict[str, tuple[str, dict[str, Any], tuple[Any, ...], tuple[Any, ...]]] = {
    "completions": ("/v1/completions", {"prompt": P, "suffix": S}, ("choices", 0, "text"), ("choices", 0, "text")),
    "a dialect": (
        "/v1/completions",
        {"prompt": f"<fim_prefix>{P}<fim_suffix>{S}<fim_middle>"},
        ("choices", 0, "text"),
        ("choices", 0, "text"),
    ),
    "mistral": (
        "/v1/fim/completions",
        {"prompt": P, "suffix": S},
        ("choices", 0, "message", "content"),
        ("choices", 0, "delta", "content"),
    ),
    "llama.cpp": ("/infill", {"input_prefix": P, "input_suffix": S}, ("content",), ("content",)),
    "ollama": ("/api/generate", {"prompt": P, "suffix": S}, ("response",), ("response",)),
}


@pytest.fixture
def client(make_client: MakeClient) -> FlaskClient:
    engine = InfillEngine(says(ANSWER), fills=always(ANSWER))
    return make_client(engine, tokenizer=FimTokenizer(), info=CANVAS_MODEL)


def at(answer: Any, path: tuple[Any, ...]) -> str:
    for key in path:
        answer = answer[key] if isinstance(key, int) else answer.get(key, "")
    return answer or ""


@pytest.mark.parametrize("mode", ["canvas", "fim", "chat"])
def test_infill(client: FlaskClient, mode: str) -> None:
    segments = [P, {"hole": {}}, S]

    assert texts_of(fill(client, segments, infill_mode=mode)) == [FILLED]

    events = fill_streamed(client, segments, infill_mode=mode)
    assert "".join(event["text"] for event in events if event["type"] == "delta") == FILLED


def test_a_hole_of_several_is_matched_with_the_text_after_the_others(make_client: MakeClient) -> None:
    engine = InfillEngine(fills=always("g(a),", "b)"))

    answer = fill(make_client(engine, info=CANVAS_MODEL), ["f(", {"hole": {}}, ", ", {"hole": {}}, ")\n"])

    assert answer["text"] == "f(g(a), b)\n"


@pytest.mark.parametrize("mode", ["canvas", "fim"])
@pytest.mark.parametrize("name", FIM_ROUTES)
def test_completions(client: FlaskClient, name: str, mode: str) -> None:
    path, body, whole, piece = FIM_ROUTES[name]
    if name in ("completions", "a dialect"):
        body = {**body, "infill_mode": mode}

    answer = post(client, path, **body, stream=False)
    assert answer.status_code == 200, answer.text
    assert at(answer.json, whole) == FILLED

    streamed = post(client, path, **body, stream=True)
    events = lines_in(streamed) if name == "ollama" else events_in(streamed)
    assert "".join(at(event, piece) for event in events if event != "[DONE]") == FILLED, json.dumps(events)
