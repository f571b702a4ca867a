"""An id for every request, and one line in the log."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.sockets import converse, listening
from tests.api.wire import CHAT, USER, post
from tests.doubles.engine import FakeEngine, says
from tests.doubles.infill import CANVAS_MODEL, InfillEngine, always
from tests.doubles.tokenizer import FimTokenizer, byte_ids
from tests.waiting import wait_until

MakeClient = Callable[..., FlaskClient]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """The lines that requests wrote to the log."""
    caplog.set_level("INFO", "elbarto.request")
    return lambda: [record.getMessage() for record in caplog.records if record.name == "elbarto.request"]


@pytest.mark.parametrize("given", ["abc", "7f-1.B_2", "x" * 128])
def test_a_sane_id_is_echoed(client: FlaskClient, given: str) -> None:
    for path in ("/health", "/nothing"):
        assert client.get(path, headers={"x-request-id": given}).headers["x-request-id"] == given
    assert post(client, headers={"x-request-id": given}, stream=True).headers["x-request-id"] == given


@pytest.mark.parametrize(
    "given", ["", "x" * 129, "two words", 'a"b', "a;b", "a=b status=200", "\u20ac".encode().decode("latin1")]
)
def test_any_other_is_replaced(client: FlaskClient, given: str) -> None:
    made = client.get("/health", headers={"x-request-id": given}).headers["x-request-id"]

    assert re.fullmatch(r"req-[0-9a-f]{32}", made)


def test_an_id_beyond_ascii_is_replaced(client: FlaskClient) -> None:
    made = client.get("/health", headers={"x-request-id": "\xe9\xaa"}).headers["x-request-id"]

    assert made.startswith("req-")


def test_every_request_has_its_own_id(client: FlaskClient) -> None:
    assert client.get("/health").headers["x-request-id"] != client.get("/health").headers["x-request-id"]


@pytest.mark.parametrize("streamed", [False, True])
def test_one_line_a_request(make_client: MakeClient, lines: Callable[[], list[str]], streamed: bool) -> None:
    client = make_client(FakeEngine(says("abcdef")))

    post(client, headers={"x-request-id": "one"}, prompt_token_ids=byte_ids("four"), stream=streamed)

    assert len(lines()) == 1
    start = r"id=one route=POST /v1/chat/completions status=200 tokens=7 tpf=1\.75 ms=\d+ "
    assert re.fullmatch(start + r"prompt=4 cached=0 queue_ms=1 first_block_ms=\d+", lines()[0])


HOLE = {"prompt": "a = ", "suffix": "\n"}
SEGMENTS = {"segments": ["a = ", {"hole": {}}, "\n"]}
ROUTES = [
    (CHAT, {"messages": [USER]}),
    ("/v1/responses", {"input": "Hi"}),
    ("/v1/completions", {"prompt": "a"}),
    ("/v1/completions", HOLE),
    ("/v1/completions", {"prompt": ["a", "b"], "n": 2}),
    ("/beta/completions", HOLE),
    ("/v1/fim/completions", HOLE),
    ("/v1/infill", SEGMENTS),
    ("/v1/edits", {"text": "a = b", "spans": [[4, 5]]}),
    ("/completion", {"prompt": "a"}),
    ("/infill", {"input_prefix": "a = ", "input_suffix": "\n"}),
]


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(("path", "body"), ROUTES)
def test_every_route_logs_tokens_and_tpf(
    make_client: MakeClient, lines: Callable[[], list[str]], path: str, body: dict[str, Any], streamed: bool
) -> None:
    client = make_client(FakeEngine(says("abcdef")), tokenizer=FimTokenizer())
    answer = post(client, path, **body).json
    usage = answer.get("usage", {})
    tokens = usage.get("completion_tokens") or usage.get("output_tokens") or answer["tokens_predicted"]

    post(client, path, **body, stream=streamed)

    assert tokens > 0
    assert f" status=200 tokens={tokens} tpf={answer['elbarto']['tpf']:.2f} ms=" in lines()[-1]


@pytest.mark.parametrize("body", [{"messages": [USER]}, {"prompt": "a"}, HOLE, SEGMENTS])
def test_steps_log_tokens_and_tpf(
    make_client: MakeClient, lines: Callable[[], list[str]], body: dict[str, Any]
) -> None:
    client = make_client(InfillEngine(says("abcdef"), fills=always("abcdef")), info=CANVAS_MODEL)
    with listening(client) as address:
        events, _ = converse(address, body)
        wait_until(lambda: len(lines()) == 1)

    tokens, tpf = events[-1]["usage"]["completion_tokens"], events[-1]["elbarto"]["tpf"]
    assert tokens > 0
    assert f" route=GET /v1/steps status=101 tokens={tokens} tpf={tpf:.2f} ms=" in lines()[0]


def test_requests_without_tokens(client: FlaskClient, lines: Callable[[], list[str]]) -> None:
    client.get("/v1/models/other", headers={"x-request-id": "one"}, buffered=True)
    client.get("/secret-path", headers={"x-request-id": "two"}, buffered=True)
    post(client, headers={"x-request-id": "three"}, n=0)

    assert [line.rpartition(" ms=")[0] for line in lines()] == [
        "id=one route=GET /v1/models/<path:model_id> status=404 tokens=- tpf=-",
        "id=two route=GET (unknown) status=404 tokens=- tpf=-",
        "id=three route=POST /v1/chat/completions status=400 tokens=- tpf=-",
    ]


def test_no_text_of_the_caller_or_the_model_is_logged(
    make_client: MakeClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    client = make_client(FakeEngine(says("reply-secret"), failing_steps=1))
    secrets = {"messages": [{**USER, "content": "prompt-secret"}], "stop": ["stop-secret"], "user": "user-secret"}

    for stream in (False, True, False):
        assert post(client, **secrets, stream=stream).status_code in (200, 500)
    post(client, "/tokenize", prompt="prompt-secret")
    client.post(CHAT, data=b'{"messages": "prompt-secret')

    assert caplog.records
    assert "secret" not in caplog.text


@pytest.mark.parametrize("streamed", [False, True])
def test_a_request_that_fails_is_logged_with_what_it_got(
    make_client: MakeClient, lines: Callable[[], list[str]], streamed: bool
) -> None:
    post(make_client(FakeEngine(failing_steps=1)), stream=streamed)

    assert len(lines()) == 1
    assert " status=500 tokens=0 tpf=- " in lines()[0]


def test_a_stream_that_its_client_leaves_is_logged_as_that(
    make_client: MakeClient, lines: Callable[[], list[str]]
) -> None:
    engine = FakeEngine(says("abcdefgh"), gated=True)
    response = post(make_client(engine), stream=True, prompt_token_ids=byte_ids("four"), buffered=False)
    arriving = response.iter_encoded()
    engine.allow(1)
    assert b"role" in next(arriving)
    assert b"abcd" in next(arriving)
    response.close()

    assert len(lines()) == 1
    assert " status=499 tokens=4 " in lines()[0]
