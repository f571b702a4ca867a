"""Every case of the published algorithm, token for token, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reference import Case, read_cases
from tests.servers import Server

CASES = [pytest.param(case, id=str(number)) for number, case in enumerate(read_cases())]


def body(case: Case) -> dict[str, Any]:
    params = case.params
    return {
        "prompt_token_ids": case.prompt,
        "return_token_ids": True,
        "gen_length": params.gen_length,
        "steps": None if params.threshold is not None else params.steps,  # they would be a warning
        "block_length": params.block_length,
        "threshold": params.threshold,
        "remasking": params.remasking,
    }


def check(case: Case, token_ids: list[int], finish_reason: str, elbarto: dict[str, Any]) -> None:
    assert tuple(token_ids) == case.output
    assert finish_reason == ("stop" if case.output[-1] == 2 else "length")
    assert elbarto["denoise_forwards"] + elbarto["fused_commits"] <= case.forwards
    assert elbarto["warnings"] == [] or case.params.block_length != 4


def test_there_are_60_cases() -> None:
    assert len(CASES) == 60


@pytest.mark.parametrize("case", CASES)
def test_whole(server: Server, case: Case) -> None:
    answer = server.chat(**body(case))
    (choice,) = answer["choices"]
    check(case, choice["token_ids"], choice["finish_reason"], answer["elbarto"])
    assert answer["usage"]["prompt_tokens"] == len(case.prompt)
    assert answer["usage"]["completion_tokens"] == len(case.output)


@pytest.mark.parametrize("case", CASES)
def test_streamed(server: Server, case: Case) -> None:
    chunks = server.stream(**body(case))
    choices = [choice for chunk in chunks for choice in chunk["choices"]]
    token_ids = [token_id for choice in choices for token_id in choice["token_ids"]]
    check(case, token_ids, choices[-1]["finish_reason"], chunks[-1]["elbarto"])
