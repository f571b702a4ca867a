"""Infilling canvases: the engine equals the cacheless reference, alone, in a batch, and with a warm cache."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from app.engine.engine import Engine
from app.engine.reference import fill
from app.messages.events import Event, Filled, Finished, Probed, Stepped
from app.messages.params import EngineConfig, GenerationParams, Window
from app.models.checkpoint import Checkpoint
from tests.reference import MASK, VOCAB_SIZE
from tests.tiny import drain as drain_by_sequence
from tests.tiny import load

Case = tuple[list[int], GenerationParams]
BLOCK = 4
DELETE = 1000
EMBEDDED = Path(__file__).parents[2] / "weights" / "elbarto-mini"


def make_case(seed: int, delete: bool) -> Case:
    """A prompt of whole blocks, one to three holes of different lengths, some of their positions pinned."""
    choose = random.Random(seed)
    block_length = choose.choice([1, 3, 4, 8])
    prompt = choose.choices(range(7, VOCAB_SIZE), k=block_length * choose.randrange(4))
    token_ids: list[int | None] = choose.choices(range(7, VOCAB_SIZE), k=choose.randrange(block_length))
    holes: list[int | None] = [None] * len(token_ids)
    for hole in range(choose.randint(1, 3)):
        length = choose.randint(1, 9)
        pinned = choose.randrange(length) if length > 1 and choose.random() < 0.4 else None
        token_ids += [99 if place == pinned else None for place in range(length)]
        between = choose.choices([*range(7, VOCAB_SIZE), *[MASK] * 100], k=choose.randint(1, 6))
        token_ids += between
        holes += [hole] * length + [None] * len(between)
    banned: tuple[tuple[int, ...], ...] = ()
    if delete or choose.random() < 0.5:  # few tokens are left where something should be deleted
        allowed = [{DELETE, *choose.choices(range(VOCAB_SIZE), k=3 if delete else 300)} for _ in range(3)]
        banned = tuple(tuple(set(range(VOCAB_SIZE)) - some) for some in allowed)
    window = Window(tuple(token_ids), tuple(holes), banned, may_delete=delete)
    return prompt, GenerationParams(
        gen_length=len(token_ids), steps=window.num_masks, block_length=block_length, window=window
    )


@pytest.fixture
def make_window_engine(checkpoint: Checkpoint) -> Callable[..., Engine]:
    def make(**config: int) -> Engine:
        diffusion = dataclasses.replace(checkpoint.diffusion, delete_token_id=DELETE)
        return Engine(checkpoint.model, diffusion, EngineConfig(max_model_len=256, **config))

    return make


def drain(engine: Engine) -> list[Event]:
    return [event for events in drain_by_sequence(engine).values() for event in events]


def holes_of(events: list[Event], sequence_id: int, num_holes: int) -> list[list[int]]:
    filled = {event.hole: event for event in events if isinstance(event, Filled) and event.sequence_id == sequence_id}
    assert sorted(filled) == list(range(num_holes))
    return [[token.id for token in filled[hole].tokens] for hole in range(num_holes)]


def fill_all(engine: Engine, cases: list[Case]) -> list[list[list[int]]]:
    ids = [engine.add(prompt, params) for prompt, params in cases]
    events = drain(engine)
    num_holes = [params.window.num_holes for _, params in cases if params.window]
    return [holes_of(events, sequence_id, num) for sequence_id, num in zip(ids, num_holes, strict=True)]


@pytest.mark.parametrize("delete", [False, True])
@pytest.mark.parametrize("seed", range(25))
def test_a_canvas_is_filled_as_the_reference_fills_it(
    seed: int, delete: bool, make_window_engine: Callable[..., Engine], checkpoint: Checkpoint
) -> None:
    prompt, params = make_case(seed, delete)

    (holes,) = fill_all(make_window_engine(), [(prompt, params)])

    assert holes == fill(checkpoint.model, prompt, params, MASK, DELETE if delete else None)


def test_positions_are_deleted_in_these_cases(make_window_engine: Callable[..., Engine]) -> None:
    """Otherwise the test above would prove less than it seems to."""
    engine = make_window_engine()
    for seed in range(25):
        engine.add(*make_case(seed, delete=True))

    deleted = [event.num_deleted for event in drain(engine) if isinstance(event, Filled)]

    assert sum(count > 0 for count in deleted) >= 5


@pytest.mark.parametrize(
    ("prefix", "suffix"),
    [
        ("def add(a, b):\n    ", "\n"),
        ("def mean(values):\n    ", "\n    return total / len(values)\n"),
        ("def largest(numbers):\n    best = numbers[0]\n    for n in numbers:\n        ", "\n    return best\n"),
    ],
)
def test_the_embedded_model_fills_as_the_reference_does(prefix: str, suffix: str) -> None:
    """It was trained to delete, and is sure of its deletes: the rule for sure deletes applies."""
    embedded = load(EMBEDDED)
    head, tail = (embedded.tokenizer.encode(text, add_special_tokens=False) for text in (prefix, suffix))
    whole = len(head) // BLOCK * BLOCK
    prompt, rest = head[:whole], head[whole:]
    token_ids = (*rest, *(None,) * 24, *tail)
    window = Window(token_ids, (*(None,) * len(rest), *(0,) * 24, *(None,) * len(tail)), may_delete=True)
    params = GenerationParams(gen_length=len(token_ids), steps=24, block_length=BLOCK, window=window)
    engine = Engine(embedded.model, embedded.diffusion, EngineConfig(max_model_len=256))
    engine.add(prompt, params)

    filled, finished = drain(engine)

    assert isinstance(filled, Filled)
    assert isinstance(finished, Finished)
    diffusion = embedded.diffusion
    expected = fill(embedded.model, prompt, params, diffusion.mask_token_id, diffusion.delete_token_id)
    assert [[token.id for token in filled.tokens]] == expected
    assert finished.counters.steps < 24  # some went together


def test_canvases_in_a_batch_are_those_alone(make_window_engine: Callable[..., Engine]) -> None:
    cases = [make_case(seed, delete=seed % 2 == 0) for seed in range(12)]
    alone = [fill_all(make_window_engine(), [case])[0] for case in cases]

    engine = make_window_engine(max_sequences=8, prefix_cache_bytes=2**20)

    assert fill_all(engine, cases) == alone
    assert fill_all(engine, cases) == alone  # from a warm cache
    engine.prefix_cache.check_integrity()
    assert engine.kv_cache.slots_held == 0


def test_a_second_canvas_finds_its_prefix_in_the_cache(make_window_engine: Callable[..., Engine]) -> None:
    engine = make_window_engine(prefix_cache_bytes=2**20)
    window = Window((8, None, None, 9), (None, 0, 0, None))
    params = GenerationParams(gen_length=4, steps=2, block_length=BLOCK, window=window)
    prompt = list(range(40, 52))

    cached = []
    for _ in range(2):
        engine.add(prompt, params)
        cached += [event.counters.cached_tokens for event in drain(engine) if isinstance(event, Finished)]

    assert cached == [0, 12]


def test_a_hole_is_reported_when_full_and_the_sequence_when_all_are(
    make_window_engine: Callable[..., Engine],
) -> None:
    prompt, params = make_case(3, delete=False)
    assert params.window is not None
    assert params.window.num_holes > 1
    engine = make_window_engine()
    engine.add(prompt, params)

    kinds = [type(event) for event in drain(engine)]

    assert kinds == [Filled] * params.window.num_holes + [Finished]


def test_pinned_tokens_stay_and_say_so(make_window_engine: Callable[..., Engine]) -> None:
    engine = make_window_engine()
    window = Window((None, 77, None, 9), (0, 0, 0, None))
    engine.add([], GenerationParams(gen_length=4, steps=2, block_length=BLOCK, window=window))

    (filled,) = [event for event in drain(engine) if isinstance(event, Filled)]

    assert filled.tokens[1].id == 77
    assert [token.step is None for token in filled.tokens] == [False, True, False]
    assert all(0 < (token.confidence or 1) <= 1 for token in filled.tokens)


def test_a_probe_reports_and_changes_nothing(make_window_engine: Callable[..., Engine]) -> None:
    engine = make_window_engine()
    window = Window(
        (11, None, None, 12), (None, 0, 0, None), may_delete=True, probe=True, targets=(None, 55, None, None)
    )
    engine.add(list(range(40, 44)), GenerationParams(gen_length=4, steps=2, block_length=BLOCK, window=window))

    probed, finished = drain(engine)

    assert isinstance(probed, Probed)
    assert isinstance(finished, Finished)
    assert finished.counters.steps == 1
    assert len(probed.best) == len(probed.deletes) == len(probed.targets) == 2
    assert 0 < probed.targets[0] < 1
    assert probed.targets[1] == 0
    assert all(best >= delete > 0 for best, delete in zip(probed.best, probed.deletes, strict=True))


@pytest.mark.parametrize("mode", ["static", "threshold", "greedy", "adaptive", "factor", "entropy"])
def test_every_mode_fills_a_canvas(mode: str, make_window_engine: Callable[..., Engine]) -> None:
    prompt, params = make_case(5, delete=True)
    assert params.window is not None
    chosen = dataclasses.replace(params, decode_mode=mode, threshold=0.3, steps=1 if mode == "static" else params.steps)

    (holes,) = fill_all(make_window_engine(), [(prompt, chosen)])

    assert len(holes) == params.window.num_holes


def test_a_watched_canvas_reports_every_step(make_window_engine: Callable[..., Engine]) -> None:
    engine = make_window_engine()
    prompt, params = make_case(5, delete=True)
    engine.add(prompt, dataclasses.replace(params, watch=True, alternatives=3))

    events = drain(engine)

    steps = [event for event in events if isinstance(event, Stepped)]
    (finished,) = [event for event in events if isinstance(event, Finished)]
    tokens = {token.step for event in events if isinstance(event, Filled) for token in event.tokens} - {None}
    assert [event.step for event in steps] == list(range(finished.counters.steps))
    assert tokens <= set(range(len(steps)))
    assert all(len(proposal.alternatives) == 3 for event in steps for proposal in event.proposals)
    assert all(
        proposal.alternatives[0] == pytest.approx((proposal.token_id, proposal.confidence))
        for event in steps
        for proposal in event.proposals
        if not params.window or not params.window.banned
    )
    final = sum(proposal.is_final and not proposal.is_deleted for event in steps for proposal in event.proposals)
    assert final == sum(token.step is not None for e in events if isinstance(e, Filled) for token in e.tokens)


def test_a_reply_is_watched_as_well(make_window_engine: Callable[..., Engine]) -> None:
    engine = make_window_engine()
    engine.add([40, 41, 42], GenerationParams(gen_length=8, steps=8, block_length=BLOCK, ignore_eos=True, watch=True))

    steps = [event for event in drain(engine) if isinstance(event, Stepped)]

    assert [event.step for event in steps] == list(range(8))
    assert [(event.start, event.end) for event in steps] == [(0, 4)] * 1 + [(4, 8)] * 4 + [(8, 11)] * 3


# Ends


def fill_ended(make_window_engine: Callable[..., Engine], window: Window) -> tuple[list[list[int]], list[int]]:
    """Each hole's tokens, and how many positions were removed. Only tokens 300 and 301 are allowed; 301 is an end."""
    allowed = tuple(set(range(VOCAB_SIZE)) - {300, 301})
    window = dataclasses.replace(window, banned=(allowed,) * window.num_holes, ends=((301,),) * window.num_holes)
    engine = make_window_engine()
    engine.add(
        [],
        GenerationParams(gen_length=len(window.token_ids), steps=window.num_masks, block_length=BLOCK, window=window),
    )
    filled = sorted((e for e in drain(engine) if isinstance(e, Filled)), key=lambda event: event.hole)
    return [[token.id for token in event.tokens] for event in filled], [event.num_deleted for event in filled]


@pytest.mark.parametrize("number", range(40, 50))
def test_everything_after_a_holes_end_is_removed(number: int, make_window_engine: Callable[..., Engine]) -> None:
    window = Window((number, *(None,) * 9, 50, None, None, 51), (None, *(0,) * 9, None, 1, 1, None))

    holes, deleted = fill_ended(make_window_engine, window)

    assert all(set(hole) <= {300} for hole in holes)
    assert [len(hole) + num for hole, num in zip(holes, deleted, strict=True)] == [9, 2]


def test_holes_end_early_in_these_cases(make_window_engine: Callable[..., Engine]) -> None:
    """Otherwise the test above would prove less than it seems to."""
    windows = [Window((number, *(None,) * 9, 50), (None, *(0,) * 9, None)) for number in range(40, 50)]

    lengths = [len(fill_ended(make_window_engine, window)[0][0]) for window in windows]

    assert {0 < length < 9 for length in lengths} == {True, False}


@pytest.mark.parametrize("number", range(40, 50))
def test_pinned_tokens_after_an_end_stay(number: int, make_window_engine: Callable[..., Engine]) -> None:
    token_ids = (number, *(None,) * 5, 77, 78, None, None, 79, 50)
    window = Window(token_ids, (None, *(0,) * 10, None))

    ((hole,), (num_deleted,)) = fill_ended(make_window_engine, window)

    assert [token_id for token_id in hole if token_id != 300] == [77, 78, 79]
    assert hole[-1] == 79
    assert len(hole) + num_deleted == 10


def test_banned_tokens_are_not_proposed_in_their_hole(make_window_engine: Callable[..., Engine]) -> None:
    window = Window((8, None, None, 9, None, None), (None, 0, 0, None, 1, 1))
    params = GenerationParams(gen_length=6, steps=4, block_length=BLOCK, window=window)
    free = fill_all(make_window_engine(), [([], params)])[0]

    window = dataclasses.replace(window, banned=(tuple(free[0]), ()))
    holes = fill_all(make_window_engine(), [([], dataclasses.replace(params, window=window))])[0]

    assert not set(holes[0]) & set(free[0])


def test_other_sequences_bans_are_their_own(make_window_engine: Callable[..., Engine]) -> None:
    only = [tuple(set(range(VOCAB_SIZE)) - {token_id}) for token_id in (300, 301, 302)]
    windows = [
        Window((None, 9, None, None), (0, None, 1, 1), (only[0], only[1])),
        Window((9, None, None, None), (None, 0, 0, 0), (only[2],)),
    ]
    cases = [([], GenerationParams(gen_length=4, steps=3, block_length=BLOCK, window=window)) for window in windows]

    assert fill_all(make_window_engine(max_sequences=2), cases) == [[[300], [301, 301]], [[302, 302, 302]]]


def test_a_time_budget_that_is_spent_fills_the_canvas_at_once(make_window_engine: Callable[..., Engine]) -> None:
    window = Window((8, *(None,) * 9, 9), (None, *(0,) * 9, None))
    engine = make_window_engine()
    engine.add(
        [],
        GenerationParams(gen_length=11, steps=9, block_length=BLOCK, window=window, time_budget_ms=1),
        waited_ms=10_000,
    )

    filled, finished = drain(engine)

    assert isinstance(filled, Filled)
    assert len(filled.tokens) == 9
    assert isinstance(finished, Finished)
    assert finished.counters.steps == 1


def test_deletes_wait_for_nothing_once_the_time_budget_is_spent(make_window_engine: Callable[..., Engine]) -> None:
    for seed in range(25):
        prompt, params = make_case(seed, delete=True)
        engine = make_window_engine()
        engine.add(prompt, dataclasses.replace(params, time_budget_ms=1), waited_ms=10_000)

        finished = drain(engine)[-1]

        assert isinstance(finished, Finished)
        assert finished.counters.steps == 1


def test_a_canvas_that_is_aborted_gives_its_slot_back(make_window_engine: Callable[..., Engine]) -> None:
    engine = make_window_engine(prefix_cache_bytes=2**20)
    prompt, params = make_case(3, delete=True)
    sequence_id = engine.add(prompt, params)
    engine.step()
    engine.step()

    finished = engine.abort(sequence_id)

    assert finished is not None
    assert finished.reason == "abort"
    assert engine.kv_cache.slots_held == 0
    engine.prefix_cache.check_integrity()
