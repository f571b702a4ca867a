"""The baseline of the part `steps` has no step events, and is otherwise the same engine."""

from __future__ import annotations

from dataclasses import replace

from app.engine.engine import Engine
from app.messages.events import Event, Stepped
from bench.parts.steps import stripped
from bench.workload import static

WATCHED = replace(static(8), watch=True, alternatives=3)


def run(engine: Engine) -> list[Event]:
    engine.add([20, 21, 22], WATCHED)
    events = []
    while engine.has_work:
        events += engine.step()
    return events


def test_a_stripped_engine_tells_no_steps_and_the_same_tokens(engine: Engine) -> None:
    told = run(engine)
    with stripped():
        bare = run(engine)

    assert sum(isinstance(event, Stepped) for event in told) == 8
    assert not any(isinstance(event, Stepped) for event in bare)
    assert [event.tokens for event in bare if hasattr(event, "tokens")] == [
        event.tokens for event in told if hasattr(event, "tokens")
    ]
    assert any(isinstance(event, Stepped) for event in run(engine))
