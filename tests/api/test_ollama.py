"""Ollama's API: what is asked of the model, answers whole and streamed, the model's card, and errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.translated import ollama_error, written
from tests.api.wire import CHAT, USER, lines_in, post
from tests.doubles.engine import FakeEngine, says
from tests.doubles.tokenizer import TOOLS_TEMPLATE, ByteTokenizer, byte_ids

MakeClient = Callable[..., FlaskClient]
Json = dict[str, Any]

NOW: Json = {"type": "function", "function": {"name": "now", "parameters": {"type": "object"}}}
DURATIONS = ("total_duration", "prompt_eval_duration", "eval_duration")
COUNTS = ("prompt_eval_count", "eval_count", "load_duration")


def chat(client: FlaskClient, **body: Any) -> Any:
    return post(client, "/api/chat", **{"messages": [USER], **body})


def generate(client: FlaskClient, **body: Any) -> Any:
    return post(client, "/api/generate", **{"prompt": "Hi", **body})


# Answers


def test_a_chat_streams_unless_told_otherwise(client: FlaskClient) -> None:
    *lines, last = lines_in(chat(client))
    whole = chat(client, stream=False).json

    assert len(lines) > 1
    assert not any(line["done"] for line in lines)
    assert [list(line) for line in lines] == [["model", "created_at", "message", "done"]] * len(lines)
    assert "".join(line["message"]["content"] for line in lines) == whole["message"]["content"] == "Hello, world!"
    assert last["message"] == {"role": "assistant", "content": ""}
    for answer in (last, whole):
        assert (answer["model"], answer["done"], answer["done_reason"]) == ("fake-model:latest", True, "stop")
        assert all(isinstance(answer[name], int) for name in (*DURATIONS, *COUNTS))
        assert answer["eval_count"] == 14
        assert 0 < answer["prompt_eval_duration"] + answer["eval_duration"] <= answer["total_duration"]
        assert answer["elbarto"]["warnings"] == []
        assert datetime.fromisoformat(answer["created_at"]).tzinfo is not None


def test_a_prompt_is_a_question_of_the_user(make_client: MakeClient) -> None:
    engine = FakeEngine()
    client = make_client(engine)

    lines = lines_in(generate(client, system="Be brief."))
    whole = generate(client, system="Be brief.", stream=False).json
    post(client, CHAT, messages=[{"role": "system", "content": "Be brief."}, USER])

    assert "".join(line["response"] for line in lines) == whole["response"] == "Hello, world!"
    first, second, third = [sequence.prompt_ids for sequence in engine.added]
    assert first == second == third


def test_a_raw_prompt_is_continued(make_client: MakeClient) -> None:
    engine = FakeEngine()
    client = make_client(engine)

    whole = generate(client, raw=True, system="S", suffix="", stream=False).json

    assert list(engine.added[0].prompt_ids[-2:]) == byte_ids("Hi")
    assert len(engine.added[0].prompt_ids) <= 3
    assert whole["elbarto"]["warnings"] == ["system is ignored: there is no chat template with raw or suffix."]


def test_calls_whole_and_streamed(make_client: MakeClient) -> None:
    calls = written("now", '{"zone": 1}'), written("now", "{}")
    client = make_client(FakeEngine(says("\n".join(["I look.", *calls]))))

    whole = chat(client, tools=[NOW], stream=False).json
    lines = lines_in(chat(client, tools=[NOW]))

    streamed = [call for line in lines for call in line["message"].get("tool_calls", ())]
    assert all(call.pop("id").startswith("call_") for call in [*whole["message"]["tool_calls"], *streamed])
    assert [call["function"] for call in streamed] == [
        {"index": 0, "name": "now", "arguments": {"zone": 1}},
        {"index": 1, "name": "now", "arguments": {}},
    ]
    assert whole["message"] == {"role": "assistant", "content": "I look.", "tool_calls": streamed}
    assert "".join(line["message"]["content"] for line in lines) == "I look."
    assert whole["done_reason"] == lines[-1]["done_reason"] == "stop"


def test_a_cut_reply_says_so(client: FlaskClient) -> None:
    whole = chat(client, options={"num_predict": 5}, stream=False).json

    assert (whole["message"]["content"], whole["done_reason"], whole["eval_count"]) == ("Hello", "length", 5)


@pytest.mark.parametrize("stream", [False, True])
def test_without_a_prompt_the_model_is_said_to_be_loaded(make_client: MakeClient, stream: bool) -> None:
    engine = FakeEngine()
    client = make_client(engine)

    answers = [chat(client, messages=[], stream=stream), generate(client, prompt="", keep_alive=0, stream=stream)]

    for answer in answers:
        (body,) = lines_in(answer) if stream else [answer.json]
        assert (body["done"], body["done_reason"]) == (True, "load")
    assert engine.added == []


# What is asked of the model


def test_messages_are_those_of_a_chat(make_client: MakeClient) -> None:
    engine = FakeEngine()
    client = make_client(engine, tokenizer=ByteTokenizer(TOOLS_TEMPLATE))
    function = {"name": "now", "arguments": {"zone": 1}}
    sent = [
        {"role": "user", "content": "a", "images": []},
        {"role": "assistant", "content": "", "thinking": "Hm.", "tool_calls": [{"function": function}]},
        {"role": "tool", "content": "noon", "tool_name": "now"},
    ]
    called = {"role": "assistant", "tool_calls": [{"type": "function", "function": function}]}

    assert chat(client, messages=sent, tools=[NOW], think=False).status_code == 200
    post(client, CHAT, messages=[sent[0], called, {"role": "tool", "content": "noon", "name": "now"}], tools=[NOW])

    assert engine.added[0].prompt_ids == engine.added[1].prompt_ids


def test_options_reach_the_engine(make_client: MakeClient) -> None:
    engine = FakeEngine()
    client = make_client(engine)
    options = {"temperature": 5, "top_p": 0.9, "top_k": 3, "repeat_penalty": 1.1, "seed": 4, "stop": ["w"]}
    ours = {"decode_mode": "threshold", "threshold": 0.7, "block_length": 8}

    whole = chat(client, options={**options, **ours, "num_predict": -1, "num_gpu": 1}, stream=False).json

    params = engine.added[0].params
    assert (params.temperature, params.top_p, params.top_k, params.seed) == (2, 0.9, 3, 4)
    assert (params.repetition_penalty, params.mode, params.threshold) == (1.1, "threshold", 0.7)
    assert params.block_length == 8
    assert (whole["message"]["content"], whole["done_reason"]) == ("Hello, ", "stop")
    assert whole["elbarto"]["warnings"][:1] == ["options.temperature was lowered to 2."]


def test_what_is_ignored_is_said(client: FlaskClient) -> None:
    options = {"mirostat": 1, "treshold": 0.5, "num_ctx": 32768, "num_thread": 4, "seed": -1}

    last = lines_in(chat(client, options=options, keep_alive="5m"))[-1]

    assert last["elbarto"]["warnings"] == [
        "options.mirostat is ignored: this server does not have it.",
        "options.treshold is ignored: this server does not have it.",
        "options.num_ctx is 32768; this model's context has 1024 tokens.",
    ]


# Errors


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"messages": 3}, "messages must be a list of objects"),
        ({"messages": [{"role": "some"}]}, "messages[0].role must be one of system, user, assistant, tool"),
        (
            {"messages": [{**USER, "images": ["aGk="]}]},
            "messages[0].images must be an empty list: this model accepts text only",
        ),
        ({"messages": [{**USER, "content": [{}]}]}, "messages[0].content must be a string"),
        ({"tools": [{"type": "function", "function": {"name": "a b"}}]}, "tools[0].function.name must have 1 to 128"),
        ({"tools": [NOW], "format": "json"}, "format and tools exclude each other"),
        ({"format": "yaml"}, "format must be json or a JSON schema"),
        ({"options": {"num_predict": "x"}}, "options.num_predict must be an integer"),
        ({"options": {"temperature": -1}}, "options.temperature must be a number of at least 0"),
        ({"options": {"small_block_length": 3}}, "options.small_block_length must divide the block length"),
        ({"options": {"ignore_eos": True}, "format": "json"}, "options.ignore_eos cannot be combined with format"),
        ({"think": True}, "think must be false. This model answers at once."),
        ({"think": "high"}, "think must be false"),
        ({"logprobs": True}, "logprobs must be false"),
        ({"keep_alive": []}, "keep_alive must be a duration"),
        ({"messages": [{**USER, "content": "x" * 2000}]}, "This model's maximum context length is 1024 tokens."),
    ],
)
def test_errors_name_the_field_as_it_was_sent(client: FlaskClient, body: Json, message: str) -> None:
    assert ollama_error(chat(client, **body), 400).startswith(message)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"template": "{{ .Prompt }}"}, 'template must be "". The checkpoint'),
        ({"context": [1, 2]}, "context must be []. /api/chat takes the earlier messages."),
        ({"images": ["aGk="]}, "images must be an empty list"),
        ({"prompt": 3}, "prompt must be a string"),
    ],
)
def test_errors_of_generate(client: FlaskClient, body: Json, message: str) -> None:
    assert ollama_error(generate(client, **body), 400).startswith(message)
    empty = generate(client, template="", context=[], images=[], stream=False)
    assert empty.status_code == 200


@pytest.mark.parametrize(
    ("name", "reason"), [("pull", "one model"), ("create", "one model"), ("embed", "no embeddings"), ("other", "")]
)
def test_absent_routes(client: FlaskClient, name: str, reason: str) -> None:
    error = ollama_error(post(client, f"/api/{name}", model="m"), 404)

    assert error.startswith(f"There is no route POST /api/{name}")
    assert reason in error


def test_keys_and_names(make_client: MakeClient) -> None:
    client = make_client(api_key="secret", strict_model=True)
    key = {"Authorization": "Bearer secret"}

    assert "API key" in ollama_error(chat(client), 401)
    for name in ("fake-model", "fake-model:latest"):
        assert chat(client, headers=key, model=name).status_code == 200
        assert generate(client, headers=key, model=name).status_code == 200
    assert "'other:latest' does not exist" in ollama_error(chat(client, headers=key, model="other:latest"), 404)


def test_a_stream_that_fails_ends_with_an_error(make_client: MakeClient) -> None:
    lines = lines_in(chat(make_client(FakeEngine(failing_steps=1))))

    assert [list(line) for line in lines] == [["error"]]


def test_lines_are_lines_to_every_client(make_client: MakeClient) -> None:
    """Some take these characters for line ends; and space keeps a stream alive, which is nothing to a parser."""
    engine = FakeEngine(says("a\u2028b\x85c"), gated=True)
    client = make_client(engine, sse_keepalive_s=0.01)
    engine.allow(1)
    pieces = chat(client, buffered=False).iter_encoded()

    first = [next(pieces) for _ in range(3)]
    engine.allow()
    text = b"".join([*first, *pieces]).decode()

    assert first[1:] == [b" ", b" "]
    lines = [json.loads(line) for line in text.splitlines()]
    assert "".join(line["message"]["content"] for line in lines) == "a\u2028b\x85c"


def test_a_client_that_leaves_ends_its_reply(make_client: MakeClient) -> None:
    engine = FakeEngine(says("Hello, world!" * 20), gated=True)
    client = make_client(engine)
    engine.allow(2)
    response = chat(client, buffered=False)
    engine.wait_until_stepping()

    response.close()
    engine.allow()

    engine.wait_for(lambda: bool(engine.aborted))


# The model


def test_the_model_is_listed_and_shown(client: FlaskClient) -> None:
    (tag,) = client.get("/api/tags").json["models"]
    (loaded,) = client.get("/api/ps").json["models"]
    shown = post(client, "/api/show", model=tag["name"]).json

    assert tag["name"] == tag["model"] == loaded["name"] == "fake-model:latest"
    assert tag["details"] == loaded["details"] == shown["details"]
    assert (tag["details"]["family"], tag["details"]["quantization_level"]) == ("fake", "F32")
    assert len(tag["digest"]) == 64
    assert loaded["context_length"] == shown["model_info"]["fake.context_length"] == 1024
    assert datetime.fromisoformat(tag["modified_at"]) < datetime.fromisoformat(loaded["expires_at"])
    assert shown["model_info"]["general.architecture"] == "fake"
    assert shown["capabilities"] == ["completion", "tools", "insert"]
    assert ".Suffix" in shown["template"]
    assert post(client, "/api/show", name="fake-model").json == shown
    assert "'other'" in ollama_error(post(client, "/api/show", model="other"), 404)


def test_the_version_is_one_that_clients_compare(client: FlaskClient) -> None:
    version = client.get("/api/version").json

    major, minor, _ = version["version"].split(".")
    assert (int(major), int(minor)) >= (0, 6), "older ones are refused by editors"
    assert version["elbarto_version"]
