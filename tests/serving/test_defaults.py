"""Defaults for options that a request omits: the operator's, else the checkpoint's, else the built-in ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.messages.defaults import Defaults
from app.messages.options import Overrides, overrides
from app.messages.params import GenerationParams
from app.serving.defaults import SETTING_NAMES, explain, resolve
from app.serving.requests import ChatRequest
from app.serving.service import Service
from tests.doubles.app import nest_decoding
from tests.doubles.tokenizer import byte_ids

MakeService = Callable[..., Service]

CHECKPOINT: dict[str, Any] = {
    "gen_length": 32,
    "tokens_per_step": 1,
    "block_length": 8,
    "decode_mode": "factor",
    "threshold": 0.5,
    "factor": 2.0,
    "gamma": 0.5,
    "small_block_length": 4,
    "remasking": "random",
    "schedule_eps": 0.01,
    "temperature": 0.25,
    "top_p": 0.75,
    "top_k": 7,
    "repetition_penalty": 1.25,
    "presence_penalty": 0.5,
    "frequency_penalty": -0.5,
}
CHOSEN: dict[str, Any] = {
    "gen_length": 16,
    "steps": 4,
    "block_length": 4,
    "decode_mode": "adaptive",
    "threshold": 1.0,
    "factor": 0.5,
    "gamma": 0.25,
    "small_block_length": 2,
    "remasking": "low_confidence",
    "schedule_eps": 0.02,
    "temperature": 0.0,
    "top_p": 1.0,
    "top_k": 0,
    "repetition_penalty": 1.0,
    "presence_penalty": 0.0,
    "frequency_penalty": 0.0,
}
ASKED: dict[str, Any] = {
    "gen_length": 20,
    "steps": 10,
    "block_length": 2,
    "decode_mode": "entropy",
    "threshold": 0.125,
    "factor": 3.0,
    "gamma": 0.75,
    "small_block_length": 1,
    "remasking": "random",
    "schedule_eps": 0.01,
    "temperature": 2.0,
    "top_p": 0.0,
    "top_k": -1,
    "repetition_penalty": 2.0,
    "presence_penalty": -2.0,
    "frequency_penalty": 2.0,
}


def params_for(service: Service, **asked: Any) -> GenerationParams:
    reply = service.chat(ChatRequest(prompt_token_ids=byte_ids("four"), **nest_decoding(asked)))
    for _ in reply:
        pass
    return reply.params


def values(params: GenerationParams, names: Any) -> dict[str, Any]:
    return {name: getattr(params, name) for name in names}


def test_the_checkpoint_stands_above_what_is_built_in(make_service: MakeService) -> None:
    params = params_for(make_service(checkpoint=CHECKPOINT))

    expected = {name: value for name, value in CHECKPOINT.items() if name != "tokens_per_step"}
    assert values(params, expected) == expected
    assert params.steps_per_block == 8


def test_the_operator_stands_above_the_checkpoint(make_service: MakeService) -> None:
    assert values(params_for(make_service(checkpoint=CHECKPOINT, chosen=CHOSEN)), CHOSEN) == CHOSEN


def test_the_request_stands_above_both(make_service: MakeService) -> None:
    assert values(params_for(make_service(checkpoint=CHECKPOINT, chosen=CHOSEN), **ASKED), ASKED) == ASKED


@pytest.mark.parametrize("name", SETTING_NAMES)
def test_each_is_decided_by_itself(make_service: MakeService, name: str) -> None:
    defaults = resolve(Overrides({name: CHOSEN[name]}), Overrides(CHECKPOINT))

    others = {other: value for other, value in CHECKPOINT.items() if other not in (name, "tokens_per_step")}
    assert getattr(defaults, name) == CHOSEN[name]
    assert {other: getattr(defaults, other) for other in others} == others
    assert defaults.tokens_per_step == (None if name == "steps" else 1)


@pytest.mark.parametrize(
    ("checkpoint", "asked", "expected"),
    [
        ({"tokens_per_step": 1}, {}, (1020, 1020)),  # the rest of the context
        ({"tokens_per_step": 1}, {"max_tokens": 10}, (12, 12)),
        ({"tokens_per_step": 1}, {"gen_length": 10}, (8, 8)),
        ({"tokens_per_step": 1}, {"gen_length": 3}, (4, 4)),
        ({"tokens_per_step": 2}, {"max_tokens": 64}, (64, 32)),  # at every length, unlike `steps`
        ({"tokens_per_step": 3}, {"max_tokens": 64}, (64, 32)),  # whole steps: two for each block of four
        ({"tokens_per_step": 99}, {"max_tokens": 64}, (64, 16)),
        ({"tokens_per_step": 1}, {"max_tokens": 64, "block_length": 32}, (64, 64)),
        ({"tokens_per_step": 1}, {"gen_length": 64, "steps": 16}, (64, 16)),
        ({"tokens_per_step": 1, "gen_length": 100}, {}, (100, 100)),
        ({"gen_length": 900}, {}, (900, 450)),  # no pace: the built-in one
        ({"gen_length": 64}, {}, (64, 256)),
    ],
)
def test_steps_and_lengths(
    make_service: MakeService, checkpoint: dict[str, Any], asked: dict[str, Any], expected: tuple[int, int]
) -> None:
    params = params_for(make_service(checkpoint=checkpoint), **asked)

    assert (params.gen_length, params.steps) == expected


def test_chosen_steps_take_the_place_of_the_checkpoints_pace(make_service: MakeService) -> None:
    service = make_service(checkpoint={"tokens_per_step": 1, "gen_length": 64}, chosen={"steps": 16})

    assert params_for(service).steps == 16
    assert params_for(service, max_tokens=128).steps == 32


def test_nobody_said_anything() -> None:
    nothing: Overrides[Defaults] = Overrides()
    rows = explain(nothing, nothing)

    assert resolve(nothing, nothing) == Defaults()
    assert set(rows) == set(SETTING_NAMES)
    assert {source for _, source in rows.values()} == {"default"}
    assert rows["threshold"] == ("unset", "default")


def test_what_came_from_the_checkpoint_says_so() -> None:
    rows = explain(
        overrides(Defaults, temperature=0.5),
        overrides(Defaults, gen_length=64, tokens_per_step=1, temperature=0.25),
    )
    pace = overrides(Defaults, tokens_per_step=2)

    assert rows["gen_length"] == ("64", "checkpoint")
    assert rows["steps"] == ("one for each token", "checkpoint")
    assert rows["top_p"] == ("1.0", "default")
    assert "temperature" not in rows
    assert explain(Overrides(), pace)["steps"] == ("one for each 2 tokens", "checkpoint")
    assert explain(overrides(Defaults, steps=9), pace).keys() == set(SETTING_NAMES) - {"steps"}
