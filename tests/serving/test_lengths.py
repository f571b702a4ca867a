"""The canvas, the steps and the delivered tokens of a request, for each kind of canvas."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.errors import PromptTooLong, RequestError
from app.messages.defaults import Defaults
from app.serving.lengths import CANVASES, PlannedLengths, plan_lengths
from app.serving.requests import DecodingRequest
from tests.doubles.app import INFO

DEFAULTS = Defaults(steps=32, gen_length=64, block_length=8)


def plan(canvas_length: str, prompt_len: int, **asked: Any) -> PlannedLengths:
    model = replace(INFO, max_model_len=100, canvas_length=canvas_length)
    return plan_lengths(DecodingRequest(**asked), DEFAULTS, prompt_len, model)


def plan_without_limit(max_model_len: int, attention: str = "block_causal", **asked: Any) -> PlannedLengths:
    """Nobody has set a length."""
    model = replace(INFO, max_model_len=max_model_len, attention=attention)
    return plan_lengths(DecodingRequest(**asked), Defaults(), 13, model)


def numbers(planned: PlannedLengths) -> tuple[int, int, int]:
    return planned.gen_length, planned.steps, planned.max_tokens


@pytest.mark.parametrize(
    ("canvas_length", "asked", "expected"),
    [
        # (canvas, steps, delivered); the prompt has 13 tokens.
        ("whole_blocks", {"max_tokens": 10}, (16, 32, 10)),
        ("whole_blocks", {"gen_length": 10}, (8, 32, 8)),
        ("whole_blocks", {"gen_length": 16, "steps": 7}, (16, 6, 16)),
        ("whole_blocks", {"gen_length": 16, "steps_per_block": 3}, (16, 6, 16)),
        ("to_block_end", {"max_tokens": 10}, (11, 32, 10)),
        ("to_block_end", {"max_tokens": 11}, (11, 32, 11)),
        ("to_block_end", {"max_tokens": 12}, (19, 33, 12)),
        ("to_block_end", {"gen_length": 12, "steps_per_block": 8}, (19, 24, 12)),
        ("to_block_end", {"gen_length": 12, "max_tokens": 2, "steps_per_block": 8}, (19, 24, 2)),
        ("to_block_end", {"max_tokens": 11, "steps": 7}, (11, 8, 11)),
        ("exact", {"max_tokens": 10}, (10, 32, 10)),
        ("exact", {"gen_length": 17, "steps": 7}, (17, 9, 17)),
        ("exact", {"gen_length": 17, "steps_per_block": 4}, (17, 12, 17)),
        ("exact", {"gen_length": 3, "steps": 1}, (3, 1, 3)),
    ],
)
def test_the_canvas_of_a_request(canvas_length: str, asked: dict[str, int], expected: tuple[int, int, int]) -> None:
    planned = plan(canvas_length, 13, **asked)

    assert numbers(planned) == expected
    assert not planned.is_cut


@pytest.mark.parametrize(("canvas_length", "room"), [("whole_blocks", 80), ("to_block_end", 83), ("exact", 87)])
def test_a_reply_is_cut_to_what_fits(canvas_length: str, room: int) -> None:
    planned = plan(canvas_length, 13, max_tokens=10**400)

    assert (planned.gen_length, planned.max_tokens, planned.is_cut) == (room, room, True)


@pytest.mark.parametrize(("canvas_length", "longest"), [("whole_blocks", 92), ("to_block_end", 95), ("exact", 99)])
def test_the_longest_prompt(canvas_length: str, longest: int) -> None:
    assert plan(canvas_length, longest, max_tokens=1).max_tokens == 1
    with pytest.raises(PromptTooLong):
        plan(canvas_length, longest + 1, max_tokens=1)


@pytest.mark.parametrize("canvas_length", CANVASES)
def test_a_block_length_beyond_the_context(canvas_length: str) -> None:
    with pytest.raises(RequestError, match="block_length must be below 100"):
        plan(canvas_length, 13, block_length=100)


@pytest.mark.parametrize("canvas_length", CANVASES)
def test_any_request_gets_what_it_asked_for(canvas_length: str) -> None:
    for prompt_len in range(1, 30):
        for asked in range(1, 40):
            planned = plan(canvas_length, prompt_len, max_tokens=asked)
            num_blocks = -(-planned.gen_length // 8)
            assert planned.max_tokens == asked <= planned.gen_length
            assert planned.gen_length + prompt_len <= 100
            assert planned.steps % num_blocks == 0
            assert canvas_length != "to_block_end" or (planned.gen_length + prompt_len) % 8 == 0


def test_without_a_length_a_reply_may_fill_the_context_at_the_same_pace() -> None:
    for max_model_len, room in ((525, 512), (1037, 1024), (32781, 32768)):
        planned = plan_without_limit(max_model_len)

        assert numbers(planned) == (room, room // 2, room)
        assert (planned.is_cut, planned.reply_limit) == (False, None)
    assert (plan_without_limit(32781, steps=128).steps, plan_without_limit(32781, steps=128).is_raised) == (8192, False)
    assert (plan_without_limit(32781, steps=100).steps, plan_without_limit(32781, steps=100).is_raised) == (8192, True)
    assert numbers(plan_without_limit(113)) == (100, 250, 100)


def test_a_canvas_that_costs_by_its_length_has_the_usual_one() -> None:
    """A whole canvas in every step; or one whose blocks share the time."""
    assert plan_without_limit(32781, "full").gen_length == 512
    assert plan_without_limit(32781, time_budget_ms=1000).gen_length == 512
    assert plan_without_limit(32781, time_budget_ms=1000, max_tokens=4096).gen_length == 4096
    short = plan_without_limit(113, "full")
    assert (short.gen_length, short.is_cut) == (100, False)


def test_the_operators_length_is_kept() -> None:
    assert plan("whole_blocks", 13).gen_length == 64
    assert plan("whole_blocks", 60).is_cut
