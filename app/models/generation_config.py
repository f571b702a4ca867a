"""Reads the defaults for requests from a checkpoint's generation_config.json. Needs no torch.

Hugging Face's keys are read as its `generate` reads them: `temperature` counts only if `do_sample` is true (and is then
1.0 if it is missing), since decoding is greedy otherwise. The other sampling options apply to requests that set a
temperature themselves. Unknown keys are skipped, because other programs use the file too, but refused in the object
`elbarto`, which is ours. Null means absent.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.errors import CheckpointError
from app.messages.defaults import DEFAULT_OPTIONS, Defaults
from app.messages.options import Option, Overrides
from app.models.files import read_json

FILE = "generation_config.json"
OBJECT = "elbarto"
_OPTIONS = {key: option for option in DEFAULT_OPTIONS.values() for key in option.checkpoint_keys}
OUR_KEYS: Mapping[str, Option] = {
    key.removeprefix(f"{OBJECT}."): option for key, option in _OPTIONS.items() if key.startswith(f"{OBJECT}.")
}
HUGGING_FACE_KEYS: Mapping[str, Option] = {
    key: option for key, option in _OPTIONS.items() if not key.startswith(f"{OBJECT}.")
}


def read_generation_config(directory: Path) -> Overrides[Defaults]:
    """The defaults in the file in `directory`; none without a file. Raises CheckpointError."""
    path = directory / FILE
    return read_request_defaults(read_json(path, optional=True), path)


def read_request_defaults(config: Mapping[str, Any], path: Path) -> Overrides[Defaults]:
    """As `read_generation_config`; `path` is for error messages."""
    return Overrides({**_read_hugging_face(config, path).values, **read_own_defaults(config, path).values})


def read_own_defaults(config: Mapping[str, Any], path: Path) -> Overrides[Defaults]:
    """As `read_request_defaults`, of our object alone: for models whose published code does not read the other keys."""
    ours = config.get(OBJECT)
    if ours is None:
        ours = {}
    if not isinstance(ours, dict):
        raise _refusal(path, OBJECT, ours, f"an object of {', '.join(OUR_KEYS)}")
    unknown = next((key for key in ours if key not in OUR_KEYS), None)
    if unknown is not None:
        name = f"{OBJECT}.{unknown}"
        raise CheckpointError(f"{path}: {name!r} is unknown; allowed in {OBJECT}: {', '.join(OUR_KEYS)}.")
    values = {option.name: _check(ours, key, option, path, f"{OBJECT}.") for key, option in OUR_KEYS.items()}
    return Overrides.pick(Defaults, values)


def _read_hugging_face(config: Mapping[str, Any], path: Path) -> Overrides[Defaults]:
    do_sample = config.get("do_sample")
    if do_sample is not None and not isinstance(do_sample, bool):
        raise _refusal(path, "do_sample", do_sample, "true or false")
    defaults = {"temperature": 1.0} if do_sample else {}
    for key, option in HUGGING_FACE_KEYS.items():
        value = _check(config, key, option, path)
        if value is not None and (do_sample or key != "temperature"):
            defaults[option.name] = value
    return Overrides.pick(Defaults, defaults)


def _check(values: Mapping[str, Any], key: str, option: Option, path: Path, prefix: str = "") -> Any:
    value = values.get(key)
    if value is not None and not option.rule.accepts(value):
        raise _refusal(path, prefix + key, value, option.allowed)
    return value


def _refusal(path: Path, key: str, value: object, allowed: str) -> CheckpointError:
    return CheckpointError(
        f"{path}: {key} is {textwrap.shorten(repr(value), 100)}; allowed: {allowed}. "
        "(With ELBARTO_GENERATION_CONFIG=none these defaults are not read.)"
    )
