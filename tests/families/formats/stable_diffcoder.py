"""Cases of Stable-DiffCoder's `generate`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.messages.params import GenerationParams
from tests.families.case import Case, until_end


def read(case: Mapping[str, Any], header: Mapping[str, Any]) -> Case:
    """Its parameters have the same names here."""
    names = ("gen_length", "steps", "block_length", "threshold", "remasking")
    fields = {name: case[name] for name in names if case[name] is not None}
    return Case(
        prompt=tuple(case["prompt"]),
        params=GenerationParams(**fields),
        output=until_end(case["output"], {header["eos_id"]}),
        forwards=case["denoise_and_commit_forwards"],
        body={**fields, "temperature": 0.0},
    )
