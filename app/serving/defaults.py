"""Where a request's defaults come from: the operator's settings, else the checkpoint, else what is built in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from app.serving.requests import Defaults

CHECKPOINT = "checkpoint"
BUILT_IN = "default"
# What only a checkpoint knows; the others are settings too.
CHECKPOINT_ONLY = ("tokens_per_step", "infill_mode", "infill_context", "infill_canvas")
SETTING_NAMES = tuple(item.name for item in fields(Defaults) if item.name not in CHECKPOINT_ONLY)


def resolve(chosen: Mapping[str, Any], checkpoint: Mapping[str, Any]) -> Defaults:
    """`chosen` by the operator and said by the `checkpoint`, both by fields of Defaults."""
    merged = {**checkpoint, **chosen}
    if "steps" in chosen:
        merged["tokens_per_step"] = None
    elif "gen_length" in checkpoint and "gen_length" not in chosen:
        # The built-in steps are meant for the built-in length; a checkpoint that says more tokens, and no more, would
        # otherwise have them crammed into as many steps.
        built_in = Defaults()
        merged["steps"] = max(built_in.steps, -(-built_in.steps * merged["gen_length"] // built_in.gen_length))
    return Defaults(**merged)


def explain(chosen: Mapping[str, Any], checkpoint: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """What is in force where the operator chose nothing, by setting: (value, CHECKPOINT or BUILT_IN)."""
    defaults = resolve(chosen, checkpoint)
    rows = {}
    for name in SETTING_NAMES:
        if name in chosen:
            continue
        value, said = getattr(defaults, name), name in checkpoint
        if name == "steps" and defaults.tokens_per_step is not None:
            pace = "token" if defaults.tokens_per_step == 1 else f"{defaults.tokens_per_step} tokens"
            value, said = f"one for each {pace}", True
        rows[name] = ("unset" if value is None else str(value), CHECKPOINT if said else BUILT_IN)
    return rows
