"""The request field `speculation` on every route that has it, and the drafts in every answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.infill_wire import EDITS, INFILL
from tests.api.sockets import converse, listening
from tests.api.wire import CHAT, USER, error_of, events_in, post
from tests.doubles.infill import CANVAS_MODEL, InfillEngine
from tests.doubles.tokenizer import FimTokenizer

MakeClient = Callable[..., FlaskClient]
Json = dict[str, Any]

MESSAGES: Json = {"messages": [USER]}
SEGMENTS: Json = {"segments": ["x = ", {"hole": {}}, "\n"]}
SPAN: Json = {"text": "abcd", "spans": [[1, 3]]}
HOLE: Json = {"prompt": "a = ", "suffix": "\n"}
REQUESTS = [
    (CHAT, MESSAGES),
    ("/v1/completions", {"prompt": "a"}),
    ("/v1/completions", {"prompt": ["a", "b"], "n": 2}),
    ("/v1/completions", HOLE),
    ("/beta/completions", HOLE),
    ("/v1/fim/completions", HOLE),
    (INFILL, SEGMENTS),
    (INFILL, {**SEGMENTS, "n": 2}),
    (INFILL, {**SEGMENTS, "infill_mode": "fim"}),
    (INFILL, {**SEGMENTS, "infill_mode": "chat"}),
    (EDITS, {**SPAN, "mode": "rewrite"}),
    (EDITS, {**SPAN, "mode": "redenoise"}),
    (EDITS, {**SPAN, "mode": "polish"}),
]


@pytest.fixture
def engine() -> InfillEngine:
    """Every block and every hole takes one forward, which evaluates 5 drafts or fewer and reaches one."""
    return InfillEngine(fit=lambda window: 0.2, drafts=5)


@pytest.fixture
def client(make_client: MakeClient, engine: InfillEngine) -> FlaskClient:
    return make_client(engine, tokenizer=FimTokenizer(), info=CANVAS_MODEL)


@pytest.mark.parametrize(("path", "body"), REQUESTS)
def test_a_request_limits_the_drafts_of_all_its_sequences(
    client: FlaskClient, engine: InfillEngine, path: str, body: Json
) -> None:
    answer = post(client, path, **body, speculation=3).json

    made, num_forwards = answer["elbarto"], sum(sequence.blocks for sequence in engine.added)
    assert {sequence.params.speculation for sequence in engine.added} == {3}
    assert made["params"]["speculation"] == 3
    assert num_forwards > 0
    assert made["denoise_forwards"] == num_forwards
    assert made["drafts"] == {"tried": 3 * num_forwards, "accepted": num_forwards}
    assert made.get("steps", 2 * num_forwards) == 2 * num_forwards  # infills do not report theirs
    assert made["tpf"] == round(answer["usage"]["completion_tokens"] / num_forwards, 3)


@pytest.mark.parametrize(("path", "body"), [case for case in REQUESTS if case[0] != EDITS])
def test_the_last_event_of_a_stream_has_the_drafts(client: FlaskClient, path: str, body: Json) -> None:
    *_, last, done = events_in(post(client, path, **body, stream=True))

    forwards = last["elbarto"]["denoise_forwards"]
    assert done == "[DONE]"
    assert last["elbarto"]["drafts"] == {"tried": 5 * forwards, "accepted": forwards}


def test_llama_cpps_answer_has_them_as_well(client: FlaskClient) -> None:
    made = post(client, "/infill", input_prefix="a = ", input_suffix="\n").json["elbarto"]

    assert made["drafts"] == {"tried": 5 * made["denoise_forwards"], "accepted": made["denoise_forwards"]}


@pytest.mark.parametrize(
    ("fields", "limit"),
    [
        ({}, None),
        ({"speculation": None}, None),
        ({"speculation": "auto"}, None),
        ({"speculation": "off"}, 0),
        ({"speculation": 0}, 0),
        ({"speculation": 64}, 64),
    ],
)
def test_what_a_request_may_ask_for(client: FlaskClient, engine: InfillEngine, fields: Json, limit: int | None) -> None:
    """None leaves the server's own limit."""
    answer = post(client, **MESSAGES, **fields).json

    assert engine.added[0].params.speculation == limit
    assert answer["elbarto"]["params"]["speculation"] == limit


@pytest.mark.parametrize("value", ["on", "8", "", -1, 65, 1.5, True, False, [8], {}])
@pytest.mark.parametrize(("path", "body"), [(CHAT, MESSAGES), ("/v1/completions", HOLE), (INFILL, SEGMENTS)])
def test_anything_else_is_refused_by_name(client: FlaskClient, path: str, body: Json, value: Any) -> None:
    error = error_of(post(client, path, **body, speculation=value), 400)

    assert error["param"] == "speculation"
    assert error["message"].startswith("speculation must be auto, off or an integer from 0 to 64, got ")


@pytest.mark.parametrize("body", [MESSAGES, {"prompt": "a"}, HOLE, SEGMENTS])
def test_a_request_over_the_socket_has_the_field_too(client: FlaskClient, engine: InfillEngine, body: Json) -> None:
    with listening(client) as address:
        events, code = converse(address, {**body, "speculation": "off"})

    assert code == 1000
    assert engine.added[0].params.speculation == 0
    assert events[0]["params"]["speculation"] == 0
