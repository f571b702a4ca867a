"""How many forwards a reply costs, and what is in them: prefill in chunks, then denoising steps, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.engine.engine import Engine
from app.messages.params import GenerationParams
from tests.reference import Case
from tests.tiny import Runs, drain, run

MakeEngine = Callable[..., Engine]


def params(num_blocks: int, steps_per_block: int, block_length: int) -> GenerationParams:
    return GenerationParams(
        gen_length=num_blocks * block_length,
        steps=num_blocks * steps_per_block,
        block_length=block_length,
        ignore_eos=True,
    )


@pytest.mark.parametrize("num_prompt_blocks", [1, 3])
@pytest.mark.parametrize(
    ("num_blocks", "steps", "block_length"),
    [(1, 1, 4), (1, 4, 4), (2, 1, 4), (5, 2, 4), (3, 4, 4), (8, 1, 1), (3, 8, 8), (4, 3, 16), (2, 5, 32)],
)
def test_a_commit_costs_no_forward(
    make_engine: MakeEngine, runs: Runs, num_blocks: int, steps: int, block_length: int, num_prompt_blocks: int
) -> None:
    """N blocks of k steps: the published loop has N * (k + 1) forwards; without the last commit, one fewer."""
    prompt = tuple(range(40, 40 + num_prompt_blocks * block_length))

    counters = run(make_engine(), prompt, params(num_blocks, steps, block_length))[1].counters

    denoising = [forward for (forward,) in runs if forward.kind == "denoise"]
    assert len(denoising) == counters.forwards == counters.steps == num_blocks * steps
    assert counters.fused_commits == num_blocks - 1
    assert len(runs) == num_blocks * steps + 1  # the prompt fits in a chunk
    wide = [forward for forward in denoising if forward.span.num_rows == 2 * block_length]
    assert len(wide) == num_blocks - 1  # the commits: both blocks in one forward
    assert all(forward.span.num_rows == block_length for forward in denoising if forward not in wide)


@pytest.mark.parametrize("prefill_chunk", [1, 4, 6, 8, 20, 24, 512])
@pytest.mark.parametrize("num_tokens", [0, 1, 4, 23, 24, 27])
def test_a_prompt_is_prefilled_chunk_by_chunk(
    make_engine: MakeEngine, runs: Runs, prefill_chunk: int, num_tokens: int
) -> None:
    prompt = tuple(range(40, 41 + num_tokens))
    whole = len(prompt) // 4 * 4
    chunk = max(4, prefill_chunk // 4 * 4)

    counters = run(make_engine(prefill_chunk=prefill_chunk), prompt, params(2, 4, 4))[1].counters

    spans = [forward.span for forwards in runs for forward in forwards if forward.kind == "prefill"]
    assert [(span.start, span.end) for span in spans] == [
        (start, min(start + chunk, whole)) for start in range(0, whole, chunk)
    ]
    assert (counters.prefill_forwards, counters.prefill_tokens) == (len(spans), whole)


def test_logits_are_computed_for_masked_positions_alone(make_engine: MakeEngine, runs: Runs) -> None:
    run(make_engine(), tuple(range(40, 50)), params(2, 2, 4))

    wanted = [forward.positions for (forward,) in runs]
    assert all(
        forward.positions == tuple(forward.span.start + row for row in forward.logit_rows) for (forward,) in runs
    )
    assert wanted[0] == ()  # prefill
    assert wanted[1] == (10, 11)  # the prompt's tail is not masked
    assert wanted[3] == (12, 13, 14, 15)
    assert [len(positions) for positions in wanted] == [0, 2, 1, 4, 2, 2, 1]


@pytest.mark.parametrize("max_sequences", [1, 5, 16])
def test_one_forward_a_step_however_many_sequences(make_engine: MakeEngine, runs: Runs, max_sequences: int) -> None:
    engine = make_engine(max_sequences=max_sequences)
    for number in range(max_sequences):
        engine.add((40 + number, 41), params(4, 4, 4))

    steps = 0
    while engine.has_work:
        engine.step()
        steps += 1

    assert len(runs) == steps == 2 + 4 + 4 + 4 + 2  # blocks with 2, 4, 4, 4 and 2 masks
    assert all(len(forwards) == max_sequences for forwards in runs)


def test_at_most_one_prefill_and_one_denoising_forward_a_step(
    make_engine: MakeEngine, runs: Runs, cases: list[Case]
) -> None:
    engine = make_engine(max_sequences=4, prefill_chunk=16)
    for case in cases[:16]:
        engine.add(case.prompt, case.params)

    while engine.has_work:
        before = len(runs)
        engine.step()
        kinds = [{forward.kind for forward in forwards} for forwards in runs[before:]]
        assert kinds in ([{"prefill"}], [{"denoise"}], [{"prefill"}, {"denoise"}])


def test_the_cases_cost_no_more_than_the_published_algorithm(engine: Engine, runs: Runs, cases: list[Case]) -> None:
    """Counted in forwards: commits are free here, and so are the tokens after an end token."""
    for case in cases:
        runs.clear()
        counters = run(engine, case.prompt, case.params)[1].counters

        num_denoising = sum(forward.kind == "denoise" for (forward,) in runs)
        assert num_denoising == counters.forwards == counters.steps <= case.forwards - counters.fused_commits
        assert len(runs) - num_denoising == counters.prefill_forwards


def test_a_reply_that_is_over_at_once_commits_nothing(engine: Engine, runs: Runs) -> None:
    only = replace(params(1, 1, 8), threshold=0.000001)

    engine.add(tuple(range(40, 48)), only)
    drain(engine)

    assert [forward.kind for (forward,) in runs] == ["prefill", "denoise"]
