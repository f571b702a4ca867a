"""The engine and the cacheless reference give, token for token, what the published algorithm gave."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable

import pytest
import torch

from app.engine.engine import Engine
from app.engine.reference import generate
from app.messages.events import Finished
from app.messages.params import EngineConfig, GenerationParams
from app.models.checkpoint import Checkpoint, load_checkpoint
from app.models.sources import HuggingFaceFolder
from tests.reference import CHECKPOINT, EOS, MASK, VOCAB_SIZE, Case
from tests.tiny import run

Prompt = tuple[int, ...]
case_numbers = pytest.mark.parametrize("number", range(60))


def reference(checkpoint: Checkpoint, prompt: Prompt, params: GenerationParams) -> list[int]:
    diffusion = checkpoint.diffusion
    return generate(checkpoint.model, prompt, params, diffusion.mask_token_id, diffusion.eos_token_ids)


def forwards(finished: Finished) -> int:
    return finished.counters.steps + finished.counters.fused_commits


def test_there_are_sixty_cases(cases: list[Case]) -> None:
    assert len(cases) == 60


@case_numbers
def test_engine_repeats_the_published_case(number: int, engine: Engine, cases: list[Case]) -> None:
    case = cases[number]

    token_ids, finished = run(engine, case.prompt, case.params)

    assert tuple(token_ids) == case.output
    assert finished.reason == ("stop" if EOS in case.output else "length")
    assert forwards(finished) <= case.forwards


@case_numbers
def test_reference_repeats_the_published_case(number: int, checkpoint: Checkpoint, cases: list[Case]) -> None:
    case = cases[number]

    assert tuple(reference(checkpoint, case.prompt, case.params)) == case.output


def random_case(number: int) -> tuple[Prompt, GenerationParams]:
    """A prompt one short of, at or one past a whole number of blocks; any schedule; sometimes past the end token."""
    choose = random.Random(number)
    block_length = choose.choice([1, 2, 3, 4, 5, 8, 12])
    prompt_len = max(1, choose.randrange(4) * block_length + choose.choice([-1, 0, 1]))
    prompt = tuple(choose.choices([*range(7, VOCAB_SIZE), *[MASK] * 200, *[EOS] * 200], k=prompt_len))
    num_blocks = choose.randint(1, 4)
    params = GenerationParams(
        gen_length=num_blocks * block_length,
        steps=num_blocks * choose.randint(1, block_length + 2),
        block_length=block_length,
        threshold=choose.choice([None, None, 0.3, 0.7, 1.0]),
        ignore_eos=choose.random() < 0.5,
    )
    return prompt, params


@pytest.mark.parametrize("number", range(40))
def test_engine_is_the_reference_on_random_cases(number: int, engine: Engine, checkpoint: Checkpoint) -> None:
    prompt, params = random_case(number)

    assert run(engine, prompt, params)[0] == reference(checkpoint, prompt, params)


def test_the_random_cases_are_of_every_kind() -> None:
    drawn = [random_case(number) for number in range(40)]

    assert any(MASK in prompt for prompt, _ in drawn)
    assert any(EOS in prompt for prompt, _ in drawn)
    assert {params.ignore_eos for _, params in drawn} == {True, False}
    assert any(len(prompt) < params.block_length for prompt, params in drawn)
    assert {len(prompt) % params.block_length == 0 for prompt, params in drawn} == {True, False}


def test_special_tokens_in_the_prompt_are_ordinary_text(engine: Engine, checkpoint: Checkpoint) -> None:
    """Mask and end tokens in the prompt's whole blocks, and in the block in which the reply starts."""
    params = GenerationParams(gen_length=12, steps=12, block_length=4, ignore_eos=True)
    prompt = (40, MASK, EOS, 41, MASK, EOS)
    other = (40, 50, 51, 41, MASK, 52)

    token_ids, finished = run(engine, prompt, params)

    assert token_ids == reference(checkpoint, prompt, params)
    assert token_ids != run(engine, other, params)[0]
    assert len(token_ids) == finished.counters.generated_tokens == 12


def test_an_end_token_in_the_prompt_does_not_end_the_reply(engine: Engine, checkpoint: Checkpoint) -> None:
    params = GenerationParams(gen_length=8, steps=8, block_length=4)
    prompt = (40, 41, 42, 43, 44, EOS)

    assert run(engine, prompt, params)[0] == reference(checkpoint, prompt, params) != []


@pytest.mark.parametrize("prefill_chunk", [1, 5, 32, 4096])
def test_the_size_of_prefill_chunks_changes_no_token(
    prefill_chunk: int, make_engine: Callable[..., Engine], cases: list[Case]
) -> None:
    engine = make_engine(prefill_chunk=prefill_chunk)
    for case in [case for case in cases if len(case.prompt) >= 100 and case.forwards <= 20]:
        whole = len(case.prompt) // case.params.block_length * case.params.block_length
        chunk = max(1, prefill_chunk // case.params.block_length) * case.params.block_length

        token_ids, finished = run(engine, case.prompt, case.params)

        assert tuple(token_ids) == case.output
        assert finished.counters.prefill_tokens == whole
        assert finished.counters.prefill_forwards == -(-whole // chunk)


def test_one_engine_serves_all_cases_side_by_side(make_engine: Callable[..., Engine], cases: list[Case]) -> None:
    engine = make_engine(max_sequences=3, prefill_chunk=16)
    expected = {engine.add(case.prompt, case.params): case.output for case in cases[:12]}
    token_ids: dict[int, list[int]] = {sequence_id: [] for sequence_id in expected}

    while engine.has_work:
        assert engine.kv_cache.slots_held <= 3
        for event in engine.step():
            token_ids[event.sequence_id] += getattr(event, "token_ids", ())

    assert {sequence_id: tuple(ids) for sequence_id, ids in token_ids.items()} == expected


@pytest.mark.gpu
def test_the_cases_on_a_cuda_device(cases: list[Case]) -> None:
    loaded = load_checkpoint(HuggingFaceFolder(str(CHECKPOINT)), torch.device("cuda"), torch.float32)
    engine = Engine(loaded.model, loaded.diffusion, EngineConfig(max_model_len=512))

    assert [tuple(run(engine, case.prompt, case.params)[0]) for case in cases] == [case.output for case in cases]


@pytest.mark.parametrize("max_tokens", [1, 2, 5, 7, 8])
def test_a_reply_that_ends_before_its_canvas_is_the_same_and_takes_fewer_steps(
    max_tokens: int, engine: Engine, cases: list[Case]
) -> None:
    saved = 0
    for case in cases[:20]:
        if case.params.gen_length < 8:
            continue
        params = dataclasses.replace(case.params, ignore_eos=True)
        whole, long = run(engine, case.prompt, params)
        token_ids, short = run(engine, case.prompt, dataclasses.replace(params, max_tokens=max_tokens))

        assert token_ids == whole[:max_tokens]
        assert (short.reason, short.counters.generated_tokens) == ("length", max_tokens)
        assert short.counters.steps <= long.counters.steps
        saved += long.counters.steps - short.counters.steps
    assert saved > 0
