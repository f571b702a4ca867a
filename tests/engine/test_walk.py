"""Drafts change no token and no step: with them, an engine tells and keeps what it does without."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from app.engine.engine import Engine
from app.engine.graphs import Run
from app.engine.layout import Forward
from app.engine.market import ForwardCosts
from app.engine.runner import Runner
from app.messages.decoding import DECODE_MODES
from app.messages.events import Event, Finished, Stepped
from app.messages.params import EngineConfig, GenerationParams, Speculation, Window
from app.models.checkpoint import Checkpoint
from tests.reference import MASK, VOCAB_SIZE, Case
from tests.tiny import Runs, committed, drain, run

MakeEngine = Callable[..., Engine]
Request = tuple[list[int], GenerationParams]

DELETE = 1000
IDLE = ForwardCosts((4, 64), (1.0, 1.0))  # a device on which rows cost nothing
BUSY = ForwardCosts((4, 64), (1.0, 16.0))  # and one on which they cost in proportion
STATIC = GenerationParams(gen_length=32, steps=32, block_length=4, ignore_eos=True)


@pytest.fixture
def make(checkpoint: Checkpoint) -> MakeEngine:
    """Engines that can delete."""
    diffusion = dataclasses.replace(checkpoint.diffusion, delete_token_id=DELETE)

    def make_engine(speculation: Speculation, costs: ForwardCosts = IDLE, **config: int) -> Engine:
        config = {"max_model_len": 512, **config}
        return Engine(checkpoint.model, diffusion, EngineConfig(speculation=speculation, **config), costs)

    return make_engine


def random_decoding(choose: random.Random) -> dict[str, object]:
    has_penalties = choose.random() < 0.3
    return {
        "decode_mode": choose.choice([None, *DECODE_MODES]),
        "threshold": choose.choice([0.02, 0.05, 0.3, 0.9]),
        "factor": choose.choice([0.5, 2.0]),
        "gamma": choose.choice([0.1, 2.0, 8.0]),
        "remasking": choose.choice(["low_confidence", "low_confidence", "random"]),
        "temperature": choose.choice([0.0, 0.0, 0.7, 1.3]),
        "top_p": choose.choice([1.0, 0.9, 0.5]),
        "top_k": choose.choice([0, -1, 2, 30]),
        "repetition_penalty": choose.choice([0.8, 1.4]) if has_penalties else 1.0,
        "presence_penalty": choose.choice([0.0, 1.5]) if has_penalties else 0.0,
        "frequency_penalty": choose.choice([0.0, -0.7]) if has_penalties else 0.0,
        "seed": choose.randrange(2**32),
        "watch": True,
        "alternatives": choose.choice([0, 3]),
    }


def random_reply(choose: random.Random) -> Request:
    block_length = choose.choice([1, 2, 4, 4, 4, 8, 16])
    num_blocks = choose.randint(1, 5)
    prompt = choose.choices(range(7, VOCAB_SIZE), k=choose.randint(1, 30))
    ignore_eos = choose.random() < 0.5
    return prompt, GenerationParams(
        gen_length=num_blocks * block_length,
        steps=num_blocks * choose.randint(1, block_length),
        block_length=block_length,
        small_block_length=choose.choice([None, None, *(size for size in (2, 4) if block_length % size == 0)]),
        ignore_eos=ignore_eos,
        end_token_ids=() if ignore_eos else tuple(choose.sample(range(VOCAB_SIZE), 40)),
        **random_decoding(choose),  # type: ignore[arg-type]
    )


def random_infill(choose: random.Random) -> Request:
    """Holes with pinned tokens, bans, end tokens and deletes."""
    prompt = choose.choices(range(7, VOCAB_SIZE), k=4 * choose.randrange(4))
    token_ids: list[int | None] = []
    holes: list[int | None] = []
    num_holes = choose.randint(1, 3)
    for hole in range(num_holes):
        length = choose.randint(1, 9)
        pinned = choose.randrange(length) if length > 1 and choose.random() < 0.4 else None
        between = choose.choices([*range(7, VOCAB_SIZE), *[MASK] * 100], k=choose.randint(0, 6))
        token_ids += [*between, *(99 if place == pinned else None for place in range(length))]
        holes += [None] * len(between) + [hole] * length
    may_delete = choose.random() < 0.5
    few = [{DELETE, *choose.choices(range(VOCAB_SIZE), k=choose.choice([3, 300]))} for _ in range(num_holes)]
    window = Window(
        tuple(token_ids),
        tuple(holes),
        banned=tuple(tuple(set(range(VOCAB_SIZE)) - some) for some in few),
        ends=tuple(tuple(choose.sample(sorted(some), 1)) for some in few) if choose.random() < 0.3 else (),
        may_delete=may_delete,
    )
    params = GenerationParams(
        gen_length=len(token_ids),
        steps=choose.randint(1, window.num_masks),
        block_length=4,
        window=window,
        **random_decoding(choose),  # type: ignore[arg-type]
    )
    return prompt, params


def random_requests(number: int, count: int = 15) -> list[Request]:
    choose = random.Random(number)
    return [random_infill(choose) if choose.random() < 0.3 else random_reply(choose) for _ in range(count)]


def told(engine: Engine, requests: list[Request]) -> list[list[Event]]:
    """All events of each request, without what speculation may change: counts of forwards, and times."""
    ids = [engine.add(prompt, params) for prompt, params in requests]
    events = drain(engine)
    return [[without_costs(event) for event in events[sequence_id]] for sequence_id in ids]


def without_costs(event: Event) -> Event:
    if isinstance(event, Stepped):
        return replace(event, sequence_id=0, forwards=0, proposals=tuple(map(rounded, event.proposals)))
    if isinstance(event, Finished):
        kept = dict.fromkeys(("forwards", "fused_commits", "drafts_tried", "drafts_accepted", "prefill_forwards"), 0)
        times = {"queue_ms": 0.0, "prefill_ms": 0.0, "total_ms": 0.0, "first_block_ms": None}
        return replace(event, sequence_id=0, counters=replace(event.counters, **kept, **times))
    tokens = tuple(replace(token, confidence=None) for token in getattr(event, "tokens", ()))
    return replace(event, sequence_id=0, tokens=tokens)  # type: ignore[call-arg]


class Close(float):
    """Equal to numbers that are almost the same."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, float) and abs(float(self) - float(other)) < 1e-3

    __hash__ = None


def rounded(proposal):  # type: ignore[no-untyped-def]
    """More rows in a forward change the last bits of its probabilities."""
    alternatives = tuple(token_id for token_id, _ in proposal.alternatives[:1])
    return replace(proposal, confidence=Close(proposal.confidence), alternatives=alternatives)


@pytest.mark.parametrize("number", range(20))
def test_random_requests_are_answered_as_without(make: MakeEngine, number: int) -> None:
    """300 in all: every mode, with and without sampling, penalties and small blocks; infills; batches of 1 to 16."""
    requests = random_requests(number)
    batch = 1 + number * 5 % 16
    speculation: Speculation = ("auto", 1, 3, 8)[number % 4]  # type: ignore[assignment]

    with_drafts = make(speculation, max_sequences=batch, prefix_cache_bytes=2**20)
    without = make(0, max_sequences=batch, prefix_cache_bytes=2**20)

    assert told(with_drafts, requests) == told(without, requests)
    with_drafts.prefix_cache.check_integrity()
    assert with_drafts.kv_cache.slots_held == 0


def test_the_random_requests_are_of_every_kind() -> None:
    params = [params for number in range(20) for _, params in random_requests(number)]

    assert len(params) == 300
    assert {each.mode for each in params} == set(DECODE_MODES)
    assert {(each.temperature > 0, each.has_penalties, each.window is not None) for each in params} == {
        (sampled, penalised, infilled) for sampled in (0, 1) for penalised in (0, 1) for infilled in (0, 1)
    }
    assert {bool(each.window and each.window.ends) for each in params} == {True, False}
    assert sum(each.small_block_length is not None for each in params) > 30


@pytest.mark.parametrize("speculation", [1, 4, 8, "auto"])
def test_the_published_cases(make: MakeEngine, cases: list[Case], speculation: Speculation) -> None:
    alone, together = make(speculation, max_model_len=1024), make(speculation, max_model_len=1024, max_sequences=16)

    ids = [together.add(case.prompt, case.params) for case in cases]
    events = drain(together)

    assert [tuple(run(alone, case.prompt, case.params)[0]) for case in cases] == [case.output for case in cases]
    assert [tuple(committed(events[sequence_id])) for sequence_id in ids] == [case.output for case in cases]


def test_each_forward_is_a_step_and_so_is_each_draft_that_is_reached(make: MakeEngine) -> None:
    requests = [(prompt, replace(params, watch=False)) for prompt, params in random_requests(1, 40)]
    engine = make(4)

    counters = [run_counted(engine, request) for request in requests]

    for each in counters:
        assert each.forwards + each.drafts_accepted == each.steps
        assert each.drafts_accepted <= each.drafts_tried <= 4 * each.forwards
    assert sum(each.drafts_accepted for each in counters) > 50
    assert sum(each.forwards for each in counters) < 0.9 * sum(each.steps for each in counters)


def run_counted(engine: Engine, request: Request):  # type: ignore[no-untyped-def]
    sequence_id = engine.add(*request)
    (*_, finished) = drain(engine)[sequence_id]
    assert isinstance(finished, Finished)
    return finished.counters


def test_steps_that_share_a_forward_say_so(make: MakeEngine) -> None:
    engine = make(8)
    sequence_id = engine.add([40, 41, 42], replace(STATIC, watch=True))

    events = drain(engine)[sequence_id]

    steps = [event for event in events if isinstance(event, Stepped)]
    (finished,) = [event for event in events if isinstance(event, Finished)]
    forwards = [step.forwards for step in steps]
    assert [step.step for step in steps] == list(range(32))
    assert forwards == sorted(forwards)
    assert sorted(set(forwards)) == list(range(1, finished.counters.forwards + 1))
    assert len(forwards) > len(set(forwards))


def test_the_slot_and_the_prefix_cache_keep_what_they_would_without(make: MakeEngine) -> None:
    """Keys and values of everything that is committed, and none of a draft in the prefix cache."""
    engines = [make(8, prefix_cache_bytes=2**20), make(0, prefix_cache_bytes=2**20)]
    prompt = list(range(40, 75))
    kept = []
    for engine in engines:
        reply, _ = run(engine, prompt, STATIC)
        known = [*prompt, *reply][: 64 - 4]  # whole blocks, without the last one, which is not committed
        engine.kv_cache.keys.zero_()
        engine.kv_cache.values.zero_()
        assert engine.prefix_cache.load(known, 4, slot=0) == len(known)
        kept.append(torch.stack((engine.kv_cache.keys[..., :60, :], engine.kv_cache.values[..., :60, :])))
        assert engine.prefix_cache.num_bytes == engines[0].prefix_cache.num_bytes

    assert (kept[0] - kept[1]).abs().max() < 1e-4
    assert kept[0].abs().min(dim=-1).values.max() > 0


def test_a_slot_that_is_full_to_the_last_token(make: MakeEngine) -> None:
    """Drafts of the last blocks reach into the spare places, and longer blocks get as many as there is room for."""
    for block_length in (4, 32):
        params = replace(STATIC, gen_length=64, steps=64, block_length=block_length)
        full, roomy = make(8, max_model_len=80), make(0, max_model_len=512)

        replies = [run(engine, range(40, 56), params) for engine in (full, roomy)]

        assert replies[0][0] == replies[1][0]
        assert replies[0][1].counters.drafts_accepted > 0


@pytest.mark.parametrize(("limit", "most"), [(None, 3), (3, 3), (2, 2), (1, 1), (0, 0)])
def test_a_request_lowers_the_limit(make: MakeEngine, runs: Runs, limit: int | None, most: int) -> None:
    run(make(3), [40, 41], replace(STATIC, speculation=limit))

    assert max(len(forwards) for forwards in runs) == 1 + most


def test_a_request_does_not_raise_the_limit(make: MakeEngine, runs: Runs) -> None:
    run(make(2), [40, 41], replace(STATIC, speculation=64))
    assert max(len(forwards) for forwards in runs) == 3
    runs.clear()

    run(make(0), [40, 41], replace(STATIC, speculation=64))
    assert max(len(forwards) for forwards in runs) == 1


def test_auto_takes_drafts_where_rows_are_cheap(make: MakeEngine) -> None:
    cheap, dear = (run(make("auto", costs), [40, 41], STATIC)[1].counters for costs in (IDLE, BUSY))

    assert cheap.drafts_tried > cheap.forwards
    assert dear.drafts_tried == 0
    assert dear.forwards == dear.steps


def test_a_draft_whose_logits_are_not_numbers_is_not_reached(make: MakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    expected, _ = run(make(0), [40, 41], STATIC)
    healthy = Runner.run

    def poisoned(self: Runner, forwards: list[Forward]) -> torch.Tensor | None:
        logits = healthy(self, forwards)
        if logits is None:
            return None
        certain, drafted = logits.split((len(forwards[0].positions), len(logits) - len(forwards[0].positions)))
        return torch.cat((certain, torch.full_like(drafted, torch.nan)))

    monkeypatch.setattr(Runner, "run", poisoned)
    reply, finished = run(make(8), [40, 41], STATIC)

    assert reply == expected
    assert finished.counters.drafts_accepted == 0


def test_graphs_hold_drafts_too(make: MakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded: list[Run] = []

    def record(run: Run) -> Run:
        recorded.append(run)
        return run

    requests = [(prompt, replace(params, watch=False)) for prompt, params in random_requests(2, 12)]
    monkeypatch.setattr("app.engine.engine.cuda_graph", record)
    graphed = make(4, max_sequences=4, cuda_graphs=True)

    assert told(graphed, requests) == told(make(0, max_sequences=4), requests)
    assert recorded


def test_a_sequence_that_is_aborted_between_forwards(make: MakeEngine) -> None:
    engine = make(8, prefix_cache_bytes=2**20)
    sequence_id = engine.add(range(40, 50), STATIC)
    other = engine.add(range(60, 70), STATIC)
    for _ in range(3):
        engine.step()

    assert engine.abort(sequence_id) is not None

    assert committed(drain(engine)[other]) == run(make(0), range(60, 70), STATIC)[0]
    assert run(engine, range(40, 50), STATIC)[0] == run(make(0), range(40, 50), STATIC)[0]  # from its cached prefix
    engine.prefix_cache.check_integrity()
