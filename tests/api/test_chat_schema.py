"""The fields of chat requests, and the errors for invalid ones."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.api.chat import to_request
from app.api.chat_schemas import ChatSchema
from app.api.schemas import load
from app.errors import RequestError
from app.serving.requests import ChatRequest
from tests.api.wire import CHAT, USER, error_of, post

NAN, INFINITY, HUGE = float("nan"), float("inf"), 10**400


def refused(**body: Any) -> RequestError:
    with pytest.raises(RequestError) as error:
        load(ChatSchema(), {"messages": [USER], **body})
    return error.value


def accepted(**body: Any) -> ChatRequest:
    return to_request(load(ChatSchema(), {"messages": [USER], **body}))


INTEGER = "must be an integer"
WRONG = {
    "model": [(5, "must be a string"), (True, "must be a string"), ([], "must be a string")],
    "user": [(5, "must be a string"), ({}, "must be a string")],
    "n": [
        (0, f"{INTEGER} of at least 1"),
        (-1, f"{INTEGER} of at least 1"),
        (1.5, INTEGER),
        ("1", INTEGER),
        (True, INTEGER),
        ([1], INTEGER),
        (NAN, INTEGER),
    ],
    "seed": [
        (2**64, "at most 18446744073709551615"),
        (-(2**63) - 1, "at least -9223372036854775808"),
        (HUGE, INTEGER),
        (1.5, INTEGER),
        ("7", INTEGER),
        (False, INTEGER),
    ],
    "block_length": [(0, "at least 1"), (2**17 + 1, "at most 131072"), (HUGE, "at most 131072"), ("4", INTEGER)],
    "top_logprobs": [(-1, "at least 0"), (21, "at most 20"), (True, INTEGER)],
    "temperature": [
        (-0.1, "must be a number of at least 0 and at most 2"),
        (2.1, "at most 2"),
        (NAN, "must be a number"),
        (INFINITY, "must be a number"),
        (-INFINITY, "must be a number"),
        (HUGE, "must be a number"),
        ("1", "must be a number"),
        (True, "must be a number"),
        ({}, "must be a number"),
    ],
    "decode_mode": [
        ("best", "must be one of static, threshold, greedy, adaptive, factor, entropy, dynamic, sequential"),
        (1, "must be one of"),
    ],
    "factor": [(-1, "must be a number of at least 0 and at most 100"), (101, "at most 100"), ("1", "must be a number")],
    "gamma": [(-1, "must be a number of at least 0 and at most 100"), (NAN, "must be a number")],
    "small_block_length": [(0, "at least 1"), (2**17 + 1, "at most 131072"), (2.5, INTEGER)],
    "time_budget_ms": [(0, f"{INTEGER} of at least 1"), (10**9, "at most 3600000"), ("5", INTEGER)],
    "speculation": [
        (value, "must be auto, off or an integer from 0 to 64") for value in (-1, 65, HUGE, 1.5, "8", "on", True, [1])
    ],
    "top_p": [(-0.1, "at least 0"), (1.1, "at most 1"), ("0.5", "must be a number"), (NAN, "must be a number")],
    "top_k": [(-2, "must be an integer of at least -1"), (1.5, INTEGER), ("40", INTEGER), (True, INTEGER)],
    "repetition_penalty": [
        (0, "must be a number above 0 and at most 100"),
        (-1, "above 0"),
        (100.1, "at most 100"),
        (HUGE, "at most 100"),
        (INFINITY, "at most 100"),
        (NAN, "must be a number"),
        ("1", "must be a number"),
    ],
    "threshold": [
        (-0.1, "must be a number of at least 0 and at most 1"),
        (1.1, "at most 1"),
        (NAN, "must be a number"),
        ("", "must be a number"),
    ],
    "stop": [(5, "must be a string or a list of strings"), (["a", 5], "a list of strings"), ({}, "a list of strings")],
    "remasking": [
        ("high", "must be one of low_confidence, low_margin, high_entropy, random"),
        (5, "must be one of"),
        ("", "must be one of"),
    ],
    "block_cache": [("yes", "must be true or false"), (1, "must be true or false")],
    "prompt_token_ids": [
        ([], "must be a list of at least one token id"),
        ("a b", "must be a list"),
        (5, "must be a list"),
        ([1, "2"], "must be a list of integers"),
        ([1, 2.0], "must be a list of integers"),
        ([True], "must be a list of integers"),
        ([None], "must be a list of integers"),
    ],
}
for name in ("max_tokens", "max_completion_tokens", "gen_length", "steps"):
    WRONG[name] = [(0, f"{INTEGER} of at least 1"), (-5, INTEGER), (8.5, INTEGER), ("8", INTEGER), (True, INTEGER)]
for name in ("presence_penalty", "frequency_penalty"):
    WRONG[name] = [
        (value, "must be a number of at least -2 and at most 2") for value in (-2.1, 2.1, 5, NAN, "0", True, {}, -HUGE)
    ]
for name in ("stream", "ignore_eos", "return_token_ids", "logprobs", "parallel_tool_calls"):
    WRONG[name] = [(value, "must be true or false") for value in (1, 0, "true", "", [], NAN)]


@pytest.mark.parametrize(
    ("field", "value", "allowed"), [(field, *case) for field, cases in WRONG.items() for case in cases]
)
def test_a_wrong_value_is_refused_by_name(field: str, value: Any, allowed: str) -> None:
    error = refused(**{field: value})

    shown = json.dumps(value[-1] if field == "prompt_token_ids" and isinstance(value, list) and value else value)
    assert error.param == field
    assert error.message.startswith(f"{field} must be ")
    assert allowed in error.message
    assert error.message.endswith(f"got {shown}" if len(shown) <= 60 else "...")
    assert len(error.message) < 300
    assert (error.status, error.type, error.code) == (400, "invalid_request_error", "invalid_value")


@pytest.mark.parametrize(
    ("body", "param", "message"),
    [
        ({"messages": []}, "messages", "must contain at least one message"),
        ({"messages": None}, "messages", "must contain at least one message"),
        ({"messages": "Hi"}, "messages", "must be a list of objects"),
        ({"messages": {"role": "user"}}, "messages", "must be a list of objects"),
        ({"messages": [{"content": "Hi"}]}, "messages[0].role", "is required: one of system, developer, user,"),
        ({"messages": [{"role": None, "content": ""}]}, "messages[0].role", "is required"),
        ({"messages": [USER, {**USER, "role": "bot"}]}, "messages[1].role", 'must be one of system, .*, got "bot"'),
        ({"messages": [{**USER, "role": 5}]}, "messages[0].role", "must be one of .*, got 5"),
        ({"messages": [{**USER, "name": 5}]}, "messages[0].name", "must be a string, got 5"),
        ({"messages": [{"role": "user"}]}, "messages[0].content", "is required: a string or a list of text parts"),
        ({"messages": [{"role": "tool"}]}, "messages[0].content", "is required"),
        ({"messages": [{**USER, "content": 5}]}, "messages[0].content", "must be a string or .*, got 5"),
        ({"messages": [{**USER, "content": {}}]}, "messages[0].content", "must be a string or .*, got {}"),
        ({"messages": [{**USER, "content": [5]}]}, "messages[0].content[0]", "must be a part .*, got 5"),
        ({"messages": [{**USER, "content": [{"type": "text"}]}]}, "messages[0].content[0]", "must be a part"),
        ({"tools": 5}, "tools", "must be a list of objects"),
        ({"tools": [{}]}, "tools[0].type", "is required: function"),
        ({"tools": [{"type": "custom"}]}, "tools[0].type", 'must be one of function, got "custom"'),
        ({"tools": [{"type": "function"}]}, "tools[0].function", "is required: an object"),
        ({"tools": [{"type": "function", "function": {}}]}, "tools[0].function.name", "is required: a string"),
        (
            {"tools": [{"type": "function", "function": {"name": "f", "parameters": []}}]},
            "tools[0].function.parameters",
            "must be an object",
        ),
        ({"tool_choice": "any"}, "tool_choice", 'must be none, auto, required or {.*}, got "any"'),
        ({"tool_choice": {"type": "function"}}, "tool_choice", "must be none, auto, required or"),
        ({"tool_choice": ["none"]}, "tool_choice", "must be none, auto, required or"),
        (
            {"messages": [{"role": "assistant", "tool_calls": [{"id": "1"}]}]},
            "messages[0].tool_calls[0].function",
            "is required: an object",
        ),
        (
            {"messages": [{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": 5}}]}]},
            "messages[0].tool_calls[0].function.arguments",
            "must be a string of JSON, got 5",
        ),
        ({"response_format": "json"}, "response_format", "must be an object"),
        ({"response_format": []}, "response_format", "must be an object"),
        ({"stream_options": {"include_usage": 1}}, "stream_options.include_usage", "must be true or false, got 1"),
    ],
)
def test_what_is_wrong_inside_is_named_with_its_path(body: dict[str, Any], param: str, message: str) -> None:
    error = refused(**body)

    assert error.param == param
    assert error.message.startswith(f"{param} ")
    with pytest.raises(RequestError, match=message):
        raise error


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"messages": "Hi"}, "messages"),
        ({"tools": 5}, "tools"),
        ({"response_format": "json"}, "response_format"),
        ({"messages": ["Hi"]}, "messages[0]"),
        ({"messages": [None]}, "messages[0]"),
        ({"stream_options": 5}, "stream_options"),
        ({"tools": ["x"]}, "tools[0]"),
        ({"messages": [{**USER, "tool_calls": 5}]}, "messages[0].tool_calls"),
    ],
)
def test_what_is_no_object_or_list_is_named_shown_and_told_what_to_be(body: dict[str, Any], param: str) -> None:
    error = refused(**body)

    assert error.param == param
    assert error.message.startswith(f"{param} must be ")
    assert ", got " in error.message


def test_an_image_is_refused() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 1000}}

    error = refused(messages=[{"role": "user", "content": [{"type": "text", "text": "See"}, image]}])

    assert error.param == "messages[0].content[1]"
    assert "this model accepts text only" in error.message
    assert len(error.message) < 300


def test_null_means_absent() -> None:
    nulls = dict.fromkeys(ChatSchema().fields.keys() - {"messages"})

    assert accepted(**nulls) == accepted() == ChatRequest(messages=[USER])
    assert load(ChatSchema(), {"messages": [USER], "stream_options": {"include_usage": None}})["stream_options"] == {
        "include_usage": False
    }


def test_unknown_fields_are_ignored() -> None:
    """And named by the routes: test_ignored_fields.py."""
    unknown = {"seeds": "x", "elbarto": NAN, "store": 1}

    assert accepted(**unknown, stream_options={"continuous_usage_stats": 5}) == accepted()
    assert accepted(messages=[{**USER, "refusal": None, "audio": 5}]).messages == [USER]


def test_numbers_that_mean_absent() -> None:
    """Applications that cannot leave a field out send these, as to llama.cpp and LM Studio."""
    assert accepted(max_tokens=-1, max_completion_tokens=-1.0, seed=-1) == accepted()
    assert accepted(max_tokens=7, max_completion_tokens=-1).max_tokens == 7
    assert accepted(seed=-2).seed == -2


def test_whole_numbers_may_be_written_as_floats() -> None:
    call = accepted(max_tokens=8.0, n=1.0, seed=7.0, top_k=40.0, speculation=2.0)

    numbers = [call.max_tokens, call.n, call.seed, call.decoding.values["top_k"], call.speculation]
    assert numbers == [8, 1, 7, 40, 2]
    assert {type(number) for number in numbers} == {int}


def test_everything_at_its_limits() -> None:
    for body in (
        {"temperature": 0, "top_p": 0, "threshold": 1e-9, "seed": -(2**63), "block_length": 1, "n": 1, "steps": 1},
        {"presence_penalty": -2, "frequency_penalty": -2, "repetition_penalty": 1e-9, "top_k": -1},
        {"presence_penalty": 2, "frequency_penalty": 2, "repetition_penalty": 100, "top_k": 10**9},
        {"temperature": 2, "top_p": 1, "threshold": 1, "seed": 2**64 - 1, "block_length": 1024, "n": 10**9},
    ):
        call = accepted(**body)

        given = {**vars(call), **call.decoding.values}
        assert {name: given[name] for name in body} == body


def test_max_completion_tokens_wins() -> None:
    assert accepted(max_tokens=5).max_tokens == 5
    assert accepted(max_completion_tokens=6).max_tokens == 6
    assert accepted(max_tokens=5, max_completion_tokens=6).max_tokens == 6
    assert accepted(max_tokens=5, max_completion_tokens=None).max_tokens == 5


def test_stop_is_a_string_or_any_number_of_them() -> None:
    twelve = [f"stop{number}" for number in range(12)]

    assert accepted(stop="a").stop == ("a",)
    assert accepted(stop=twelve).stop == tuple(twelve)
    assert accepted(stop=["", "a"]).stop == ("a",)
    assert accepted(stop=[]).stop == accepted(stop="").stop == accepted(stop=None).stop == ()


def test_content_parts_are_joined() -> None:
    parts = [{"type": "text", "text": "one "}, "two ", {"type": "text", "text": "three", "cache_control": {}}]

    assert accepted(messages=[{"role": "user", "content": parts}]).messages == [
        {"role": "user", "content": "one two three"}
    ]
    assert accepted(messages=[{"role": "user", "content": []}]).messages == [{"role": "user", "content": ""}]


def test_text_is_text_whatever_the_part_is_called() -> None:
    parts = [
        {"type": "input_text", "text": "one "},
        {"type": "output_text", "text": "two ", "annotations": []},
        {"type": "refusal", "refusal": "three"},
    ]

    assert accepted(messages=[{"role": "user", "content": parts}]).messages == [
        {"role": "user", "content": "one two three"}
    ]
    error = refused(messages=[{"role": "user", "content": [{"type": "refusal", "text": "no"}]}])
    assert error.param == "messages[0].content[0]"
    assert "must be a part" in error.message


def test_null_is_an_empty_text() -> None:
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    messages = [
        {"role": "user", "content": None},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "content": None, "tool_call_id": "1"},
    ]

    assert [message["content"] for message in accepted(messages=messages).messages or ()] == ["", "", ""]


def test_messages_that_real_clients_send() -> None:
    calls = [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]
    messages = [
        {"role": "system", "content": ""},
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": "a", "name": "bob"},
        {"role": "user", "content": "b"},
        {"role": "assistant", "content": None, "tool_calls": calls},
        {"role": "assistant"},
        {"role": "tool", "content": "4", "tool_call_id": "1"},
    ]

    assert accepted(messages=messages).messages == [
        {"role": "system", "content": ""},
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "a", "name": "bob"},
        {"role": "user", "content": "b"},
        {"role": "assistant", "tool_calls": calls, "content": ""},
        {"role": "assistant", "content": ""},
        {"role": "tool", "content": "4", "tool_call_id": "1"},
    ]


def test_prompt_token_ids_stand_for_messages() -> None:
    call = to_request(load(ChatSchema(), {"prompt_token_ids": [8, 9]}))

    assert (call.messages, call.prompt_token_ids) == (None, [8, 9])


def test_a_refusal_is_a_400_over_http(client: FlaskClient) -> None:
    error = error_of(post(client, temperature=NAN), 400)

    assert error == {
        "message": "temperature must be a number of at least 0 and at most 2, got NaN",
        "type": "invalid_request_error",
        "param": "temperature",
        "code": "invalid_value",
    }
    assert error_of(post(client, temperature=NAN, stream=True), 400) == error


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"{", "not valid JSON"),
        (b"{'a': 1}", "not valid JSON"),
        (b"\xff\xfe\xfa", "not valid JSON"),
        (b'{"n": ' + b"9" * 5000 + b"}", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b'{"user": "\xed\xa0\x80"}', "not valid JSON"),  # half a surrogate pair, as bytes
        ('{"user": "x"}'.encode("utf-16"), "not valid JSON"),
        (b"[]", "must be a JSON object"),
        (b'"text"', "must be a JSON object"),
        (b"null", "must be a JSON object"),
    ],
)
@pytest.mark.parametrize("path", [CHAT, "/tokenize", "/detokenize"])
def test_a_body_that_is_no_object(client: FlaskClient, path: str, data: bytes, message: str) -> None:
    error = error_of(client.post(path, data=data), 400)

    assert message in error["message"]
    assert (error["type"], error["param"]) == ("invalid_request_error", None)


def test_a_value_that_is_nested_too_deeply_to_be_shown() -> None:
    """json parses slightly deeper nesting than it writes, and the message shows the value."""
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]

    assert refused(temperature=value).message == "The request body is nested too deeply."


@pytest.mark.parametrize("content_type", [None, "application/json", "application/x-www-form-urlencoded", "text/plain"])
def test_the_content_type_does_not_matter(client: FlaskClient, content_type: str | None) -> None:
    response = client.post(CHAT, data=json.dumps({"messages": [USER]}), content_type=content_type)

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (CHAT, {"messages": [{"role": "user", "content": "\ud800"}]}),
        (CHAT, {"messages": [{"role": "user", "content": [{"type": "text", "text": "\udc00"}]}]}),
        ("/tokenize", {"prompt": "a\ud800"}),
    ],
)
def test_text_that_is_no_unicode_is_refused(client: FlaskClient, path: str, body: dict[str, Any]) -> None:
    error_of(post(client, path, **body), 400)


def test_top_logprobs_need_logprobs(client: FlaskClient) -> None:
    assert error_of(post(client, top_logprobs=3), 400)["param"] == "top_logprobs"
    assert error_of(post(client, top_logprobs=3, logprobs=False), 400)["param"] == "top_logprobs"


def test_logprobs_are_not_for_steps(client: FlaskClient) -> None:
    assert error_of(post(client, logprobs=True, stream=True, stream_mode="steps"), 400)["param"] == "logprobs"


def test_logprobs_switched_off_are_fine(client: FlaskClient) -> None:
    assert post(client, logprobs=False, top_logprobs=0).status_code == 200
