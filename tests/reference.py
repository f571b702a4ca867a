"""The small checkpoint of tests/fixtures, and what the published algorithm generated with it. Needs no torch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.messages.params import GenerationParams

REFERENCE = Path(__file__).parent / "fixtures" / "reference-a"
CHECKPOINT = REFERENCE / "checkpoint"

MASK, EOS, VOCAB_SIZE = 5, 2, 1024


@dataclass(frozen=True)
class Case:
    """`output` ends with the first end token; `forwards` are the published algorithm's, without the prefill."""

    prompt: tuple[int, ...]
    params: GenerationParams
    output: tuple[int, ...]
    forwards: int


def read_cases() -> list[Case]:
    return [_read_case(case) for case in json.loads((REFERENCE / "cases.json").read_text())["cases"]]


def _read_case(case: dict[str, Any]) -> Case:
    params = GenerationParams(
        gen_length=case["gen_length"],
        steps=case["steps"],
        block_length=case["block_length"],
        threshold=case["threshold"],
        remasking=case["remasking"],
    )
    output = case["output"]
    if EOS in output:
        output = output[: output.index(EOS) + 1]  # the rest is padding
    return Case(tuple(case["prompt"]), params, tuple(output), case["denoise_and_commit_forwards"])
