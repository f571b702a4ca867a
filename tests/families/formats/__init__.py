"""Published formats of cases, by the family that the checkpoint is recognised as."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.families.case import Case
from tests.families.formats import a2d, dream, fast_dllm, llada, sdar, stable_diffcoder

Read = Callable[[Mapping[str, Any], Mapping[str, Any]], Case]

FORMATS: Mapping[str, Read] = {
    "stable-diffcoder": stable_diffcoder.read,
    "sdar": sdar.read,
    "a2d-qwen2": a2d.read,
    "a2d-qwen3": a2d.read,
    "fast-dllm-v2": fast_dllm.read,
    "dream": dream.read,
    "llada": llada.read,
}
