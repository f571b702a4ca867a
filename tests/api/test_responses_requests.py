"""Requests for responses: what the model gets of them, what is refused, and what is left out with a warning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.api.openapi.document import make_document
from tests.api.responses_wire import Json, ask, response
from tests.api.wire import error_of, post
from tests.doubles.engine import FakeEngine
from tests.doubles.tokenizer import ByteTokenizer

MakeClient = Callable[..., FlaskClient]

CALL = {"type": "function_call", "call_id": "c1", "name": "f", "arguments": '{"a": 1}'}
RESULT = {"type": "function_call_output", "call_id": "c1", "output": "one"}
FUNCTION = {"type": "function", "name": "f"}


def said(role: str, text: str) -> str:
    return f"<bos>{role}\n{text}<eos>"


def written(number: int) -> str:
    return f'<tool_call>\n{{"name": "f", "arguments": {{"a": {number}}}}}\n</tool_call>'


@pytest.mark.parametrize(
    ("body", "prompt"),
    [
        ({"input": "Hi"}, said("user", "Hi")),
        ({"input": "Hi", "instructions": "Brief."}, said("system", "Brief.") + said("user", "Hi")),
        ({"input": [{"role": "user", "content": "Hi"}]}, said("user", "Hi")),
        ({"input": [{"type": "message", "role": "developer", "content": "D"}]}, said("system", "D")),
        (
            {
                "input": [
                    {"role": "user", "content": [{"type": "input_text", "text": "a"}, {"type": "text", "text": "b"}]},
                    {"type": "reasoning", "id": "rs_1", "summary": [], "content": []},
                    {
                        "type": "message",
                        "id": "msg_1",
                        "status": "completed",
                        "role": "assistant",
                        "content": [
                            {"type": "output_text", "text": "c", "annotations": [], "logprobs": []},
                            {"type": "refusal", "refusal": "d"},
                        ],
                    },
                    {"role": "user", "content": "e"},
                ]
            },
            said("user", "ab") + said("assistant", "cd") + said("user", "e"),
        ),
        (
            {"input": [{"role": "user", "content": "Hi"}, CALL, RESULT]},
            said("user", "Hi") + said("assistant", written(1)) + said("user", "<tool_response>\none\n</tool_response>"),
        ),
        (
            {
                "input": [
                    {"role": "assistant", "content": "I call."},
                    CALL,
                    {**CALL, "call_id": "c2", "arguments": {"a": 2}},
                    RESULT,
                    {**RESULT, "call_id": "c2", "output": [{"type": "input_text", "text": "two"}]},
                ]
            },
            said("assistant", f"I call.\n{written(1)}\n{written(2)}")
            + said("user", "<tool_response>\none\n</tool_response>\n<tool_response>\ntwo\n</tool_response>"),
        ),
    ],
)
def test_the_conversation_that_the_model_gets(make_client: MakeClient, body: Json, prompt: str) -> None:
    engine = FakeEngine()
    client = make_client(engine)

    answer = response(client, **body)

    assert ByteTokenizer().decode(list(engine.added[0].prompt_ids), False, False) == f"{prompt}<bos>assistant\n"
    assert answer["elbarto"]["warnings"] == []


@pytest.mark.parametrize(
    ("body", "param", "message"),
    [
        ({"input": None}, "input", "is required: a string or a list of items"),
        ({"input": 3}, "input", "must be a string or a list of items, got 3"),
        ({"input": []}, "input", "at least one message"),
        ({"input": ["Hi"]}, "input[0]", "must be an object"),
        ({"input": [{"role": "user"}]}, "input[0].content", "is required"),
        ({"input": [{"content": "Hi"}]}, "input[0].role", "is required"),
        ({"input": [{"role": "tool", "content": "Hi"}]}, "input[0].role", "must be one of user, assistant"),
        ({"input": [{"role": "user", "content": [{"type": "input_image"}]}]}, "input[0].content[0]", "'input_image'"),
        ({"input": [{"role": "user", "content": [{}]}]}, "input[0].content[0]", '"input_text"'),
        ({"input": [{"type": 3}]}, "input[0].type", "is required: one of message, function_call"),
        ({"input": [{"type": "mesage", "role": "user", "content": "Hi"}]}, "input[0].type", 'got "mesage"'),
        ({"input": [{"type": "reasoning", "summary": []}]}, "input", "at least one message"),
        ({"input": [{"type": "item_reference", "id": "msg_1"}]}, "input[0]", "stores no responses"),
        ({"input": [{**CALL, "call_id": None}]}, "input[0].call_id", "is required"),
        ({"input": [CALL, {**RESULT, "output": 1}]}, "input[1].output", "must be a string or a list"),
        ({"input": "word " * 1000}, "input", "maximum context length is 1024 tokens"),
        ({"previous_response_id": "resp_1"}, "previous_response_id", "stores no responses"),
        ({"conversation": "conv_1"}, "conversation", "stores no responses"),
        ({"background": True}, "background", "must be false"),
        ({"background": 0}, "background", "must be false"),
        ({"prompt": {"id": "pmpt_1"}}, "prompt", "stores no prompts"),
        ({"messages": []}, "messages", "Here the conversation is `input`."),
        ({"max_tokens": 5}, "max_tokens", "`max_output_tokens`"),
        ({"response_format": {"type": "text"}}, "response_format", "`text.format`"),
        ({"n": 2}, "n", "must be 1"),
        ({"stream_mode": "steps"}, "stream_mode", 'must be "blocks"'),
        ({"max_output_tokens": 0}, "max_output_tokens", "at least 1"),
        ({"temperature": 3}, "temperature", "at most 2"),
        ({"steps": 0}, "steps", "at least 1"),
        ({"text": {"format": {"type": "xml"}}}, "text.format.type", "text.format.type must be text, json_object"),
        ({"text": {"format": {}}}, "text.format.type", "text.format.type must be text, json_object"),
        ({"text": {"verbosity": "loud"}}, "text.verbosity", "must be one of low"),
        (
            {"text": {"format": {"type": "json_schema", "schema": 3}}},
            "text.format.schema",
            "text.format.schema must be",
        ),
        (
            {"text": {"format": {"type": "json_object"}}, "guided_regex": "a"},
            "guided_regex",
            "text.format and guided_regex exclude each other",
        ),
        (
            {"text": {"format": {"type": "json_object"}}, "tools": [FUNCTION]},
            "text.format",
            "text.format and tools exclude each other",
        ),
        ({"tools": [{"name": "f"}]}, "tools[0].type", "is required: one of function"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools[0].name", "is required"),
        ({"tools": [{"type": "web_search"}, {**FUNCTION, "name": "a b"}]}, "tools[1].name", "tools[1].name must have"),
        ({"tools": [FUNCTION, {"type": "custom"}, FUNCTION]}, "tools[2].name", "no other tool has"),
        ({"tool_choice": "required"}, "tool_choice", "there are no tools"),
        ({"tool_choice": "required", "tools": [{"type": "custom"}]}, "tool_choice", "there are no tools"),
        ({"tool_choice": {"type": "function", "name": "g"}, "tools": [FUNCTION]}, "tool_choice", "'g', which is not"),
        ({"tool_choice": {"type": "web_search"}}, "tool_choice", "must be none, auto, required"),
        ({"tool_choice": {"type": "allowed_tools", "tools": 1}}, "tool_choice", "must be none, auto, required"),
    ],
)
def test_what_cannot_be_done_is_refused_by_its_name(client: FlaskClient, body: Json, param: str, message: str) -> None:
    error = error_of(ask(client, **body), 400)

    assert error["param"] == param
    assert message in error["message"]


def test_a_schema_that_cannot_be_compiled_is_named_as_sent(embedded: FlaskClient) -> None:
    wrong = {"type": "object", "properties": {"a": {"type": "strin"}}}
    form = {"format": {"type": "json_schema", "name": "x", "schema": wrong}}
    tools = [{"type": "namespace", "name": "n", "tools": []}, {**FUNCTION, "parameters": wrong}]

    of_form = error_of(ask(embedded, text=form), 400)
    of_tool = error_of(ask(embedded, tools=tools, tool_choice="required"), 400)

    assert of_form["param"] == "text.format.schema.properties.a"
    assert of_form["message"].startswith("text.format.schema.properties.a cannot be compiled: Invalid type: strin")
    assert of_tool["param"] == "tools[1].parameters.properties.a"
    assert of_tool["message"].startswith("tools[1].parameters.properties.a cannot be compiled")


@pytest.mark.parametrize(
    ("body", "warning"),
    [
        (
            {"tools": [{"type": "web_search"}, FUNCTION, {"type": "namespace", "name": "n", "tools": []}]},
            "Left out: tools[0] (web_search), tools[2] (namespace); only functions are supported.",
        ),
        (
            {"tools": [{"type": "custom"}] * 12},
            f"Left out: {', '.join(f'tools[{index}] (custom)' for index in range(10))} and 2 more; "
            "only functions are supported.",
        ),
        (
            {"input": [{"type": "web_search_call", "id": "ws_1"}, {"role": "user", "content": "Hi"}]},
            "Left out: input[0] (web_search_call); only messages, function calls and their outputs are read.",
        ),
        ({"reasoning": {"effort": "low", "summary": "auto"}}, "reasoning is ignored"),
        ({"truncation": "auto"}, 'truncation "auto" is ignored'),
        ({"text": {"verbosity": "low"}}, "text.verbosity is ignored"),
        ({"top_logprobs": 2}, "top_logprobs is ignored"),
        ({"include": ["message.output_text.logprobs"]}, "include message.output_text.logprobs is ignored"),
    ],
)
def test_what_is_left_out_is_told(client: FlaskClient, body: Json, warning: str) -> None:
    (told,) = response(client, **body)["elbarto"]["warnings"]

    assert told.startswith(warning)


def test_what_makes_no_difference_is_accepted(client: FlaskClient) -> None:
    """What SDKs and agents send by default."""
    harmless: Json = {
        "store": True,
        "background": False,
        "previous_response_id": None,
        "conversation": None,
        "include": ["reasoning.encrypted_content"],
        "reasoning": {"effort": "none", "summary": None},
        "truncation": "disabled",
        "service_tier": "auto",
        "prompt_cache_key": "key",
        "prompt_cache_retention": "24h",
        "safety_identifier": "someone",
        "max_tool_calls": 5,
        "top_logprobs": 0,
        "stream_options": {"include_obfuscation": True},
        "text": {"format": {"type": "text"}},
        "metadata": {},
        "n": 1,
        "tools": [],
        "tool_choice": "auto",
        "parallel_tool_calls": True,
    }

    answer = response(client, **harmless)

    assert answer["elbarto"]["warnings"] == []
    assert answer["store"] is False, "nothing is stored"
    repeated = ("prompt_cache_key", "safety_identifier", "max_tool_calls", "parallel_tool_calls", "metadata")
    assert {name: answer[name] for name in repeated} == {name: harmless[name] for name in repeated}


def test_decoding_options_are_those_of_a_chat(client: FlaskClient) -> None:
    """All but those with other names."""
    chat, responses = (
        make_document("1")["components"]["schemas"][name]["properties"] for name in ("ChatRequest", "ResponsesRequest")
    )
    elsewhere = {"messages", "prompt_token_ids", "max_tokens", "max_completion_tokens", "response_format", "n"}
    elsewhere |= {"add_generation_prompt", "continue_final_message"}  # items have no turns that could be left open
    of_streams = {"stream_mode", "alternatives", "return_token_ids", "logprobs", "stream_options"}

    assert chat.keys() - responses.keys() <= elsewhere | of_streams
    same: dict[str, Any] = {name: responses[name] for name in chat.keys() & responses.keys()}
    apart = {name for name, value in same.items() if value["description"] != chat[name]["description"]}
    assert apart <= elsewhere | of_streams | {"stream", "tools", "tool_choice", "top_logprobs"}


def test_there_is_nothing_to_retrieve(client: FlaskClient) -> None:
    assert client.get("/v1/responses/resp_1").status_code == 404
    assert post(client, "/v1/responses/resp_1/cancel").status_code == 404
