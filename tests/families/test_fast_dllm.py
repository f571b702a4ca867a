"""Fast-dLLM v2: the published cases, and the oracle on random ones."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from app.engine.engine import Engine
from app.messages.events import Committed, Finished, Stepped
from app.messages.params import EngineConfig, GenerationParams
from app.models.checkpoint import Checkpoint
from tests.families.case import Case
from tests.families.folder import load, read_cases
from tests.families.folder import make_engine as folder_engine
from tests.families.folder import run as run_cases
from tests.families.shifted_reference import generate
from tests.tiny import committed, drain, run

FOLDER = Path(__file__).parents[1] / "fixtures" / "families" / "fast-dllm-v2"
BLOCK = 32
NUM_CASES = 30


@pytest.fixture(scope="module")
def checkpoint() -> Checkpoint:
    return load(FOLDER)


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return read_cases(FOLDER)


def make_engine(checkpoint: Checkpoint, **config: int) -> Engine:
    return Engine(checkpoint.model, checkpoint.diffusion, EngineConfig(**{"max_model_len": 512, **config}))


def oracle(checkpoint: Checkpoint, prompt: tuple[int, ...], params: GenerationParams) -> list[int]:
    diffusion = checkpoint.diffusion
    return generate(checkpoint.model, prompt, params, diffusion.mask_token_id, diffusion.eos_token_ids)


def params_of(length: int, prompt_len: int, block_length: int = BLOCK, **more: object) -> GenerationParams:
    """For a reply of this length, as the server plans it."""
    canvas = -(-(prompt_len + length) // block_length) * block_length - prompt_len
    num_blocks = -(-canvas // block_length)
    values = {"steps": num_blocks * block_length, "max_tokens": length, **more}
    return GenerationParams(gen_length=canvas, block_length=block_length, **values)  # type: ignore[arg-type]


def test_drafts_save_forwards(checkpoint: Checkpoint, cases: list[Case]) -> None:
    """With `block_cache` there are none: logits depend on earlier steps then."""

    def forwards(speculation: int, block_cache: bool) -> int:
        chosen = [case for case in cases if case.params.block_cache == block_cache][::3]
        return sum(outcome.forwards for outcome in run_cases(folder_engine(checkpoint, speculation), chosen))

    assert forwards(4, block_cache=False) < 0.9 * forwards(0, block_cache=False)
    assert forwards(4, block_cache=True) == forwards(0, block_cache=True)


def test_published_forwards_one_by_one(checkpoint: Checkpoint, cases: list[Case]) -> None:
    """`batch_sample` fills blocks behind an end token, as we do with `ignore_eos`; it ends with a block."""
    header = json.loads((FOLDER / "cases.json").read_text())
    for published, case in zip(header["cases"], cases, strict=True):
        if not case.length:
            continue
        fills, output = published["entry"] == "batch_sample", published["output"]
        params = replace(case.params, ignore_eos=True, max_tokens=len(output)) if fills else case.params
        token_ids, finished = run(make_engine(checkpoint), case.prompt, params)
        counters = finished.counters
        assert len(token_ids) == len(output)
        pairs = zip(token_ids, output, strict=True)
        assert all(ours == theirs or (fills and theirs == header["pad_id"]) for ours, theirs in pairs)
        assert counters.forwards == case.forwards
        assert counters.prefill_forwards == published["prefill_forwards"]
        assert counters.fused_commits == 0
        assert counters.steps == counters.forwards + (len(case.prompt) % BLOCK == 0)  # the prefill's token


def random_case(number: int) -> tuple[tuple[int, ...], GenerationParams]:
    choose = random.Random(number)
    block_length = choose.choice([4, 8, 32])
    prompt_len = max(1, choose.randrange(3) * block_length + choose.choice([-1, 0, 1, 5]))
    prompt = tuple(choose.choices(range(7, 1000), k=prompt_len))
    small = choose.choice([None, 2, 4])
    length = choose.choice([1, block_length - 1, block_length, block_length + 1, 2 * block_length + 1, 50])
    threshold = choose.choice([None, 0.0, 0.3, 0.7, 0.9, 1.0])
    params = params_of(
        length,
        prompt_len,
        block_length,
        threshold=threshold,
        small_block_length=small if threshold is not None else None,
        block_cache=choose.random() < 0.5,
        temperature=choose.choice([0, 0, 0.5, 1.3]),
        top_k=choose.choice([0, 20]),
        repetition_penalty=choose.choice([1, 1, 1.3]),
        frequency_penalty=choose.choice([0, 0, 0.5]),
        seed=number,
        ignore_eos=choose.random() < 0.3,
    )
    return prompt, params


@pytest.mark.parametrize("number", range(40))
def test_the_engine_is_the_oracle(checkpoint: Checkpoint, number: int) -> None:
    prompt, params = random_case(number)

    assert run(make_engine(checkpoint), prompt, params)[0] == oracle(checkpoint, prompt, params)


def test_the_random_cases_are_of_every_kind() -> None:
    drawn = [random_case(number) for number in range(40)]

    assert {params.block_cache and params.small_block_length for _, params in drawn} >= {2, 4, False}
    assert any(len(prompt) % params.block_length == 0 and params.temperature for prompt, params in drawn)
    assert any(params.max_tokens == 1 for _, params in drawn)
    assert any(params.has_penalties for _, params in drawn)


def test_random_cases_together_with_drafts_and_a_prefix_cache(checkpoint: Checkpoint) -> None:
    drawn = [random_case(number) for number in range(0, 40, 2)]
    expected = [run(make_engine(checkpoint), prompt, params)[0] for prompt, params in drawn]
    engine = make_engine(checkpoint, max_sequences=8, speculation=4, prefix_cache_bytes=2**24, prefill_chunk=16)

    for _ in range(2):  # the second time with all prefixes cached
        ids = [engine.add(prompt, params) for prompt, params in drawn]
        events = drain(engine)
        assert [committed(events[sequence_id]) for sequence_id in ids] == expected


def test_a_cached_prompt_still_gives_the_first_token(checkpoint: Checkpoint) -> None:
    """The last whole block runs again, because its last row decodes the token after it."""
    prompt = tuple(random.Random(1).choices(range(7, 1000), k=3 * BLOCK))
    engine = make_engine(checkpoint, prefix_cache_bytes=2**24)
    params = params_of(40, len(prompt), threshold=0.9, ignore_eos=True)

    first, _ = run(engine, prompt, params)
    second, finished = run(engine, prompt, params)

    assert first == second
    assert (finished.counters.cached_tokens, finished.counters.prefill_tokens) == (2 * BLOCK, BLOCK)


def test_the_commit_is_a_step_with_one_token(checkpoint: Checkpoint) -> None:
    prompt = tuple(random.Random(2).choices(range(7, 1000), k=BLOCK))
    engine = make_engine(checkpoint)
    params = params_of(BLOCK + 1, len(prompt), threshold=0.0, ignore_eos=True, watch=True)

    engine.add(prompt, params)
    (events,) = drain(engine).values()

    steps = [event for event in events if isinstance(event, Stepped)]
    finals = [[each.position for each in step.proposals if each.is_final] for step in steps]
    assert finals == [[BLOCK], list(range(BLOCK + 1, 2 * BLOCK)), [2 * BLOCK]]
    assert [step.forwards for step in steps] == [0, 1, 2]  # the prefill is none of them
    assert [(step.start, step.end) for step in steps] == [(32, 64), (32, 64), (64, 96)]
    assert [len(event.tokens) for event in events if isinstance(event, Committed)] == [BLOCK, 1]
    last = events[-1]
    assert isinstance(last, Finished)
    assert (last.reason, last.counters.generated_tokens) == ("length", BLOCK + 1)


def test_block_cache_computes_fewer_rows(checkpoint: Checkpoint) -> None:
    prompt = tuple(random.Random(3).choices(range(7, 1000), k=5))
    params = params_of(27, len(prompt), threshold=1.0, small_block_length=8, ignore_eos=True)

    def rows_of(params: GenerationParams) -> list[int]:
        engine = make_engine(checkpoint)
        seen = []
        healthy = engine._runner.run

        def counted(forwards):  # type: ignore[no-untyped-def]
            seen.append(sum(forward.span.num_rows for forward in forwards))
            return healthy(forwards)

        engine._runner.run = counted  # type: ignore[method-assign]
        run(engine, prompt, params)
        return seen

    assert rows_of(params) == [BLOCK] * 27
    assert set(rows_of(replace(params, block_cache=True))) == {8, BLOCK}


def test_a_time_budget_ends_the_reply(checkpoint: Checkpoint) -> None:
    prompt = tuple(random.Random(4).choices(range(7, 1000), k=20))
    params = params_of(400, len(prompt), threshold=1.0, small_block_length=8, block_cache=True, ignore_eos=True)

    token_ids, finished = run(make_engine(checkpoint), prompt, replace(params, time_budget_ms=60))

    assert finished.reason == "length"
    # A fast machine reaches the end in time; else the reply ends with a block.
    assert len(token_ids) == 400 or (len(token_ids) > 0 and (len(prompt) + len(token_ids)) % BLOCK == 0)
    assert finished.counters.forwards < 400


def test_canvases_of_several_blocks_are_cut_where_the_caller_says(checkpoint: Checkpoint) -> None:
    """The last block is shorter than the others: nothing sees positions that do not exist."""
    prompt = tuple(range(100, 110))
    params = GenerationParams(gen_length=40, steps=64, block_length=BLOCK, ignore_eos=True)

    assert run(make_engine(checkpoint), prompt, params)[0] == oracle(checkpoint, prompt, params)
