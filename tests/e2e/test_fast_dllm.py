"""Fast-dLLM v2 over HTTP: every published case token for token, and what its token shift changes for clients."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.families.case import Case
from tests.families.formats.fast_dllm import read
from tests.servers import HELLO, Server, content, running

FOLDER = Path(__file__).parents[1] / "fixtures" / "families" / "fast-dllm-v2"
END = 1003
HEADER = json.loads((FOLDER / "cases.json").read_text())
CASES = [read(case, HEADER) for case in HEADER["cases"]]
ASKED = [case for case in CASES if case.body is not None]
each_case = pytest.mark.parametrize("case", [pytest.param(case, id=str(number)) for number, case in enumerate(ASKED)])


@pytest.fixture(scope="module")
def fast_dllm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("fast-dllm") / "log"
    with running(log, ELBARTO_MODEL_PATH=str(FOLDER / "checkpoint"), ELBARTO_MAX_MODEL_LEN="512") as server:
        server.wait_until_ready()
        yield server
        server.stop()


def body(case: Case) -> dict[str, Any]:
    assert case.body is not None
    return {"prompt_token_ids": case.prompt, "return_token_ids": True, **case.body}


def check(case: Case, token_ids: list[int], finish_reason: str, elbarto: dict[str, Any]) -> None:
    assert tuple(token_ids) == case.output
    assert finish_reason == ("stop" if case.output[-1] == END else "length")
    assert case.forwards is not None
    assert elbarto["denoise_forwards"] <= case.forwards
    assert elbarto["fused_commits"] == 0
    assert elbarto["warnings"] == []


def test_two_of_the_thirty_cases_generate_nothing() -> None:
    assert (len(CASES), len(ASKED)) == (30, 28)


@each_case
def test_alone(fast_dllm: Server, case: Case) -> None:
    answer = fast_dllm.chat(**body(case))

    (choice,) = answer["choices"]
    check(case, choice["token_ids"], choice["finish_reason"], answer["elbarto"])
    assert answer["usage"]["completion_tokens"] == len(case.output)


def test_eight_at_a_time(fast_dllm: Server) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda case: fast_dllm.chat(**body(case)), ASKED))

    for case, answer in zip(ASKED, answers, strict=True):
        (choice,) = answer["choices"]
        check(case, choice["token_ids"], choice["finish_reason"], answer["elbarto"])


def test_streamed(fast_dllm: Server) -> None:
    case = max(ASKED, key=lambda case: len(case.output))

    chunks = fast_dllm.stream(**body(case))

    choices = [choice for chunk in chunks for choice in chunk["choices"]]
    pieces = [choice["token_ids"] for choice in choices if choice["token_ids"]]
    assert len(pieces) > 2  # a block at a time
    check(
        case, [token_id for piece in pieces for token_id in piece], choices[-1]["finish_reason"], chunks[-1]["elbarto"]
    )


def test_defaults_are_those_of_the_published_example(fast_dllm: Server) -> None:
    """generation_config.json asks for a temperature, which the published `generate` ignores."""
    answer = fast_dllm.chat(max_tokens=40)

    params = answer["elbarto"]["params"]
    shown = ("block_length", "decode_mode", "threshold", "small_block_length", "block_cache", "temperature")
    assert [params[name] for name in shown] == [32, "threshold", 0.9, 8, False, 0.0]
    assert params["repetition_penalty"] == 1
    assert answer["elbarto"]["warnings"] == []


def test_lengths_are_the_clients(fast_dllm: Server) -> None:
    """The canvas goes on to the end of a block; the reply does not."""
    for max_tokens in (1, 2, 31, 33):
        answer = fast_dllm.chat(max_tokens=max_tokens, ignore_eos=True, seed=1, temperature=1, return_token_ids=True)
        (choice,) = answer["choices"]
        assert (len(choice["token_ids"]), choice["finish_reason"]) == (max_tokens, "length")
        assert (answer["usage"]["prompt_tokens"] + answer["elbarto"]["params"]["gen_length"]) % 32 == 0


def test_seeded_samples_do_not_depend_on_the_batch(fast_dllm: Server) -> None:
    fields = {"temperature": 1.5, "seed": 5, "max_tokens": 50, "n": 3, "messages": HELLO}

    first, second = fast_dllm.chat(**fields), fast_dllm.chat(**fields)

    texts = [choice["message"]["content"] for choice in first["choices"]]
    assert texts == [choice["message"]["content"] for choice in second["choices"]]
    assert len(set(texts)) > 1


def test_steps(fast_dllm: Server) -> None:
    case = next(case for case in ASKED if case.params.block_cache and len(case.prompt) % 32 == 0)

    events = fast_dllm.stream(**body(case), stream_mode="steps", alternatives=2)

    started, *_, finished = events
    assert started["canvas"]["length"] == sum(end - start for start, end in started["canvas"]["blocks"])
    steps = [event for event in events if event["type"] == "step"]
    assert [event["step"] for event in steps] == list(range(finished["elbarto"]["steps"]))
    assert [token["position"] for token in steps[0]["tokens"]] == [0]  # by the prefill
    committed = [token["id"] for event in events if event["type"] == "committed" for token in event["tokens"]]
    assert tuple(committed) == case.output


def test_holes_are_filled_by_sentinels(fast_dllm: Server) -> None:
    segments = ["def f(x):\n    return ", {"hole": {"max_tokens": 12}}, "\n"]

    model = fast_dllm.client.get("/v1/models").json()["data"][0]
    answer = fast_dllm.post("/v1/infill", segments=segments)
    refused = fast_dllm.post("/v1/infill", segments=segments, infill_mode="canvas")

    assert model["infill_modes"] == ["fim", "chat"]
    assert answer.status_code == 200, answer.text
    assert answer.json()["infill_mode"] == "fim"
    assert refused.status_code == 400
    assert "infill_mode must be one of fim, chat for this model, got canvas." in refused.json()["error"]["message"]


def test_chat_streams_text(fast_dllm: Server) -> None:
    whole = fast_dllm.chat(max_tokens=64)["choices"][0]["message"]["content"]

    assert content(fast_dllm.stream(max_tokens=64)) == whole
