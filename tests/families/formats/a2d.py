"""Cases of dLLM's BD3LM sampler."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.messages.params import GenerationParams
from tests.families.case import Case, until_end


def read(case: Mapping[str, Any], header: Mapping[str, Any]) -> Case:
    """The published sampler recomputes the prefix of each block, which is not counted."""
    assert case["remasking"] == "low_confidence"
    assert not case["right_shift_logits"]
    length, block_length = case["max_new_tokens"], case["block_size"]
    num_blocks = -(-length // block_length)
    steps_per_block = case["steps_per_block"] or -(-case["steps"] // num_blocks)
    steps = {"steps_per_block": steps_per_block} if case["steps_per_block"] else {"steps": case["steps"]}
    return Case(
        prompt=tuple(case["prompt"]),
        params=GenerationParams(gen_length=length, steps=num_blocks * steps_per_block, block_length=block_length),
        output=until_end(case["output"], {header["eos_id"]}),
        forwards=case["denoise_forwards"],
        body={"temperature": 0.0, "max_tokens": length, "block_length": block_length, **steps},
    )
