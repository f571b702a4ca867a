"""Replies that go on with the last message, and the variables of chat templates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.wire import USER, error_of, post, stream, text_of
from tests.doubles.engine import FakeEngine, says
from tests.doubles.tokenizer import CHAT_TEMPLATE, ByteTokenizer, byte_ids

MakeClient = Callable[..., FlaskClient]
Json = dict[str, Any]

BEGUN = "def add(a, b):\n    "
ANSWER = {"role": "assistant", "content": BEGUN}
# vLLM's form, DeepSeek's, and what both amount to.
FORMS: list[Json] = [
    {"messages": [USER, ANSWER], "continue_final_message": True, "add_generation_prompt": False},
    {"messages": [USER, ANSWER], "continue_final_message": True},
    {"messages": [USER, {**ANSWER, "prefix": True}]},
    {"messages": [USER, ANSWER], "add_generation_prompt": False},
]
ENDED = [0, *byte_ids("user\nHi"), 2]
OPEN = [*ENDED, 0, *byte_ids(f"assistant\n{BEGUN}")]


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(says("return a + b"))


@pytest.fixture
def client(make_client: MakeClient, engine: FakeEngine) -> FlaskClient:
    return make_client(engine)


@pytest.mark.parametrize("body", FORMS)
def test_the_prompt_ends_within_the_message_and_the_answer_is_the_rest(
    client: FlaskClient, engine: FakeEngine, body: Json
) -> None:
    answer = post(client, **body).json
    events = stream(client, **body)

    assert answer["choices"][0]["message"] == {"role": "assistant", "content": "return a + b"}
    assert text_of(events) == "return a + b"
    assert list(engine.added[0].prompt_ids) == list(engine.added[1].prompt_ids) == OPEN
    assert (answer["usage"]["prompt_tokens"], answer["usage"]["completion_tokens"]) == (len(OPEN), 13)
    assert answer["elbarto"]["warnings"] == []
    assert client.post("/tokenize", json=body).json["tokens"] == OPEN


@pytest.mark.parametrize(
    ("body", "prompt"),
    [
        ({"messages": [USER]}, [*ENDED, 0, *byte_ids("assistant\n")]),
        ({"messages": [USER], "add_generation_prompt": False}, ENDED),
        (
            {"messages": [USER, {**ANSWER, "prefix": False}], "continue_final_message": False},
            [*OPEN, 2, 0, *byte_ids("assistant\n")],
        ),
        (
            {"messages": [USER, ANSWER], "add_generation_prompt": False, "continue_final_message": False},
            [*OPEN, 2],
        ),
    ],
)
def test_otherwise_turns_are_whole(client: FlaskClient, engine: FakeEngine, body: Json, prompt: list[int]) -> None:
    assert post(client, **body).status_code == 200

    assert list(engine.added[0].prompt_ids) == prompt
    assert client.post("/tokenize", json=body).json["tokens"] == prompt


def test_a_template_that_strips_does_not_take_the_indentation(make_client: MakeClient, engine: FakeEngine) -> None:
    strips = CHAT_TEMPLATE.replace("message['content']", "message['content'] | trim")
    client = make_client(engine, tokenizer=ByteTokenizer(strips))

    assert post(client, **FORMS[0]).status_code == 200
    assert list(engine.added[0].prompt_ids) == OPEN


def test_a_template_that_does_not_show_the_text_is_refused(make_client: MakeClient) -> None:
    client = make_client(tokenizer=ByteTokenizer(CHAT_TEMPLATE.replace("message['content']", "'...'")))

    error = error_of(post(client, **FORMS[0]), 400)

    assert "does not show the last message as it is" in error["message"]


CALL = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
TOOL = {"type": "function", "function": {"name": "f"}}


@pytest.mark.parametrize(
    ("body", "param", "message"),
    [
        (
            {"messages": [USER], "continue_final_message": True},
            "continue_final_message",
            "needs a last message of role",
        ),
        (
            {"messages": [USER, {**ANSWER, "tool_calls": [CALL]}], "continue_final_message": True},
            "continue_final_message",
            "without tool calls",
        ),
        ({"messages": [{**USER, "prefix": True}]}, "messages[0].prefix", "needs a last message of role assistant"),
        ({"messages": [{**ANSWER, "prefix": True}, USER]}, "messages[0].prefix", "only the last message"),
        ({**FORMS[1], "add_generation_prompt": True}, "continue_final_message", "exclude each other"),
        ({"prompt_token_ids": [8], "continue_final_message": True}, "continue_final_message", "needs messages"),
        (
            {**FORMS[0], "response_format": {"type": "json_object"}},
            "response_format",
            "cannot be combined with continue_final_message",
        ),
        ({**FORMS[2], "guided_regex": "a"}, "guided_regex", "cannot be combined with messages[1].prefix"),
        ({**FORMS[3], "tools": [TOOL], "tool_choice": "required"}, "add_generation_prompt", "forces calls"),
        ({"chat_template_kwargs": {"tokenize": True}}, "chat_template_kwargs.tokenize", "is not a variable"),
        ({"chat_template_kwargs": {"chat_template": "x"}}, "chat_template_kwargs.chat_template", "is not a variable"),
        ({"chat_template_kwargs": []}, "chat_template_kwargs", "must be an object"),
    ],
)
def test_what_makes_no_sense_is_refused(client: FlaskClient, body: Json, param: str, message: str) -> None:
    error = error_of(post(client, **body), 400)

    assert error["param"] == param
    assert error["message"].startswith(param)
    assert message in error["message"]


def test_a_call_after_the_text_is_found(make_client: MakeClient) -> None:
    """The model may call a tool once it has gone on."""
    client = make_client(FakeEngine(says('done.\n<tool_call>\n{"name": "f", "arguments": {}}\n</tool_call>')))

    choice = post(client, **FORMS[0], tools=[TOOL]).json["choices"][0]

    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["content"].strip() == "done."


def test_variables_reach_the_template(make_client: MakeClient, engine: FakeEngine) -> None:
    thinks = CHAT_TEMPLATE + "{% if enable_thinking is defined and not enable_thinking %}no{% endif %}"
    client = make_client(engine, tokenizer=ByteTokenizer(thinks))
    body = {"messages": [USER], "chat_template_kwargs": {"enable_thinking": False}}

    answer = post(client, **body).json

    assert engine.added[0].prompt_ids[-2:] == tuple(byte_ids("no"))
    assert answer["elbarto"]["warnings"] == []
    assert client.post("/tokenize", json=body).json["tokens"] == list(engine.added[0].prompt_ids)
    assert post(client, messages=[USER]).json["usage"]["prompt_tokens"] == answer["usage"]["prompt_tokens"] - 2


def test_arguments_of_earlier_calls_are_objects_for_templates_with_tools(
    make_client: MakeClient, engine: FakeEngine
) -> None:
    """Qwen's template goes through their items."""
    template = (
        "{% if tools %}<tool_call>{% endif %}{% for m in messages %}{{ m['content'] }}"
        "{% for c in m.tool_calls or [] %}{% for key, value in c.function.arguments | dictsort %}"
        "{{ key }}={{ value }};{% endfor %}{% endfor %}{% endfor %}"
    )
    client = make_client(engine, tokenizer=ByteTokenizer(template))
    call = {**CALL, "function": {"name": "f", "arguments": '{"path": "a.py", "n": 2}'}}

    assert post(client, messages=[USER, {"role": "assistant", "tool_calls": [call]}]).status_code == 200
    assert bytes(token - 8 for token in engine.added[0].prompt_ids) == b"Hin=2;path=a.py;"


def test_the_embedded_model_goes_on(embedded: FlaskClient) -> None:
    messages = [
        {"role": "user", "content": "Write a function that adds two numbers."},
        {"role": "assistant", "content": "```python\ndef plus(first, second):\n    return first"},
    ]

    answer = post(embedded, messages=messages, continue_final_message=True, max_tokens=8).json

    assert answer["choices"][0]["message"]["content"].startswith(" + second")
