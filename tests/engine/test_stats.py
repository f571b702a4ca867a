"""What an engine says it has done is the sum of what its sequences say, and of the forwards that ran."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.engine.engine import Engine
from app.messages.events import Event, Failed, Finished
from app.messages.params import GenerationParams
from tests.tiny import Runs

PROMPT = (40, 41, 42, 43, 44, 45, 46, 47, 48, 49)
OTHER = (70, 71, 72)
GREEDY = GenerationParams(gen_length=8, steps=8, block_length=4, ignore_eos=True)

MakeEngine = Callable[..., Engine]


def finished(engine: Engine) -> list[Event]:
    events: list[Event] = []
    while engine.has_work:
        events += engine.step()
    return [event for event in events if isinstance(event, Finished | Failed)]


def test_sums_over_sequences_and_forwards(make_engine: MakeEngine, runs: Runs) -> None:
    """Of sequences that ended, together and one by one, and of one that was aborted between steps."""
    engine = make_engine(max_sequences=2, speculation=2, prefix_cache_bytes=10**6)
    aborted = engine.add(PROMPT, GREEDY)
    for _ in range(4):
        engine.step()
    halfway = engine.stats()
    ended = [engine.abort(aborted)]
    engine.add(PROMPT, GREEDY)
    engine.add(OTHER, GREEDY)
    ended += finished(engine)
    stats, counters = engine.stats(), [event.counters for event in ended]

    assert 0 < halfway.steps < stats.steps  # as it happens, not when sequences end
    assert halfway.slots_held == 1
    for name in ("steps", "fused_commits", "generated_tokens", "drafts_tried", "drafts_accepted"):
        assert getattr(stats, name) == sum(getattr(each, name) for each in counters)
    assert stats.drafts_tried > 0
    assert stats.sequence_forwards == sum(each.forwards for each in counters)
    assert stats.denoise_forwards < stats.sequence_forwards  # two sequences shared some
    by_kind = {kind: [forwards for forwards in runs if forwards[0].kind == kind] for kind in ("prefill", "denoise")}
    assert stats.prefill_forwards == len(by_kind["prefill"])
    assert stats.denoise_forwards == len(by_kind["denoise"])
    assert stats.prefill_rows == sum(each.prefill_tokens for each in counters)
    assert stats.denoise_rows == sum(forward.span.num_rows for run in by_kind["denoise"] for forward in run)
    assert (stats.slots, stats.slots_held) == (2, 0)
    assert stats.prefix_tokens_found == sum(each.cached_tokens for each in counters) > 0
    assert (stats.prefix_lookups, stats.prefix_hits) == (3, 1)
    assert 0 < stats.prefix_bytes <= stats.prefix_max_bytes == 10**6


def test_a_failed_sequence_has_counted_too(make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = make_engine()
    engine.add(PROMPT, GREEDY)
    for _ in range(3):
        engine.step()
    before = engine.stats().steps
    monkeypatch.setattr("app.engine.engine.propose", lambda *arguments: 1 / 0)
    (failed,) = finished(engine)

    assert isinstance(failed, Failed)
    assert engine.stats().steps == before > 0
    assert engine.stats().slots_held == 0


def test_evictions_and_prefill_time(make_engine: MakeEngine) -> None:
    budget = 40 * make_engine().kv_cache.bytes_per_token
    engine = make_engine(prefix_cache_bytes=budget)
    ended = []
    for token in range(3, 13):
        engine.add([token] * 8, GREEDY)
        ended += finished(engine)
    stats = engine.stats()

    assert stats.prefix_evictions > 0
    assert 0 < stats.prefix_bytes <= budget
    for event in ended:
        counters = event.counters
        assert 0 < counters.prefill_ms < counters.total_ms
        assert 0 < counters.denoise_ms < counters.total_ms
