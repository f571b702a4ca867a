"""Many sequences at once: each gets what it would get alone, none waits for long, and each fails alone."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
import torch

from app.engine.engine import Engine
from app.engine.layout import Forward
from app.engine.runner import Runner
from app.messages.events import Event, Failed, Finished
from app.messages.params import EngineConfig, GenerationParams
from app.models.checkpoint import Checkpoint
from tests.reference import MASK, VOCAB_SIZE, Case
from tests.tiny import Runs, committed, drain, load_plain, run

MakeEngine = Callable[..., Engine]

GREEDY = GenerationParams(gen_length=16, steps=16, block_length=4, ignore_eos=True)
PROMPT = (40, 41, 42, 43, 44, 45, 46, 47, 48, 49)
LONG = tuple(range(100, 400))


@dataclass
class Joined:
    """A sequence of the property test, and when it comes and goes."""

    prompt: tuple[int, ...]
    params: GenerationParams
    joins_at: int
    aborts_at: int | None
    events: list[Event] = field(default_factory=list)


def random_params(choose: random.Random) -> GenerationParams:
    block_length = choose.choice([1, 2, 4, 4, 8, 16])
    num_blocks = choose.randint(1, 4)
    has_penalties = choose.random() < 0.3
    return GenerationParams(
        gen_length=num_blocks * block_length,
        steps=num_blocks * choose.randint(1, block_length),
        block_length=block_length,
        threshold=choose.choice([None, None, 0.05, 0.3, 0.9]),
        remasking=choose.choice(["low_confidence", "low_confidence", "random"]),
        temperature=choose.choice([0.0, 0.0, 0.7, 1.3]),
        top_p=choose.choice([1.0, 0.9, 0.5]),
        top_k=choose.choice([0, -1, 1, 30]),
        repetition_penalty=choose.choice([0.8, 1.4]) if has_penalties else 1.0,
        presence_penalty=choose.choice([0.0, 1.5]) if has_penalties else 0.0,
        frequency_penalty=choose.choice([0.0, -0.7]) if has_penalties else 0.0,
        seed=choose.randrange(2**32),
        ignore_eos=choose.random() < 0.7,
    )


def random_traffic(number: int) -> list[Joined]:
    """Sequences added at any step; some share prefixes, some are aborted."""
    choose = random.Random(number)
    shared = choose.choices(range(7, VOCAB_SIZE), k=40)
    traffic = []
    for _ in range(24):
        prompt = [
            *shared[: choose.choice([0, 0, 13, 40])],
            *choose.choices(range(7, VOCAB_SIZE), k=choose.randint(1, 50)),
        ]
        joins_at = choose.randint(0, 40)
        aborts_at = joins_at + choose.randint(0, 30) if choose.random() < 0.25 else None
        traffic.append(Joined(tuple(prompt), random_params(choose), joins_at, aborts_at))
    return sorted(traffic, key=lambda joined: joined.joins_at)


def play(engine: Engine, traffic: list[Joined]) -> None:
    """Step the engine; sequences are added and aborted between the steps."""
    by_id: dict[int, Joined] = {}
    ids: dict[int, int] = {}  # by place in `traffic`
    last = max(joined.aborts_at or joined.joins_at for joined in traffic)
    step = 0
    while engine.has_work or step <= last:
        for index, joined in enumerate(traffic):
            if joined.joins_at == step:
                ids[index] = engine.add(joined.prompt, joined.params)
                by_id[ids[index]] = joined
            if joined.aborts_at == step and (event := engine.abort(ids[index])):
                joined.events.append(event)
        for event in engine.step():
            by_id[event.sequence_id].events.append(event)
        engine.prefix_cache.check_integrity()
        step += 1


@pytest.mark.parametrize("prefix_cache_bytes", [0, 2**20], ids=["cold", "cached"])
@pytest.mark.parametrize("number", range(4))
def test_sequences_that_come_and_go_get_what_they_get_alone(
    make_engine: MakeEngine, number: int, prefix_cache_bytes: int
) -> None:
    traffic = random_traffic(number)
    engine = make_engine(max_sequences=6, prefill_chunk=32, prefix_cache_bytes=prefix_cache_bytes)

    play(engine, traffic)

    num_aborted = 0
    for joined in traffic:
        alone = run(make_engine(), joined.prompt, joined.params)[0]
        end = joined.events[-1]
        assert isinstance(end, Finished)
        reply = committed(joined.events)
        if end.reason == "abort":
            num_aborted += 1
            assert reply == alone[: len(reply)]
        else:
            assert reply == alone
    assert num_aborted < len(traffic) / 2
    assert engine.kv_cache.slots_held == 0


def test_the_random_traffic_is_of_every_kind() -> None:
    drawn = [joined for number in range(4) for joined in random_traffic(number)]
    params = [joined.params for joined in drawn]

    assert len({each.block_length for each in params}) == 5
    assert {each.remasking for each in params} == {"low_confidence", "random"}
    assert {each.threshold is None for each in params} == {True, False}
    assert {each.has_penalties and each.temperature > 0 for each in params} == {True, False}
    assert any(joined.aborts_at for joined in drawn)


def test_all_cases_together_give_what_the_published_algorithm_gave(
    make_engine: MakeEngine, runs: Runs, cases: list[Case]
) -> None:
    engine = make_engine(max_sequences=16, prefill_chunk=64)
    ids = [engine.add(case.prompt, case.params) for case in cases]

    events = drain(engine)

    assert [tuple(committed(events[sequence_id])) for sequence_id in ids] == [case.output for case in cases]
    assert max(len(forwards) for forwards in runs) == 16


def test_a_long_prompt_holds_up_no_other(make_engine: MakeEngine, runs: Runs) -> None:
    """It arrives while others stream: these get a denoising step in every engine step, along with one chunk of it."""
    engine = make_engine(max_sequences=3, prefill_chunk=32)
    streaming = [engine.add((40 + number,), replace(GREEDY, gen_length=64, steps=64)) for number in range(2)]
    engine.step()
    runs.clear()
    long = engine.add(LONG, GREEDY)
    num_chunks = -(-len(LONG) // 4 * 4 // 32)

    for _ in range(num_chunks):
        engine.step()

    assert [[forward.kind for forward in forwards] for forwards in runs[:-1]] == [
        ["prefill"],
        ["denoise", "denoise"],
    ] * (num_chunks - 1) + [["prefill"]]
    assert all(forward.span.num_rows <= 32 for forwards in runs for forward in forwards if forward.kind == "prefill")
    assert [forward.kind for forward in runs[-1]] == ["denoise", "denoise"]
    runs.clear()
    engine.step()
    assert [len(forwards) for forwards in runs] == [3]
    for sequence_id in (*streaming, long):
        engine.abort(sequence_id)


def test_a_chunk_is_shared_by_the_prompts_that_fit(make_engine: MakeEngine, runs: Runs) -> None:
    engine = make_engine(max_sequences=3, prefill_chunk=24)
    ids = [engine.add(tuple(range(start, start + 16)), GREEDY) for start in (40, 60, 80)]

    engine.step()

    assert [[forward.span.num_rows for forward in forwards] for forwards in runs] == [[16, 8]]
    for sequence_id in ids:
        engine.abort(sequence_id)


def test_first_come_first_admitted(make_engine: MakeEngine) -> None:
    """More sequences than slots: first come, first served, and a short one ends before a long one."""
    engine = make_engine(max_sequences=2, prefill_chunk=16)
    lengths = [16, 4, 4, 32, 4, 4]
    ids = [engine.add((40 + number,), replace(GREEDY, gen_length=n, steps=n)) for number, n in enumerate(lengths)]
    seen: list[int] = []

    while engine.has_work:
        for event in engine.step():
            if event.sequence_id not in seen:
                seen.append(event.sequence_id)
        assert engine.kv_cache.slots_held <= 2

    assert seen == ids


def test_a_place_that_comes_free_is_taken_in_the_next_step(make_engine: MakeEngine, runs: Runs) -> None:
    engine = make_engine(max_sequences=2)
    first, second, third = (engine.add((number,), GREEDY) for number in (40, 41, 42))
    engine.step()
    assert len(runs[-1]) == 2

    engine.abort(first)
    engine.step()

    assert len(runs[-1]) == 2
    assert engine.kv_cache.slots_held == 2
    engine.abort(second)
    engine.abort(third)


def test_the_queue_time_ends_with_the_admission(make_engine: MakeEngine) -> None:
    engine = make_engine(max_sequences=1)
    started = time.monotonic()
    first, second = (engine.add(PROMPT, GREEDY) for _ in range(2))
    apart_ms = 1000 * (time.monotonic() - started)

    events = drain(engine)

    ends = [events[sequence_id][-1].counters for sequence_id in (first, second)]
    assert ends[1].queue_ms + apart_ms >= ends[0].total_ms > ends[0].queue_ms


# Failures


@pytest.fixture
def broken_token() -> tuple[Checkpoint, int]:
    """A checkpoint with a token whose embedding is not a number, as an overflow in half precision would make it."""
    checkpoint = load_plain()
    model = checkpoint.model
    model.head.weight = torch.nn.Parameter(model.head.weight.clone(), requires_grad=False)
    model.embedding.weight[666] = torch.nan
    return checkpoint, 666


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_logits_that_are_no_numbers_fail_their_sequence_alone(
    make_engine: MakeEngine, broken_token: tuple[Checkpoint, int], temperature: float
) -> None:
    loaded, token = broken_token
    sampled = replace(GREEDY, temperature=temperature, seed=3)
    prompts = [PROMPT, (40, token, 41), PROMPT[:3], (*PROMPT, token), PROMPT[:6]]
    good = [0, 2, 4]
    alone = {index: run(make_engine(loaded), prompts[index], sampled)[0] for index in good}
    engine = make_engine(loaded, max_sequences=5, prefix_cache_bytes=2**20)
    ids = [engine.add(prompt, sampled) for prompt in prompts]

    events = drain(engine)

    assert {index: committed(events[ids[index]]) for index in good} == alone
    assert [events[ids[index]] for index in (1, 3)] == [[Failed(ids[1])], [Failed(ids[3])]]
    engine.prefix_cache.check_integrity()


def test_who_comes_after_a_failure_into_its_slot_is_served(
    make_engine: MakeEngine, broken_token: tuple[Checkpoint, int]
) -> None:
    """The failed sequence left NaN there, and 0 times NaN is still NaN."""
    loaded, token = broken_token
    alone = run(make_engine(loaded), PROMPT, GREEDY)[0]
    engine = make_engine(loaded, max_sequences=2)
    engine.add((*LONG[:60], token), GREEDY)  # slot 0
    drain(engine)

    first = engine.add(PROMPT, GREEDY)
    engine.add(LONG[:70], GREEDY)  # longer, so that slot 0 is looked at beyond the end of the other one
    events = drain(engine)

    assert committed(events[first]) == alone


@pytest.mark.parametrize("kind", ["prefill", "denoise"])
def test_a_forward_that_fails_takes_its_own_sequences_alone(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """One sequence denoises, another is prefilled in the same step; the engine continues."""
    healthy = Runner.run
    is_broken = False

    def run_or_fail(self: Runner, forwards: list[Forward]) -> torch.Tensor | None:
        if is_broken and forwards[0].kind == kind:
            raise RuntimeError("no memory left")
        return healthy(self, forwards)

    monkeypatch.setattr(Runner, "run", run_or_fail)
    engine = make_engine(max_sequences=2, prefill_chunk=16, prefix_cache_bytes=2**20)
    alone = [run(make_engine(), prompt, GREEDY)[0] for prompt in (PROMPT[:3], LONG)]
    ids = [engine.add(PROMPT[:3], GREEDY), engine.add(LONG, GREEDY)]
    events = engine.step()
    is_broken = True
    events += engine.step()
    is_broken = False

    failing = ids[kind == "prefill"]
    other = ids[kind != "prefill"]
    assert [event for event in events if isinstance(event, Failed)] == [Failed(failing)]
    assert committed([*[e for e in events if e.sequence_id == other], *drain(engine)[other]]) == alone[ids.index(other)]
    assert "no memory left" in caplog.text
    engine.prefix_cache.check_integrity()
    assert run(engine, LONG, GREEDY)[0] == alone[1]


def test_a_rule_that_fails_takes_its_sequence_alone(make_engine: MakeEngine) -> None:
    engine = make_engine(max_sequences=2)
    alone = run(make_engine(), PROMPT, GREEDY)[0]
    good, bad = engine.add(PROMPT, GREEDY), engine.add(PROMPT, GREEDY)

    def fail(*arguments: object) -> list[int]:
        raise RuntimeError("a defect of the rule")

    engine._sequences[bad].rule = fail
    events = drain(engine)

    assert events[bad] == [Failed(bad)]
    assert committed(events[good]) == alone


def test_a_top_k_beyond_all_numbers_disturbs_no_other(make_engine: MakeEngine) -> None:
    """JSON has integers of any size."""
    sampled = replace(GREEDY, temperature=1.0, seed=3)
    engine = make_engine(max_sequences=2)
    alone = run(make_engine(), PROMPT, sampled)[0]
    huge, other = engine.add(PROMPT, replace(sampled, top_k=10**400)), engine.add(PROMPT, sampled)

    events = drain(engine)

    assert committed(events[other]) == alone
    assert committed(events[huge]) == alone  # no limit is no limit


def test_a_prefix_that_cannot_be_kept_costs_no_reply(
    make_engine: MakeEngine, checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cache's copies need memory; without it, the reply is still complete and the slot is released."""
    alone = run(make_engine(), PROMPT, GREEDY)[0]
    config = EngineConfig(max_model_len=512, max_sequences=2, prefix_cache_bytes=2**20)
    engine = Engine(checkpoint.model, checkpoint.diffusion, config)

    def fail(*arguments: object) -> None:
        raise torch.OutOfMemoryError("no memory left")

    monkeypatch.setattr(engine.prefix_cache, "store", fail)
    ids = [engine.add(PROMPT, GREEDY), engine.add(PROMPT[:3], GREEDY)]
    events = drain(engine)

    assert all(isinstance(events[sequence_id][-1], Finished) for sequence_id in ids)
    assert committed(events[ids[0]]) == alone
    assert engine.kv_cache.slots_held == 0


def test_a_defect_of_the_prefix_cache_costs_no_slot(make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The executor then removes all sequences, and goes on."""
    engine = make_engine(max_sequences=1, prefix_cache_bytes=2**20)
    load = engine.prefix_cache.load

    def broken(*_: object) -> int:
        monkeypatch.setattr(engine.prefix_cache, "load", load)
        raise AssertionError("a defect")

    monkeypatch.setattr(engine.prefix_cache, "load", broken)
    ids = [engine.add(PROMPT, GREEDY) for _ in range(2)]

    with pytest.raises(AssertionError, match="a defect"):
        engine.step()

    assert [type(engine.abort(sequence_id)) for sequence_id in ids] == [Finished, Finished]
    assert (engine.kv_cache.slots_held, engine.has_work) == (0, False)
    assert run(engine, PROMPT, GREEDY)[0] == run(make_engine(), PROMPT, GREEDY)[0]


def test_no_mask_token_in_a_batch(make_engine: MakeEngine) -> None:
    engine = make_engine(max_sequences=8)
    hot = replace(GREEDY, temperature=2.0)
    for seed in range(8):
        engine.add((MASK,) * 9, replace(hot, seed=seed))

    assert all(MASK not in committed(events) for events in drain(engine).values())
