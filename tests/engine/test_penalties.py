"""Penalties as Hugging Face, vLLM and OpenAI define them, on a canvas."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from transformers import RepetitionPenaltyLogitsProcessor

from app.engine.denoise import unmask
from app.engine.engine import Engine
from app.engine.layout import Forward
from app.engine.penalties import Penalties
from app.engine.proposals import Proposals
from app.engine.reference import generate
from app.engine.runner import Runner
from app.engine.sampling import MaskedRows, propose
from app.engine.sequence import Sequence
from app.messages.params import EngineConfig, GenerationParams, Window
from app.models.checkpoint import Checkpoint
from tests.reference import EOS, VOCAB_SIZE
from tests.tiny import DIFFUSION, committed, drain, run

PLAIN = GenerationParams(gen_length=24, steps=24, block_length=4, ignore_eos=True)
PROMPT = (40, 41, 42, 43, 44, 45)
LOGITS = torch.tensor([[2.0, -1.0, 0.5, 3.0, -4.0, 0.0]])  # of tokens 0 to 5


def make_penalties(prompt: list[int], *observed: list[int], vocab_size: int = 6, **params: float) -> Penalties:
    """Penalties after a first step and steps that made `observed` final."""
    penalties = Penalties(replace(PLAIN, **params), prompt)
    penalties.mask(torch.zeros(1, vocab_size, dtype=torch.float64), (0,))
    for token_ids in observed:
        penalties.observe(range(len(token_ids)), token_ids)
    return penalties


def masked(penalties: Penalties, logits: torch.Tensor) -> torch.Tensor:
    scores = logits.double()
    penalties.mask(scores, range(len(logits)))
    return scores


def penalised(logits: torch.Tensor, prompt: list[int], generated: list[int], **params: float) -> torch.Tensor:
    one_by_one = [[token_id] for token_id in generated]
    return masked(make_penalties(prompt, *one_by_one, vocab_size=logits.shape[-1], **params), logits)


def propose_one(params: GenerationParams, penalties: Penalties) -> Proposals:
    (proposals,) = propose(LOGITS, [MaskedRows((7,), 0, params, [penalties])], mask_token_id=5)
    assert proposals is not None
    return proposals


@pytest.mark.parametrize("penalty", [0.5, 1.3, 7.0])
def test_the_repetition_penalty_is_hugging_faces(penalty: float) -> None:
    """For tokens of the prompt and the reply, end and mask tokens included, however often they occur."""
    logits = torch.randn(5, 40, generator=torch.Generator().manual_seed(1)).double()
    prompt, generated = [EOS, 5, 7, 7], [8, 9, 8]

    expected = RepetitionPenaltyLogitsProcessor(penalty)(torch.tensor([prompt + generated] * 5), logits)

    assert penalised(logits, prompt, generated, repetition_penalty=penalty).equal(expected)


def test_presence_and_frequency_are_openais() -> None:
    """For tokens of the reply only: presence once, frequency once per occurrence."""
    shown = penalised(LOGITS, [0], [1, 3, 1, 1], presence_penalty=0.5, frequency_penalty=0.25)

    assert shown.tolist() == [[2.0, -1.0 - 0.5 - 0.75, 0.5, 3.0 - 0.5 - 0.25, -4.0, 0.0]]


def test_all_at_once_come_in_vllms_order() -> None:
    shown = penalised(LOGITS, [0], [3], repetition_penalty=2.0, presence_penalty=-1.0, frequency_penalty=-0.5)

    assert shown.tolist() == [[1.0, -1.0, 0.5, 3.0 / 2 + 0.5 + 1.0, -4.0, 0.0]]


def test_tokens_that_became_final_together_all_count() -> None:
    penalties = make_penalties([0], [3, 2, 3], frequency_penalty=1.0)

    assert masked(penalties, LOGITS).tolist() == [[2.0, -1.0, -0.5, 1.0, -4.0, 0.0]]


def test_proposal_and_confidence_are_those_of_the_penalised_logits() -> None:
    penalties = make_penalties([0], [3], presence_penalty=2.0)

    proposals = propose_one(PLAIN, penalties)

    assert proposals.token_ids == [0]
    assert proposals.confidences == torch.softmax(masked(penalties, LOGITS), dim=-1)[:, 0].tolist()
    assert proposals.confidences[0] != torch.softmax(LOGITS.double(), dim=-1)[0, 0].item()


@pytest.mark.parametrize("penalty", [5e-324, 1e-300, 100.0])
@pytest.mark.parametrize("temperature", [0.0, 5e-324, 1.0])
def test_an_extreme_penalty_gives_numbers(penalty: float, temperature: float) -> None:
    params = replace(PLAIN, repetition_penalty=penalty, temperature=temperature)

    proposals = propose_one(params, Penalties(params, [0, 3, 4]))

    assert 0 <= proposals.token_ids[0] < 5
    assert 0 <= proposals.confidences[0] <= 1


def test_off_is_off(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """No extra operation: the class is not even instantiated."""
    expected = run(engine, PROMPT, PLAIN)[0]
    made: list[Any] = []

    def make(*args: Any) -> Penalties:
        made.append(args)
        return Penalties(*args)

    monkeypatch.setattr("app.engine.sequence.Penalties", make)

    assert run(engine, PROMPT, replace(PLAIN, repetition_penalty=1, presence_penalty=0, frequency_penalty=0))[0] == (
        expected
    )
    assert not made
    run(engine, PROMPT, replace(PLAIN, presence_penalty=0.1))
    assert len(made) == 1


def random_case(number: int) -> tuple[tuple[int, ...], GenerationParams]:
    """Any schedule and any penalties; every other case samples, among few tokens."""
    choose = random.Random(number)
    block_length = choose.choice([1, 3, 4, 8])
    prompt = tuple(choose.choices([*range(7, VOCAB_SIZE), *[EOS] * 50], k=choose.randint(1, 20)))
    num_blocks = choose.randint(2, 5)
    params = GenerationParams(
        gen_length=num_blocks * block_length,
        steps=num_blocks * choose.randint(1, block_length),
        block_length=block_length,
        threshold=choose.choice([None, None, 0.2]),
        temperature=number % 2 * choose.choice([0.5, 1.0]),
        top_p=choose.choice([1.0, 0.8]),
        top_k=choose.choice([0, 1, 20]),
        repetition_penalty=choose.choice([1.0, 0.8, 1.5]),
        presence_penalty=choose.choice([0.0, 1.5, -1.0]),
        frequency_penalty=choose.choice([0.0, 2.0, -0.5]),
        seed=number,
        ignore_eos=choose.random() < 0.7,
    )
    return prompt, params


def reference(checkpoint: Checkpoint, prompt: tuple[int, ...], params: GenerationParams) -> list[int]:
    diffusion = checkpoint.diffusion
    return generate(checkpoint.model, prompt, params, diffusion.mask_token_id, diffusion.eos_token_ids)


@pytest.mark.parametrize("number", range(40))
def test_engine_is_the_reference_with_penalties(number: int, engine: Engine, checkpoint: Checkpoint) -> None:
    prompt, params = random_case(number)

    assert run(engine, prompt, params)[0] == reference(checkpoint, prompt, params)


def test_the_random_cases_are_changed_by_their_penalties(engine: Engine) -> None:
    off: dict[str, Any] = {"repetition_penalty": 1.0, "presence_penalty": 0.0, "frequency_penalty": 0.0}
    drawn = [random_case(number) for number in range(40)]
    changed = [
        run(engine, prompt, params)[0] != run(engine, prompt, replace(params, **off))[0] for prompt, params in drawn
    ]

    assert sum(changed) >= 15
    assert {params.temperature > 0 for (_, params), is_changed in zip(drawn, changed, strict=True) if is_changed} == {
        True,
        False,
    }


def test_batch_mates_do_not_share_counts(make_engine: Callable[..., Engine]) -> None:
    drawn = [random_case(number) for number in range(12)]
    alone = [run(make_engine(), prompt, params)[0] for prompt, params in drawn]
    engine = make_engine(max_sequences=4)

    ids = [engine.add(prompt, params) for prompt, params in drawn]
    events = drain(engine)

    assert [committed(events[sequence_id]) for sequence_id in ids] == alone


def test_a_strong_penalty_keeps_tokens_from_coming_again(engine: Engine) -> None:
    again = run(engine, PROMPT, replace(PLAIN, presence_penalty=-2.0, frequency_penalty=-2.0))[0]
    fresh = run(engine, PROMPT, replace(PLAIN, repetition_penalty=100.0))[0]

    assert len(set(again)) < len(again) / 2
    assert len(set(fresh)) == len(fresh)
    assert not set(fresh) & set(PROMPT)


def test_tokens_are_counted_where_the_counts_are() -> None:
    """On the device; "meta" stands in for one here."""
    sequence = Sequence(0, PROMPT, replace(PLAIN, presence_penalty=1.0), DIFFUSION, submitted=0.0)
    (penalties,) = sequence.constraints
    penalties.mask(torch.empty(2, VOCAB_SIZE, dtype=torch.float64, device="meta"), (6, 7))

    unmask(sequence, Proposals((6, 7), [40, 41], [0.5, 0.4], [0.0, 0.0]))


DELETE, END = 1000, 50


def deleting_or_ending(forward: Forward) -> torch.Tensor:
    """Logits that depend on nothing but the number of masks: where a delete was foreseen, the hole ends."""
    num_masks = len(forward.positions)
    logits = torch.full((num_masks, VOCAB_SIZE), -5.0)
    wanted = {
        4: [(60, 9.0), (61, 9.0), (DELETE, 3.5), (DELETE, 4.0)],  # the deletes are unsure, and wait
        2: [(62, 5.0), (END, 9.0)],
        1: [(END, 6.0)],
    }
    for row, (token_id, score) in enumerate(wanted[num_masks]):
        logits[row, token_id] = score
    if num_masks == 1:
        logits[0, 62] = 5.0  # instead of a second end token, if there is a penalty for it
    return logits


@pytest.mark.parametrize(("penalty", "last"), [(0.0, END), (2.0, 62)])
def test_an_end_token_that_left_its_hole_counts_with_drafts_too(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch, penalty: float, last: int
) -> None:
    """A draft in which its position is deleted looks the same, but has not counted it."""

    def run_forwards(runner: Runner, forwards: list[Forward]) -> torch.Tensor:
        return torch.cat([deleting_or_ending(forward) for forward in forwards])

    monkeypatch.setattr(Runner, "run", run_forwards)
    diffusion = replace(checkpoint.diffusion, delete_token_id=DELETE)
    window = Window((None,) * 4, (0,) * 4, banned=((),), ends=((END,),), may_delete=True)
    fields = {"decode_mode": "threshold", "threshold": 0.995, "window": window, "presence_penalty": penalty}
    params = GenerationParams(gen_length=4, steps=4, block_length=4, **fields)
    steps = []
    for speculation in (0, 8):
        engine = Engine(checkpoint.model, diffusion, EngineConfig(max_model_len=64, speculation=speculation))
        sequence_id = engine.add([], params)
        filled, finished = drain(engine)[sequence_id]
        steps.append(([token.id for token in filled.tokens], finished.counters.steps))
        assert finished.counters.drafts_tried > 0 or not speculation

    assert steps[0] == steps[1]
    assert steps[0][0] == [60, 61, *([last] if last != END else [])]
