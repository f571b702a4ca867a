"""The baselines decode like the engine, in another way."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from bench.baselines import published, recompute
from bench.models import SHAPES, Subject, random_subject, transformers_model
from bench.workload import random_prompt, run_engine, static
from tests.reference import EOS, MASK, Case
from tests.tiny import load_plain

CPU = torch.device("cpu")
MAX_GEN_LENGTH = 80  # longer cases are slow and test nothing new


@pytest.fixture(scope="module")
def subject() -> Subject:
    checkpoint = load_plain()
    return Subject("fixture", checkpoint.model, checkpoint.diffusion, checkpoint.tokenizer)


@pytest.fixture(scope="module")
def theirs(subject: Subject) -> Any:
    return transformers_model(subject)


def test_the_published_loop_gives_the_published_outputs_and_forwards(theirs: Any, cases: list[Case]) -> None:
    chosen = [
        case for case in cases if case.params.remasking == "low_confidence" and case.params.gen_length <= MAX_GEN_LENGTH
    ]
    assert len(chosen) > 20
    for case in chosen:
        reply = published.generate(theirs, case.prompt, case.params, MASK, (EOS,))
        assert (tuple(reply.token_ids), reply.forwards) == (case.output, case.forwards), case.params


@pytest.mark.parametrize("threshold", [None, 0.5])
def test_the_engine_equals_the_published_loop(subject: Subject, theirs: Any, threshold: float | None) -> None:
    prompt = random_prompt(subject, 21, seed=1)
    params = static(24, 4, threshold=threshold)

    reply = published.generate(theirs, prompt, params, MASK, (EOS,))
    ours = run_engine(subject.engine(64), [prompt], params)

    assert ours.token_ids == (tuple(reply.token_ids),)
    assert ours.forwards < reply.forwards  # no forward only commits


def test_recomputing_equals_the_engine(subject: Subject) -> None:
    prompt = random_prompt(subject, 10, seed=2)
    params = static(16, 4)

    reply = recompute.generate(subject.transformer, prompt, params, MASK)

    assert run_engine(subject.engine(64), [prompt], params).token_ids == (tuple(reply),)


def test_random_weights_are_the_same_in_both_models() -> None:
    """Llama's layout without tied embeddings; both models share the same memory."""
    subject = random_subject("tiny", 0, CPU, torch.float32)
    model = transformers_model(subject)
    prompt = random_prompt(subject, 9, seed=3)

    reply = published.generate(model, prompt, static(12), MASK, (EOS,))

    assert run_engine(subject.engine(32), [prompt], static(12)).token_ids == (tuple(reply.token_ids),)
    assert model.lm_head.weight.data_ptr() == subject.transformer.head.weight.data_ptr()
    assert {parameter.device.type for parameter in model.parameters()} == {"cpu"}


def test_random_weights_come_from_the_seed() -> None:
    weights = [random_subject("tiny", seed, CPU, torch.float32).transformer.head.weight for seed in (1, 1, 2)]

    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_the_bytes_of_a_forward_leave_out_the_embedding_unless_it_is_the_head() -> None:
    subject = random_subject("tiny", 0, CPU, torch.float32)
    config = SHAPES["tiny"]
    total = sum(parameter.nbytes for parameter in subject.transformer.parameters())

    assert subject.weight_bytes == total - 4 * config.vocab_size * config.hidden_size
