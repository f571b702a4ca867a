"""`time_budget_ms`, on a clock of the test's own: a forward takes 10 ms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.engine.engine import Engine
from app.engine.runner import Runner
from app.messages.params import GenerationParams
from tests.tiny import run

PROMPT = (40, 41, 42, 43, 44, 45, 46, 47)
PARAMS = GenerationParams(gen_length=32, steps=32, block_length=8, ignore_eos=True)
FORWARD_MS = 10


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    run_forward = Runner.run

    def slow(runner: Runner, forwards: list) -> object:  # type: ignore[type-arg]
        clock.now += FORWARD_MS / 1000
        return run_forward(runner, forwards)

    monkeypatch.setattr(Runner, "run", slow)
    for module in ("engine", "tally", "deadline"):
        monkeypatch.setattr(f"app.engine.{module}.time", clock)
    return clock


@pytest.mark.parametrize("budget_ms", [1, 15, 25, 45, 60, 100, 200, 330])
def test_never_later_than_the_budget_and_one_forward(
    budget_ms: int, clock: Clock, make_engine: Callable[..., Engine]
) -> None:
    engine, began = make_engine(), clock.now

    token_ids, finished = run(engine, PROMPT, replace(PARAMS, time_budget_ms=budget_ms))

    assert 1000 * (clock.now - began) <= max(budget_ms, FORWARD_MS) + FORWARD_MS + 1e-6  # the prompt has to be read
    assert len(token_ids) >= 8  # one block at least
    assert finished.reason == "length"


def test_much_time_gives_the_whole_reply_and_more_steps_than_little(
    clock: Clock, make_engine: Callable[..., Engine]
) -> None:
    replies = {ms: run(make_engine(), PROMPT, replace(PARAMS, time_budget_ms=ms)) for ms in (60, 120, 1000)}

    steps = [replies[ms][1].counters.steps for ms in (60, 120, 1000)]
    assert steps == sorted(set(steps))
    assert [len(replies[ms][0]) for ms in (60, 120, 1000)] == [32, 32, 32]


@pytest.mark.parametrize("budget_ms", [25, 60, 100, 200])
def test_the_budget_is_spent_on_forwards_however_many_steps_share_one(
    budget_ms: int, clock: Clock, make_engine: Callable[..., Engine]
) -> None:
    params = replace(PARAMS, time_budget_ms=budget_ms)
    engine = make_engine(speculation=8)
    began = clock.now

    _, finished = run(engine, PROMPT, params)

    counters = finished.counters
    passed = 1000 * (clock.now - began)
    assert passed == pytest.approx(FORWARD_MS * (counters.prefill_forwards + counters.forwards))
    assert passed <= budget_ms + FORWARD_MS + 1e-6
    assert counters.steps == counters.forwards + counters.drafts_accepted
