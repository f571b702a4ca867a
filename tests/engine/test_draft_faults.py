"""What goes wrong with drafts does not reach the replies."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import torch

from app.engine.engine import Engine
from app.engine.layout import Forward
from app.engine.odds import AcceptanceRates
from app.engine.runner import Runner
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


def test_a_draft_that_is_not_numbers_leaves_none_in_its_slot(
    make_engine: MakeEngine, expected: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch reads each slot as far as its longest sequence, which is the other one here."""
    healthy = Runner.run
    poisoned: list[range] = []

    def run_forwards(self: Runner, forwards: list[Forward]) -> torch.Tensor | None:
        logits = healthy(self, forwards)
        if logits is None or len(poisoned) > 8:
            return logits
        parts = list(logits.clone().split([len(forward.positions) for forward in forwards]))
        for part, forward in zip(parts, forwards, strict=True):
            if forward.span.first_place is not None and forward.span.slot == 0:
                places = forward.span.places
                poisoned.append(places)
                part.fill_(torch.nan)
                self.kv_cache.keys[:, 0, :, places.start : places.stop] = torch.nan
                self.kv_cache.values[:, 0, :, places.start : places.stop] = torch.nan
        return torch.cat(parts)

    monkeypatch.setattr(Runner, "run", run_forwards)
    engine = make_engine(speculation=4, max_sequences=2)

    assert replies(engine) == expected
    assert len(poisoned) > 8
    assert engine.kv_cache.keys.isfinite().all()
    assert engine.kv_cache.values.isfinite().all()
