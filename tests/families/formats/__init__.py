"""The formats of published cases, by the family of their checkpoint. Each has a function `read`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.families.case import Case
from tests.families.formats import fast_dllm

Read = Callable[[dict[str, Any], dict[str, Any]], Case]  # (a case, the header of its file) -> the case

FORMATS: Mapping[str, Read] = {"fast-dllm-v2": fast_dllm.read}
