"""The caller's side of a generation: its events, silence, and how it ends."""

from __future__ import annotations

import pytest

from app.errors import EngineFailed, ShuttingDown
from app.messages.events import Committed, Counters, Failed, Finished, Token
from app.serving.generation import SILENCE, Generation

COUNTERS = Counters(4, 0, 4, 1, 2, 2, 0, 4, 1.0, 2.0)
BLOCK = Committed(0, (Token(5),))


@pytest.fixture(autouse=True)
def short_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.serving.generation.TICK_S", 0.001)


def generation(num_sequences: int = 1) -> tuple[Generation, list[int]]:
    """A generation, and the sequences that it aborted."""
    aborted: list[int] = []
    return Generation(num_sequences, lambda _, index: aborted.append(index), lambda *_: None), aborted


def test_it_ends_with_the_last_sequence() -> None:
    made, aborted = generation(2)
    events = [(1, BLOCK), (1, Finished(1, "stop", COUNTERS)), (0, BLOCK), (0, Finished(0, "length", COUNTERS))]
    for index, event in events:
        made.put(index, event)

    assert list(made.events()) == events
    assert list(made.events()) == []
    assert aborted == []


def test_silence_fills_the_time_between_events() -> None:
    made, _ = generation()
    events = made.events()

    assert [next(events), next(events)] == [SILENCE, SILENCE]
    made.put(0, BLOCK)
    assert next(item for item in events if item is not SILENCE) == (0, BLOCK)
    assert next(events) is SILENCE


@pytest.mark.parametrize(("by_shutdown", "error"), [(False, EngineFailed), (True, ShuttingDown)])
def test_a_failed_sequence_takes_the_others_along(by_shutdown: bool, error: type[Exception]) -> None:
    made, aborted = generation(3)
    made.put(0, BLOCK)
    made.put(1, Failed(1, by_shutdown))
    events = made.events()

    assert next(events) == (0, BLOCK)
    with pytest.raises(error):
        next(events)
    assert aborted == [0, 1, 2]
