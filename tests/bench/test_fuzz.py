"""What a fuzzing run sends, and what it calls a fault."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from typing import Any

import pytest

from app.api.openapi.document import make_document
from app.settings import ROOT
from bench.fuzz import bodies, broken, documented, editor, mutation, sockets
from bench.fuzz.contract import BEFORE_A_ROUTE, Answer, Contract, stream_fault
from bench.fuzz.report import Tally, Verdict, as_text

CONTRACT = Contract(make_document("1", has_key=False))
ERROR = {"message": "no", "type": "invalid_request_error", "param": None, "code": "invalid_value"}
HEADERS = {"content-type": "application/json", "x-request-id": "req-1"}
SEEDS = range(300)


def judged(method: str, path: str, status: int, body: Any, **headers: str) -> str:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return CONTRACT.judge(method, path, Answer(status, {**HEADERS, **headers}, data)).fault


@pytest.mark.parametrize(
    "make",
    [bodies.Cases(CONTRACT).make, broken.make, sockets.make, editor.broken_frame],
    ids=lambda make: make.__module__,
)
def test_a_seed_always_makes_the_same_cases_and_others_make_others(make: Any) -> None:
    cases = [make(random.Random(seed)) for seed in SEEDS]

    assert cases == [make(random.Random(seed)) for seed in SEEDS]
    assert len({str(case) for case in cases}) > 0.8 * len(cases)


def test_every_route_with_a_body_is_fuzzed_and_most_bodies_are_json() -> None:
    cases = [bodies.Cases(CONTRACT).make(random.Random(seed)) for seed in range(400)]
    posted = [case for case in cases if case.method == "POST" and case.body]

    assert {path for path, _, _ in CONTRACT.bodies()} <= {case.target for case in posted}
    assert sum(case.body.startswith(b"{") for case in posted) > 0.7 * len(posted)
    assert {method for method, _ in Counter(case.method for case in cases).most_common(2)} == {"POST", "GET"}


def test_a_spoiled_value_is_another_and_its_original_stays() -> None:
    value = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 4}
    before = json.dumps(value)

    spoiled = [json.dumps(mutation.spoiled(value, random.Random(seed), 1)) for seed in SEEDS]

    assert json.dumps(value) == before
    assert sum(text != before for text in spoiled) > 0.9 * len(spoiled)


def test_fields_are_sampled_from_their_schemas() -> None:
    (schema,) = (schema for path, schema, _ in CONTRACT.bodies() if path == "/v1/chat/completions")
    sampled = [mutation.sampled(schema, CONTRACT.resolve, random.Random(seed)) for seed in SEEDS]

    assert len({name for value in sampled for name in value}) > 20
    assert any(isinstance(value.get("response_format"), dict) for value in sampled)


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("POST", "/v1/chat/completions", 400, {"error": ERROR}),
        ("POST", "/v1//chat/completions/", 400, {"error": ERROR}),
        ("POST", "/api/chat", 400, {"error": "no"}),
        ("GET", "/nowhere", 404, {"error": ERROR}),
        ("HEAD", "/version", 200, b""),
        ("GET", "/version", 200, {"version": "1"}),
        ("GET", "/docs/index.md", 200, b"# Docs"),
    ],
)
def test_documented_answers_are_no_faults(method: str, path: str, status: int, body: Any) -> None:
    assert judged(method, path, status, body) == ""


@pytest.mark.parametrize(
    ("status", "body", "headers", "fault"),
    [
        (500, {"error": ERROR}, {}, "500: "),
        (503, {"error": ERROR}, {}, "503: "),
        (418, {"error": ERROR}, {}, "418 is not documented"),
        (200, {"id": 1}, {}, "a body that is not as documented"),
        (200, b"{", {}, "a body that is no JSON"),
        (200, b"x", {"content-type": "text/plain"}, "200 with the content type 'text/plain'"),
        (400, {"error": "no"}, {}, "a body that is not as documented"),
        (429, {"error": ERROR}, {}, "429 without retry-after"),
        (405, {"error": ERROR}, {}, "405 without allow"),
        (200, b"data: x\n\n", {"content-type": "text/event-stream"}, "an event that is no JSON"),
    ],
)
def test_undocumented_answers_are(status: int, body: Any, headers: dict[str, str], fault: str) -> None:
    assert fault in judged("POST", "/v1/chat/completions", status, body, **headers)


def test_what_is_refused_before_a_route_has_openais_format_everywhere() -> None:
    closing = {"connection": "close"}

    assert judged("POST", "/api/chat", 431, {"error": ERROR}, **closing) == ""
    assert "not as documented" in judged("POST", "/api/chat", 431, {"error": "no"}, **closing)
    assert "431 is not documented" in judged("POST", "/v1/chat/completions", 431, {"error": ERROR}, server="gunicorn")


def test_the_statuses_before_a_route_are_those_of_the_documentation() -> None:
    text = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
    section = text.partition("## Before a route")[2].partition("\n## ")[0]

    assert BEFORE_A_ROUTE | {503} == {int(status) for status in re.findall(r"^\| (\d+) ", section, re.MULTILINE)}


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b'data: {"a": 1}\n\ndata: [DONE]\n\n', ""),
        (b'event: x\ndata: {"type": "message_stop"}\n\n', ""),
        (b'data: {"error": {"type": "invalid_request_error"}}\n\n', ""),
        (b'data: {"a": 1}\n\n', "without an end"),
        (b"", "without an end"),
        (b'oops\n\ndata: [DONE]\n\n', "the line 'oops'"),
        (b'data: {"error": {"type": "server_error"}}\n\n', "a stream that fails"),
        (b'data: {"type": "error", "error": {"type": "api_error"}}\n\n', "a stream that fails"),
        (b'data: {"type": "response.failed", "response": {"error": {"code": "server_error"}}}\n\n', "that fails"),
        (b"data: \xff\n\n", "not UTF-8"),
    ],
)  # fmt: skip
def test_streams(body: bytes, fault: str) -> None:
    found = stream_fault(body, "text/event-stream")
    assert fault in found
    assert bool(fault) == bool(found)


def test_streams_of_lines() -> None:
    assert stream_fault(b'{"a": 1}\n{"done": true}\n', "application/x-ndjson") == ""
    assert "fails" in stream_fault(b'{"error": "Internal error. Look at the log."}\n', "application/x-ndjson")


HEAD = b"HTTP/1.1 400 Bad Request\r\nx-request-id: a\r\nContent-Length: %d\r\n\r\n"
REFUSED = json.dumps({"error": ERROR}).encode()


@pytest.mark.parametrize(
    ("received", "status", "fault"),
    [
        (b"", "closed", ""),
        (HEAD % len(REFUSED) + REFUSED, "400", ""),
        (2 * (HEAD % len(REFUSED) + REFUSED), "400", ""),
        (HEAD % len(REFUSED) + REFUSED + b"<html>", "400", "no answer in HTTP"),
        (HEAD % 2 + b"{}", "400", "not as documented"),
        (HEAD.replace(b"x-request-id", b"x") % len(REFUSED) + REFUSED, "400", "without x-request-id"),
        (HEAD.replace(b"400", b"501") % len(REFUSED) + REFUSED, "501", "501: "),
    ],
)
def test_answers_to_what_is_no_http(received: bytes, status: str, fault: str) -> None:
    verdict = broken.judge(received, CONTRACT)

    assert verdict.status == status
    assert fault in verdict.fault
    assert bool(fault) == bool(verdict.fault)


def test_an_answer_is_whole_with_its_last_byte() -> None:
    whole = HEAD % len(REFUSED) + REFUSED
    for received in (whole, broken.CONTINUE + whole):
        assert broken._is_whole(received)
        assert not broken._is_whole(received[:-1])


SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"


def server_frame(opcode: int, payload: bytes) -> bytes:
    return bytes([0x80 | opcode, len(payload)]) + payload


@pytest.mark.parametrize(
    ("frames", "status", "fault"),
    [
        (b"", "101 left", ""),
        (server_frame(sockets.CLOSE, b"\x03\xe8"), "101 1000", ""),
        (server_frame(sockets.CLOSE, b"\x11\x30x"), "101 4400", ""),
        (server_frame(sockets.CLOSE, b"\x11\x94"), "101 4500", "closed with 4500"),
        (server_frame(sockets.TEXT, b"x"), "101", "no JSON"),
        (server_frame(sockets.TEXT, b'{"type": "error", "status": 500}'), "101", "an event of failure"),
        (server_frame(sockets.TEXT, b'{"type": "odd"}'), "101", "not as documented"),
    ],
)
def test_what_a_socket_may_say(frames: bytes, status: str, fault: str) -> None:
    verdict = sockets.judge("/v1/steps", SWITCHED + frames, CONTRACT)

    assert verdict.status == status
    assert fault in verdict.fault
    assert bool(fault) == bool(verdict.fault)


def test_a_clients_frames_have_their_length_and_mask() -> None:
    assert sockets.framed(sockets.TEXT, b"ab") == b"\x81\x82\0\0\0\0ab"
    assert sockets.framed(sockets.TEXT, b"a" * 126)[:4] == b"\x81\xfe\x00\x7e"
    assert sockets.framed(sockets.TEXT, b"a" * 70_000)[:10] == b"\x81\xff\0\0\0\0\0\x01\x11\x70"


def test_a_broken_frame_ends_with_more_than_it_may_have_promised() -> None:
    for seed in SEEDS:
        assert editor.broken_frame(random.Random(seed)).endswith(b"\n" * editor.MAX_CLAIMED)


def test_the_report_shows_how_to_get_a_fault_again() -> None:
    tally = Tally()
    documented.count({"log": {"entries": [{"response": {"status": 200}}] * 3}}, tally)
    tally.add("bodies", Verdict("500", "POST /x: 500"), "curl http://x")

    text = as_text(tally, {"rss_mb": (1.0, 2.0)})

    assert "documented         3  200: 3" in text
    assert "FAULT in bodies, 1 x: POST /x: 500\n  curl http://x\n" in text
    assert text.endswith("4 requests, 1 faults")


def test_a_case_is_shown_as_a_command() -> None:
    case = bodies.Case("POST", "/v1/x?a=1&b", (("Content-Type", "application/json"), ("X", "")), b'{"a": "\'"}')

    assert case.reproduction(8000) == (
        "echo eyJhIjogIicifQ== | base64 -d | curl -sSi --path-as-is -X POST -H 'Content-Type: application/json' "
        "-H 'X;' --data-binary @- 'http://127.0.0.1:8000/v1/x?a=1&b'"
    )
