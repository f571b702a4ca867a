"""Every recorded case of every family over HTTP, with default settings: whole, streamed, and eight at a time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from app.models.families import read_diffusion
from app.models.sources import HuggingFaceFolder
from tests.families.case import Case
from tests.families.folder import BATCH, read_cases
from tests.reference import REFERENCE
from tests.servers import Server, events, running

FOLDERS = sorted(path.parent for path in REFERENCE.parent.glob("families/*/cases.json"))


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture(scope="module")
def family_server(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp(folder.name) / "log"
    variables = {"ELBARTO_MODEL_PATH": str(folder / "checkpoint"), "ELBARTO_MAX_MODEL_LEN": "512"}
    with running(log, **variables) as server:
        server.wait_until_ready()
        yield server
        server.stop()


@pytest.fixture(scope="module")
def cases(folder: Path) -> list[Case]:
    """Those that the API can express: nearly all."""
    cases = read_cases(folder)
    expressible = [case for case in cases if case.body is not None]
    assert len(expressible) >= len(cases) - 2
    return expressible


def body(case: Case) -> dict[str, Any]:
    assert case.body is not None
    return {**case.body, "prompt_token_ids": case.prompt, "return_token_ids": True}


def test_whole(family_server: Server, cases: list[Case]) -> None:
    for number, case in enumerate(cases):
        answer = family_server.chat(**body(case))
        (choice,) = answer["choices"]
        assert tuple(choice["token_ids"]) == case.output, number
        assert answer["usage"]["completion_tokens"] == len(case.output), number
        assert case.forwards is None or answer["elbarto"]["denoise_forwards"] <= case.forwards, number


def test_streamed(family_server: Server, cases: list[Case]) -> None:
    for number, case in enumerate(cases):
        chunks = family_server.stream(**body(case))
        choices = [choice for chunk in chunks for choice in chunk["choices"]]
        token_ids = [token_id for choice in choices for token_id in choice["token_ids"]]
        assert tuple(token_ids) == case.output, number


def test_eight_at_a_time(family_server: Server, cases: list[Case]) -> None:
    with ThreadPoolExecutor(BATCH) as pool:
        answers = list(pool.map(lambda case: family_server.chat(**body(case)), cases))

    replies = [tuple(answer["choices"][0]["token_ids"]) for answer in answers]
    assert replies == [case.output for case in cases]


def test_the_steps_of_a_reply(family_server: Server, cases: list[Case]) -> None:
    """Each is in one of the blocks that were announced, and the committed texts are the reply."""
    case = max(cases, key=lambda case: (len(case.output), len(case.prompt) % case.params.block_length))
    asked = {**body(case), "stream": True, "stream_mode": "steps"}
    with family_server.client.stream("POST", "/v1/chat/completions", json=asked) as response:
        started, *told, finished, done = events(response.iter_lines())

    steps = [event for event in told if event["type"] == "step"]
    text = "".join(event["text"] for event in told if event["type"] == "committed")
    blocks = started["canvas"]["blocks"]
    assert (finished["type"], done) == ("finished", "[DONE]")
    assert blocks[0][0] == 0
    assert blocks[-1][1] == started["canvas"]["length"] == case.params.gen_length
    assert all([step["start"], step["end"]] == blocks[step["block"]] for step in steps)
    assert {step["block"] for step in steps} == set(range(len(blocks)))
    assert text == family_server.chat(**body(case))["choices"][0]["message"]["content"]


def test_the_server_tells_what_it_serves(family_server: Server, folder: Path) -> None:
    (model,) = family_server.client.get("/v1/models").json()["data"]

    assert model["block_length"] in (4, 32, 512)  # the last one is the whole context
    assert model["family"] in folder.name.replace("-bd3lm", "")


def test_messages_and_texts_with_the_models_own_defaults(family_server: Server) -> None:
    chat = family_server.chat(messages=[{"role": "user", "content": "def add(a, b):"}], max_tokens=10, seed=1)
    text = family_server.post("/v1/completions", prompt="def add(a, b):", max_tokens=10, seed=1).json()

    for answer in (chat, text):
        assert 1 <= answer["usage"]["completion_tokens"] <= 10
        assert answer["elbarto"]["warnings"] == []
    (model,) = family_server.client.get("/v1/models").json()["data"]
    # With full attention, a block that is longer than the reply is the reply.
    assert chat["elbarto"]["params"]["block_length"] in (model["block_length"], 10)


def test_infills(family_server: Server, folder: Path) -> None:
    """On a canvas, as any masked model can that predicts in place."""
    mode = "canvas" if read_diffusion(HuggingFaceFolder(str(folder / "checkpoint"))).fills_canvas else "fim"
    segments = ["def add(a, b):\n    return ", {"hole": {"max_tokens": 6}}, "\n"]
    answer = family_server.post("/v1/infill", segments=segments, infill_mode=mode)

    assert answer.status_code == 200, answer.text
    (hole,) = answer.json()["holes"]
    assert answer.json()["text"] == f"def add(a, b):\n    return {hole['text']}\n"
