"""A sequence that is lost at any block goes on elsewhere with the same tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.cluster.resumption import Resumption
from app.engine.engine import Engine
from app.messages.events import Committed, Counters, Event, Filled, Finished, Stepped, Token
from app.messages.params import Alignment, GenerationParams, Window
from app.models.checkpoint import Checkpoint
from app.serving.backend import ModelInfo
from app.serving.engine_client import SequenceRequest
from tests.doubles.engine_client import CARD
from tests.reference import EOS, read_cases

MakeEngine = Callable[..., Engine]

PROMPT = (7, 8, 9, 300, 41, 42)  # a block and a half
PARAMS = GenerationParams(gen_length=24, steps=24, block_length=4, ignore_eos=True)
SAMPLED = replace(PARAMS, temperature=1.0, seed=11)
COUNTERS = Counters(
    prompt_tokens=14,
    cached_tokens=12,
    prefill_tokens=0,
    prefill_forwards=0,
    steps=5,
    forwards=4,
    fused_commits=1,
    generated_tokens=6,
    queue_ms=1.0,
    total_ms=20.0,
    first_block_ms=3.0,
)


def run(engine: Engine, request: SequenceRequest, num_blocks: int | None = None) -> list[Event]:
    """Its events; with `num_blocks`, only those before that many blocks were reported, and then it is lost."""
    sequence_id = engine.add(request.prompt_ids, request.params)
    events: list[Event] = []
    while engine.has_work:
        events += engine.step()
        if num_blocks is not None and sum(isinstance(each, Committed) for each in events) >= num_blocks:
            engine.abort(sequence_id)
    return events


def card(engine: Engine) -> ModelInfo:
    diffusion = engine.diffusion
    return replace(CARD, alignment=diffusion.alignment, eos_token_ids=diffusion.eos_token_ids)


def tokens(events: Sequence[Event | None]) -> list[Token]:
    return [token for event in events if isinstance(event, Committed) for token in event.tokens]


def taken(resumption: Resumption, events: Sequence[Event]) -> list[Event]:
    moved = [resumption.take(event, 10.0) for event in events]
    return [event for event in moved if event is not None]


def check(engine: Engine, params: GenerationParams, prompt: Sequence[int] = PROMPT) -> None:
    """Lose it after each block, and after the next one once more."""
    request = SequenceRequest(prompt, params)
    whole = run(engine, request)
    num_blocks = sum(isinstance(each, Committed) for each in whole)
    for lost_after in range(num_blocks):
        resumption = Resumption(request, card(engine), 5)
        events = taken(resumption, run(engine, request, lost_after))
        resumption.restart(100.0)
        if lost_after + 1 < num_blocks:
            events += taken(resumption, run(engine, resumption.request, 1))
            resumption.restart(200.0)
        events = [event for event in events if not isinstance(event, Finished)]
        events += taken(resumption, run(engine, resumption.request))
        for token, expected in zip(tokens(events), tokens(whole), strict=True):
            assert (token.id, token.step) == (expected.id, expected.step)
            assert token.confidence == pytest.approx(expected.confidence, abs=1e-5)
        end, expected_end = events[-1], whole[-1]
        assert isinstance(end, Finished)
        assert isinstance(expected_end, Finished)
        assert end.reason == expected_end.reason
        assert end.counters.steps == expected_end.counters.steps
        assert end.counters.generated_tokens == expected_end.counters.generated_tokens
        assert end.counters.prompt_tokens == len(prompt)
        assert {event.sequence_id for event in events} == {5}


@pytest.mark.parametrize(
    "params",
    [
        pytest.param(PARAMS, id="greedy"),
        pytest.param(replace(PARAMS, steps=12), id="two at once"),
        pytest.param(SAMPLED, id="sampled"),
        pytest.param(replace(SAMPLED, remasking="random"), id="random order"),
        pytest.param(replace(SAMPLED, threshold=0.2, decode_mode="threshold"), id="threshold"),
        pytest.param(replace(SAMPLED, gen_length=23, steps=24, max_tokens=17), id="limited"),
        pytest.param(replace(SAMPLED, block_length=8, steps=24), id="larger blocks"),
        pytest.param(replace(SAMPLED, repetition_penalty=1.3), id="repetition penalty"),
        pytest.param(replace(SAMPLED, presence_penalty=1.5, frequency_penalty=0.5), id="from the beginning"),
    ],
)
def test_it_goes_on_with_the_same_tokens(make_engine: MakeEngine, params: GenerationParams) -> None:
    check(make_engine(), params)


@pytest.mark.parametrize("number", [0, 10, 30])
def test_cases_of_the_published_algorithm(make_engine: MakeEngine, number: int) -> None:
    case = read_cases()[number]
    check(make_engine(), case.params, case.prompt)


@pytest.mark.parametrize("diffusion", [{"attention": "full"}, {"alignment": "prompt_end"}])
def test_other_families(make_engine: MakeEngine, checkpoint: Checkpoint, diffusion: dict[str, Any]) -> None:
    other = replace(checkpoint, diffusion=replace(checkpoint.diffusion, **diffusion))
    check(make_engine(other), SAMPLED)


def test_what_is_committed_becomes_part_of_the_prompt() -> None:
    """Up to the end of a block: the rest is generated once more, and not reported again."""
    resumption = Resumption(SequenceRequest(PROMPT, replace(PARAMS, time_budget_ms=500), "somebody"), CARD, 0)
    resumption.take(Committed(3, tuple(Token(100 + n, 0.5, n) for n in range(3))), 10.0)  # two end the second block

    resumption.restart(120.0)

    request = resumption.request
    assert list(request.prompt_ids) == [*PROMPT, 100, 101]
    assert (request.params.gen_length, request.params.steps, request.params.seed) == (22, 24, 0)
    assert request.params.time_budget_ms == 380
    assert request.client == "somebody"
    again = resumption.take(Committed(9, tuple(Token(102 + n, 0.5, n) for n in range(4))), 130.0)
    assert isinstance(again, Committed)
    assert again.token_ids == (103, 104, 105)
    assert [token.step for token in again.tokens] == [3, 4, 5]


@pytest.mark.parametrize(("alignment", "kept"), [("start", 2), ("prompt_end", 0)])
def test_blocks_are_counted_as_the_model_does(alignment: Alignment, kept: int) -> None:
    resumption = Resumption(SequenceRequest(PROMPT, PARAMS), replace(CARD, alignment=alignment), 0)
    resumption.take(Committed(3, tuple(Token(100 + n, 0.5, n) for n in range(3))), 10.0)

    resumption.restart(20.0)

    assert len(resumption.request.prompt_ids) == len(PROMPT) + kept


@pytest.mark.parametrize("params", [{"grammar": "start: /a/"}, {"presence_penalty": 1.0}, {"frequency_penalty": 1.0}])
def test_what_counts_from_the_prompts_end_starts_from_there(params: dict[str, Any]) -> None:
    request = SequenceRequest(PROMPT, replace(PARAMS, **params))
    resumption = Resumption(request, CARD, 0)
    reply = tuple(Token(100 + n, 0.5, n) for n in range(6))
    resumption.take(Committed(3, reply[:2]), 10.0)

    resumption.restart(20.0)

    assert resumption.request == request
    assert resumption.take(Committed(0, reply[:2]), 30.0) is None
    assert resumption.take(Committed(0, reply[2:]), 40.0) == Committed(0, reply[2:])


def test_holes_and_steps_are_reported_once() -> None:
    window = Window((None, 3, None), (0, None, 1))
    params = GenerationParams(gen_length=3, steps=3, block_length=4, window=window)
    resumption = Resumption(SequenceRequest((), params), CARD, 7)
    stepped = Stepped(1, 0, 0, 3, (), forwards=1)
    assert resumption.take(stepped, 5.0) == replace(stepped, sequence_id=7)
    assert resumption.take(Filled(1, 0, (Token(4, 0.5, 0),), 0), 10.0) is not None

    resumption.restart(20.0)

    assert resumption.take(stepped, 25.0) is None
    assert resumption.take(Filled(0, 0, (Token(4, 0.5, 0),), 0), 30.0) is None
    assert resumption.take(replace(stepped, step=1), 35.0) == replace(stepped, sequence_id=7, step=1)
    assert resumption.take(Filled(0, 1, (Token(5, 0.5, 1),), 0), 40.0) == Filled(7, 1, (Token(5, 0.5, 1),), 0)


def test_counters_are_those_of_the_whole_sequence() -> None:
    resumption = Resumption(SequenceRequest(PROMPT, PARAMS), CARD, 0)
    resumption.take(Committed(3, tuple(Token(100 + n, 0.5, n) for n in range(2))), 12.0)
    resumption.restart(100.0)

    end = resumption.take(Finished(4, "length", COUNTERS), 130.0)

    assert isinstance(end, Finished)
    counters = end.counters
    assert (counters.prompt_tokens, counters.cached_tokens, counters.generated_tokens) == (6, 6, 8)
    assert (counters.steps, counters.forwards, counters.restarts) == (7, 6, 1)
    assert (counters.total_ms, counters.first_block_ms) == (120.0, 12.0)


@pytest.mark.parametrize("last", [EOS, 777])
def test_what_ends_the_reply_is_generated_once_more(last: int) -> None:
    """Its end may be lost with the replica."""
    params = replace(PARAMS, ignore_eos=False, end_token_ids=(777,))
    resumption = Resumption(SequenceRequest(PROMPT, params), replace(CARD, eos_token_ids=(EOS,)), 0)
    reply = (*(Token(100 + n, 0.5, n) for n in range(5)), Token(last, 0.5, 5))
    resumption.take(Committed(3, reply), 12.0)

    resumption.restart(100.0)

    assert list(resumption.request.prompt_ids) == [*PROMPT, 100, 101]
    assert resumption.take(Committed(0, reply[2:]), 130.0) is None


def test_without_a_restart_nothing_is_changed() -> None:
    resumption = Resumption(SequenceRequest(PROMPT, PARAMS), CARD, 3)

    assert resumption.take(Finished(3, "length", COUNTERS), 130.0) == Finished(3, "length", COUNTERS)
