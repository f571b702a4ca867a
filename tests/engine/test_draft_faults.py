"""What goes wrong with drafts does not reach the replies."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from app.engine.engine import Engine
from app.engine.odds import AcceptanceRates
from app.messages.params import GenerationParams
from tests.tiny import committed, drain, run

MakeEngine = Callable[..., Engine]

PARAMS = GenerationParams(gen_length=32, steps=32, block_length=4, ignore_eos=True)
PROMPTS = (range(40, 48), range(40, 64))


def replies(engine: Engine) -> list[list[int]]:
    """Of two sequences that run together."""
    ids = [engine.add(prompt, PARAMS) for prompt in PROMPTS]
    events = drain(engine)
    return [committed(events[sequence_id]) for sequence_id in ids]


@pytest.fixture
def expected(make_engine: MakeEngine) -> list[list[int]]:
    return [run(make_engine(), prompt, PARAMS)[0] for prompt in PROMPTS]


def failing(*args: object) -> Iterator[object]:
    raise ZeroDivisionError


def fail_drafts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.engine.speculation.drafts_of", failing)


def fail_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AcceptanceRates, "learn", failing)


@pytest.mark.parametrize("fail", [fail_drafts, fail_rates])
def test_an_error_in_predictions_fails_no_sequence_and_is_logged_once(
    make_engine: MakeEngine,
    expected: list[list[int]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    fail: Callable[[pytest.MonkeyPatch], None],
) -> None:
    fail(monkeypatch)

    assert replies(make_engine(speculation=4, max_sequences=2)) == expected

    (record,) = caplog.records
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError
