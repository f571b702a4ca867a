"""Lengths and steps of models with full attention, whose blocks are only an order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.errors import PromptTooLong, RequestError
from app.messages.defaults import Defaults
from app.serving.lengths import plan_lengths
from app.serving.requests import DecodingRequest
from tests.doubles.app import INFO

WHOLE = replace(INFO, attention="full", alignment="prompt_end", canvas_length="exact", block_length=1024)
ONE_A_STEP = Defaults(block_length=2**17, tokens_per_step=1)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"max_tokens": 50}, (50, 50, 50)),
        ({"max_tokens": 50, "steps": 7}, (50, 50, 7)),
        ({"max_tokens": 50, "block_length": 32}, (50, 32, 64)),
        ({"max_tokens": 50, "block_length": 32, "steps": 5}, (50, 32, 6)),
        ({"gen_length": 20, "block_length": 32}, (20, 20, 20)),
        ({"gen_length": 1}, (1, 1, 1)),
        ({"gen_length": 5000}, (924, 924, 924)),
    ],
)
def test_a_block_is_never_longer_than_the_reply(asked: dict[str, int], expected: tuple[int, int, int]) -> None:
    lengths = plan_lengths(DecodingRequest(**asked), ONE_A_STEP, 100, WHOLE)  # type: ignore[arg-type]

    assert (lengths.gen_length, lengths.block_length, lengths.steps) == expected
    assert lengths.max_tokens == lengths.gen_length


def test_a_prompt_that_fills_the_context() -> None:
    with pytest.raises(PromptTooLong):
        plan_lengths(DecodingRequest(max_tokens=8), ONE_A_STEP, 1024, WHOLE)


def test_block_causal_models_have_a_limit() -> None:
    model = replace(INFO, max_model_len=4096)

    assert plan_lengths(DecodingRequest(block_length=1024), Defaults(gen_length=2048), 8, model).block_length == 1024
    with pytest.raises(RequestError, match="block_length must be at most 1024 for this model, got 1025"):
        plan_lengths(DecodingRequest(block_length=1025), Defaults(gen_length=2048), 8, model)
