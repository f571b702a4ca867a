"""POST /v1/fim/completions, shaped like Mistral's, and POST /beta/completions, shaped like DeepSeek's."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.wire import error_of, events_in, post, text_of
from tests.doubles.engine import FakeEngine, says
from tests.doubles.tokenizer import FimTokenizer, byte_ids, fim_ids

MakeClient = Callable[..., FlaskClient]

MISTRAL = "/v1/fim/completions"
DEEPSEEK = ("/beta/completions", "/v1/beta/completions")
P, S = "def f(a):\n    return ", "\n"


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(says("a + 1"))


@pytest.fixture
def client(make_client: MakeClient, engine: FakeEngine) -> FlaskClient:
    return make_client(engine, tokenizer=FimTokenizer())


def ask(client: FlaskClient, path: str, **body: Any) -> dict[str, Any]:
    response = post(client, path, **{"prompt": P, "suffix": S, **body})
    assert response.status_code == 200, response.text
    return response.json


def stream(client: FlaskClient, path: str, **body: Any) -> list[dict[str, Any]]:
    events = events_in(post(client, path, **{"prompt": P, "suffix": S, **body, "stream": True}))
    assert events.pop() == "[DONE]"
    return events


def test_mistrals_answer_is_shaped_like_a_chats(client: FlaskClient, engine: FakeEngine) -> None:
    answer = ask(client, MISTRAL, model="codestral-latest", max_tokens=64, random_seed=7, min_tokens=1)

    assert re.fullmatch(r"fim-[0-9a-f]{32}", answer["id"])
    assert answer["object"] == "chat.completion"
    assert answer["choices"] == [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "a + 1"},
            "logprobs": None,
            "finish_reason": "stop",
        }
    ]
    usage = answer["usage"]
    assert (usage["prompt_tokens"], usage["completion_tokens"]) == (len(fim_ids(P, S)), 5)
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert engine.added[0].prompt_ids == fim_ids(P, S)
    assert engine.added[0].params.seed == 7


def test_mistrals_stream_has_deltas(client: FlaskClient) -> None:
    first, *pieces, last = stream(client, MISTRAL)

    assert first["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert text_of(pieces) == "a + 1"
    assert {event["object"] for event in (first, *pieces, last)} == {"chat.completion.chunk"}
    assert not any("usage" in event for event in (first, *pieces))
    assert last["choices"][0]["finish_reason"] == "stop"
    assert last["usage"]["completion_tokens"] == 5
    assert last["elbarto"]["infill_mode"] == "fim"


def test_mistrals_stream_with_a_chunk_for_the_usage(client: FlaskClient) -> None:
    *pieces, last = stream(client, MISTRAL, stream_options={"include_usage": True})

    assert all(piece["usage"] is None for piece in pieces)
    assert last["choices"] == []
    assert last["usage"]["completion_tokens"] == 5


@pytest.mark.parametrize("suffix", [None, ""])
def test_every_prompt_at_mistrals_has_a_hole_behind_it(client: FlaskClient, engine: FakeEngine, suffix: Any) -> None:
    ask(client, MISTRAL, suffix=suffix)

    assert engine.added[0].prompt_ids == fim_ids(P, "")


def test_sentinels_at_mistrals_are_code(client: FlaskClient, engine: FakeEngine) -> None:
    prompt = "<fim_prefix>a<fim_suffix>b<fim_middle>"

    ask(client, MISTRAL, prompt=prompt)

    assert engine.added[0].prompt_ids == fim_ids(prompt, S)


def test_a_stop_at_mistrals_is_a_string_or_a_list(client: FlaskClient) -> None:
    for stop in (" +", ["\n\n", " +"]):
        assert ask(client, MISTRAL, stop=stop)["choices"][0]["message"]["content"] == "a"
        assert text_of(stream(client, MISTRAL, stop=stop)) == "a"


def test_several_at_mistrals(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(says("longer", "ab", "longer", "ab")), tokenizer=FimTokenizer())

    contents = [choice["message"]["content"] for choice in ask(client, MISTRAL, n=2)["choices"]]
    events = stream(client, MISTRAL, n=2)

    assert contents == ["ab", "longer"]
    assert [text_of(events, index) for index in (0, 1)] == contents


def test_log_probabilities_are_elsewhere(client: FlaskClient) -> None:
    error = error_of(post(client, MISTRAL, prompt=P, logprobs=1), 400)

    assert (error["param"], error["code"]) == ("logprobs", "unsupported_parameter")
    assert "/v1/completions has them" in error["message"]


@pytest.mark.parametrize("path", DEEPSEEK)
def test_deepseeks_answer_is_shaped_like_a_texts(client: FlaskClient, engine: FakeEngine, path: str) -> None:
    """Clients append it to a base URL with /v1 or without."""
    answer = ask(client, path, model="deepseek-chat", max_tokens=4096, logprobs=0)
    *pieces, last = stream(client, path)

    assert answer["object"] == "text_completion"
    assert answer["choices"][0]["text"] == "a + 1"
    assert answer["choices"][0]["logprobs"]["tokens"] == list("a + 1")
    assert answer["elbarto"]["warnings"] == ["max_tokens was lowered from 4096 to 128."]
    assert "".join(piece["choices"][0]["text"] for piece in pieces) == "a + 1"
    assert last["choices"][0]["finish_reason"] == "stop"
    assert engine.added[0].prompt_ids == fim_ids(P, S)


@pytest.mark.parametrize("path", DEEPSEEK)
def test_a_prompt_without_a_suffix_at_deepseeks_is_gone_on_from(
    client: FlaskClient, engine: FakeEngine, path: str
) -> None:
    assert ask(client, path, suffix=None, echo=True)["choices"][0]["text"] == f"{P}a + 1"

    assert engine.added[0].prompt_ids == (0, *byte_ids(P))


@pytest.mark.parametrize("path", [MISTRAL, *DEEPSEEK])
def test_errors_are_openais(client: FlaskClient, path: str) -> None:
    assert error_of(post(client, path, suffix=S), 400)["param"] == "prompt"
    assert error_of(post(client, path, prompt=P, suffix=5), 400)["param"] == "suffix"
    assert error_of(post(client, path, prompt=P, temperature=9), 400)["param"] == "temperature"
    assert error_of(client.get(path), 405)["type"] == "invalid_request_error"


@pytest.mark.parametrize("path", [MISTRAL, *DEEPSEEK])
def test_these_need_the_key(make_client: MakeClient, path: str) -> None:
    client = make_client(api_key="sk-key")

    assert error_of(post(client, path, prompt=P), 401)["code"] == "invalid_api_key"
