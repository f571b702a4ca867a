"""Anthropic's Messages API: what is asked of the model, replies whole and streamed, and errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.api.anthropic.requests import to_chat
from app.api.anthropic.schemas import MessagesSchema
from app.api.schemas import load
from tests.api.translated import MESSAGES, NOW, SEARCH, anthropic_error, ask, comparable, message_of, written
from tests.api.wire import CHAT, USER, named_events_in, post
from tests.doubles.engine import FakeEngine, says
from tests.doubles.tokenizer import TOOLS_TEMPLATE, ByteTokenizer

MakeClient = Callable[..., FlaskClient]
Json = dict[str, Any]

COUNT = "/v1/messages/count_tokens"


# Replies


def test_a_reply_whole_and_streamed(client: FlaskClient) -> None:
    whole = ask(client, system="Be brief.", metadata={"user_id": "u"})
    streamed = message_of(named_events_in(ask(client, system="Be brief.", stream=True)))

    assert whole.json["elbarto"]["warnings"] == []
    assert whole.headers["request-id"] == whole.headers["x-request-id"]
    message = comparable(whole.json)
    assert message["content"] == [{"type": "text", "text": "Hello, world!"}]
    assert (message["role"], message["model"], message["stop_reason"]) == ("assistant", "fake-model", "end_turn")
    assert message["stop_sequence"] is None
    assert message["usage"]["output_tokens"] == 14
    assert comparable(streamed) == message


def test_calls_whole_and_streamed(make_client: MakeClient) -> None:
    calls = written("now", '{"zone": 1}'), written("now", "{}")
    client = make_client(FakeEngine(says("\n".join(["I look.", *calls]))))

    whole = comparable(ask(client, tools=[NOW]).json)
    streamed = message_of(named_events_in(ask(client, tools=[NOW], stream=True)))

    assert whole["content"] == [
        {"type": "text", "text": "I look."},
        {"type": "tool_use", "name": "now", "input": {"zone": 1}},
        {"type": "tool_use", "name": "now", "input": {}},
    ]
    assert whole["stop_reason"] == "tool_use"
    assert comparable(streamed) == whole


@pytest.mark.parametrize("stream", [False, True])
def test_a_stop_sequence_is_named(client: FlaskClient, stream: bool) -> None:
    response = ask(client, stop_sequences=["rld", ", w", "absent"], stream=stream)

    message = message_of(named_events_in(response)) if stream else response.json
    assert (message["stop_reason"], message["stop_sequence"]) == ("stop_sequence", ", w")
    assert message["content"] == [{"type": "text", "text": "Hello"}]


def test_a_cut_reply_says_so(client: FlaskClient) -> None:
    message = ask(client, max_tokens=5).json

    assert (message["stop_reason"], message["usage"]["output_tokens"]) == ("max_tokens", 5)
    assert message["content"] == [{"type": "text", "text": "Hello"}]


# What is asked of the model


def asked_as_chat(make_client: MakeClient, chat: list[Json], **body: Any) -> bool:
    """Whether the prompt is that of the messages in a chat."""
    engine = FakeEngine()
    client = make_client(engine, tokenizer=ByteTokenizer(TOOLS_TEMPLATE))
    assert ask(client, **body).status_code == 200
    assert post(client, CHAT, messages=chat).status_code == 200
    first, second = engine.added
    return first.prompt_ids == second.prompt_ids


def test_blocks_become_messages(make_client: MakeClient) -> None:
    result = {"type": "tool_result", "tool_use_id": "c1"}
    sent = [
        {
            "role": "user",
            "content": [{"type": "text", "text": "a", "cache_control": {}}, {"type": "text", "text": "b"}],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "Hm.", "signature": "s"},
                {"type": "redacted_thinking", "data": "x"},
                {"type": "text", "text": "I look."},
                {"type": "tool_use", "id": "c1", "name": "now", "input": {"zone": "ü"}},
            ],
        },
        {
            "role": "user",
            "content": [
                {**result, "content": "noon"},
                {**result, "content": [{"type": "text", "text": "no"}], "is_error": True},
                {**result},
                {"type": "text", "text": "And?"},
            ],
        },
    ]
    call = {"id": "c1", "type": "function", "function": {"name": "now", "arguments": '{"zone": "ü"}'}}
    chat: list[Json] = [
        {"role": "system", "content": "S1S2"},
        {"role": "user", "content": "ab"},
        {"role": "assistant", "content": "I look.", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": "noon"},
        {"role": "tool", "tool_call_id": "c1", "content": "Error: no"},
        {"role": "tool", "tool_call_id": "c1", "content": ""},
        {"role": "user", "content": "And?"},
    ]

    system = [{"type": "text", "text": "S1"}, {"type": "text", "text": "S2", "cache_control": {"type": "ephemeral"}}]
    assert asked_as_chat(make_client, chat, messages=sent, system=system)
    assert not asked_as_chat(make_client, chat[1:], messages=sent, system=system)


def test_what_claude_code_sends(make_client: MakeClient) -> None:
    """With instructions to the system between the messages, and marks for its cache."""
    cached = {"cache_control": {"type": "ephemeral"}}
    text = {"type": "text", "text": "Hi", **cached}
    sent = [{"role": "user", "content": [text]}, {"role": "system", "content": "Be brief."}, USER]
    chat = [USER, {"role": "system", "content": "Be brief."}, USER]

    assert asked_as_chat(make_client, chat, messages=sent, thinking={"type": "adaptive"}, metadata={"user_id": "{}"})


@pytest.mark.parametrize(("role", "continues"), [("assistant", True), ("user", None)])
def test_a_reply_goes_on_from_the_assistants_last_message(role: str, continues: bool | None) -> None:
    sent = {"messages": [USER, {"role": role, "content": "def f("}]}

    chat = to_chat(sent, load(MessagesSchema(), sent))

    assert chat.body.get("continue_final_message") is continues
    assert chat.body["messages"][-1] == {"role": role, "content": "def f("}


def test_options_reach_the_engine(make_client: MakeClient) -> None:
    engine = FakeEngine()
    client = make_client(engine)

    ask(client, temperature=0.5, top_p=0.9, top_k=3, decode_mode="threshold", threshold=0.7, seed=4, block_length=8)

    params = engine.added[0].params
    assert (params.temperature, params.top_p, params.top_k, params.seed) == (0.5, 0.9, 3, 4)
    assert (params.mode, params.threshold, params.block_length, params.gen_length) == ("threshold", 0.7, 8, 400)


def test_what_is_ignored_is_said(client: FlaskClient) -> None:
    message = ask(
        client,
        tools=[SEARCH, NOW],
        tool_choice={"type": "auto", "disable_parallel_tool_use": True},
        thinking={"type": "enabled", "budget_tokens": 1024},
        output_config={"effort": "high"},
        context_management={"edits": []},
        mcp_servers=[],
        stop=["x"],
        service_tier="auto",
    ).json

    assert message["elbarto"]["warnings"] == [
        "tools[0] is left out: web_search_20250305 is a tool of Anthropic's own.",
        "output_config.effort is ignored.",
        "thinking is ignored: this model answers at once.",
        "context_management is ignored: the conversation is used as it is.",
        "stop is ignored: the field is stop_sequences.",
    ]
    assert ask(client, thinking={"type": "disabled"}).json["elbarto"]["warnings"] == []


def test_tokens_are_counted(make_client: MakeClient) -> None:
    engine = FakeEngine()
    client = make_client(engine)
    body: Json = {"system": "Be brief.", "tools": [NOW]}

    counted = ask(client, COUNT, **body).json
    used = ask(client, **body).json["usage"]

    assert counted == {"input_tokens": used["input_tokens"]}
    assert used["input_tokens"] == len(engine.added[0].prompt_ids)
    assert counted["input_tokens"] > ask(client, COUNT).json["input_tokens"]


def test_counting_has_no_limit(client: FlaskClient) -> None:
    text = [{"role": "user", "content": "x" * 5000}]

    assert ask(client, COUNT, messages=text).json["input_tokens"] > 5000
    assert anthropic_error(ask(client, messages=text), 400)["message"].startswith("prompt is too long: 50")


# Errors


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"messages": None}, "messages is required: a list of messages"),
        ({"messages": []}, "messages must contain at least one message"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages[0].role must be one of user, assistant, system"),
        ({"messages": [{"role": "user"}]}, "messages[0].content is required"),
        ({"messages": [{"role": "user", "content": 3}]}, "messages[0].content must be a string or a list of content"),
        ({"max_tokens": 0}, "max_tokens must be an integer of at least 1, got 0"),
        ({"temperature": 3}, "temperature must be a number"),
        ({"stop_sequences": 3}, "stop_sequences must be a string or a list of strings"),
        ({"system": [{"type": "text"}]}, 'system[0] must be a part {"type": "text"'),
        ({"tools": [SEARCH, {"name": "a b", "input_schema": {}}]}, "tools[1].name must have 1 to 128 characters"),
        ({"tools": [SEARCH, NOW, SEARCH, NOW]}, "tools[3].name must be a name that no other tool has"),
        ({"tools": [{"name": "now"}]}, "tools[0].input_schema is required: an object"),
        ({"tool_choice": {"type": "some"}}, "tool_choice.type must be one of auto, any, tool, none"),
        ({"tool_choice": {"type": "tool"}}, "tool_choice.name is required"),
        ({"tool_choice": {"type": "tool", "name": "x"}}, "tool_choice names the function 'x', which is not among"),
        ({"tool_choice": {"type": "any"}}, "tool_choice is required, but there are no tools"),
        ({"small_block_length": 3}, "small_block_length must divide the block length"),
        ({"output_config": {"format": {"type": "text"}}}, 'output_config.format must be {"type": "json_schema"'),
        (
            {"output_config": {"format": {"type": "json_schema", "schema": {}}}, "tools": [NOW]},
            "output_config.format.schema and tools exclude each other",
        ),
    ],
)
def test_errors_name_the_field_as_it_was_sent(client: FlaskClient, body: Json, message: str) -> None:
    error = anthropic_error(ask(client, **body), 400)

    assert error["type"] == "invalid_request_error"
    assert error["message"].startswith(message)


@pytest.mark.parametrize(
    ("block", "role", "message"),
    [
        ({"type": "image", "source": {"type": "url"}}, "user", "is a block of type 'image'; this model accepts text"),
        ({"type": "text"}, "user", ".text is required: a string"),
        ({"type": "tool_use", "id": "c", "name": "now"}, "assistant", ".input is required: an object"),
        ({"type": "tool_use", "id": "c", "name": "now", "input": {}}, "user", "is a block of type 'tool_use', which"),
        ({"type": "tool_result", "tool_use_id": "c"}, "assistant", "is a block of type 'tool_result', which"),
        ("text", "user", 'must be a block {"type": "text"'),
        (
            {"type": "tool_result", "tool_use_id": "c", "content": [{"type": "image"}]},
            "user",
            ".content[0] is a part of type 'image'",
        ),
    ],
)
def test_errors_name_the_block(client: FlaskClient, block: Any, role: str, message: str) -> None:
    content = [{"type": "text", "text": "a"}, block]

    error = anthropic_error(ask(client, messages=[USER, {"role": role, "content": content}]), 400)

    begin, separator = "messages[1].content[1]", "" if message.startswith(".") else " "
    assert error["message"].startswith(f"{begin}{separator}{message}")


def test_types_of_errors(make_client: MakeClient) -> None:
    client = make_client(api_key="secret", strict_model=True, max_body_bytes=2000)
    key = {"x-api-key": "secret", "anthropic-version": "2023-06-01", "anthropic-beta": "some-2025"}

    assert ask(client, f"{MESSAGES}?beta=true", headers=key).status_code == 200
    assert ask(client, headers={"Authorization": "Bearer secret"}).status_code == 200
    assert anthropic_error(ask(client), 401)["type"] == "authentication_error"
    assert anthropic_error(ask(client, headers=key, model="claude"), 404)["type"] == "not_found_error"
    assert anthropic_error(client.get(f"{MESSAGES}/batches", headers=key), 404)["type"] == "not_found_error"
    assert anthropic_error(client.get(MESSAGES, headers=key), 405)["type"] == "invalid_request_error"
    assert anthropic_error(ask(client, headers=key, system="x" * 2000), 413)["type"] == "request_too_large"
    assert client.head("/", buffered=True).status_code == 200, "Claude Code asks this first, without its key"


def test_a_busy_and_a_failing_server(make_client: MakeClient) -> None:
    engine = FakeEngine(gated=True)
    busy = make_client(engine, max_queue=0)
    stream = ask(busy, stream=True, buffered=False)
    engine.wait_until_stepping()
    refused = ask(busy)
    engine.allow()
    stream.close()

    assert anthropic_error(refused, 429)["type"] == "rate_limit_error"
    assert refused.headers["Retry-After"]
    assert anthropic_error(ask(make_client(FakeEngine(failing_steps=1))), 500)["type"] == "api_error"


def test_a_stream_that_fails_ends_with_an_error(make_client: MakeClient) -> None:
    client = make_client(FakeEngine(failing_steps=1))

    events = named_events_in(ask(client, stream=True))

    assert [event["type"] for event in events] == ["message_start", "ping", "error"]
    assert events[-1]["error"]["type"] == "api_error"


def test_a_client_that_leaves_ends_its_reply(make_client: MakeClient) -> None:
    engine = FakeEngine(says("Hello, world!" * 20), gated=True)
    client = make_client(engine)
    response = ask(client, stream=True, buffered=False)
    engine.allow(2)
    engine.wait_until_stepping()

    response.close()
    engine.allow()

    engine.wait_for(lambda: bool(engine.aborted))


def test_pings_keep_a_stream_alive(make_client: MakeClient) -> None:
    engine = FakeEngine(gated=True)
    client = make_client(engine, sse_keepalive_s=0.01)
    frames = ask(client, stream=True, buffered=False).iter_encoded()

    first = [next(frames) for _ in range(4)]  # the last two come while the engine waits
    engine.allow()

    assert first[1:] == [b'event: ping\ndata: {"type":"ping"}\n\n'] * 3
    assert b"message_stop" in list(frames)[-1]
