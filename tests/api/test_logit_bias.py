"""`logit_bias` on every route: what is accepted, and what the engine gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.messages.params import BANNED
from tests.api.wire import CHAT, error_of, post
from tests.doubles.engine import FakeEngine, says
from tests.doubles.tokenizer import VOCAB_SIZE, FimTokenizer, byte_ids

MakeClient = Callable[..., FlaskClient]
A, B = byte_ids("ab")
OPENAI: dict[str, dict[str, Any]] = {
    CHAT: {},
    "/v1/completions": {"prompt": "x"},
    "/v1/fim/completions": {"prompt": "x"},
    "/v1/infill": {"segments": ["x = ", {"hole": {}}, "\n"]},
}


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(says("x"))


@pytest.fixture
def client(make_client: MakeClient, engine: FakeEngine) -> FlaskClient:
    return make_client(engine, tokenizer=FimTokenizer())


@pytest.mark.parametrize("path", OPENAI)
def test_openais_form(client: FlaskClient, engine: FakeEngine, path: str) -> None:
    response = post(client, path, **OPENAI[path], logit_bias={str(A): -100, str(B): 2.5})

    assert response.status_code == 200, response.text
    assert response.json["elbarto"]["warnings"] == []
    assert all(dict(sequence.params.logit_bias) == {A: -100.0, B: 2.5} for sequence in engine.added)
    assert engine.added


@pytest.mark.parametrize(
    ("value", "biases"),
    [
        ([[A, 1.5], [B, False]], {A: 1.5, B: BANNED}),
        ([["ab", -0.5], [A, 2]], {A: 1.5, B: -0.5}),  # a text is each of its tokens, and biases add up
        ({str(A): 3, "b": False}, {A: 3.0, B: BANNED}),
        ([[A, 1000]], {A: 1000.0}),
        ([], {}),
    ],
)
@pytest.mark.parametrize(("path", "body"), [("/completion", {"prompt": "x"}), ("/infill", {"input_prefix": "x"})])
def test_llama_cpps_forms(
    client: FlaskClient, engine: FakeEngine, path: str, body: Any, value: Any, biases: dict[int, float]
) -> None:
    assert post(client, path, **body, logit_bias=value).status_code == 200

    assert dict(engine.added[-1].params.logit_bias) == biases


@pytest.mark.parametrize("value", [[], "x", {"a": 1}, {"5": 101}, {"5": "1"}, {"5": True}, {"-5": 1}, {"5": None}])
def test_what_is_no_bias_is_refused(client: FlaskClient, value: Any) -> None:
    error = error_of(post(client, logit_bias=value), 400)

    assert error["param"] == "logit_bias"
    assert "must be an object of token ids (as strings) with numbers from -100 to 100, got " in error["message"]


@pytest.mark.parametrize("item", [5, [5], [5, True], [5, None], [None, 1], [True, 1], [5, 10**400], [5, float("nan")]])
def test_what_is_no_pair_is_refused(client: FlaskClient, item: Any) -> None:
    error = error_of(post(client, "/completion", prompt="x", logit_bias=[[5, 1], item]), 400)

    assert error["param"] == "logit_bias[1]"
    assert "must be [token id or text, number or false], got " in error["message"]


def test_ids_beyond_the_vocabulary_are_refused(client: FlaskClient) -> None:
    message = f"logit_bias must be for token ids from 0 to {VOCAB_SIZE - 1}, got {VOCAB_SIZE}."

    for path, body in OPENAI.items():
        assert error_of(post(client, path, **body, logit_bias={str(VOCAB_SIZE): 1}), 400)["message"] == message


def test_the_embedded_model_is_steered(embedded: FlaskClient) -> None:
    body = {"messages": [{"role": "user", "content": "Write a function that adds two numbers."}], "max_tokens": 16}
    ids = post(embedded, **body, return_token_ids=True).json["choices"][0]["token_ids"]
    bias = {str(token_id): -100 for token_id in set(ids)}

    others = post(embedded, **body, logit_bias=bias, return_token_ids=True).json["choices"][0]["token_ids"]

    assert ids
    assert not set(ids) & set(others)
