"""Concurrent replies and repeated prompts, on a real server with its default batch size."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.servers import PATIENCE_S, Server, content, events, running

REQUESTS = (
    "Write a Python function `add(a, b)` that returns the sum of two numbers.",
    "Write a function that checks if a number is even.",
    "Write a Python function that reverses a string.",
    "Write a Python function that returns the largest number in a list.",
)


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("batching") / "log"
    with running(log, ELBARTO_MODEL_PATH="", ELBARTO_DTYPE="float32") as server:
        server.wait_until_ready()
        yield server
        server.stop()


def body(number: int) -> dict[str, Any]:
    """Every request has different decoding options; odd ones sample."""
    return {
        "messages": [{"role": "user", "content": REQUESTS[number % len(REQUESTS)]}],
        "max_tokens": 48 + 8 * number,
        "steps": (48 + 8 * number) // (1 + number % 2),
        "temperature": number % 2 * 0.8,
        "seed": number,
        "ignore_eos": True,
    }


def test_streams_side_by_side_say_what_they_say_alone(embedded: Server) -> None:
    alone = [content(embedded.stream(**body(number))) for number in range(8)]
    most = 0

    def stream(number: int) -> str:
        nonlocal most
        with httpx.Client(base_url=embedded.url, timeout=PATIENCE_S, trust_env=False) as client:
            request = client.stream("POST", "/v1/chat/completions", json={**body(number), "stream": True})
            with request as response:
                pieces = events(response.iter_lines())
                chunks = [next(pieces), next(pieces)]
                most = max(most, client.get("/health").json()["queue"]["running"])
                chunks += pieces
        return content(chunks)

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(stream, range(8)))

    assert together == alone
    assert most >= 2, "they never ran side by side"


def test_choices_of_a_request_run_side_by_side(embedded: Server) -> None:
    """From the first block on: the choices' blocks arrive in turn."""
    asked = {**body(1), "n": 3}
    chunks = embedded.stream(**asked)
    order = [choice["index"] for chunk in chunks for choice in chunk["choices"] if choice["delta"].get("content")]

    assert set(order[:8]) == {0, 1, 2}
    assert {index: content(chunks, index) for index in range(3)} == {
        index: content(embedded.stream(**{**body(1), "seed": 1 + index})) for index in range(3)
    }


def test_a_prompt_that_comes_again_is_cached(embedded: Server) -> None:
    asked = {"messages": [{"role": "user", "content": "Write a Python function that counts the vowels of a word."}]}
    first, second = (embedded.chat(**asked, max_tokens=32) for _ in range(2))

    cached = second["usage"]["prompt_tokens_details"]["cached_tokens"]
    assert first["usage"]["prompt_tokens_details"]["cached_tokens"] < cached <= second["usage"]["prompt_tokens"]
    assert cached == second["usage"]["prompt_tokens"] // 4 * 4
    assert second["elbarto"]["prefill_tokens"] == second["elbarto"]["prefill_forwards"] == 0
    assert second["choices"][0]["message"] == first["choices"][0]["message"]


def test_a_second_turn_finds_the_first(embedded: Server) -> None:
    messages = [{"role": "user", "content": REQUESTS[1]}]
    first = embedded.chat(messages=messages, max_tokens=100)
    messages += [first["choices"][0]["message"], {"role": "user", "content": "Now for odd numbers."}]

    second = embedded.chat(messages=messages, max_tokens=8)

    cached = second["usage"]["prompt_tokens_details"]["cached_tokens"]
    assert first["usage"]["prompt_tokens"] < cached <= second["usage"]["prompt_tokens"]


def test_no_more_is_cached_than_the_prompt_has(embedded: Server) -> None:
    embedded.chat(**body(0))

    usage = embedded.chat(**body(0), n=3)["usage"]

    assert 0 < usage["prompt_tokens_details"]["cached_tokens"] <= usage["prompt_tokens"]


@pytest.mark.parametrize("mode", ["static", "threshold", "greedy", "adaptive", "factor", "entropy"])
def test_every_decode_mode_over_http(mode: str, embedded: Server) -> None:
    answer = embedded.chat(**{**body(0), "decode_mode": mode, "block_length": 8, "small_block_length": 4})

    made = answer["elbarto"]
    assert made["params"]["decode_mode"] == mode
    assert answer["usage"]["completion_tokens"] == 48
    assert made["steps"] == 48 if mode == "static" else made["steps"] <= 48
    assert made["tpf"] == pytest.approx(48 / made["denoise_forwards"], abs=0.001)
    assert made["denoise_forwards"] <= made["steps"]


def test_a_time_budget_is_kept_and_what_is_there_by_then_is_said(embedded: Server) -> None:
    """1 ms suffices for the prompt, one forward and one block."""
    answer = embedded.chat(**{**body(0), "time_budget_ms": 1})

    assert answer["elbarto"]["denoise_forwards"] == 1
    assert 1 <= answer["usage"]["completion_tokens"] <= 4
    assert answer["choices"][0]["finish_reason"] == "length"
