"""Cases of LLaDA's `generate`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.messages.params import GenerationParams
from tests.families.case import Case, until_end


def read(case: Mapping[str, Any], header: Mapping[str, Any]) -> Case:
    """Steps that decode nothing cost us no forward. Nothing ends early in the published code; callers cut."""
    assert case["cfg_scale"] == 0
    lengths = {"gen_length": case["gen_length"], "steps": case["steps"], "block_length": case["block_length"]}
    num_blocks = case["gen_length"] // case["block_length"]
    return Case(
        prompt=tuple(case["prompt"]),
        params=GenerationParams(remasking=case["remasking"], **lengths),
        output=until_end(case["output"], {header["eos_id"]}),
        forwards=min(case["forwards"], num_blocks * case["block_length"]),
        body={"temperature": 0.0, "remasking": case["remasking"], **lengths},
    )
