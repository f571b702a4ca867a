"""Cases of Fast-dLLM v2: `generate` of its checkpoints, and `batch_sample` of its evaluation code."""

from __future__ import annotations

from typing import Any

from app.messages.params import GenerationParams
from tests.families.case import Case


def read(case: dict[str, Any], header: dict[str, Any]) -> Case:
    """`max_new_tokens` counts blocks, from the one that the prompt ends in; the last commit adds a token.

    `batch_sample` decodes a block to its end after an end token too, and then replaces what is behind it. Up to there
    it gives what `generate` does.
    """
    prompt, size = case["prompt"], case["block_size"]
    tail = len(prompt) % size
    length = max(0, case["max_new_tokens"] // size * size - tail + 1)
    output = case["output"]
    if header["stop_id"] in output:
        output = output[: output.index(header["stop_id"]) + 1]
    params = _params(case, length, -(-(tail + length) // size) * size - tail) if length else None
    forwards = case["denoise_block_forwards"] + case["denoise_cached_forwards"] + case["commit_forwards"]
    return Case(tuple(prompt), params, tuple(output), forwards)


def _params(case: dict[str, Any], length: int, canvas: int) -> GenerationParams:
    return GenerationParams(
        gen_length=canvas,
        max_tokens=length,
        steps=canvas + -canvas % case["block_size"],  # not used: there is a threshold
        block_length=case["block_size"],
        threshold=case["threshold"],
        small_block_length=case["small_block_size"],
        block_cache=case["use_block_cache"],
        temperature=case["temperature"],
    )
