"""Infills with `syntax`: candidates whose file parses come first."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.messages.params import GenerationParams
from app.text.syntax import MAX_CHARACTERS
from tests.api.infill_wire import INFILL, fill, fill_streamed, texts_of
from tests.api.wire import error_of, post
from tests.doubles import app as fake_app
from tests.doubles.infill import CANVAS_MODEL, Fills, InfillEngine, always, seen
from tests.doubles.tokenizer import EOS, FimTokenizer, byte_ids

pytestmark = pytest.mark.process  # the parser's
MakeClient = Callable[..., FlaskClient]
HOLE: dict[str, Any] = {"hole": {}}
ONE = ["x = ", HOLE, "\n"]


@pytest.fixture
def make_canvas(make_client: MakeClient) -> MakeClient:
    """A client of a model that was trained on canvases."""
    return lambda engine: make_client(engine, info=CANVAS_MODEL)


def by_length(**texts: str) -> Fills:
    """The text for a canvas of this many masks; the 24 of the first candidate are m24."""
    return lambda hole, num_masks, params: texts.get(f"m{num_masks}", "g(")


def first_is_likely(params: GenerationParams) -> float:
    return 0.9 if params.window is not None and params.window.num_masks == 24 else 0.5


def judged(answer: dict[str, Any]) -> list[tuple[str, bool | None]]:
    return [(choice["holes"][0]["text"], choice["parses"]) for choice in answer["choices"]]


def test_what_parses_comes_first_and_the_others_are_told_apart(make_canvas: MakeClient) -> None:
    engine = InfillEngine(fills=by_length(m24="f(", m48="f()"), confidence=first_is_likely)
    client = make_canvas(engine)

    assert judged(fill(client, ONE, n=2, syntax="python")) == [("f()", True), ("f(", False)]
    assert texts_of(fill(client, ONE, n=2)) == ["f("]
    assert "parses" not in fill(client, ONE, n=2)["choices"][0]


def test_in_a_file_that_does_not_parse_fewer_errors_come_first(make_canvas: MakeClient) -> None:
    engine = InfillEngine(fills=by_length(m24=") + )", m48="f()"), confidence=first_is_likely)

    answer = fill(make_canvas(engine), ["def f(:\n    pass\n\nx = ", HOLE, "\n"], n=3, syntax="python")

    assert judged(answer)[0] == ("f()", False)
    assert len(answer["choices"]) == 3


def test_the_rest_of_the_file_is_only_parsed(make_canvas: MakeClient) -> None:
    engine = InfillEngine(fills=always("a"))
    client = make_canvas(engine)
    segments = ["  return ", HOLE, ";\n"]
    around = {"language": "javascript", "before": "function f(a) {\n", "after": "}\n"}

    assert judged(fill(client, segments, syntax=around)) == [("a", True)]
    assert judged(fill(client, segments, syntax={"language": "javascript", "after": "}\n"})) == [("a", False)]
    assert {seen(sequence) for sequence in engine.added} == {"  return" + "_" * 24 + ";\n"}


def test_one_answer_is_chosen_among_the_lengths_that_were_tried(make_client: MakeClient) -> None:
    engine = InfillEngine(
        fills=by_length(m8="f()"),
        confidence=lambda params: 0.4 if params.window and params.window.num_masks == 8 else 1,
    )
    client = make_client(engine)
    body = {"infill_mode": "canvas", "length_method": "several"}

    assert texts_of(fill(client, ONE, **body)) == ["g("]
    assert judged(fill(client, ONE, syntax="python", **body)) == [("f()", True)]
    *_, hole, finished = fill_streamed(client, ONE, syntax="python", **body)
    assert (hole["text"], finished["text"]) == ("f()", "x = f()\n")


@pytest.mark.parametrize("mode", ["fim", "chat"])
def test_the_routes_that_use_a_prompt(make_client: MakeClient, mode: str) -> None:
    engine = InfillEngine(script=lambda ids, params: [*byte_ids("f()" if params.seed == 2 else "f("), EOS])
    client = make_client(engine, tokenizer=FimTokenizer())

    answer = fill(client, ONE, n=2, seed=1, syntax="python", infill_mode=mode)

    assert judged(answer) == [("f()", True), ("f(", False)]


def test_a_stream_sends_text_as_it_is_and_ranks_at_the_end(make_canvas: MakeClient) -> None:
    engine = InfillEngine(fills=by_length(m24="f(", m48="f()"), confidence=first_is_likely)

    events = fill_streamed(make_canvas(engine), ONE, n=2, syntax="python")

    sent = {event["choice"]: event["text"] for event in events if event["type"] == "hole"}
    assert (sent[0], sent[1]) == ("f(", "f()")
    assert judged(events[-1]) == [("f()", True), ("f(", False)]


def test_a_file_that_is_too_long_is_not_parsed(make_canvas: MakeClient) -> None:
    syntax = {"language": "python", "before": "#" * MAX_CHARACTERS}

    answer = fill(make_canvas(InfillEngine()), ONE, syntax=syntax)

    assert judged(answer) == [("x", None)]
    (warning,) = answer["elbarto"]["warnings"]
    assert warning.startswith("parses is null: a file of more than 200000 characters is not parsed")


@pytest.mark.parametrize(
    ("syntax", "param", "message"),
    [
        ("ruby", "syntax", r"syntax must be one of bash, c, .*, got ruby\."),
        ({"language": "Python"}, "syntax", r"syntax must be one of .*, got Python\."),
        (3, "syntax", r'syntax must be a language or {"language": .*}, got 3'),
        ({}, "syntax.language", "syntax.language is required: a string"),
        ({"language": 1}, "syntax.language", "syntax.language must be a string, got 1"),
        ({"language": "c", "before": ["a"]}, "syntax.before", r'syntax.before must be a string, got \["a"\]'),
    ],
)
def test_what_is_refused(make_canvas: MakeClient, syntax: Any, param: str, message: str) -> None:
    engine = InfillEngine()
    response = post(make_canvas(engine), INFILL, segments=ONE, syntax=syntax)

    error = error_of(response, 400)
    assert error["param"] == param
    assert re.match(message, error["message"])
    assert not engine.added


def test_a_server_without_tree_sitter_says_so(make_canvas: MakeClient) -> None:
    client = make_canvas(InfillEngine())
    fake_app.service_of(client)._syntax._found = {}

    assert client.get("/v1/models").json["data"][0]["infill_syntax"] == []
    error = error_of(post(client, INFILL, segments=ONE, syntax="python"), 400)
    assert (error["param"], error["code"]) == ("syntax", "unsupported_parameter")
    assert fill(client, ONE)["choices"]
