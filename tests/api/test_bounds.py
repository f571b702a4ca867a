"""Requests that are too large in one way or another cost next to nothing, and are told what the bound is."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.wire import error_of, post

MB4 = 4 * 2**20 - 1000
HOLE: dict[str, Any] = {"hole": {"max_tokens": 4}}
WORDS = "word " * 800_000
FIM = "<fim_prefix>a<fim_suffix>b<fim_middle>"
CPU_S = 1.0  # each took from 2 to 30; loading 4 MB of JSON takes 0.02


def chat(text: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}], "max_tokens": 4}


TOO_LONG = [
    ("/v1/chat/completions", chat(WORDS)),
    ("/v1/chat/completions", chat("a" * MB4)),
    ("/v1/chat/completions", chat(" " * MB4)),
    ("/v1/chat/completions", chat("<[MASK_TOKEN]>" * 280_000)),
    ("/v1/chat/completions", chat("\n" * 2_000_000)),
    ("/v1/chat/completions", chat("é " * 550_000)),
    ("/v1/chat/completions", chat("".join(map(chr, random.Random(5).choices(range(0x20, 0xD800), k=650_000))))),
    ("/v1/chat/completions", {"messages": [{"role": "user", "content": ""}] * 20_000}),
    ("/v1/completions", {"prompt": WORDS, "max_tokens": 4}),
    ("/v1/completions", {"prompt": ["word " * 50_000] * 16, "max_tokens": 4}),
    ("/v1/completions", {"prompt": "<fim_prefix>" + "x <fim_middle>" * 200_000 + "<fim_suffix>"}),
    ("/v1/infill", {"segments": ["a", HOLE, WORDS, HOLE, "b"]}),
    ("/v1/edits", {"text": WORDS, "spans": [[0, 4_000_000]], "mode": "redenoise"}),
]
FITS = [
    ("/v1/completions", {"prompt": "<PRE> <SUF> <MID>" + " " * (MB4 - 100), "max_tokens": 4}),
    (
        "/v1/completions",
        {"prompt": "<file_sep>a.py\nx\n" * 200_000 + "<fim_prefix>a<fim_suffix>b<fim_middle>", "max_tokens": 4},
    ),
    ("/v1/completions", {"prompt": "def f(): ", "suffix": "\n" * (MB4 // 2), "max_tokens": 4}),
    ("/v1/infill", {"segments": ["def f(): ", HOLE, " " * MB4]}),
    ("/v1/infill", {"segments": ["\n" * (MB4 // 2), HOLE, "\n"], "infill_mode": "chat"}),
    ("/v1/infill", {"segments": ["a", HOLE, "b"], "context": [{"filename": "a.py", "text": WORDS}]}),
    ("/v1/edits", {"text": WORDS, "spans": [[2_000_000, 2_000_005]], "mode": "redenoise"}),
]
BOUNDS = [
    ("/v1/infill", {"segments": [item for _ in range(1001) for item in ("a", HOLE)]}, "segments", "1000 holes"),
    ("/v1/infill", {"segments": ["a", {"hole": {"pinned": ["a"] * 101}}]}, "segments[1].hole.pinned", "100 texts"),
    ("/v1/infill", {"segments": ["a", HOLE], "context": [{"text": "a"}] * 1001}, "context", "1000 objects"),
    ("/v1/completions", {"prompt": "a", "context": [{"text": "a"}] * 1001}, "context", "1000 objects"),
    ("/infill", {"input_extra": [{"text": "a"}] * 1001}, "input_extra", "1000 objects"),
    ("/v1/edits", {"text": "a" * 9999, "spans": [[2 * at, 2 * at + 1] for at in range(1001)]}, "spans", "1000 spans"),
    ("/v1/completions", {"prompt": ["a"] * 100_000}, "prompt", "at most 80 replies in one request"),
    ("/v1/completions", {"prompt": ["a"] * 100_000, "suffix": "b"}, "prompt", "at most 80 replies in one request"),
    ("/v1/completions", {"prompt": "a", "best_of": 80, "logprobs": 20}, "best_of", "at most 400, got 80 times 20"),
    ("/v1/chat/completions", chat("a") | {"n": 21, "logprobs": True, "top_logprobs": 20}, "top_logprobs", "most 400"),
    ("/v1/chat/completions", chat("a") | {"stop": ["a"] * 257}, "stop", "256 strings of 16384 characters"),
    ("/completion", {"prompt": "a", "stop": ["a" * 16385]}, "stop", "256 strings of 16384 characters"),
    ("/v1/chat/completions", {"messages": [{"role": "user"}] * 20_001}, "messages", "20000 objects, got 20001"),
]


def measured(client: FlaskClient, path: str, body: dict[str, Any]) -> Any:
    began = time.process_time()
    answer = post(client, path, **body)
    assert time.process_time() - began < CPU_S
    return answer


@pytest.mark.parametrize(("path", "body"), TOO_LONG, ids=range(len(TOO_LONG)))
def test_what_cannot_fit_is_refused_before_it_is_encoded(
    embedded: FlaskClient, path: str, body: dict[str, Any]
) -> None:
    error = error_of(measured(embedded, path, body), 400)

    assert error["code"] == "context_length_exceeded"
    assert "context length is 2048 tokens. However, you requested at least " in error["message"]


@pytest.mark.parametrize(("path", "body"), FITS, ids=range(len(FITS)))
def test_what_is_trimmed_is_trimmed_first(embedded: FlaskClient, path: str, body: dict[str, Any]) -> None:
    assert measured(embedded, path, body).status_code == 200


@pytest.mark.parametrize(("path", "body", "param", "bound"), BOUNDS, ids=range(len(BOUNDS)))
def test_numbers_have_bounds(embedded: FlaskClient, path: str, body: dict[str, Any], param: str, bound: str) -> None:
    error = error_of(measured(embedded, path, body), 400)

    assert error["param"] == param
    assert bound in error["message"]


def test_pinned_texts_have_the_holes_bound(embedded: FlaskClient) -> None:
    body = {"segments": ["a", {"hole": {"pinned": [WORDS]}}, "b"]}

    assert (
        "leaves nothing to fill in: the hole has at most 128"
        in error_of(measured(embedded, "/v1/infill", body), 400)["message"]
    )


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", chat("a") | {"steps": 10**4299}),
        ("/v1/chat/completions", chat("a") | {"steps_per_block": 10**4299}),
        ("/v1/chat/completions", chat("a") | {"max_tokens": 10**4299, "stop": ["a", "e"]}),
        ("/v1/infill", {"segments": ["a", {"hole": {"max_tokens": 10**4299}}, "b"], "time_budget_ms": 200}),
        ("/v1/infill", {"segments": ["a", HOLE, "b"], "infill_mode": "fim", "steps": 10**4299}),
        ("/infill", {"input_prefix": "a", "n_predict": 4, "n_indent": 10**10}),
        ("/completion", {"prompt": "a", "n_predict": 4, "n_indent": 10**10}),
    ],
)
def test_immense_integers_mean_no_limit(embedded: FlaskClient, path: str, body: dict[str, Any]) -> None:
    assert post(embedded, path, **body).status_code == 200


def test_polishing_comes_to_an_end(embedded: FlaskClient) -> None:
    text = "def add(a, b):\n    total = a - b\n    return totl\n"

    answer = post(embedded, "/v1/edits", text=text, spans=[[0, 49]], mode="polish", steps=10**9).json

    assert answer["elbarto"]["warnings"] == ["steps was lowered from 1000000000 to 64."]
    assert answer["elbarto"]["denoise_forwards"] <= 5 * 32
