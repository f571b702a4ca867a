"""Streams over real sockets: when chunks arrive, and their content. Numbered as in docs/develop/conformance.md."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from tests.servers import HELLO, PATIENCE_S, RUNNING, SLOW, Server, content

# Multi-byte characters and invalid bytes: an untrained model generates both.
TEXT = {"max_tokens": 96, "ignore_eos": True}


def test_chunks_arrive_while_the_reply_is_being_made(server: Server) -> None:
    """The first block is read while the engine still works, and each block is a separate chunk."""
    with server.open_stream(gen_length=800, steps=800, ignore_eos=True, return_token_ids=True) as events:
        role, first = next(events), next(events)
        assert role["choices"][0]["delta"] == {"role": "assistant", "content": ""}
        assert 1 <= len(first["choices"][0]["token_ids"]) <= 4
        assert server.queue == (1, 0)
        *rest, ended, done = events
    assert done == "[DONE]"
    blocks = [first, *rest]
    assert all(len(block["choices"][0]["token_ids"]) <= 4 for block in blocks)
    assert len(blocks) >= 200
    elbarto = ended["elbarto"]
    assert elbarto["first_block_ms"] < elbarto["total_ms"] / 10, "one block of two hundred"


@pytest.mark.parametrize("sampled", [{}, {"temperature": 1.0, "seed": 11}], ids=["greedy", "seeded"])
def test_check_05_deltas_make_the_whole_text(server: Server, sampled: dict[str, Any]) -> None:
    whole = server.chat(**TEXT, **sampled, n=3)
    chunks = server.stream(**TEXT, **sampled, n=3)
    for choice in whole["choices"]:
        assert content(chunks, choice["index"]) == choice["message"]["content"]


def test_check_05_every_frame_is_utf8(server: Server) -> None:
    """A character is never split, between frames or within one, and is not escaped."""
    body = {"messages": HELLO, "stream": True, **TEXT}
    with server.client.stream("POST", "/v1/chat/completions", json=body) as response:
        raw = b"".join(response.iter_raw())
    *frames, done, rest = raw.split(b"\n\n")
    assert (done, rest) == (b"data: [DONE]", b"")
    text = content(json.loads(frame.decode().removeprefix("data: ")) for frame in frames)
    characters = {character for character in text if ord(character) > 127 and character != "\ufffd"}
    assert characters, "nothing multi-byte to test"
    assert all(character.encode() in raw for character in characters)


def test_check_06_stop_strings_end_the_text(server: Server) -> None:
    """Wherever a stop string begins, in whichever block: the text ends before it, streamed or not."""
    text = server.chat(**TEXT)["choices"][0]["message"]["content"]
    for start in range(8, 40, 4):
        stop = text[start : start + 7]  # of several tokens, so that blocks end inside it
        expected = text[: text.index(stop)]
        (choice,) = server.chat(**TEXT, stop=stop)["choices"]
        assert (choice["message"]["content"], choice["finish_reason"]) == (expected, "stop")
        chunks = server.stream(**TEXT, stop=[stop, "never written"])
        assert content(chunks) == expected
        assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
        assert chunks[-1]["elbarto"]["steps"] < 96, "the engine stops too"


def test_check_06_twelve_stops(server: Server) -> None:
    text = server.chat(**TEXT)["choices"][0]["message"]["content"]
    stops = [*(f"never {number}" for number in range(10)), text[30:34], text[20:24]]
    expected = text[: min(text.index(stop) for stop in stops[-2:])]
    assert content(server.stream(**TEXT, stop=stops)) == expected
    assert server.chat(**TEXT, stop=stops)["choices"][0]["message"]["content"] == expected
    unmet = server.chat(**TEXT, stop=[text[20:24] + "never", "", "\n\n\n\n"])["choices"][0]
    assert (unmet["message"]["content"], unmet["finish_reason"]) == (text, "length"), "what was held back is shown"


def test_check_07_budget_inside_a_block(server: Server) -> None:
    chunks = server.stream(max_tokens=6, gen_length=12, ignore_eos=True, return_token_ids=True)
    assert len([token_id for chunk in chunks for token_id in chunk["choices"][0]["token_ids"]]) == 6
    assert chunks[-1]["choices"][0]["finish_reason"] == "length"


def test_utf8_in_requests(server: Server) -> None:
    """The same text as UTF-8, as escapes, and with a byte order mark is the same prompt."""
    body = {"messages": [{"role": "user", "content": "Grüße ✓ 漢字 🙂"}], "max_tokens": 8}
    as_utf8 = json.dumps(body, ensure_ascii=False).encode()
    for raw in (as_utf8, json.dumps(body).encode(), b"\xef\xbb\xbf" + as_utf8):
        answer = server.client.post("/v1/chat/completions", content=raw).json()
        assert answer["usage"]["prompt_tokens"] == server.chat(**body)["usage"]["prompt_tokens"]
        assert answer["choices"][0]["message"] == server.chat(**body)["choices"][0]["message"]


def test_connections_are_kept_alive(server: Server) -> None:
    """After a reply, a stream, and a refusal, the next request goes over the same connection."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)) as connection:
        for body in ({"max_tokens": 4}, {"max_tokens": 8, "stream": True}, {"messages": []}, {"max_tokens": 4}):
            connection.request("POST", "/v1/chat/completions", json.dumps({"messages": HELLO} | body))
            before = connection.sock
            response = connection.getresponse()
            assert response.read()
            assert response.status == (400 if "messages" in body else 200)
            assert connection.sock is before is not None


def test_connections_are_kept_alive_after_a_refusal_of_a_large_body(server: Server) -> None:
    """An editor that tries a missing endpoint must not lose its next request."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)) as connection:
        connection.request("POST", "/v1/nope", "x" * 200_000)
        response = connection.getresponse()
        assert (response.status, response.headers["connection"]) == (404, "keep-alive")
        assert response.read()
        connection.request("GET", "/health")
        assert connection.getresponse().status == 200


def test_pipelined_requests_are_no_disconnect(server: Server) -> None:
    """The next request's bytes wait in the socket while the first is answered."""
    connection, _ = server.connect(max_tokens=64, ignore_eos=True)
    with connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
        answers = read_all(connection)
    assert answers.count(b"HTTP/1.1 200 OK") == 2
    assert b'"chat.completion"' in answers


def test_http_1_0_clients_are_answered(server: Server) -> None:
    """They get no chunked encoding: the stream ends with the connection."""
    body = json.dumps({"messages": HELLO, "max_tokens": 8, "stream": True}).encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S) as connection:
        head = f"POST /v1/chat/completions HTTP/1.0\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        head, _, stream = read_all(connection).partition(b"\r\n\r\n")
    assert b"chunked" not in head.lower()
    assert stream.startswith(b"data: {")
    assert stream.endswith(b"data: [DONE]\n\n")


def test_head_of_a_stream(server: Server) -> None:
    """Proxies must neither cache nor buffer it."""
    with server.client.stream(
        "POST", "/v1/chat/completions", json={"messages": HELLO, "stream": True, "max_tokens": 4}
    ) as response:
        headers = response.headers
    assert headers["cache-control"] == "no-cache"
    assert headers["x-accel-buffering"] == "no"
    assert headers["x-request-id"]
    assert "content-length" not in headers


def test_check_18_no_keepalive_in_the_first_seconds(server: Server) -> None:
    """A comment that arrives alone breaks vllm bench's parser, so none is sent in a stream's first seconds."""
    assert comments_while_queued(server) == []


def test_check_18_keepalives_can_be_turned_off(guarded: Server) -> None:
    assert comments_while_queued(guarded) == []


def comments_while_queued(server: Server) -> list[str]:
    """The lines other than data in a stream that is queued for a second or more."""
    blocker, _ = server.connect(**SLOW | {"gen_length": 400, "steps": 400, "n": RUNNING})
    with blocker:
        server.wait_for_queue(RUNNING, 0)
        body = {"messages": HELLO, "max_tokens": 4, "stream": True}
        with server.client.stream("POST", "/v1/chat/completions", json=body) as response:
            lines = list(response.iter_lines())
    server.wait_for_queue(0, 0)
    assert lines[-2] == "data: [DONE]"
    return [line for line in lines if line and not line.startswith("data: ")]


def read_all(connection: socket.socket) -> bytes:
    def parts() -> Iterator[bytes]:
        while part := connection.recv(65_536):
            yield part

    return b"".join(parts())
