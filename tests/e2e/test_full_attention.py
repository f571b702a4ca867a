"""Dream and LLaDA over HTTP: drafts, early text, exact lengths, steps, and holes filled on a canvas."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.families.case import Case
from tests.families.folder import read_cases
from tests.servers import Server, content, running

FAMILIES = Path(__file__).parents[1] / "fixtures" / "families"
BATCH = 8
HOLE: list[Any] = ["def add(a, b):\n    return ", {"hole": {"max_tokens": 8}}, "\n\nprint(add(1, 2))\n"]


@pytest.fixture(scope="module", params=["dream", "llada"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def full(name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp(name) / "log"
    variables = {"ELBARTO_MAX_MODEL_LEN": "512", "ELBARTO_MAX_SEQUENCES": str(BATCH)}
    with running(log, ELBARTO_MODEL_PATH=str(FAMILIES / name / "checkpoint"), **variables) as server:
        server.wait_until_ready()
        yield server
        server.stop()


@pytest.fixture
def cases(name: str) -> list[Case]:
    """A prompt's masks are text over HTTP, so cases with some are left out."""
    cases = [case for case in read_cases(FAMILIES / name) if case.body is not None]
    assert len(cases) >= 28
    return cases


def ask(case: Case, **more: Any) -> dict[str, Any]:
    assert case.body is not None
    return {**case.body, "prompt_token_ids": case.prompt, "return_token_ids": True, **more}


def check(case: Case, answer: dict[str, Any]) -> None:
    (choice,) = answer["choices"]
    assert tuple(choice["token_ids"]) == case.output
    assert answer["elbarto"]["denoise_forwards"] <= case.forwards  # type: ignore[operator]
    assert answer["elbarto"]["prefill_forwards"] == answer["elbarto"]["cached_tokens"] == 0
    assert answer["elbarto"]["warnings"] == []


def test_in_a_batch_with_drafts(full: Server, cases: list[Case]) -> None:
    with ThreadPoolExecutor(BATCH) as pool:
        for case, answer in zip(
            cases, pool.map(lambda case: full.chat(**ask(case, speculation=3)), cases), strict=True
        ):
            check(case, answer)


def test_streamed(full: Server, cases: list[Case]) -> None:
    """Text arrives before the end, although nothing is committed before it."""
    most = 0
    for case in cases[:12]:
        chunks = full.stream(**ask(case))
        pieces = [choice["token_ids"] for chunk in chunks for choice in chunk["choices"] if choice["token_ids"]]
        assert tuple(token_id for piece in pieces for token_id in piece) == case.output
        most = max(most, len(pieces))
    assert most > 3


def test_max_tokens_are_exact(full: Server) -> None:
    for number in (1, 3, 37, 50):
        answer = full.chat(max_tokens=number, ignore_eos=True)

        assert answer["usage"]["completion_tokens"] == number
        assert answer["elbarto"]["params"]["gen_length"] == number
        assert answer["elbarto"]["denoise_forwards"] <= number
        assert answer["elbarto"]["warnings"] == []


def test_a_prompt_without_room_is_refused(full: Server) -> None:
    response = full.post(prompt_token_ids=[100] * 512)

    assert response.status_code == 400
    assert response.json()["error"]["code"] == "context_length_exceeded"


def test_steps_have_every_position_of_the_reply(full: Server) -> None:
    chunks = full.stream(
        prompt_token_ids=[100, 101, 102], max_tokens=40, block_length=16, ignore_eos=True, stream_mode="steps"
    )
    steps = [chunk for chunk in chunks if chunk.get("type") == "step"]
    (started,) = [chunk for chunk in chunks if chunk.get("type") == "started"]

    assert started["canvas"]["blocks"] == [[0, 16], [16, 32], [32, 40]]
    assert {(step["block"], step["start"], step["end"]) for step in steps} == {(0, 0, 16), (1, 16, 32), (2, 32, 40)}
    assert sorted(token["position"] for step in steps for token in step["tokens"]) == list(range(40))
    committed = [token for chunk in chunks if chunk.get("type") == "committed" for token in chunk["tokens"]]
    assert [token["position"] for token in committed] == list(range(40))


def test_a_hole_is_filled_on_the_canvas(full: Server) -> None:
    models = full.client.get("/v1/models").json()["data"]
    answer = full.post("/v1/infill", segments=HOLE, seed=1).json()

    assert models[0]["infill_modes"][0] == "canvas"
    assert answer["infill_mode"] == "canvas"
    assert answer["elbarto"]["warnings"] == []
    (filled,) = answer["holes"]
    assert 0 < len(filled["tokens"]) <= 8
    assert answer["text"] == HOLE[0] + filled["text"] + HOLE[2]


def test_the_text_after_a_hole_matters(full: Server) -> None:
    def fill(after: str) -> str:
        answer = full.post("/v1/infill", segments=[*HOLE[:2], after], length_method="exact").json()
        return str(answer["holes"][0]["text"])

    assert fill("\n") != fill(") * 12345\n")


def test_an_edit_denoises_on_the_canvas(full: Server) -> None:
    text = "def add(a, b):\n    return a + b\n"
    response = full.post("/v1/edits", text=text, spans=[[19, 31]], mode="redenoise", threshold=1)

    assert response.status_code == 200, response.text
    answer = response.json()
    assert answer["infill_mode"] == "canvas"
    assert answer["text"].startswith(text[:19])
    assert answer["text"] != text


def test_delete_is_refused_by_name(full: Server) -> None:
    response = full.post("/v1/infill", segments=HOLE, length_method="delete")

    assert response.status_code == 400
    assert response.json()["error"]["param"] == "length_method"


def test_a_chat_streams_text(full: Server) -> None:
    chunks = full.stream(max_tokens=24, ignore_eos=True)

    assert content(chunks) == full.chat(max_tokens=24, ignore_eos=True)["choices"][0]["message"]["content"] != ""
