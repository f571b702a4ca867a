"""The decoding options: which proposals become final, and how tokens are chosen. Each is declared here, and only here.

A new option is a field of `Decoding`, and the code in the engine that acts on it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

from app.messages.options import Overrides, option, options_of
from app.messages.rules import IntegerRange, NumberRange, OneOf, TrueOrFalse

DecodeMode = Literal[
    "static", "threshold", "greedy", "adaptive", "factor", "entropy", "dynamic", "sequential", "entropy_bounded"
]
Remasking = Literal["low_confidence", "low_margin", "high_entropy", "random"]
DECODE_MODES: tuple[DecodeMode, ...] = get_args(DecodeMode)
# Those that have their own use for a threshold, that need the entropies of proposals, that follow the schedule of
# `steps`, and in which the order of confidence matters.
THRESHOLD_MODES: tuple[DecodeMode, ...] = ("threshold", "adaptive", "dynamic")
ENTROPY_MODES: tuple[DecodeMode, ...] = ("entropy", "entropy_bounded")
SCHEDULED_MODES: tuple[DecodeMode, ...] = ("static", "dynamic", "sequential")
CONFIDENCE_MODES: tuple[DecodeMode, ...] = ("static", "threshold", "dynamic", "adaptive", "factor")

DEFAULT_THRESHOLD = 0.9
MAX_BLOCK_LENGTH = 2**17  # models with full attention may fill a whole context as one block
MAX_TEMPERATURE = 2


@dataclass(frozen=True, kw_only=True)
class Decoding:
    """Every decoding option with the value that applies. The defaults are the published algorithm's."""

    decode_mode: DecodeMode | None = option(
        None,
        OneOf(DECODE_MODES),
        "The rule that selects which masked positions become final in a step. All but static take fewer steps, for a "
        "slightly different reply.",
        unset="threshold where one is set, else static",
    )
    threshold: float | None = option(
        None,
        NumberRange(low=0, high=1),
        f"Modes threshold and adaptive: accept every proposal of at least this confidence ({DEFAULT_THRESHOLD} if "
        "unset). Mode dynamic: every proposal above it, and at least as many as `steps` schedules.",
        modes=THRESHOLD_MODES,
    )
    factor: float = option(
        1.0,
        NumberRange(low=0, high=100),
        "Mode factor: the n-th most confident proposal needs a confidence of at least 1 - factor / (n + 1).",
        modes=("factor",),
    )
    gamma: float = option(
        0.1,
        NumberRange(low=0, high=100),
        "Mode entropy: accept proposals by rising entropy, as long as their entropies without the largest add up to at "
        "most gamma (nats). Mode entropy_bounded: as long as all of them add up to less.",
        modes=ENTROPY_MODES,
    )
    small_block_length: int | None = option(
        None,
        IntegerRange(low=1, high=MAX_BLOCK_LENGTH),
        "Fill each block in parts of this many positions, which must divide the block length.",
        note=" that divides the block length",
    )
    block_cache: bool = option(
        False,
        TrueOrFalse(),
        "With small_block_length: a step computes only the positions of its small block, and takes the rest of the "
        "block as an earlier step left it. Faster, for a slightly different reply. Only for models whose published "
        "code does this.",
        is_setting=False,
        checkpoint_keys=(),
    )
    remasking: Remasking = option(
        "low_confidence",
        OneOf(get_args(Remasking)),
        "Which masked positions become final first: those with the most probable tokens (low_confidence), those whose "
        "token is furthest ahead of the second (low_margin), those with the lowest entropy (high_entropy), or random "
        "ones. Thresholds apply to these numbers; an entropy counts as negative.",
        modes=CONFIDENCE_MODES,
    )
    schedule_eps: float = option(
        1e-3,
        NumberRange(above=0, high=0.5),
        "Mode static, models whose schedule is a series of times from 1 to this one (Dream): the last time.",
    )
    temperature: float = option(
        0.0,
        NumberRange(low=0, high=MAX_TEMPERATURE),
        "Sampling temperature. 0 always takes the most likely token.",
        checkpoint_keys=("temperature", "elbarto.temperature"),
        llama_cpp="temperature",
    )
    top_p: float = option(
        1.0,
        NumberRange(low=0, high=1),
        "Above temperature 0: sample from the most likely tokens whose probabilities add up to this.",
        checkpoint_keys=("top_p",),
        llama_cpp="top_p",
    )
    top_k: int = option(
        0,
        IntegerRange(low=-1),
        "Above temperature 0: sample from this many of the most likely tokens; below 1, from all.",
        note="; below 1 keeps all tokens",
        checkpoint_keys=("top_k",),
        llama_cpp="top_k",
    )
    repetition_penalty: float = option(
        1.0,
        NumberRange(above=0, high=100),
        "Above 1, tokens that are in the prompt or in the reply so far become less likely. 1 is off.",
        checkpoint_keys=("repetition_penalty",),
        llama_cpp="repeat_penalty",
    )
    presence_penalty: float = option(
        0.0,
        NumberRange(low=-2, high=2),
        "Above 0, tokens that are in the reply so far become less likely. 0 is off.",
        llama_cpp="presence_penalty",
    )
    frequency_penalty: float = option(
        0.0,
        NumberRange(low=-2, high=2),
        "Above 0, tokens become less likely each time they occur in the reply. 0 is off.",
        llama_cpp="frequency_penalty",
    )

    def __post_init__(self) -> None:
        for item in options_of(type(self)).values():
            assert item.accepts(getattr(self, item.name)), f"{item.name} is {getattr(self, item.name)!r}"

    @property
    def mode(self) -> DecodeMode:
        """The mode that applies. If none is set: threshold with a threshold, else static, as published."""
        return self.decode_mode or ("static" if self.threshold is None else "threshold")

    @property
    def threshold_or_default(self) -> float:
        return DEFAULT_THRESHOLD if self.threshold is None else self.threshold

    @property
    def needs_entropies(self) -> bool:
        return self.mode in ENTROPY_MODES or self.remasking == "high_entropy"

    @property
    def is_random(self) -> bool:
        """Whether random numbers decide anything, which depend on position and step."""
        return self.temperature > 0 or self.remasking == "random"

    @property
    def has_penalties(self) -> bool:
        return self.repetition_penalty != 1 or self.presence_penalty != 0 or self.frequency_penalty != 0

    def values(self) -> dict[str, Any]:
        """The decoding options, without a subclass's other fields: keyword arguments for another `Decoding`."""
        return {name: getattr(self, name) for name in DECODING_OPTIONS}

    def in_force(self) -> dict[str, Any]:
        """As `values`, with the mode that applies."""
        return {**self.values(), "decode_mode": self.mode}


DECODING_OPTIONS = options_of(Decoding)


def decide(requested: Overrides[Decoding], defaults: Decoding) -> Decoding:
    """A request's decoding: its own options, and the defaults for the rest.

    A request that sets a threshold gets a mode that uses it, whatever the server's default mode is.
    """
    decoding = requested.over(Decoding(**defaults.values()))
    if "threshold" in requested and "decode_mode" not in requested and decoding.decode_mode not in THRESHOLD_MODES:
        return dataclasses.replace(decoding, decode_mode=None)
    return decoding


def without_effect(requested: Overrides[Decoding], decoding: Decoding, is_timed: bool = False) -> Iterator[str]:
    """A warning for each option of a request that changes nothing in the `decoding` that was decided.

    `is_timed`: under a time budget, which has a rule of its own.
    """
    mode = decoding.mode
    for name, item in DECODING_OPTIONS.items():
        if name not in requested:
            continue
        if is_timed and (name == "decode_mode" or item.modes not in ((), CONFIDENCE_MODES)):
            yield f"{name} has no effect with time_budget_ms."
        elif item.modes and mode not in item.modes and not is_timed:
            yield f"{name} has no effect in decode_mode {mode}; it has one in {', '.join(item.modes)}."
    if "block_cache" in requested and decoding.block_cache and decoding.small_block_length is None:
        yield "block_cache has no effect without small_block_length."
    if decoding.temperature == 0 and "temperature" not in requested:
        # Other servers sample by default.
        for name in ("top_p", "top_k"):
            if name in requested and getattr(decoding, name) != DECODING_OPTIONS[name].default:
                yield f"{name} has no effect at temperature 0, the default here; send a temperature."
