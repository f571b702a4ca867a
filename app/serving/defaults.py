"""Resolves request defaults: the operator's settings, then the checkpoint's, then the built-in ones."""

from __future__ import annotations

from dataclasses import replace

from app.messages.defaults import DEFAULT_OPTIONS, USUAL_LENGTH, Defaults
from app.messages.options import Overrides

CHECKPOINT = "checkpoint"
BUILT_IN = "default"
SETTING_NAMES = tuple(name for name, option in DEFAULT_OPTIONS.items() if option.is_setting)


def resolve(chosen: Overrides[Defaults], checkpoint: Overrides[Defaults]) -> Defaults:
    """The operator's `chosen` values override the checkpoint's."""
    defaults = chosen.over(checkpoint.over(Defaults()))
    if "steps" in chosen:
        return replace(defaults, tokens_per_step=None)
    if "gen_length" in checkpoint and "gen_length" not in chosen:
        # The built-in steps are meant for the usual length. If a checkpoint sets only a longer one, they grow with
        # it, so that a step does not have to make more tokens final.
        assert defaults.gen_length is not None
        steps = max(defaults.steps, -(-defaults.steps * defaults.gen_length // USUAL_LENGTH))
        return replace(defaults, steps=steps)
    return defaults


def explain(chosen: Overrides[Defaults], checkpoint: Overrides[Defaults]) -> dict[str, tuple[str, str]]:
    """The defaults that the operator did not choose, by setting: (value, CHECKPOINT or BUILT_IN)."""
    defaults = resolve(chosen, checkpoint)
    rows = {}
    for name in SETTING_NAMES:
        if name in chosen:
            continue
        value, from_checkpoint = getattr(defaults, name), name in checkpoint
        if name == "steps" and defaults.tokens_per_step is not None:
            pace = "token" if defaults.tokens_per_step == 1 else f"{defaults.tokens_per_step} tokens"
            value, from_checkpoint = f"one for each {pace}", True
        rows[name] = ("unset" if value is None else str(value), CHECKPOINT if from_checkpoint else BUILT_IN)
    return rows
