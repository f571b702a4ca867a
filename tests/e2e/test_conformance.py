"""The checks of docs/develop/conformance.md that need one request or a few in sequence; numbered as there."""

from __future__ import annotations

import json
import socket
from typing import Any

import httpx
import pytest

from tests.reference import CHECKPOINT, EOS
from tests.servers import API_KEY, CAPACITY, HELLO, PATIENCE_S, Server, content

MODEL = CHECKPOINT.name
SENTENCE = "This model's maximum context length is 2048 tokens. However, you requested 2060 tokens"
SAMPLED = {"temperature": 1.0, "seed": 7, "ignore_eos": True}


def refused(response: httpx.Response, status: int = 400) -> dict[str, Any]:
    """The error object of a rejected request; it must have all four keys."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-request-id"]
    (error,) = response.json().values()
    assert error.keys() == {"message", "type", "param", "code"}
    return error


def test_check_01_models_list_and_retrieve(server: Server) -> None:
    listed = server.client.get("/v1/models").json()
    assert listed["object"] == "list"
    (card,) = listed["data"]
    assert (card["id"], card["object"], type(card["created"])) == (MODEL, "model", int)
    assert (card["max_model_len"], card["mask_token_id"], card["block_length"]) == (2048, 5, 4)
    assert card["family"] == "stable-diffcoder"
    assert not card["id"].startswith(("o", "gpt")), "Continue would send completions to the chat endpoint"
    assert server.client.get(f"/v1/models/{MODEL}").json() == card
    for unknown in ("nope", "owner/nope"):
        assert refused(server.client.get(f"/v1/models/{unknown}"), 404)["code"] == "model_not_found"


def test_check_02_chat_shape(server: Server) -> None:
    answer = server.chat(model="whatever", max_tokens=8)
    assert answer["object"] == "chat.completion"
    assert answer["id"].startswith("chatcmpl-")
    assert type(answer["created"]) is int
    assert answer["model"] == MODEL
    (choice,) = answer["choices"]
    assert choice["index"] == 0
    assert choice["message"]["role"] == "assistant"
    assert type(choice["message"]["content"]) is str
    assert choice["finish_reason"] in ("stop", "length")
    usage = answer["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert all(type(usage[name]) is int for name in ("prompt_tokens", "completion_tokens", "total_tokens"))
    assert answer["elbarto"].keys() >= {
        *("steps", "denoise_forwards", "fused_commits", "drafts", "tpf", "prompt_tokens", "cached_tokens", "total_ms"),
    }


@pytest.mark.parametrize("count", [1, 2])
def test_check_03_stream_shape(server: Server, count: int) -> None:
    chunks = server.stream(max_tokens=12, n=count, ignore_eos=True)
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert all(len({chunk[name] for chunk in chunks}) == 1 for name in ("id", "created", "model"))
    for index in range(count):
        choices = [choice for chunk in chunks for choice in chunk["choices"] if choice["index"] == index]
        assert [("role" in choice["delta"]) for choice in choices] == [True] + [False] * (len(choices) - 1)
        assert [choice["finish_reason"] for choice in choices] == [None] * (len(choices) - 1) + ["length"]
        assert choices[-1]["delta"] == {}
    assert [("elbarto" in chunk) for chunk in chunks] == [False] * (len(chunks) - 1) + [True]


def test_check_04_usage_chunk_only_on_request(server: Server) -> None:
    for options in ({}, {"stream_options": None}, {"stream_options": {"include_usage": False}}):
        chunks = server.stream(max_tokens=8, **options)
        assert all(chunk["choices"] for chunk in chunks)
        assert not any("usage" in chunk for chunk in chunks)
    asked = {"include_usage": True, "continuous_usage_stats": True}
    *chunks, last = server.stream(max_tokens=8, stream_options=asked, ignore_eos=True)
    assert all(chunk["choices"] and chunk["usage"] is None for chunk in chunks)
    assert last["choices"] == []
    assert last["usage"]["completion_tokens"] == 8
    assert "elbarto" in last


def test_check_07_budget_under_both_names(server: Server) -> None:
    for budget in ({"max_tokens": 6}, {"max_completion_tokens": 6}, {"max_tokens": 99, "max_completion_tokens": 6}):
        answer = server.chat(**budget, gen_length=12, ignore_eos=True)
        assert answer["choices"][0]["finish_reason"] == "length"
        assert answer["usage"]["completion_tokens"] == 6


def test_check_07_oversize_is_clamped(server: Server) -> None:
    prompt = [7] * 2000
    for budget in ({"max_tokens": 4096}, {"max_completion_tokens": 10**9}, {"gen_length": 100_000}):
        answer = server.chat(prompt_token_ids=prompt, **budget, ignore_eos=True)
        assert answer["usage"]["completion_tokens"] == 48
        assert answer["choices"][0]["finish_reason"] == "length"
        assert "limited to 48 tokens" in answer["elbarto"]["warnings"][0]


@pytest.mark.parametrize("name", ["max_tokens", "gen_length"])
def test_check_07_absurd_budget_is_clamped(server: Server, name: str) -> None:
    """A number that no float holds."""
    answer = server.chat(prompt_token_ids=[7] * 2000, ignore_eos=True, **{name: 10**400})
    assert answer["usage"]["completion_tokens"] == 48


@pytest.mark.parametrize("stream", [False, True])
def test_check_08_over_long_prompt(server: Server, stream: bool) -> None:
    """Streams too are rejected with a status, not with an event."""
    response = server.post(prompt_token_ids=[7] * 2056, stream=stream)
    error = refused(response)
    assert error["code"] == "context_length_exceeded"
    assert error["message"].startswith(SENTENCE), "litellm, aider and Continue recognise these words"
    in_words = [{"role": "user", "content": "x = 1\n" * 2000}]
    assert refused(server.post(messages=in_words, stream=stream))["param"] == "messages"


def message(**fields: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": "x"} | fields]}


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "messages"),
        ({"messages": None}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": "hello"}, "messages"),
        (message(role="bot"), "messages[0].role"),
        (message(role=None), "messages[0].role"),
        (message(content=3), "messages[0].content"),
        (message(content=[{"type": "image_url", "image_url": {"url": "data:"}}]), "messages[0].content[0]"),
        ({"temperature": float("nan")}, "temperature"),
        ({"temperature": float("inf")}, "temperature"),
        ({"temperature": "1"}, "temperature"),
        ({"temperature": 2.5}, "temperature"),
        ({"top_p": -0.1}, "top_p"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_tokens": 1.5}, "max_tokens"),
        ({"max_tokens": True}, "max_tokens"),
        ({"max_completion_tokens": "9"}, "max_completion_tokens"),
        ({"n": 0}, "n"),
        ({"n": CAPACITY + 1}, "n"),
        ({"seed": "1"}, "seed"),
        ({"stop": 3}, "stop"),
        ({"stop": ["a", None]}, "stop"),
        ({"stream": "true"}, "stream"),
        ({"stream": True, "stream_options": {"include_usage": 1}}, "stream_options.include_usage"),
        ({"threshold": -0.1}, "threshold"),
        ({"remasking": "high_confidence"}, "remasking"),
        ({"block_length": 0}, "block_length"),
        ({"steps": -1}, "steps"),
        ({"gen_length": 0}, "gen_length"),
        ({"prompt_token_ids": []}, "prompt_token_ids"),
        ({"prompt_token_ids": [1, "2"]}, "prompt_token_ids"),
        ({"prompt_token_ids": [1024]}, "prompt_token_ids"),
    ],
    ids=str,
)
def test_check_09_bad_fields_are_named(server: Server, body: dict[str, Any], param: str) -> None:
    whole = body if param.startswith("messages") or not body else {"messages": HELLO, **body}
    error = refused(server.client.post("/v1/chat/completions", content=json.dumps(whole)))
    assert error["param"] == param
    assert error["type"] == "invalid_request_error"
    assert param in error["message"]


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"3", b'"x"', b"\xff\xfe{", b'{"messages": "\xe9"}', b"[" * 100_000],
    ids=lambda raw: raw[:9],
)
def test_check_09_bodies_that_are_no_json_object(server: Server, raw: bytes) -> None:
    error = refused(server.client.post("/v1/chat/completions", content=raw))
    assert error["type"] == "invalid_request_error"
    assert "body" in error["message"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": "cut \ud83d"}]}),
        ("/v1/chat/completions", {"messages": HELLO, "stop": ["\ud83d"], "stream": True}),
        ("/tokenize", {"prompt": "cut \ud83d"}),
    ],
    ids=["content", "stop", "tokenize"],
)
def test_check_09_half_a_surrogate_pair(server: Server, path: str, body: dict[str, Any]) -> None:
    r"""JavaScript strings cut in the middle of an emoji; json.dumps writes \ud83d."""
    assert refused(server.client.post(path, content=json.dumps(body)))["type"] == "invalid_request_error"


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", "text/plain", ""])
def test_any_content_type(server: Server, content_type: str) -> None:
    """`curl -d` sends a form's Content-Type."""
    raw = json.dumps({"messages": HELLO, "max_tokens": 4})
    headers = {"Content-Type": content_type} if content_type else {}
    assert server.client.post("/v1/chat/completions", content=raw, headers=headers).status_code == 200


def test_check_10_every_shape_of_messages(server: Server) -> None:
    parts = [{"type": "text", "text": "hel"}, {"type": "text", "text": "lo"}]
    whole = server.chat(messages=[{"role": "user", "content": parts}], max_tokens=4)
    assert whole["usage"]["prompt_tokens"] == server.chat(max_tokens=4)["usage"]["prompt_tokens"]
    call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    messages = [
        {"role": "system", "content": ""},
        {"role": "user", "content": "a", "name": "ann"},
        {"role": "user", "content": []},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "3"},
        {"role": "assistant"},
        {"role": "assistant", "content": "b", "refusal": None, "annotations": []},
        {"role": "developer", "content": "c"},
    ]
    assert server.chat(messages=messages, max_tokens=4)["usage"]["completion_tokens"] <= 4


def test_check_10_unknown_fields_and_nulls(server: Server) -> None:
    """langchain sends explicit nulls, llama.vim and guidellm fields of their own."""
    nulls = dict.fromkeys(["temperature", "top_p", "n", "stop", "seed", "logprobs", "threshold", "user", "tools"])
    more = {"presence_penalty": 0.5, "logit_bias": {}, "t_max_prompt_ms": 500, "cache_prompt": True, "store": False}
    assert server.chat(max_tokens=4, stream=None, **nulls, **more)["choices"]


def test_check_11_n_gives_every_choice_its_index(server: Server) -> None:
    """Choice i of a request with a seed is the only choice of a request with that seed plus i."""
    asked = {"max_tokens": 8, "return_token_ids": True, **SAMPLED}
    answer = server.chat(n=3, **asked)
    assert [choice["index"] for choice in answer["choices"]] == [0, 1, 2]
    assert len({choice["message"]["content"] for choice in answer["choices"]}) == 3
    assert answer["usage"]["completion_tokens"] == 24
    for choice in answer["choices"]:
        alone = server.chat(**asked | {"seed": 7 + choice["index"]})["choices"][0]
        assert alone["token_ids"] == choice["token_ids"]
    chunks = server.stream(n=3, **asked)
    for choice in answer["choices"]:
        assert content(chunks, choice["index"]) == choice["message"]["content"]


def test_check_13_seed_is_reproducible(server: Server) -> None:
    asked = {"max_tokens": 16, "return_token_ids": True, "temperature": 1.0, "ignore_eos": True}

    def ids(**more: int) -> list[int]:
        return server.chat(**asked, **more)["choices"][0]["token_ids"]

    assert ids(seed=1) == ids(seed=1) != ids(seed=2)
    assert ids() != ids(), "without a seed every reply is another"
    reported = server.chat(**asked)
    assert ids(seed=reported["elbarto"]["params"]["seed"]) == reported["choices"][0]["token_ids"]


def test_check_14_tools_and_response_format(server: Server) -> None:
    tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}
    more = {"tool_choice": "auto", "parallel_tool_calls": True, "max_tokens": 8}
    for stream in (False, True):
        assert server.post(messages=HELLO, tools=[tool], stream=stream, **more).status_code == 200
    (forced,) = server.chat(tools=[tool], **more | {"tool_choice": "required", "max_tokens": 64})["choices"]
    assert forced["message"]["tool_calls"][0]["function"] == {"name": "f", "arguments": "{}"}
    schema = {"type": "json_schema", "json_schema": {"name": "s", "schema": {"enum": [1]}}}
    assert server.chat(response_format=schema, max_tokens=8)["choices"][0]["message"]["content"] == "1"
    assert refused(server.post(messages=HELLO, tools=[tool], response_format=schema))["param"].startswith(
        "response_format"
    )


def tokens_and_logprobs(entries: list[dict[str, Any]]) -> tuple[list[Any], list[float]]:
    """Everything but the numbers, and the numbers, each entry's first and then its alternatives'."""
    each = [token for entry in entries for token in (entry, *entry["top_logprobs"])]
    return [(token["token"], token["bytes"]) for token in each], [token["logprob"] for token in each]


def test_check_15_logprobs(server: Server) -> None:
    asked = {"logprobs": True, "top_logprobs": 3, "max_tokens": 8, "ignore_eos": True}
    (choice,) = server.chat(**asked)["choices"]
    entries = choice["logprobs"]["content"]
    assert len(entries) == 8
    assert all(entry["logprob"] <= 0 and len(entry["top_logprobs"]) == 3 for entry in entries)
    chunks = [chunk["choices"][0]["logprobs"] for chunk in server.stream(**asked)]
    streamed = [entry for chunk in chunks if chunk for entry in chunk["content"]]
    # The second prompt may come from the prefix cache, in forwards of another shape: the last digits differ.
    assert tokens_and_logprobs(streamed)[0] == tokens_and_logprobs(entries)[0]
    assert tokens_and_logprobs(streamed)[1] == pytest.approx(tokens_and_logprobs(entries)[1], abs=1e-4)
    assert server.chat(logprobs=False, top_logprobs=0, max_tokens=4)["choices"][0]["logprobs"] is None
    assert refused(server.post(messages=HELLO, top_logprobs=3))["param"] == "top_logprobs"


def test_check_19_key(guarded: Server) -> None:
    def status(headers: dict[str, str], path: str = "/v1/models") -> int:
        return httpx.get(guarded.url + path, headers=headers, trust_env=False).status_code

    assert status({"Authorization": f"Bearer {API_KEY}"}) == 200
    assert status({"Authorization": f"bearer {API_KEY}"}) == 200
    assert status({"X-Api-Key": API_KEY}) == 200
    assert status({"X-Api-Key": API_KEY, "Authorization": "Bearer"}) == 200  # Continue's empty bearer
    for headers in ({}, {"Authorization": API_KEY}, {"Authorization": "Bearer sk-x"}, {"X-Api-Key": API_KEY + "x"}):
        assert status(headers) == 401
        assert status(headers, "/unknown") == 401
        assert status(headers, "/health") == 200
    response = httpx.post(guarded.url + "/v1/chat/completions", json={"messages": HELLO}, trust_env=False)
    error = refused(response, 401)
    assert (error["code"], error["type"]) == ("invalid_api_key", "authentication_error")
    assert response.headers["www-authenticate"] == "Bearer"
    assert API_KEY not in guarded.text


def test_check_19_preflight(guarded: Server, server: Server) -> None:
    """Browsers send preflights without the key, and must be able to read an error."""
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization, content-type"}
    for url, origin, allowed in (
        (guarded.url, "https://chat.example", True),
        (guarded.url, "https://chat.example.evil", False),
        (guarded.url, "http://localhost:3000", False),
        (server.url, "http://localhost:3000", True),
        (server.url, "vscode-webview://1abc", True),
        (server.url, "https://chat.example", False),
    ):
        headers = {"Origin": origin}
        preflight = httpx.options(url + "/v1/chat/completions", headers=headers | asks, trust_env=False)
        assert preflight.status_code == 200
        answer = httpx.get(url + "/v1/models", headers=headers, trust_env=False)
        for response in (preflight, answer):
            assert response.headers.get("access-control-allow-origin") == (origin if allowed else None)
        if allowed:
            assert "authorization" in preflight.headers["access-control-allow-headers"].lower()
            assert "POST" in preflight.headers["access-control-allow-methods"]
            assert "x-request-id" in answer.headers["access-control-expose-headers"]


def test_strict_model(guarded: Server) -> None:
    error = refused(guarded.post(messages=HELLO, model="gpt-5", stream=True), 404)
    assert error["code"] == "model_not_found"
    assert guarded.chat(model=MODEL, max_tokens=4)["model"] == MODEL
    assert guarded.chat(max_tokens=4)["model"] == MODEL


@pytest.mark.parametrize("size", [20_000, 20_000_000])
@pytest.mark.parametrize("chunked", [False, True])
def test_body_too_large(guarded: Server, size: int, chunked: bool) -> None:
    raw = json.dumps({"messages": HELLO, "user": "x" * size}).encode()
    parts = (raw[start : start + 65_536] for start in range(0, len(raw), 65_536))
    response = guarded.client.post("/v1/chat/completions", content=parts if chunked else raw)
    assert refused(response, 413)["code"] == "request_too_large"
    assert guarded.chat(max_tokens=4), "the connection, or a new one, is good"


def test_chunked_body(guarded: Server) -> None:
    raw = json.dumps({"messages": HELLO, "max_tokens": 4}).encode()
    response = guarded.client.post("/v1/chat/completions", content=(raw[at : at + 7] for at in range(0, len(raw), 7)))
    assert response.status_code == 200


@pytest.mark.parametrize("chunk", [b"zz\r\n\r\n", b"1;\x00=b\r\na\r\n0\r\n\r\n", b"1\r\nabc\r\n0\r\n\r\n"])
def test_malformed_chunks(server: Server, chunk: bytes) -> None:
    head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S) as connection:
        connection.sendall(head + chunk)
        connection.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: connection.recv(65536), b""))

    assert received.startswith(b"HTTP/1.1 400 "), received
    assert received.count(b"HTTP/1.1") < 2, "where the next request begins is not known"


def test_unknown_routes_and_methods(server: Server) -> None:
    for method, path in (
        ("GET", "/nope"),
        ("POST", "/v1/nope"),
        ("DELETE", "/health/x"),
    ):
        assert refused(server.client.request(method, path), 404)["code"] == "not_found"
    for method, path, allowed in (("GET", "/v1/chat/completions", "POST"), ("POST", "/v1/models", "GET")):
        response = server.client.request(method, path)
        assert refused(response, 405)["code"] == "method_not_allowed"
        assert allowed in response.headers["allow"]


def test_request_ids(server: Server) -> None:
    given = server.client.get("/v1/models", headers={"x-request-id": "mine-1"})
    assert given.headers["x-request-id"] == "mine-1"
    made = {server.client.get(path).headers["x-request-id"] for path in ("/v1/models", "/health", "/nope")}
    assert len(made) == 3
    server.wait_for_log(r"id=mine-1 route=GET /v1/models status=200 tokens=- tpf=- ms=\d+")


def test_tokenize_and_back(server: Server) -> None:
    text = "def grüße():\n    return '✓ 漢字 🙂'\n"
    tokens = server.post("/tokenize", prompt=text).json()
    assert tokens["count"] == len(tokens["tokens"])
    assert tokens["max_model_len"] == 2048
    assert server.post("/detokenize", tokens=tokens["tokens"]).json()["prompt"] == text
    chat = server.post("/tokenize", messages=HELLO).json()
    assert chat["count"] == server.chat(max_tokens=4)["usage"]["prompt_tokens"]
    assert refused(server.post("/detokenize", tokens=[1024]))["param"] == "tokens"


def test_end_token_ends_the_reply_unless_ignored(server: Server) -> None:
    """With the fixture whose first token is the end token."""
    prompt = {"prompt_token_ids": [96, 325, 347, 22, 994], "gen_length": 16, "block_length": 2, "steps": 16}
    answer = server.chat(**prompt, return_token_ids=True)
    (choice,) = answer["choices"]
    assert (choice["token_ids"], choice["message"]["content"], choice["finish_reason"]) == ([EOS], "", "stop")
    ignoring = server.chat(**prompt, return_token_ids=True, ignore_eos=True)
    assert len(ignoring["choices"][0]["token_ids"]) == 16
    assert ignoring["choices"][0]["finish_reason"] == "length"


def test_log_lines_hold_no_prompt_text(server: Server) -> None:
    secret = "zanzibar-4711"
    answer = server.chat(messages=[{"role": "user", "content": secret}], max_tokens=8, stop=[secret], user=secret)
    refused(server.post(messages=[{"role": secret, "content": secret}]))
    refused(server.post(messages=[{"role": "user", "content": secret * 2000}]))
    server.stream(messages=[{"role": "user", "content": secret}], max_tokens=8)
    server.client.get("/v1/models", headers={"x-request-id": "after-the-secret"})
    server.wait_for_log("id=after-the-secret ")
    assert secret not in server.text
    assert answer["choices"][0]["message"]["content"] not in server.text
    server.wait_for_log(r"id=req-\w+ route=POST /v1/chat/completions status=200 tokens=8 tpf=\d\.\d\d ms=\d+")


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GARBAGE\r\n\r\n", 400),
        (b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET /health HTTP/1.1\r\nX-Long: " + b"a" * 10_000 + b"\r\n\r\n", 431),
        (b"GET /health HTTP/1.1\r\nExpect: x\r\n\r\n", 417),
        (b"GET /health HTTP/1.1\r\nTransfer-Encoding: x\r\n\r\n", 400),
    ],
    ids=["request line", "long path", "long header", "expectation", "transfer coding"],
)
def test_what_gunicorn_refuses_itself_is_an_error_object_too(server: Server, request_bytes: bytes, status: int) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S) as connection:
        connection.sendall(request_bytes)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"x-request-id: req-" in head
    assert set(json.loads(body)["error"]) == {"message", "type", "param", "code"}
