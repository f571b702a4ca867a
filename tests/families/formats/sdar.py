"""Cases of SDAR's `block_diffusion_generate`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.messages.params import GenerationParams
from tests.families.case import Case, until_end

MODES = {
    "low_confidence_static": "static",
    "low_confidence_dynamic": "dynamic",
    "sequential": "sequential",
    "entropy_bounded": "entropy_bounded",
}


def read(case: Mapping[str, Any], header: Mapping[str, Any]) -> Case:
    """`stop_ids` replace the checkpoint's end tokens.

    A request can only have those or none: a case that stops at some of them is one only if that makes no difference.
    """
    prompt, length, block_length = tuple(case["prompt"]), case["gen_length"], case["block_length"]
    decoding = {"decode_mode": MODES[case["remasking_strategy"]], "threshold": case["confidence_threshold"]}
    decoding = {name: value for name, value in decoding.items() if value is not None}
    canvas = -(-(len(prompt) + length) // block_length) * block_length - len(prompt)
    stops = case["stop_ids"] or ()
    output = until_end(case["output"], stops)
    body = {
        **decoding,
        "temperature": 0.0,
        "max_tokens": length,
        "block_length": block_length,
        "steps_per_block": case["denoising_steps"],
        "ignore_eos": not stops,
    }
    is_expressible = not stops or output == until_end(case["output"], header["eos_ids"])
    num_blocks = -(-canvas // block_length)
    return Case(
        prompt=prompt,
        params=GenerationParams(
            gen_length=canvas,
            steps=num_blocks * case["denoising_steps"],
            block_length=block_length,
            ignore_eos=True,
            end_token_ids=tuple(stops),
            **decoding,
        ),
        output=output,
        length=length,
        forwards=case["denoise_forwards"] + case["commit_forwards"],
        body=body if is_expressible else None,
    )
