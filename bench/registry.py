"""The parts of the benchmark by name. Does not import torch: a part's module is imported when the part runs."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from app.errors import ConfigError

if TYPE_CHECKING:
    from bench.context import Context
    from bench.measure import Figure

MIN_REPEATS = 5
Part = Callable[["Context"], "list[Figure]"]

# Name -> what it compares. The module bench.parts.<name> has the function `measure`, a Part.
PARTS: Mapping[str, str] = {
    "published": "the engine against the published loop on transformers' model: same weights, same parameters",
    "speculation": "drafts (auto, 4, 8) against none: speed, tokens per forward, waits, infills, acceptance",
    "recompute": "the engine against decoding that recomputes the whole canvas for every token",
    "modes": "the decode modes against static, one token a step: speed, agreement, quality",
    "quantization": "weights in 8 or 4 bits against unquantized ones: speed, memory, agreement, bits per byte",
    "infill": "filling holes: modes and length methods against the text cut out; two holes; typing",
    "concurrency": "several streams in one batch against one stream",
    "prefix": "time to the first block: a cached prompt against an uncached one",
    "steps": "watched and unwatched streams against an engine without step events",
    "floor": "one forward against the time it takes to read the weights",
    "http": "the same work through the server against the bare engine",
    "contention": "one core kept busy by another program against a quiet machine",
}


def choose(names: Sequence[str]) -> list[str]:
    """The named parts in the table's order, all if none is named; raises ConfigError."""
    unknown = next((name for name in names if name not in PARTS), None)
    if unknown is not None:
        raise ConfigError(f"{unknown!r} is not a part of the benchmark; the parts are {', '.join(PARTS)}")
    return [name for name in PARTS if name in names or not names]


def check_repeats(repeats: int) -> None:
    """Raises ConfigError."""
    if repeats < MIN_REPEATS:
        raise ConfigError(f"a figure is the median of at least {MIN_REPEATS} ratios; --quick makes one")


def load(name: str) -> Part:
    part: Part = importlib.import_module(f"bench.parts.{name}").measure
    return part
