"""Sums of what engines have done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import fields, replace

from app.messages.stats import EngineStats

NOTHING = EngineStats(slots=0, slots_held=0)


def total(stats: Iterable[EngineStats]) -> EngineStats:
    each = list(stats)
    names = [field.name for field in fields(EngineStats) if field.name != "waiting"]
    sums = {name: sum(getattr(one, name) for one in each) for name in names}
    return EngineStats(**sums, waiting=sum((Counter(one.waiting) for one in each), Counter()))


def after_its_end(stats: EngineStats) -> EngineStats:
    """What an engine has done stays; what it held is gone."""
    return replace(stats, slots=0, slots_held=0, waiting={}, prefix_bytes=0, prefix_max_bytes=0)
