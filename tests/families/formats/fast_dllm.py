"""Cases of Fast-dLLM v2: `generate` of its checkpoints, and `batch_sample` of its evaluation code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.messages.params import GenerationParams
from tests.families.case import Case, until_end


def read(case: Mapping[str, Any], header: Mapping[str, Any]) -> Case:
    """`max_new_tokens` counts blocks, from the one that the prompt ends in; the last commit adds a token.

    Where that makes none at all, one is decoded and left out: requests cannot ask for none. `batch_sample` decodes a
    block to its end after an end token too, and then replaces what is behind it. Up to there it gives what `generate`
    does.
    """
    prompt, block_length = tuple(case["prompt"]), case["block_size"]
    tail = len(prompt) % block_length
    length = max(0, case["max_new_tokens"] // block_length * block_length - tail + 1)
    limit = max(1, length)
    decoding = {
        "threshold": case["threshold"],
        "small_block_length": case["small_block_size"],
        "block_cache": case["use_block_cache"],
        "temperature": case["temperature"],
    }
    num_blocks = -(-(tail + limit) // block_length)
    forwards = case["denoise_block_forwards"] + case["denoise_cached_forwards"] + case["commit_forwards"]
    return Case(
        prompt=prompt,
        params=GenerationParams(
            gen_length=num_blocks * block_length - tail,
            max_tokens=limit,
            steps=num_blocks * block_length,  # not used: there is a threshold
            block_length=block_length,
            **decoding,
        ),
        output=until_end(case["output"], {header["stop_id"]}),
        length=length,
        forwards=forwards if length else None,
        body={**decoding, "max_tokens": length, "block_length": block_length} if length else None,
    )
