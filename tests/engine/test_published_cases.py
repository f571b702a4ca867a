"""Every recorded case of every family, token for token; and random prompts against the cacheless reference."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from app.engine.engine import Engine
from app.engine.reference import generate
from app.messages.params import GenerationParams
from app.models.checkpoint import Checkpoint
from tests.families.__main__ import main
from tests.families.case import Case
from tests.families.folder import BATCH, load, make_engine, read_cases, run, run_each
from tests.reference import REFERENCE, VOCAB_SIZE
from tests.tiny import committed, drain

FOLDERS = [REFERENCE, *sorted(path.parent for path in REFERENCE.parent.glob("families/*/cases.json"))]
SDAR = REFERENCE.parent / "families" / "sdar"
folders = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
speculations = pytest.mark.parametrize("speculation", [0, 4], ids=["without drafts", "with drafts"])


@cache
def loaded(folder: Path) -> tuple[Checkpoint, list[Case]]:
    return load(folder), read_cases(folder)


def test_the_families_that_have_cases() -> None:
    names = {folder.name for folder in FOLDERS}

    assert {"reference-a", "sdar", "a2d-qwen2-bd3lm", "a2d-qwen3-bd3lm"} <= names


@folders
@speculations
def test_each_case_alone_and_then_in_a_batch(folder: Path, speculation: int) -> None:
    """First without anything cached; then eight at a time in another order, with the prefixes of the first run.

    With drafts, only some of them alone: the batch has them all.
    """
    checkpoint, cases = loaded(folder)
    engine = make_engine(checkpoint, speculation, max_sequences=BATCH)
    shuffled = random.Random(7).sample(cases, len(cases))

    solo = cases[::3] if speculation else cases
    alone = list(run_each(engine, solo))
    batched = run(engine, shuffled)

    assert [number for number, outcome in enumerate(alone) if not outcome.is_right] == []
    assert [cases.index(outcome.case) for outcome in batched if not outcome.is_right] == []
    # The forwards of A2D were published without commits, and those of Fast-dLLM cannot be saved.
    saves_commits = checkpoint.diffusion.alignment == "start" and not checkpoint.diffusion.commits_alone
    published = sum(case.forwards or 0 for case in solo)
    assert sum(outcome.forwards for outcome in alone) < published or not saves_commits
    engine.prefix_cache.check_integrity()
    assert (engine.prefix_cache.num_bytes > 0) == (checkpoint.diffusion.attention == "block_causal")
    assert engine.kv_cache.slots_held == 0


def test_the_command_tells_of_all_cases(capsys: pytest.CaptureFixture[str]) -> None:
    code = main([str(SDAR)])

    assert code == 0
    assert capsys.readouterr().out.splitlines()[-1] == "30/30 cases token for token"


def test_the_command_tells_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(SDAR, folder)
    found = json.loads((folder / "cases.json").read_text())
    found["cases"] = found["cases"][:3]
    found["cases"][1]["output"][0] = 7
    found["cases"][2]["denoise_forwards"] = -10
    (folder / "cases.json").write_text(json.dumps(found))

    code = main([str(folder)])

    lines = capsys.readouterr().out.splitlines()
    assert code == 1
    assert lines[1].startswith("case 1 alone: differs from token ")
    assert lines[2].startswith(f"case 1 in a batch of {BATCH}: differs from token ")
    assert "forwards, published" in lines[3]
    assert lines[-1] == "1/3 cases token for token"


def test_the_command_refuses_a_folder_without_a_checkpoint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert "there is no such file or folder" in capsys.readouterr().err


def test_given_tokens_stay_where_the_published_code_overwrites_them() -> None:
    """The quirk cases: their schedule asks for more positions than the block has masks."""
    checkpoint, _ = loaded(SDAR)
    quirks = json.loads((SDAR / "cases.json").read_text())["quirk_cases"]
    engine = make_engine(checkpoint)
    assert len(quirks) == 5

    for case in quirks:
        block_length, prompt = case["block_length"], case["prompt"]
        canvas = -(-(len(prompt) + case["gen_length"]) // block_length) * block_length - len(prompt)
        params = GenerationParams(
            gen_length=canvas,
            steps=-(-canvas // block_length) * case["denoising_steps"],
            block_length=block_length,
            ignore_eos=True,
            watch=True,
        )
        sequence_id = engine.add(prompt, params)
        events = drain(engine)[sequence_id]

        proposed = [
            proposal.position for event in events for proposal in getattr(event, "proposals", ()) if proposal.is_final
        ]
        assert sorted(proposed) == list(range(len(prompt), len(prompt) + canvas))
        assert len(committed(events)) == canvas


def random_requests(number: int) -> list[tuple[list[int], GenerationParams]]:
    """Prompts that share beginnings of any length, with schedules of any kind."""
    choose = random.Random(number)
    common = choose.choices(range(7, VOCAB_SIZE), k=60)
    requests = []
    for _ in range(12):
        block_length = choose.choice([3, 4, 8])
        length = choose.randint(1, 3 * block_length)
        prompt = common[: choose.randint(0, 60)] + choose.choices(range(7, VOCAB_SIZE), k=choose.randint(1, 5))
        num_blocks = -(-length // block_length)
        params = GenerationParams(
            gen_length=length,
            steps=num_blocks * choose.randint(1, block_length + 2),
            block_length=block_length,
            temperature=choose.choice([0.0, 0.0, 0.9]),
            seed=choose.randrange(100),
            ignore_eos=choose.random() < 0.5,
        )
        requests.append((prompt, params))
    return requests


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize(
    ("alignment", "schedule"), [("prompt_end", "linear"), ("prompt_end", "masks"), ("start", "whole_block")]
)
@speculations
def test_engine_is_the_reference_however_blocks_are_counted(
    alignment: str, schedule: str, speculation: int, number: int, checkpoint: Checkpoint, make_engine: Callable
) -> None:
    diffusion = replace(checkpoint.diffusion, alignment=alignment, schedule=schedule)
    other = replace(checkpoint, diffusion=diffusion)
    engine: Engine = make_engine(
        other, max_sequences=3, prefill_chunk=16, prefix_cache_bytes=2**22, speculation=speculation
    )
    requests = random_requests(number)

    ids = [engine.add(prompt, params) for prompt, params in requests]
    events = drain(engine)

    ends = diffusion.eos_token_ids
    for sequence_id, (prompt, params) in zip(ids, requests, strict=True):
        expected = generate(checkpoint.model, prompt, params, diffusion.mask_token_id, ends, alignment, schedule)
        assert committed(events[sequence_id]) == expected
    engine.prefix_cache.check_integrity()


def test_random_requests_hit_the_prefix_cache(checkpoint: Checkpoint, make_engine: Callable) -> None:
    """Also where blocks are counted from the prompt's end: with prompts whose lengths have the same remainder."""
    other = replace(checkpoint, diffusion=replace(checkpoint.diffusion, alignment="prompt_end"))
    engine: Engine = make_engine(other, max_sequences=1, prefix_cache_bytes=2**22)
    params = GenerationParams(gen_length=5, steps=4, block_length=4, ignore_eos=True)
    prompt = list(range(40, 61))  # a block of one, and five whole ones

    cached = []
    for other_prompt in (prompt, prompt, [*prompt, 90, 91, 92, 93], [*prompt, 90], prompt[:9], prompt[:11]):
        sequence_id = engine.add(other_prompt, params)
        cached.append(drain(engine)[sequence_id][-1].counters.cached_tokens)

    assert cached == [0, 21, 21, 0, 9, 0]
