"""Asking a server that is busy, broken, gone, or wants nothing of it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from app.evaluation import sampling
from app.evaluation.problems import Mode, Problem
from app.evaluation.sampling import Request, Sampler, ServerLost, Task
from app.remote import ApiServer, RemoteError
from tests.doubles import openai_server
from tests.doubles.openai_server import Handler, ScriptedServer, answer, chunk
from tests.waiting import wait_until


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with openai_server.running() as server:
        yield server


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "FIRST_PAUSE_S", 0.01)


def tasks(num: int = 1) -> list[Task]:
    fields: dict[str, Any] = {"harness": None, "data": {}, "entry_point": None, "completion_prompt": "def f():\n"}
    problems = [Problem(task_id=f"p{n}", chat_prompt=f"Write {n}.", stop=("\ndef ",), **fields) for n in range(num)]
    return [Task(problem, 0) for problem in problems]


def sampler(url: str, mode: Mode = "chat", num_threads: int = 1, patience_s: float = 20.0, **fields: Any) -> Sampler:
    request = Request(mode=mode, model="m", fields={"max_tokens": 9, **fields}, seed=7)
    return Sampler(ApiServer(url, "sk-1"), request, num_threads, patience_s)


def event(**values: Any) -> bytes:
    return f"data: {json.dumps(values)}\n\n".encode()


def refusal(status: int, message: str, code: str | None = None) -> tuple[int, bytes]:
    return status, json.dumps({"error": {"message": message, "code": code}}).encode()


def test_a_chat_is_streamed_with_its_counters(server: ScriptedServer) -> None:
    end = event(choices=[{"delta": {}, "finish_reason": "stop"}]) + event(
        choices=[], usage={"completion_tokens": 12}, elbarto={"denoise_forwards": 5, "params": {"steps": 3}}
    )
    server.answers.append(answer("Hi, ", "there.", end=end + b"data: [DONE]\n\n"))

    (sample,) = sampler(server.url, threshold=0.5).samples(tasks())

    assert 0 <= sample["ended"] - sample["started"] < 20
    assert {name: value for name, value in sample.items() if name not in ("started", "ended")} == {
        "task_id": "p0",
        "sample": 0,
        "text": "Hi, there.",
        "finish_reason": "stop",
        "tokens": 12,
        "forwards": 5,
        "params": {"steps": 3},
    }
    assert server.requests == [
        {
            "model": "m",
            "messages": [{"role": "user", "content": "Write 0."}],
            "stream": True,
            "stream_options": {"include_usage": True},
            "seed": 7,
            "max_tokens": 9,
            "threshold": 0.5,
            "authorization": "Bearer sk-1",
        }
    ]


def test_a_base_model_continues_the_prompt(server: ScriptedServer) -> None:
    server.answers.append(
        (200, event(choices=[{"text": "    return 1", "finish_reason": "stop"}]) + b"data: [DONE]\n\n")
    )

    (sample,) = sampler(server.url, "completion").samples(tasks())

    assert (sample["text"], sample["tokens"]) == ("    return 1", None)
    assert (server.requests[0]["prompt"], server.requests[0]["stop"]) == ("def f():\n", ["\ndef "])


@pytest.mark.parametrize(
    "failure",
    [
        refusal(429, "The queue is full."),
        refusal(503, "The model is still loading."),
        refusal(500, "The engine failed."),
        answer("Hi", end=b'data: {"error": {"message": "The engine failed."}}\n\n'),
        answer("Hi", end=b""),
    ],
    ids=["busy", "loading", "failed", "failed in mid-stream", "cut off"],
)
def test_it_asks_again(failure: tuple[int, bytes], server: ScriptedServer) -> None:
    server.answers += [failure, failure, answer("At last.")]

    assert [sample["text"] for sample in sampler(server.url).samples(tasks())] == ["At last."]
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    "failures",
    [[refusal(500, "The engine failed.")] * 3, [refusal(400, "It is too long.", "context_length_exceeded")]],
    ids=["broken", "too long"],
)
def test_a_problem_that_cannot_be_answered_does_not_end_the_run(
    failures: list[tuple[int, bytes]], server: ScriptedServer
) -> None:
    server.answers += [*failures, answer("Fine.")]

    first, second = sampler(server.url).samples(tasks(2))

    assert (first["text"], first["error"]) == ("", json.loads(failures[0][1])["error"]["message"])
    assert (second["text"], "error" in second) == ("Fine.", False)


@pytest.mark.parametrize("status", [400, 401, 404, 422])
def test_a_request_that_is_refused_ends_the_run(status: int, server: ScriptedServer) -> None:
    server.answers += [refusal(status, "top_p must be at most 1.")]

    with pytest.raises(RemoteError, match="top_p must be at most 1"):
        list(sampler(server.url).samples(tasks(3)))
    assert len(server.requests) == 1


def test_a_server_that_is_gone_ends_the_run() -> None:
    with ScriptedServer() as closed:
        url = closed.url
    started = time.monotonic()

    with pytest.raises(ServerLost, match=r"has not answered any request for \d seconds: cannot reach a server at"):
        list(sampler(url, num_threads=2, patience_s=0.2).samples(tasks(3)))
    assert time.monotonic() - started < 10


def test_it_asks_several_at_a_time(server: ScriptedServer) -> None:
    together = threading.Barrier(3)

    def wait_for_the_others(handler: Handler) -> None:
        together.wait(20)
        handler.wfile.write(answer("Together.")[1])

    server.answers += [(200, wait_for_the_others)] * 6

    assert len(list(sampler(server.url, num_threads=3).samples(tasks(6)))) == 6


def test_whoever_leaves_stops_the_requests(server: ScriptedServer) -> None:
    gone = threading.Event()

    def never_end(handler: Handler) -> None:
        try:
            while True:
                handler.wfile.write(chunk(content="word "))
                time.sleep(0.01)
        except OSError:
            gone.set()

    server.answers += [answer("First."), (200, never_end)]
    samples = sampler(server.url).samples(tasks(3))
    next(samples)
    wait_until(lambda: len(server.requests) == 2)
    samples.close()  # type: ignore[attr-defined]

    assert gone.wait(20)
    assert len(server.requests) == 2
