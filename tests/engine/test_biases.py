"""Biases of logits: exact alone, in a batch, with drafts and with penalties."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import torch

from app.engine.engine import Engine
from app.engine.logit_bias import LogitBias
from app.engine.reference import generate
from app.engine.sampling import MaskedRows, propose
from app.messages.params import BANNED, GenerationParams
from app.models.checkpoint import Checkpoint
from tests.reference import EOS, MASK, VOCAB_SIZE
from tests.tiny import committed, drain, run

PLAIN = GenerationParams(gen_length=24, steps=24, block_length=4, ignore_eos=True)
PROMPT = (40, 41, 42, 43, 44, 45)
LOGITS = torch.tensor([[2.0, -1.0, 0.5, 3.0, -4.0, 0.0], [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]])


def random_case(number: int) -> tuple[tuple[int, ...], GenerationParams]:
    """Any schedule; biases that make tokens somewhat or very likely, or ban them; every other case samples."""
    choose = random.Random(number)
    block_length = choose.choice([1, 3, 4, 8])
    num_blocks = choose.randint(2, 4)
    tokens = choose.sample(range(7, VOCAB_SIZE), 12)
    params = GenerationParams(
        gen_length=num_blocks * block_length,
        steps=num_blocks * choose.randint(1, block_length),
        block_length=block_length,
        threshold=choose.choice([None, None, 0.2]),
        temperature=number % 2 * 0.8,
        frequency_penalty=choose.choice([0.0, 0.0, 2.0]),
        seed=number,
        logit_bias=tuple((token, choose.choice([-5.0, 2.0, 5.0, BANNED])) for token in tokens),
    )
    return tuple(choose.choices(range(7, VOCAB_SIZE), k=choose.randint(1, 20))), params


CASES = [random_case(number) for number in range(16)]


def test_the_numbers_are_added_in_every_row_and_decide_the_confidence() -> None:
    rows = MaskedRows((7, 8), 0, PLAIN, [LogitBias([(1, 4.5), (3, BANNED)])])
    expected = LOGITS.double()
    expected[:, 1] += 4.5
    expected[:, 3] = -torch.inf

    (proposals,) = propose(LOGITS, [rows], mask_token_id=5)

    assert proposals is not None
    assert proposals.token_ids == [1, 1]
    assert proposals.confidences == torch.softmax(expected, dim=-1)[:, 1].tolist()


def test_if_everything_is_banned_there_are_still_numbers() -> None:
    rows = MaskedRows((7, 8), 0, replace(PLAIN, temperature=1.0), [LogitBias([(token, BANNED) for token in range(6)])])

    (proposals,) = propose(LOGITS, [rows], mask_token_id=5)

    assert proposals is not None
    assert all(0 <= confidence <= 1 for confidence in proposals.confidences)


def test_engine_is_the_reference_with_biases(engine: Engine, checkpoint: Checkpoint) -> None:
    for prompt, params in CASES:
        assert run(engine, prompt, params)[0] == generate(checkpoint.model, prompt, params, MASK, (EOS,))


def test_the_cases_are_changed_by_their_biases(engine: Engine) -> None:
    changed = [
        run(engine, prompt, each)[0] != run(engine, prompt, replace(each, logit_bias=()))[0] for prompt, each in CASES
    ]

    assert sum(changed) >= len(CASES) // 2


def test_drafts_and_batch_mates_change_no_token(make_engine: Callable[..., Engine]) -> None:
    alone = [run(make_engine(), prompt, params)[0] for prompt, params in CASES]
    engine = make_engine(max_sequences=4, speculation=3)

    ids = [engine.add(prompt, params) for prompt, params in CASES]
    events = drain(engine)

    assert [committed(events[sequence_id]) for sequence_id in ids] == alone
    finished = [events[sequence_id][-1] for sequence_id in ids]
    assert sum(each.counters.drafts_accepted for each in finished) > 0  # type: ignore[union-attr]


def test_a_wanted_token_comes_everywhere_and_a_banned_one_nowhere(engine: Engine) -> None:
    plain = run(engine, PROMPT, PLAIN)[0]
    wanted = run(engine, PROMPT, replace(PLAIN, logit_bias=((50, 100.0),)))[0]
    banned = run(engine, PROMPT, replace(PLAIN, logit_bias=tuple((token, -100.0) for token in set(plain))))[0]

    assert wanted == [50] * 24
    assert not set(banned) & set(plain)
