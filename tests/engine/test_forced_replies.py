"""Replies whose only text the grammar knows: complete when they are added, and told at the next step."""

from __future__ import annotations

import pytest

from app.engine.engine import Engine
from app.messages.events import Finished
from app.messages.grammar import RequestedGrammar
from app.messages.params import EngineConfig, GenerationParams
from app.text.grammars import Grammars
from tests.tiny import committed, drain, load


@pytest.fixture(scope="module")
def engine() -> Engine:
    checkpoint = load()
    vocab_size, ends = checkpoint.model.config.vocab_size, checkpoint.diffusion.eos_token_ids
    grammars = Grammars(checkpoint.tokenizer, vocab_size, ends)
    config = EngineConfig(max_model_len=64, max_sequences=2)
    only = grammars.compile(RequestedGrammar("choice", ["only this"], "form"))
    return Engine(checkpoint.model, checkpoint.diffusion, config, matcher=lambda name: grammars.matcher(only))


PARAMS = GenerationParams(gen_length=32, steps=32, block_length=4, grammar="only this")


def test_its_events_come_although_nothing_is_left_to_do(engine: Engine) -> None:
    sequence_id = engine.add([5, 6, 7], PARAMS)
    assert engine.has_work

    events = drain(engine)[sequence_id]

    assert isinstance(events[-1], Finished)
    assert (events[-1].reason, events[-1].counters.forwards) == ("stop", 0)
    assert committed(events)
    assert not engine.has_work


def test_one_that_is_aborted_before_that_step_ends_once(engine: Engine) -> None:
    sequence_id = engine.add([5, 6, 7], PARAMS)

    assert isinstance(engine.abort(sequence_id), Finished)
    assert engine.abort(sequence_id) is None
    assert not engine.has_work
    assert engine.step() == []
