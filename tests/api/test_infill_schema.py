"""Requests that POST /v1/infill and POST /v1/edits reject, naming the field; the server works after each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.infill_wire import EDITS, INFILL, edit, fill
from tests.api.wire import error_of, post
from tests.doubles.infill import CANVAS_MODEL, InfillEngine
from tests.doubles.tokenizer import FimTokenizer

MakeClient = Callable[..., FlaskClient]
HOLE: dict[str, Any] = {"hole": {}}
ONE = ["x = ", HOLE, "\n"]
SEGMENT = 'a string or {"hole": {...}}'

DECODING = [
    ("stream", "yes", "stream must be true or false, got"),
    ("seed", 2**64, "seed must be an integer"),
    ("stop", 3, "stop must be a string or a list of strings, got 3"),
    ("temperature", 2.1, "temperature must be a number of at least 0 and at most 2, got 2.1"),
    ("top_p", -0.1, "top_p must be"),
    ("top_k", -2, "top_k must be"),
    ("steps", 0, "steps must be an integer of at least 1, got 0"),
    ("block_length", 0, "block_length must be"),
    (
        "decode_mode",
        "fast",
        "decode_mode must be one of static, threshold, greedy, adaptive, factor, entropy, dynamic, ",
    ),
    ("threshold", 1.5, "threshold must be"),
    ("factor", -1, "factor must be"),
    ("gamma", "x", "gamma must be"),
    ("time_budget_ms", 0, "time_budget_ms must be an integer of at least 1"),
    ("speculation", 65, "speculation must be auto, off or an integer from 0 to 64, got 65"),
    ("infill_mode", "middle", "infill_mode must be one of canvas, fim, chat, both, got"),
    ("language", 3, "language must be a string, got 3"),
]
INFILLS = [
    *DECODING,
    ("n", 0, "n must be an integer of at least 1 and at most 16, got 0"),
    ("n", 17, "n must be"),
    ("length_method", "guess", "length_method must be one of delete, several, exact, got"),
    ("context", "a.py", "context must be a list of objects, got"),
    ("context[0].text", [{"filename": "a.py"}], "context[0].text is required: a string"),
    ("context[1].filename", [{"text": ""}, {"text": "", "filename": 1}], "context[1].filename must be a string, got 1"),
]
SEGMENTS = [
    ("segments", None, f"segments is required: a list; each item is {SEGMENT}"),
    ("segments", "x", f"segments must be a list; each item is {SEGMENT}, got"),
    ("segments", [], "segments must have at least one hole"),
    ("segments", ["x = "], "segments must have at least one hole"),
    ("segments[1]", ["x", 3], f"segments[1] must be {SEGMENT}, got 3"),
    ("segments[0]", [{"hole": True}], f"segments[0] must be {SEGMENT}, got"),
    ("segments[1]", [HOLE, HOLE], "segments[1] directly follows another hole; put text between them"),
    ("segments[3]", ["a", HOLE, "", HOLE], "segments[3] directly follows another hole"),
]
HOLES = [
    ("max_tokens", 0, "must be an integer of at least 1, got 0"),
    ("max_tokens", 1.5, "must be an integer"),
    ("single_line", 1, "must be true or false, got 1"),
    ("hint", ["x"], "must be a string, got"),
    ("pinned", "for", 'must be a list of texts, got "for"'),
    ("pinned[1]", ["for", 3], 'must be a text or {"text": ..., "at": ...}, got 3'),
    ("pinned[0]", [""], "must be a text or"),
    ("pinned[0]", [{"at": "start"}], "must be a text or"),
    ("pinned[0].at", [{"text": "for", "at": "left"}], "must be one of anywhere, start, end, got"),
    ("pinned[1]", ["a", {"text": "b", "at": "start"}], "is pinned at the start of the hole but is not the first one"),
    ("pinned[0]", [{"text": "a", "at": "end"}, "b"], "is pinned at the end of the hole but is not the last one"),
]
SPANS = [
    ("text", {"spans": [[0, 0]]}, "text is required: a string"),
    ("text", {"text": 3, "spans": [[0, 0]]}, "text must be a string, got 3"),
    ("spans", {"text": "abc"}, "spans is required: a list of [start, end]"),
    ("spans", {"text": "abc", "spans": []}, "spans must be a list of at least one [start, end], got []"),
    ("spans", {"text": "abc", "spans": "0-1"}, "spans must be a list of at least one [start, end], got"),
    ("spans[0]", {"text": "abc", "spans": [[0]]}, "spans[0] must be [start, end], two integers, got [0]"),
    ("spans[1]", {"text": "abc", "spans": [[0, 1], [2, 3.5]]}, "spans[1] must be [start, end], two integers, got"),
    ("spans[0]", {"text": "abc", "spans": [[True, 2]]}, "spans[0] must be [start, end], two integers, got"),
    ("spans[0]", {"text": "abc", "spans": [[-1, 2]]}, "spans[0] must be [start, end] with 0 <= start <= end, got"),
    ("spans[0]", {"text": "abc", "spans": [[2, 1]]}, "spans[0] must be [start, end] with 0 <= start <= end, got"),
    ("spans", {"text": "abc", "spans": [[2, 4]]}, "spans must lie in the text, which has 3 characters, got [2, 4]"),
    ("spans", {"text": "😀", "spans": [[0, 2]]}, "spans must lie in the text, which has 1 characters, got [0, 2]"),
    ("spans", {"text": "abc", "spans": [[0, 2], [1, 3]]}, "spans must neither overlap nor touch"),
    (
        "spans",
        {"text": "abc", "spans": [[1, 3], [0, 1]]},
        "spans must neither overlap nor touch; two of them meet at 1",
    ),
    ("spans", {"text": "abc", "spans": [[1, 1], [1, 1]]}, "spans must neither overlap nor touch"),
    ("mode", {"text": "abc", "spans": [[0, 1]], "mode": "fix"}, "mode must be one of rewrite, redenoise, polish, got"),
    ("max_tokens", {"text": "abc", "spans": [[0, 1]], "max_tokens": 0}, "max_tokens must be an integer"),
]


@pytest.fixture
def canvas(make_client: MakeClient) -> FlaskClient:
    return make_client(InfillEngine(), info=CANVAS_MODEL)


def check(client: FlaskClient, path: str, body: dict[str, Any], param: str, message: str) -> None:
    """Whole and streamed alike: streams are rejected before any header."""
    for streamed in {} if "stream" in body else {"stream": False}, {} if "stream" in body else {"stream": True}:
        error = error_of(post(client, path, **body, **streamed), 400)
        assert error["message"].startswith(message)
        assert (error["param"], error["type"]) == (param, "invalid_request_error")
        assert error["code"] == "invalid_value"
    fill(client, ONE)


@pytest.mark.parametrize(("param", "value", "message"), INFILLS)
def test_infill_fields(canvas: FlaskClient, param: str, value: Any, message: str) -> None:
    check(canvas, INFILL, {"segments": ONE, param.partition("[")[0]: value}, param, message)


@pytest.mark.parametrize(("param", "value", "message"), SEGMENTS)
def test_segments(canvas: FlaskClient, param: str, value: Any, message: str) -> None:
    check(canvas, INFILL, {"segments": value}, param, message)


@pytest.mark.parametrize(("param", "value", "message"), HOLES)
def test_hole_fields(canvas: FlaskClient, param: str, value: Any, message: str) -> None:
    path = f"segments[1].hole.{param}"
    check(canvas, INFILL, {"segments": ["x", {"hole": {param.partition("[")[0]: value}}]}, path, f"{path} {message}")


@pytest.mark.parametrize(("param", "value", "message"), DECODING)
def test_edit_fields(canvas: FlaskClient, param: str, value: Any, message: str) -> None:
    check(canvas, EDITS, {"text": "abc", "spans": [[1, 2]], param: value}, param, message)


@pytest.mark.parametrize(("param", "body", "message"), SPANS)
def test_spans_and_modes(canvas: FlaskClient, param: str, body: dict[str, Any], message: str) -> None:
    check(canvas, EDITS, body, param, message)


def test_null_is_absent_and_what_is_unknown_is_ignored(canvas: FlaskClient) -> None:
    nulls = {name: None for name, _, _ in INFILLS if "[" not in name}

    fill(canvas, ["x", {"hole": {"max_tokens": None, "pinned": None, "hint": None, "color": 1}}], **nulls, color=2)
    edit(canvas, "abc", [[1, 2]], **{name: None for name, _, _ in DECODING}, mode=None, max_tokens=None, color=2)


def test_neighbouring_strings_are_one_text(canvas: FlaskClient) -> None:
    assert fill(canvas, ["a", "b", HOLE, "c", "", "d"])["text"] == "abxcd"


@pytest.mark.parametrize("path", [INFILL, EDITS])
def test_no_object(canvas: FlaskClient, path: str) -> None:
    error_of(canvas.post(path, data=b"[]"), 400)
    error_of(canvas.post(path, data=b""), 400)
    error_of(canvas.get(path), 405)


# Limits of the model and the server


def test_more_candidates_than_places(make_client: MakeClient) -> None:
    client = make_client(InfillEngine(), info=CANVAS_MODEL, max_queue=2)

    check(client, INFILL, {"segments": ONE, "n": 4}, "n", "n must be at most 3 on this server, got 4.")


def test_pinned_texts_that_leave_nothing_to_fill_in(canvas: FlaskClient) -> None:
    hole = {"max_tokens": 4, "pinned": ["abcd"]}
    message = "pinned: the texts in hole 1 have 4 tokens, which leaves nothing to fill in: the hole has at most 4."

    check(canvas, INFILL, {"segments": ["x", HOLE, "y", {"hole": hole}]}, "segments", message)


def test_a_length_method_that_the_model_has_not(make_client: MakeClient) -> None:
    message = "length_method must be several or exact for this model, which has no delete token, got delete."
    client = make_client(InfillEngine())

    check(
        client,
        INFILL,
        {"segments": ONE, "infill_mode": "canvas", "length_method": "delete"},
        "length_method",
        message,
    )


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (INFILL, {"segments": ONE, "infill_mode": "canvas"}),
        (INFILL, {"segments": ONE, "infill_mode": "fim"}),
        (INFILL, {"segments": ONE, "infill_mode": "chat"}),
        (EDITS, {"text": "abc", "spans": [[0, 1]], "mode": "rewrite"}),
        (EDITS, {"text": "abc", "spans": [[0, 1]], "mode": "redenoise"}),
        (EDITS, {"text": "abc", "spans": [[0, 1]], "mode": "polish"}),
    ],
)
def test_parts_of_a_block_that_do_not_divide_it(make_client: MakeClient, path: str, body: dict[str, Any]) -> None:
    client = make_client(InfillEngine(), tokenizer=FimTokenizer(), info=CANVAS_MODEL)
    message = "small_block_length must divide the block length, 4, got 3."

    check(client, path, {**body, "small_block_length": 3}, "small_block_length", message)


@pytest.mark.parametrize(
    ("path", "param", "body"),
    [
        (INFILL, "segments", {"segments": ["a", HOLE, "b" * 2000, HOLE]}),
        (EDITS, "text", {"text": "b" * 2000, "spans": [[0, 1], [1999, 2000]]}),
        (EDITS, "text", {"text": "b" * 2000, "spans": [[0, 2000]], "mode": "redenoise"}),
    ],
)
def test_text_between_holes_is_not_cut(canvas: FlaskClient, path: str, param: str, body: dict[str, Any]) -> None:
    error = error_of(post(canvas, path, **body), 400)

    assert (error["code"], error["param"]) == ("context_length_exceeded", param)
    assert error["message"].startswith("This model's maximum context length is 1024 tokens.")
    fill(canvas, ONE)


def test_another_model(make_client: MakeClient) -> None:
    client = make_client(InfillEngine(), info=CANVAS_MODEL, strict_model=True)

    for path, body in (INFILL, {"segments": ONE}), (EDITS, {"text": "abc", "spans": [[0, 1]]}):
        error = error_of(post(client, path, model="gpt-4o", **body), 404)
        assert (error["code"], error["param"]) == ("model_not_found", "model")
    fill(client, ONE, model="fake-model")
