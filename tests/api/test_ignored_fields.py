"""Nothing is ignored in silence: unknown and misspelled fields, those without effect, and those that are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.api.ignored_fields import HARMLESS, HEADER, REFUSED
from tests.api.wire import CHAT, error_of, post, stream
from tests.doubles.engine import FakeEngine, says
from tests.doubles.tokenizer import FimTokenizer, byte_ids

MakeClient = Callable[..., FlaskClient]
Json = dict[str, Any]

COMPLETIONS = "/v1/completions"
BODIES: dict[str, Json] = {
    CHAT: {},
    COMPLETIONS: {"prompt": "a"},
    "/v1/fim/completions": {"prompt": "a"},
    "/v1/infill": {"segments": ["x = ", {"hole": {}}, "\n"]},
    "/v1/edits": {"text": "x = 1", "spans": [[4, 5]]},
    "/infill": {"input_prefix": "x = "},
    "/completion": {"prompt": "x = "},
}


def told(client: FlaskClient, path: str = CHAT, **body: Any) -> tuple[list[str], str | None]:
    """(warnings, header)"""
    response = post(client, path, **body)
    assert response.status_code == 200, response.text
    return response.json["elbarto"]["warnings"], response.headers.get(HEADER)


@pytest.fixture
def client(make_client: MakeClient) -> FlaskClient:
    return make_client(FakeEngine(says("x")), tokenizer=FimTokenizer())


@pytest.mark.parametrize("path", BODIES)
def test_every_route_names_what_it_does_not_know(client: FlaskClient, path: str) -> None:
    warnings, header = told(client, path, **BODIES[path], cookies=1, **dict.fromkeys(HARMLESS, 1))

    assert warnings[0] == "cookies is not a field of this server, and was ignored."
    assert header == "cookies"
    assert told(client, path, **BODIES[path], cookies=None)[1] is None


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("treshold", "threshold"),
        ("maxTokens", "max_tokens"),
        ("max-tokens", "max_tokens"),
        ("max_token", "max_tokens"),
        ("Temperature", "temperature"),
        ("responseFormat", "response_format"),
        ("stops", "stop"),
    ],
)
def test_a_misspelled_field_gets_the_right_name(client: FlaskClient, name: str, meant: str) -> None:
    assert told(client, **{name: 1}) == ([f"{name} is not a field; did you mean {meant}?"], name)


def test_fields_inside_are_named_with_their_path(client: FlaskClient) -> None:
    tool = {"type": "function", "function": {"name": "f", "paramters": {}}}
    message = {"role": "user", "content": "Hi", "nmae": "x", "refusal": None, "reasoning_content": "hm"}
    hole = {"segments": ["x = ", {"hole": {"hnt": "a number"}}, "\n"]}

    warnings, header = told(
        client, messages=[message], tools=[tool], tool_choice="auto", stream_options={"usage": True}
    )

    assert header == "messages[0].nmae, tools[0].function.paramters, stream_options.usage"
    assert warnings[0] == "messages[0].nmae is not a field; did you mean name?"
    assert warnings[1] == "tools[0].function.paramters is not a field; did you mean parameters?"
    assert told(client, "/v1/infill", **hole)[0][0] == "segments[1].hole.hnt is not a field; did you mean hint?"


def test_a_misspelled_schema_is_named(embedded: FlaskClient) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "x", "shema": {"type": "object"}}, "strict": True}

    warnings, header = told(embedded, response_format=form, max_tokens=4)

    assert header == "response_format.strict, response_format.json_schema.shema"
    assert warnings[1] == "response_format.json_schema.shema is not a field; did you mean schema?"


def test_fields_that_cannot_be_honoured_are_told_with_the_reason(client: FlaskClient) -> None:
    warnings, header = told(client, prediction={"type": "content", "content": "x"}, min_p=0.1, extra_body={"n": 2})

    assert header == "prediction, min_p, extra_body"
    assert warnings == [
        "prediction was ignored: replies are not drafted from a text.",
        "min_p was ignored: this server has no such sampler.",
        "extra_body was ignored: its fields belong at the top level of the body; SDKs put them there.",
    ]
    assert told(client, min_p=0, echo=False, modalities=["text"], logit_bias={}, functions=[]) == ([], None)


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_make_the_answer_wrong_is_refused(client: FlaskClient, name: str) -> None:
    error = error_of(post(client, **{name: ["x"]}), 400)

    assert (error["param"], error["code"]) == (name, "unsupported_parameter")
    assert error["message"].startswith(f"{name} ")


def test_names_are_no_way_into_the_header(client: FlaskClient) -> None:
    warnings, header = told(client, **{"a\r\nb: c": 1, "é, ü": 1, "x" * 1000: 1})

    assert header == f"a??b:?c, ????, {'x' * 61}..."
    assert max(map(len, warnings)) < 150


def test_of_very_many_only_the_number_is_told(client: FlaskClient) -> None:
    warnings, header = told(client, **{f"unheard_of_{number}": 1 for number in range(500)})

    assert len(warnings) == 21
    assert warnings[-1] == "480 more fields are unknown."
    assert header is not None
    assert header.count(",") == 19


def test_a_stream_has_them_too(client: FlaskClient) -> None:
    response = post(client, stream=True, treshold=0.5)
    *_, last = stream(client, treshold=0.5)

    assert response.headers[HEADER] == "treshold"
    assert last["elbarto"]["warnings"] == ["treshold is not a field; did you mean threshold?"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/responses", {"input": "Hi"}),
        ("/v1/messages", {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 8}),
        ("/api/chat", {"messages": [{"role": "user", "content": "Hi"}], "stream": False}),
        ("/api/generate", {"prompt": "Hi", "stream": False}),
    ],
)
def test_translated_requests_name_what_they_do_not_know(client: FlaskClient, path: str, body: Json) -> None:
    assert told(client, path, **body, modle="x") == (["modle is not a field; did you mean model?"], "modle")


def test_a_completion_of_two_parts_tells_each_once(client: FlaskClient) -> None:
    prompts = ["plain", "<fim_prefix>a<fim_suffix>b<fim_middle>"]

    warnings, _ = told(client, COMPLETIONS, prompt=prompts, treshold=1, infill_mode="fim", ignore_eos=True)

    assert warnings == [
        "treshold is not a field; did you mean threshold?",
        "infill_mode has no effect on a prompt without a hole.",
        "ignore_eos has no effect on a hole.",
    ]


@pytest.mark.parametrize(
    ("body", "warning"),
    [
        ({"decode_mode": "static", "threshold": 0.9}, "threshold has no effect in decode_mode static; it has one in"),
        ({"decode_mode": "greedy", "steps": 4}, "steps has no effect in decode_mode greedy; it has one in static,"),
        ({"threshold": 0.9, "steps_per_block": 4}, "steps_per_block has no effect in decode_mode threshold;"),
        ({"gamma": 0.2}, "gamma has no effect in decode_mode static; it has one in entropy, entropy_bounded."),
        ({"factor": 2, "decode_mode": "entropy"}, "factor has no effect in decode_mode entropy; it has one in factor."),
        ({"remasking": "random", "decode_mode": "greedy"}, "remasking has no effect in decode_mode greedy;"),
        ({"steps": 4, "steps_per_block": 4}, "steps has no effect beside steps_per_block."),
        ({"time_budget_ms": 1000, "decode_mode": "greedy"}, "decode_mode has no effect with time_budget_ms."),
        ({"time_budget_ms": 1000, "steps": 8}, "steps has no effect with time_budget_ms."),
        ({"top_p": 0.9}, "top_p has no effect at temperature 0, the default here; send a temperature."),
        (
            {"tools": [{"type": "function", "function": {"name": "f", "strict": True}}]},
            "strict has no effect with tool_choice auto: only forced calls follow a schema.",
        ),
        (
            {"chat_template_kwargs": {"enable_thinking": False}},
            "chat_template_kwargs.enable_thinking has no effect: the chat template has no such variable.",
        ),
    ],
)
def test_fields_without_effect_beside_the_others(client: FlaskClient, body: Json, warning: str) -> None:
    warnings, _ = told(client, **body)

    assert [text for text in warnings if text.startswith(warning)]


@pytest.mark.parametrize(
    "body",
    [
        {"threshold": 0.9},
        {"decode_mode": "dynamic", "threshold": 0.9, "steps": 4, "max_tokens": 16},
        {"decode_mode": "entropy_bounded", "gamma": 0.5},
        {"decode_mode": "factor", "factor": 2, "remasking": "random"},
        {"top_p": 1, "top_k": 0},
        {"top_p": 0.9, "temperature": 0},
        {"top_p": 0.9, "top_k": 5, "temperature": 1, "seed": 4},
    ],
)
def test_fields_with_an_effect_are_not_told(client: FlaskClient, body: Json) -> None:
    assert told(client, **body) == ([], None)


def test_an_infill_tells_of_its_decoding_too(client: FlaskClient) -> None:
    warnings, _ = told(client, "/v1/infill", **BODIES["/v1/infill"], decode_mode="static", threshold=0.5)

    assert warnings[0].startswith("threshold has no effect in decode_mode static;")


def test_stop_token_ids_end_a_reply_and_are_not_shown(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(says("abcdef")))
    (d,) = byte_ids("d")

    for path, body in ((CHAT, {}), (COMPLETIONS, {"prompt": "a"})):
        answer = post(client, path, **body, stop_token_ids=[d], ignore_eos=True).json
        choice = answer["choices"][0]
        assert choice["finish_reason"] == "stop"
        assert choice.get("text", choice.get("message", {}).get("content")) == "abc"
        assert answer["usage"]["completion_tokens"] == 4
    assert error_of(post(client, stop_token_ids=[10**6]), 400)["param"] == "stop_token_ids"
    for path, body in ((CHAT, {}), ("/v1/fim/completions", {"prompt": "a", "suffix": "b"})):
        message = error_of(post(client, path, **body, stop_token_ids=[-1]), 400)["message"]
        assert message == "stop_token_ids must be a list of integers of at least 0, got -1"
    assert told(client, stop_token_ids=[]) == ([], None)
