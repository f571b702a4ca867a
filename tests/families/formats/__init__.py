"""Published formats of cases, by the family that the checkpoint is recognised as."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.families.case import Case
from tests.families.formats import dream, llada

Read = Callable[[Mapping[str, Any], Mapping[str, Any]], Case]

FORMATS: Mapping[str, Read] = {
    "dream": dream.read,
    "llada": llada.read,
}
