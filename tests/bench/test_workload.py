from __future__ import annotations

import logging

import pytest
import torch

from app.engine.runner import Runner
from bench.models import random_subject
from bench.workload import agreement, described, random_prompt, run_engine, static

SUBJECT = random_subject("tiny", 0, torch.device("cpu"), torch.float32)


def test_a_sample_counts_tokens_blocks_and_forwards_of_every_stream() -> None:
    prompts = [random_prompt(SUBJECT, 8, seed) for seed in range(3)]

    sample = run_engine(SUBJECT.engine(32, max_sequences=3), prompts, static(12))

    assert [len(reply) for reply in sample.token_ids] == [12, 12, 12]
    assert len(sample.gaps) == 3 * 2  # three blocks have two gaps
    assert sample.forwards == 3 * 12
    assert sample.tokens_per_forward == 1.0
    assert 0 < sample.first_block < sample.seconds
    assert all(gap > 0 for gap in sample.gaps)


def test_a_sequence_that_fails_makes_no_figure(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(self: Runner, forwards: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(Runner, "run", fail)
    with caplog.at_level(logging.CRITICAL), pytest.raises(RuntimeError, match="a sequence failed"):
        run_engine(SUBJECT.engine(32), [random_prompt(SUBJECT, 8, 0)], static(4))


def test_prompts_hold_neither_mask_nor_end() -> None:
    prompt = random_prompt(SUBJECT, 2000, seed=0)

    assert not {SUBJECT.diffusion.mask_token_id, *SUBJECT.diffusion.eos_token_ids} & set(prompt)
    assert max(prompt) < SUBJECT.config.vocab_size
    assert prompt != random_prompt(SUBJECT, 2000, seed=1)


def test_agreement_is_by_position_and_counts_what_one_reply_lacks() -> None:
    assert agreement([[1, 2, 3]], [[1, 2, 3]]) == 1
    assert agreement([[1, 2, 3, 4]], [[1, 9, 3]]) == 0.5
    assert agreement([[1], [2]], [[1], [3]]) == 0.5


def test_an_agreement_in_words() -> None:
    assert described(1.0) == "same tokens"
    assert described(0.625) == "62.5% same tokens"
