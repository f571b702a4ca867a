"""Cases of Dream's `diffusion_generate`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.messages.decoding import Remasking
from app.messages.params import GenerationParams, Window
from tests.families.case import Case, until_end

ORDERS: Mapping[str, Remasking] = {
    "maskgit_plus": "low_confidence",
    "topk_margin": "low_margin",
    "entropy": "high_entropy",
}


def read(case: Mapping[str, Any], header: Mapping[str, Any]) -> Case:
    """Steps that decode nothing cost us no forward. Nothing ends early in the published code; callers cut."""
    length, prompt = case["max_new_tokens"], tuple(case["prompt"])
    order, num_forwards = ORDERS[case["alg"]], sum(num > 0 for num in case["decoded_per_step"])
    decoding = {"steps": case["steps"], "remasking": order, "schedule_eps": case["eps"]}
    if header["mask_id"] in prompt:
        return _with_masks(case, header["mask_id"], decoding, num_forwards)
    return Case(
        prompt=prompt,
        params=GenerationParams(gen_length=length, block_length=length, **decoding),
        output=until_end(case["output"], {header["eos_id"]}),
        forwards=num_forwards,
        body={"temperature": 0.0, "max_tokens": length, **decoding},
    )


def _with_masks(case: Mapping[str, Any], mask: int, decoding: dict[str, Any], num_forwards: int) -> Case:
    """The published code decodes masks of the prompt like others. For us they are text, so all masks are a canvas."""
    prompt: list[int] = case["prompt"]
    given = [*(None if token_id == mask else token_id for token_id in prompt), *[None] * case["max_new_tokens"]]
    holes = [0 if token_id is None else None for token_id in given]
    decoded = [after for before, after in zip(prompt, case["prompt_after"], strict=True) if before == mask]
    return Case(
        prompt=(),
        params=GenerationParams(
            gen_length=len(given), block_length=1, window=Window(tuple(given), tuple(holes)), **decoding
        ),
        output=(*decoded, *case["output"]),
        forwards=num_forwards,
    )
