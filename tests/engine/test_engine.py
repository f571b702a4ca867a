"""`add`, `step`, `abort`: events, counters, and independence of sequences."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Ids
from dataclasses import replace

import pytest
import torch

from app.engine.engine import Engine
from app.engine.layout import Forward
from app.engine.runner import Runner
from app.errors import EngineBroken
from app.messages.decoding import Remasking
from app.messages.events import Committed, Failed, Finished
from app.messages.params import GenerationParams
from app.models.checkpoint import Checkpoint
from app.models.transformer import Transformer
from tests.reference import MASK, VOCAB_SIZE, Case
from tests.tiny import committed, drain, run

PROMPT = (40, 41, 42, 43, 44, 45, 46, 47, 48, 49)
OTHER = (70, 71, 72)
GREEDY = GenerationParams(gen_length=8, steps=8, block_length=4, ignore_eos=True)
SAMPLED = replace(GREEDY, gen_length=16, steps=16, temperature=1.0, top_p=0.95, seed=1)

MakeEngine = Callable[..., Engine]


def test_counters(engine: Engine) -> None:
    """Ten prompt tokens: two blocks prefilled, then blocks with 2, 4 and 2 masks, one transfer per step."""
    token_ids, finished = run(engine, PROMPT, GREEDY)
    counters = finished.counters

    assert finished.reason == "length"
    assert len(token_ids) == counters.generated_tokens == 8
    assert (counters.prompt_tokens, counters.cached_tokens) == (10, 0)
    assert (counters.prefill_tokens, counters.prefill_forwards) == (8, 1)
    assert (counters.steps, counters.fused_commits) == (8, 2)


def test_one_forward_a_step(engine: Engine) -> None:
    engine.add(PROMPT, GREEDY)

    steps = 0
    while engine.has_work:
        engine.step()
        steps += 1

    assert steps == 1 + 8  # prefill, denoise; a commit takes no separate step


def test_fewer_steps_give_more_tokens_a_forward(engine: Engine) -> None:
    counters = run(engine, PROMPT[:8], replace(GREEDY, steps=2))[1].counters

    assert (counters.steps, counters.fused_commits) == (2, 1)


def test_a_prompt_shorter_than_a_block_needs_no_prefill(engine: Engine) -> None:
    counters = run(engine, OTHER, GREEDY)[1].counters

    assert (counters.prefill_tokens, counters.prefill_forwards) == (0, 0)


def test_times_are_counted_from_the_submission(engine: Engine) -> None:
    engine.add(PROMPT, GREEDY, waited_ms=10_000)

    counters = drain(engine)[0][-1].counters

    assert 10_000 <= counters.queue_ms <= counters.first_block_ms <= counters.total_ms


def test_a_block_is_said_as_soon_as_it_is_full(engine: Engine) -> None:
    engine.add(PROMPT, GREEDY)
    lengths = []
    while engine.has_work:
        lengths.append([len(event.token_ids) for event in engine.step() if isinstance(event, Committed)])

    # prefill, then 2, 4 and 2 steps
    assert lengths == [[], [], [2], [], [], [], [4], [], [2]]


def test_committed_tokens_are_the_reply_and_end_at_its_first_end_token(engine: Engine, cases: list[Case]) -> None:
    for case in cases[:12]:
        sequence_id = engine.add(case.prompt, case.params)

        events = drain(engine)[sequence_id]

        assert tuple(committed(events)) == case.output
        assert [isinstance(event, Finished) for event in events] == [False] * (len(events) - 1) + [True]
        assert all(event.token_ids for event in events[:-1])
        assert events[-1].counters.generated_tokens == len(case.output)


@pytest.mark.parametrize("index", range(8))
def test_an_end_token_ends_the_reply_wherever_it_stands(
    index: int, checkpoint: Checkpoint, make_engine: MakeEngine
) -> None:
    reply, _ = run(make_engine(), PROMPT, GREEDY)
    ends = (999, reply[index])
    diffusion = replace(checkpoint.diffusion, eos_token_ids=ends)
    engine = make_engine(replace(checkpoint, diffusion=diffusion))

    token_ids, finished = run(engine, PROMPT, replace(GREEDY, ignore_eos=False))

    assert token_ids == reply[: reply.index(reply[index]) + 1]
    assert finished.reason == "stop"
    assert finished.counters.generated_tokens == len(token_ids)
    assert run(engine, PROMPT, GREEDY)[0] == reply  # ignore_eos


def test_no_mask_token_in_a_reply(engine: Engine) -> None:
    for seed in range(3):
        assert MASK not in run(engine, (MASK,) * 9, replace(SAMPLED, temperature=2.0, top_p=1.0, seed=seed))[0]


def test_a_seed_settles_the_tokens(engine: Engine) -> None:
    first = run(engine, PROMPT, SAMPLED)[0]

    assert run(engine, PROMPT, SAMPLED)[0] == first
    assert len({tuple(run(engine, PROMPT, replace(SAMPLED, seed=seed))[0]) for seed in range(5)}) == 5
    assert run(engine, PROMPT, replace(SAMPLED, temperature=0.0))[0] != first


def test_a_seed_gives_the_same_tokens_after_others_and_beside_them(make_engine: MakeEngine) -> None:
    alone = run(make_engine(), PROMPT, SAMPLED)[0]
    used = make_engine()
    run(used, tuple(range(100, 160)), replace(SAMPLED, seed=99, gen_length=64, steps=64))  # the same slot, further
    together = make_engine(max_sequences=3)
    together.add(OTHER, replace(SAMPLED, seed=5))
    together.add(PROMPT, replace(SAMPLED, seed=6))

    assert run(used, PROMPT, SAMPLED)[0] == alone
    assert run(together, PROMPT, SAMPLED)[0] == alone
    drain(together)


def test_random_remasking_is_settled_by_the_seed(engine: Engine) -> None:
    random = replace(GREEDY, gen_length=16, steps=16, block_length=16, remasking="random")

    replies = [run(engine, PROMPT, replace(random, seed=seed))[0] for seed in (0, 1, 2, 0)]

    assert replies[0] == replies[3]
    assert len({tuple(reply) for reply in replies}) == 3
    assert replies[0] != run(engine, PROMPT, replace(random, remasking="low_confidence"))[0]


def test_queued_sequences_run_in_turn_and_as_if_alone(engine: Engine, make_engine: MakeEngine) -> None:
    alone = [run(make_engine(), prompt, GREEDY)[0] for prompt in (PROMPT, OTHER)]
    first, second = engine.add(PROMPT, GREEDY), engine.add(OTHER, GREEDY)
    order = []
    while engine.has_work:
        assert engine.kv_cache.slots_held <= 1
        order += engine.step()

    ids = [event.sequence_id for event in order]
    assert ids == sorted(ids)
    assert [committed([event for event in order if event.sequence_id == i]) for i in (first, second)] == alone


def test_slots_let_sequences_run_side_by_side(make_engine: MakeEngine) -> None:
    alone = [run(make_engine(), prompt, GREEDY)[0] for prompt in (PROMPT, OTHER)]
    engine = make_engine(max_sequences=2)
    ids = [engine.add(PROMPT, GREEDY), engine.add(OTHER, GREEDY)]

    events = engine.step()
    assert engine.kv_cache.slots_held == 2
    while engine.has_work:
        events += engine.step()

    assert [committed([event for event in events if event.sequence_id == i]) for i in ids] == alone


def test_abort_mid_block_gives_the_slot_back(engine: Engine) -> None:
    sequence_id = engine.add(PROMPT, GREEDY)
    for _ in range(1 + 2 + 2):  # prefill, a block, half a block
        engine.step()

    finished = engine.abort(sequence_id)

    assert finished is not None
    assert (finished.sequence_id, finished.reason) == (sequence_id, "abort")
    assert (finished.counters.steps, finished.counters.generated_tokens) == (4, 2)
    assert engine.kv_cache.slots_held == 0
    assert not engine.has_work
    assert engine.step() == []


def test_abort_while_waiting(engine: Engine) -> None:
    running, waiting = engine.add(PROMPT, GREEDY), engine.add(OTHER, GREEDY)
    engine.step()

    finished = engine.abort(waiting)

    assert finished is not None
    assert finished.reason == "abort"
    assert finished.counters.steps == 0
    assert finished.counters.first_block_ms is None
    assert set(drain(engine)) == {running}


def test_abort_of_what_has_ended_or_never_was(engine: Engine) -> None:
    sequence_id = engine.add(PROMPT, GREEDY)
    drain(engine)

    assert engine.abort(sequence_id) is None
    assert engine.abort(12345) is None


def test_an_abort_lets_the_next_one_in(engine: Engine) -> None:
    alone = run(engine, OTHER, GREEDY)[0]
    first, second = engine.add(PROMPT, GREEDY), engine.add(OTHER, GREEDY)
    engine.step()

    engine.abort(first)

    assert committed(drain(engine)[second]) == alone


class OutOfMemory(RuntimeError):
    pass


@pytest.fixture
def bad_token(monkeypatch: pytest.MonkeyPatch) -> int:
    """A forward with this token in it fails."""
    healthy = Runner.run

    def run_or_fail(self: Runner, forwards: list[Forward]) -> torch.Tensor | None:
        if any(666 in forward.token_ids for forward in forwards):
            raise OutOfMemory("no memory left")
        return healthy(self, forwards)

    monkeypatch.setattr(Runner, "run", run_or_fail)
    return 666


def test_a_failed_step_fails_its_sequence_alone(
    engine: Engine, bad_token: int, caplog: pytest.LogCaptureFixture
) -> None:
    alone = run(engine, PROMPT, GREEDY)[0]
    bad = engine.add((*OTHER, bad_token), GREEDY)
    good = engine.add(PROMPT, GREEDY)

    events = drain(engine)

    assert events[bad] == [Failed(bad)]
    assert committed(events[good]) == alone
    assert isinstance(events[good][-1], Finished)
    assert "no memory left" in caplog.text


def test_a_failed_step_fails_all_that_were_in_it(make_engine: MakeEngine, bad_token: int) -> None:
    engine = make_engine(max_sequences=2)
    together = [engine.add(PROMPT, GREEDY), engine.add((*OTHER, bad_token), GREEDY)]
    later = engine.add(OTHER, GREEDY)

    events = drain(engine)

    assert [events[sequence_id] for sequence_id in together] == [[Failed(sequence_id)] for sequence_id in together]
    assert isinstance(events[later][-1], Finished)
    assert engine.kv_cache.slots_held == 0


def test_a_device_that_is_lost_breaks_the_engine(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Runner, forwards: object) -> None:
        raise torch.AcceleratorError("CUDA error: device-side assert triggered")

    sequence_id = engine.add(PROMPT, GREEDY)
    monkeypatch.setattr(Runner, "run", fail)

    with pytest.raises(EngineBroken):
        engine.step()

    assert engine.abort(sequence_id) is not None


@pytest.mark.parametrize("remasking", ["low_confidence", "random"])
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_logits_that_are_no_numbers_fail_their_sequence(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, remasking: Remasking, temperature: float
) -> None:
    monkeypatch.setattr(Transformer, "logits", lambda self, hidden: torch.full((len(hidden), VOCAB_SIZE), torch.nan))
    sequence_id = engine.add(PROMPT, replace(GREEDY, remasking=remasking, temperature=temperature))

    assert drain(engine)[sequence_id] == [Failed(sequence_id)]


def test_a_sequence_that_failed_is_gone(engine: Engine, bad_token: int) -> None:
    bad = engine.add((bad_token,), GREEDY)
    drain(engine)

    assert engine.abort(bad) is None


@pytest.mark.parametrize("prompt", [(), range(10, 515)])
def test_what_does_not_fit_is_our_own_mistake(engine: Engine, prompt: Ids[int]) -> None:
    """The callers check lengths, and answer a 400."""
    with pytest.raises(AssertionError):
        engine.add(prompt, GREEDY)

    assert not engine.has_work


def test_a_sequence_may_fill_the_cache_to_its_last_position(make_engine: MakeEngine) -> None:
    engine = make_engine(max_model_len=len(PROMPT) + GREEDY.gen_length)

    assert len(run(engine, PROMPT, GREEDY)[0]) == GREEDY.gen_length


def test_steps_without_work_do_nothing(engine: Engine) -> None:
    assert not engine.has_work
    assert engine.step() == []
