"""Full attention: every forward runs the whole canvas; Dream (with token shift) and LLaDA, as published."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.engine.engine import Engine
from app.engine.reference import generate
from app.engine.schedules import timesteps
from app.messages.events import Committed, Event, Filled, Finished, SequenceSnapshot, Stepped
from app.messages.params import GenerationParams, Window
from app.models.checkpoint import Checkpoint
from tests.families.case import Case
from tests.families.folder import load, read_cases
from tests.tiny import committed, drain, run

FAMILIES = Path(__file__).parents[1] / "fixtures" / "families"
NAMES = ("dream", "llada")
MakeEngine = Callable[..., Engine]


@pytest.fixture(scope="module", params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def loaded(name: str) -> Checkpoint:
    return load(FAMILIES / name)


@pytest.fixture
def cases(name: str) -> list[Case]:
    return read_cases(FAMILIES / name)


def tokens(events: list[Event]) -> tuple[int, ...]:
    filled = [token.id for event in events if isinstance(event, Filled) for token in event.tokens]
    return (*committed(events), *filled)


def test_no_case_has_more_forwards_than_published(
    loaded: Checkpoint, cases: list[Case], make_engine: MakeEngine
) -> None:
    """tests/engine/test_published_cases.py compares the tokens in other ways, too."""
    engine = make_engine(loaded, speculation=2, max_sequences=8, prefix_cache_bytes=2**20)
    ids = [engine.add(case.prompt, case.params) for case in cases]
    events = drain(engine)

    assert [tokens(events[sequence_id]) for sequence_id in ids] == [case.output for case in cases]
    for sequence_id, case in zip(ids, cases, strict=True):
        counters = events[sequence_id][-1].counters  # type: ignore[union-attr]
        assert case.forwards is not None
        assert counters.forwards <= case.forwards
        assert (counters.prefill_forwards, counters.fused_commits, counters.cached_tokens) == (0, 0, 0)
    assert engine.prefix_cache.num_bytes == 0


def test_an_end_token_changes_nothing_before_it(loaded: Checkpoint, cases: list[Case], make_engine: MakeEngine) -> None:
    """Published code fills the canvas to its end; ending early saves steps."""
    engine = make_engine(loaded)
    ended = [case for case in cases if case.output[-1] in loaded.diffusion.eos_token_ids and not case.params.window]
    assert len(ended) > 3
    saved = 0
    for case in ended:
        whole, finished = run(engine, case.prompt, replace(case.params, ignore_eos=True))
        short, finished_early = run(engine, case.prompt, case.params)

        assert len(whole) == case.params.gen_length
        assert tuple(short) == case.output == tuple(whole[: len(short)])
        assert (finished.reason, finished_early.reason) == ("length", "stop")
        saved += finished.counters.forwards - finished_early.counters.forwards
    assert saved > 0


def test_tokens_are_told_as_soon_as_no_mask_is_before_them(
    loaded: Checkpoint, cases: list[Case], make_engine: MakeEngine
) -> None:
    engine = make_engine(loaded)
    case = max(cases, key=lambda case: len(case.output))
    engine.add(case.prompt, replace(case.params, watch=True))
    seen: list[int] = []
    final: dict[int, int] = {}
    num_told = 0
    for event in next(iter(drain(engine).values())):
        if isinstance(event, Stepped):
            final |= {entry.position: entry.token_id for entry in event.proposals if entry.is_final}
        elif isinstance(event, Committed):
            assert event.token_ids
            seen += event.token_ids
            first = len(case.prompt)
            assert seen == [final[position] for position in range(first, first + len(seen))]
            assert event.token_ids[-1] in loaded.diffusion.eos_token_ids or first + len(seen) not in final
            num_told += 1
        else:
            assert isinstance(event, Finished)
            assert event.counters.generated_tokens == len(seen)
    assert tuple(seen) == case.output
    assert num_told > 2


def test_a_subscriber_gets_the_block_that_is_filled(
    loaded: Checkpoint, cases: list[Case], make_engine: MakeEngine
) -> None:
    engine = make_engine(loaded)
    case = next(case for case in cases if case.params.gen_length > 30 and case.params.steps > 5)
    sequence_id = engine.add(case.prompt, case.params)
    engine.step()
    snapshot = engine.watch(sequence_id, True)
    (*_, finished) = drain(engine)[sequence_id]

    assert isinstance(snapshot, SequenceSnapshot)
    assert snapshot.start == len(case.prompt)
    assert snapshot.end == snapshot.start + min(case.params.block_length, case.params.gen_length)
    assert sum(token is not None for token in snapshot.tokens) > 0
    assert isinstance(finished, Finished)


def test_holes_see_both_sides(loaded: Checkpoint, make_engine: MakeEngine) -> None:
    """A window with a suffix; what stands after the holes changes what is filled in."""
    engine = make_engine(loaded)

    def fill(suffix: int, prompt_len: int = 0, speculation: int = 0) -> list[tuple[int, ...]]:
        before, after = list(range(100, 120)), [suffix] * 6
        given = [*before[prompt_len:], None, None, None, 130, None, *after]
        holes = [
            None if token_id is not None else int(at > len(before) - prompt_len + 2)
            for at, token_id in enumerate(given)
        ]
        window = Window(tuple(given), tuple(holes))
        params = GenerationParams(gen_length=len(given), steps=4, block_length=4, window=window)
        own = make_engine(loaded, speculation=speculation) if speculation else engine
        own.add(before[:prompt_len], params)
        (events,) = drain(own).values()
        return [tuple(token.id for token in event.tokens) for event in events if isinstance(event, Filled)]

    assert fill(140) != fill(150)
    assert fill(140) == fill(140, prompt_len=8) == fill(140, speculation=3)


def random_requests(number: int) -> list[tuple[list[int], GenerationParams]]:
    choose = random.Random(number)
    requests = []
    for _ in range(8):
        block_length, length = choose.choice([4, 7, 16, 1000]), choose.randint(1, 24)
        has_penalties = choose.random() < 0.3
        params = GenerationParams(
            gen_length=length,
            steps=-(-length // block_length) * choose.randint(1, min(block_length, length) + 3),
            block_length=block_length,
            remasking=choose.choice(["low_confidence", "low_margin", "high_entropy"]),
            threshold=choose.choice([None, None, 0.1]),
            schedule_eps=choose.choice([0.001, 0.1]),
            temperature=choose.choice([0.0, 0.0, 0.9]),
            presence_penalty=1.5 if has_penalties else 0.0,
            seed=choose.randrange(100),
            ignore_eos=choose.random() < 0.5,
        )
        requests.append((choose.choices(range(7, 900), k=choose.randint(1, 40)), params))
    return requests


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize("speculation", [0, 3])
def test_engine_is_the_reference(loaded: Checkpoint, make_engine: MakeEngine, number: int, speculation: int) -> None:
    engine = make_engine(loaded, max_sequences=3, speculation=speculation)
    requests, found = random_requests(number), loaded.diffusion
    ids = [engine.add(prompt, params) for prompt, params in requests]
    events = drain(engine)

    for sequence_id, (prompt, params) in zip(ids, requests, strict=True):
        expected = generate(
            loaded.model,
            prompt,
            params,
            found.mask_token_id,
            found.eos_token_ids,
            found.alignment,
            found.schedule,
            found.attention,
            found.shift,
        )
        assert committed(events[sequence_id]) == expected


def test_timesteps_drop_the_steps_that_round_to_nothing() -> None:
    assert timesteps(8, 8) == [1, 1, 1, 1, 1, 1, 2]
    assert timesteps(4, 8) == [1, 1, 2]
    assert timesteps(16, 5, eps=0.1) == [2, 3, 3, 3, 5]
    assert timesteps(48, 5) == [9, 9, 9, 10, 11]
    assert timesteps(1, 1) == timesteps(1, 100) == [1]
    for num_masks in range(1, 40):
        for num_steps in (1, 2, 7, 64):
            counts = timesteps(num_masks, num_steps, eps=0.01)
            assert sum(counts) == num_masks
            assert min(counts) > 0
