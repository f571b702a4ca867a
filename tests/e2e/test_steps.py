"""WS /v1/steps on a real server with the embedded model, as the page at / uses it."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from app.settings import EMBEDDED_MODEL
from tests.api.sockets import VALIDATOR, Socket, converse
from tests.servers import SLOW, Server, running, wait_for

CHAT = {"messages": [{"role": "user", "content": "Write a function that checks if a number is even."}]}
INFILL = {
    "segments": [
        "class BankAccount:\n    def __init__(self, balance=0):\n        ",
        {"hole": {"single_line": True}},
        "\n\n    def deposit(self, amount):\n        ",
        {"hole": {"single_line": True}},
        "\n",
    ]
}


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("steps") / "log"
    with running(log, ELBARTO_MODEL_PATH="", ELBARTO_SHUTDOWN_S="1") as server:
        server.wait_until_ready()
        yield server
        server.stop()


@pytest.fixture(scope="module")
def address(embedded: Server) -> str:
    return f"127.0.0.1:{embedded.port}"


def only(events: list[dict[str, Any]], type: str) -> list[dict[str, Any]]:
    return [event for event in events if event["type"] == type]


def test_the_steps_of_a_chat_add_up_to_the_http_answer(embedded: Server, address: str) -> None:
    request = {**CHAT, "max_tokens": 64, "threshold": 0.9}
    answer = embedded.chat(**request)
    events, code = converse(address, request)

    steps, finished = only(events, "step"), events[-1]
    assert code == 1000
    assert "".join(event["text"] for event in only(events, "committed")) == answer["choices"][0]["message"]["content"]
    assert finished["choices"][0]["finish_reason"] == answer["choices"][0]["finish_reason"] == "stop"
    assert finished["usage"]["completion_tokens"] == answer["usage"]["completion_tokens"]
    assert len(steps) == finished["elbarto"]["steps"] == answer["elbarto"]["steps"]
    assert steps[-1]["forwards"] == finished["elbarto"]["denoise_forwards"] <= len(steps)
    assert all(len(step["tokens"]) == 1 or token["confidence"] >= 0.9 for step in steps for token in step["tokens"])


def test_every_position_is_masked_proposed_or_final(address: str) -> None:
    events, _ = converse(address, {**CHAT, "max_tokens": 64, "block_length": 8, "alternatives": 3})

    final: set[int] = set()
    for step in only(events, "step"):
        now = {token["position"] for token in step["tokens"]}
        proposed = {token["position"] for token in step["proposals"]}
        block = set(range(step["start"], step["end"]))
        assert now
        assert not now & final
        assert proposed == block - final - now
        final |= now
        for token in step["tokens"] + step["proposals"]:
            confidences = [other["confidence"] for other in token["alternatives"]]
            assert len(confidences) == 3
            assert confidences == sorted(confidences, reverse=True)
            assert (token["id"], token["confidence"]) == (token["alternatives"][0]["id"], confidences[0])


def test_the_steps_of_an_infill_add_up_to_the_http_answer(embedded: Server, address: str) -> None:
    answer = embedded.post("/v1/infill", **INFILL).json()
    events, code = converse(address, {**INFILL, "alternatives": 2})

    assert code == 1000
    finished = events[-1]
    wanted = [hole["text"] for hole in answer["choices"][0]["holes"]]
    assert len(wanted) == 2
    assert all(wanted)
    assert [hole["text"] for hole in finished["choices"][0]["holes"]] == wanted
    texts = ["", ""]
    for event in only(events, "committed"):
        assert event["offset"] == len(texts[event["hole"]])
        texts[event["hole"]] += event["text"]
    assert texts == wanted
    assert visible(events) == wanted


def visible(events: list[dict[str, Any]]) -> list[str]:
    """Each hole's final text, built from the first candidate's events as a page would."""
    positions: dict[int, list[int]] = {}
    text: dict[int, str] = {}
    for event in [event for event in events if event.get("choice", 0) == 0]:
        if event["type"] == "canvas":
            positions = {hole["hole"]: list(range(hole["start"], hole["end"])) for hole in event["holes"]}
            text |= {token["position"]: token["text"] for hole in event["holes"] for token in hole["given"]}
        elif event["type"] == "step":
            text |= {token["position"]: token["text"] for token in event["tokens"]}
            for hole, kept in positions.items():
                positions[hole] = [position for position in kept if position not in event["removed"]]
    return ["".join(text[position] for position in positions[hole]) for hole in sorted(positions)]


def test_the_steps_of_a_completion_add_up_to_the_http_answer(embedded: Server, address: str) -> None:
    for request in (
        {"prompt": "def is_even(n):\n    return", "max_tokens": 16},
        {"prompt": "def is_even(n):\n    return ", "suffix": "\n", "stop": "\n"},
    ):
        answer = embedded.post("/v1/completions", **request).json()
        events, code = converse(address, request)

        assert code == 1000
        assert answer["choices"][0]["text"] == "".join(event["text"] for event in only(events, "committed"))
        assert only(events, "step")


def test_a_hole_that_was_too_short_gets_a_longer_canvas(address: str) -> None:
    """The model may delete no position, so every canvas fills up."""
    delete = json.loads((EMBEDDED_MODEL / "config.json").read_text(encoding="utf-8"))["delete_token_id"]
    request = {"prompt": "class Stack:\n    def __init__(self):\n        ", "suffix": "\n", "max_tokens": 48}
    events, _ = converse(address, {**request, "logit_bias": {str(delete): -100}})

    first, second = [event["holes"][0] for event in only(events, "canvas")]
    assert second["start"] == first["end"]  # numbers are not reused
    assert second["end"] - second["start"] > first["end"] - first["start"]
    assert visible(events) == [events[-1]["choices"][0]["holes"][0]["text"]]


def test_server_sent_events_tell_the_same_steps(embedded: Server, address: str) -> None:
    request = {**CHAT, "max_tokens": 64}
    told, _ = converse(address, request)
    streamed = embedded.stream(**request, stream_mode="steps")

    for event in streamed:
        VALIDATOR.validate(event)
    assert [without_clocks(event) for event in streamed[1:-1]] == [without_clocks(event) for event in told[1:-1]]
    assert confidences(streamed) == pytest.approx(confidences(told), abs=1e-4)


def without_clocks(event: dict[str, Any]) -> dict[str, Any]:
    """Nor the forwards: how many drafts pay is learned from request to request, and moves confidences a little."""
    kept = {name: value for name, value in event.items() if name not in ("ms", "forwards")}
    if "tokens" in kept:
        kept["tokens"] = [{**token, "confidence": None} for token in kept["tokens"]]
    return kept


def confidences(events: list[dict[str, Any]]) -> list[float]:
    return [token["confidence"] for event in only(events, "step") for token in event["tokens"]]


def test_closing_the_socket_frees_the_engine(embedded: Server, address: str) -> None:
    for request in ({**CHAT, **SLOW}, {**INFILL, "steps": 128}):
        socket = Socket(address)
        socket.send(request)
        while socket.receive()["type"] != "step":
            pass
        socket.close()
        embedded.wait_for_queue(0, 0)
    embedded.wait_for_log("route=GET /v1/steps status=499")


def test_sockets_that_are_reset_leave_no_traceback(embedded: Server, address: str) -> None:
    for num_events in (0, 1, 3):
        socket = Socket(address)
        if num_events:
            socket.send({**CHAT, **SLOW})
        for _ in range(num_events):
            socket.receive()
        socket.reset()
    embedded.wait_for_queue(0, 0)
    wait_for(lambda: embedded.text.count("route=GET /v1/steps status=499") >= 2, "the lines of those with a request")

    assert "Traceback" not in embedded.text


def test_sockets_without_a_request_leave_the_server_answering(embedded: Server, address: str) -> None:
    idle = [Socket(address) for _ in range(20)]

    assert embedded.client.get("/health").status_code == 200
    for socket in idle:
        socket.close()


def test_a_server_that_ends_says_so(embedded: Server, address: str) -> None:
    """Last, because it stops the server that the tests above share."""
    socket = Socket(address)
    socket.send({**CHAT, **SLOW})
    while socket.receive()["type"] != "step":
        pass
    embedded.process.send_signal(signal.SIGTERM)

    assert (socket.rest()[-1]["error"]["code"], socket.code) == ("shutting_down", 4503)
    wait_for(embedded.has_ended, "the server's end")
