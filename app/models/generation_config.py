"""What a checkpoint's generation_config.json says about requests that leave something open. Needs no torch.

Hugging Face's own keys are read as its `generate` reads them: `temperature` counts only where `do_sample` is true (1.0
if it is not said), since without it decoding is greedy. `top_p` and `top_k` matter only to requests that sample, and
`repetition_penalty` to all. Keys that mean nothing here are passed over, because the file is not ours alone; the object
`elbarto` is, so what it holds must be known. Null means unsaid.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.errors import CheckpointError
from app.models.files import read_json

FILE = "generation_config.json"


@dataclass(frozen=True)
class _Key:
    """`name`: what it is called here."""

    name: str
    is_allowed: Callable[[Any], bool]
    allowed: str


def _integer(name: str, low: int, high: float = float("inf"), note: str = "") -> _Key:
    def is_allowed(value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high

    return _Key(name, is_allowed, f"an integer from {low}" + (f" to {high}" if high != float("inf") else "") + note)


def _number(name: str, low: float, high: float, is_low_allowed: bool = True) -> _Key:
    def is_allowed(value: Any) -> bool:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and (low <= value if is_low_allowed else low < value) and value <= high

    start = f"a number from {low:g} to" if is_low_allowed else f"a number above {low:g}, up to"
    return _Key(name, is_allowed, f"{start} {high:g}")


def _choice(name: str, *names: str) -> _Key:
    return _Key(name, lambda value: value in names, " or ".join(names))


HUGGING_FACE_KEYS: Mapping[str, _Key] = {
    "temperature": _number("temperature", 0, 2),
    "top_p": _number("top_p", 0, 1),
    "top_k": _integer("top_k", -1, note="; below 1 keeps all tokens"),
    "repetition_penalty": _number("repetition_penalty", 0, 100, is_low_allowed=False),
    "max_new_tokens": _integer("gen_length", 1),
}
OUR_KEYS: Mapping[str, _Key] = {
    "tokens_per_step": _integer("tokens_per_step", 1),
    "block_length": _integer("block_length", 1, 1024),
    "decode_mode": _choice("decode_mode", "static", "threshold", "greedy", "adaptive", "factor", "entropy"),
    "threshold": _number("threshold", 0, 1),
    "factor": _number("factor", 0, 100),
    "gamma": _number("gamma", 0, 100),
    "small_block_length": _integer("small_block_length", 1, 1024),
    "remasking": _choice("remasking", "low_confidence", "random"),
    "temperature": _number("temperature", 0, 2),
    "presence_penalty": _number("presence_penalty", -2, 2),
    "frequency_penalty": _number("frequency_penalty", -2, 2),
    "infill_mode": _choice("infill_mode", "canvas", "fim", "chat"),
    "infill_context": _integer("infill_context", 1),
    "infill_canvas": _integer("infill_canvas", 1),
}

OUR_OBJECT = _Key("elbarto", lambda value: isinstance(value, dict), f"an object of {', '.join(OUR_KEYS)}")
DO_SAMPLE = _Key("do_sample", lambda value: isinstance(value, bool), "true or false")


def read_generation_config(directory: Path) -> dict[str, Any]:
    """Defaults of requests, under the names of our request fields; raises CheckpointError."""
    path = directory / FILE
    return read_request_defaults(read_json(path, optional=True), path)


def read_request_defaults(config: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """`path` is for the message of a CheckpointError."""
    ours = _check(config, "elbarto", OUR_OBJECT, path) or {}
    unknown = next((key for key in ours if key not in OUR_KEYS), None)
    if unknown is not None:
        name = f"elbarto.{unknown}"
        raise CheckpointError(f"{path}: {name!r} is not known; allowed in elbarto: {', '.join(OUR_KEYS)}.")
    samples = _check(config, "do_sample", DO_SAMPLE, path)
    defaults = {"temperature": 1.0} if samples else {}
    for key, rule in HUGGING_FACE_KEYS.items():
        value = _check(config, key, rule, path)
        if value is not None and (samples or key != "temperature"):
            defaults[rule.name] = value
    for key, rule in OUR_KEYS.items():
        value = _check(ours, key, rule, path, "elbarto.")
        if value is not None:
            defaults[rule.name] = value
    return defaults


def _check(values: Mapping[str, Any], key: str, rule: _Key, path: Path, prefix: str = "") -> Any:
    value = values.get(key)
    if value is not None and not rule.is_allowed(value):
        raise CheckpointError(
            f"{path}: {prefix}{key} is {textwrap.shorten(repr(value), 100)}; allowed: {rule.allowed}. "
            "(ELBARTO_GENERATION_CONFIG=none leaves such defaults unread.)"
        )
    return value
