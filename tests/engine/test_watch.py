"""Watching from the middle of a reply: the snapshot and the steps after it give the whole reply."""

from __future__ import annotations

import pytest

from app.engine.engine import Engine
from app.messages.events import Committed, Event, Filled, SequenceSnapshot, Stepped, Token
from app.messages.params import EngineConfig, GenerationParams, Window
from app.models.checkpoint import Checkpoint

PROMPT = [11, 12, 13, 14, 15]
CHAT = GenerationParams(gen_length=12, steps=12, block_length=4, temperature=1.0, seed=3, ignore_eos=True)
WINDOW = Window((21, None, None, None, 22, None, None, 23), (None, 0, 0, 0, None, 1, 1, None))
INFILL = GenerationParams(
    gen_length=len(WINDOW.token_ids), steps=WINDOW.num_masks, block_length=4, temperature=1.0, seed=3, window=WINDOW
)


@pytest.fixture
def engine(checkpoint: Checkpoint) -> Engine:
    return Engine(checkpoint.model, checkpoint.diffusion, EngineConfig(max_model_len=64))


def run(engine: Engine, sequence_id: int, steps: int = -1) -> list[Event]:
    """Run this many engine steps, or all."""
    events: list[Event] = []
    while engine.has_work and steps:
        events += engine.step()
        steps -= 1
    assert all(event.sequence_id == sequence_id for event in events)
    return events


@pytest.mark.parametrize("num_before", [0, 1, 2, 4, 6, 9])
def test_what_is_seen_and_the_steps_after_it_make_the_blocks(engine: Engine, num_before: int) -> None:
    expected = [token for event in run(engine, engine.add(PROMPT, CHAT)) for token in getattr(event, "tokens", ())]
    sequence_id = engine.add(PROMPT, CHAT)
    before = run(engine, sequence_id, num_before)
    seen = engine.watch(sequence_id, True)
    after = run(engine, sequence_id)

    assert not any(isinstance(event, Stepped) for event in before)
    assert isinstance(seen, SequenceSnapshot)
    there: dict[int, Token] = {}
    for event in before:
        if isinstance(event, Committed):
            there.update(enumerate(event.tokens, len(PROMPT) + len(there)))
    there.update({at: token for at, token in enumerate(seen.tokens, seen.start) if token and token.step is not None})
    for event in after:
        if isinstance(event, Stepped):
            assert event.forwards == event.step + 1 > seen.forwards == seen.num_steps
            final = [each for each in event.proposals if each.is_final]
            assert not there.keys() & {each.position for each in final}
            there.update({each.position: Token(each.token_id, each.confidence, event.step) for each in final})
    assert [there[position] for position in sorted(there)] == expected


def test_a_canvas_is_seen_with_its_holes(engine: Engine) -> None:
    expected = run(engine, engine.add(PROMPT[:4], INFILL))
    sequence_id = engine.add(PROMPT[:4], INFILL)
    run(engine, sequence_id, 4)
    seen = engine.watch(sequence_id, True)
    after = run(engine, sequence_id)

    assert seen is not None
    assert (seen.start, seen.holes) == (4, WINDOW.holes)
    final = sum(token is not None and token.step is not None for token in seen.tokens)
    assert final == seen.num_steps > 0
    assert sum(isinstance(event, Stepped) for event in after) == WINDOW.num_masks - final
    filled = {event.hole: event.tokens for event in expected if isinstance(event, Filled)}
    assert {event.hole: event.tokens for event in after if isinstance(event, Filled)}.items() <= filled.items()


def test_no_steps_after_watching_ends(engine: Engine) -> None:
    sequence_id = engine.add(PROMPT, CHAT)
    engine.watch(sequence_id, True)
    engine.watch(sequence_id, False)
    assert not any(isinstance(event, Stepped) for event in run(engine, sequence_id))


def test_a_request_for_steps_keeps_them(engine: Engine) -> None:
    watched = GenerationParams(gen_length=4, steps=4, block_length=4, ignore_eos=True, watch=True)
    sequence_id = engine.add(PROMPT[:4], watched)
    engine.watch(sequence_id, True)
    engine.watch(sequence_id, False)
    assert sum(isinstance(event, Stepped) for event in run(engine, sequence_id)) == 4


def test_a_sequence_that_has_ended_is_not_there(engine: Engine) -> None:
    sequence_id = engine.add(PROMPT, CHAT)
    run(engine, sequence_id)
    assert engine.watch(sequence_id, True) is None
