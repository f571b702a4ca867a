"""The defaults for options that a request omits. The operator's settings and checkpoints can override them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from app.messages.decoding import MAX_BLOCK_LENGTH, Decoding
from app.messages.options import option, options_of
from app.messages.rules import IntegerRange, OneOf

InfillMode = Literal["canvas", "fim", "chat", "both"]  # both: canvas and fim
INFILL_MODES: tuple[InfillMode, ...] = get_args(InfillMode)


# The length that `steps` are for where no length is given. It is also that of a reply whose canvas costs by its length:
# with full attention, where every step computes all of it, and under a time budget, which its blocks share.
USUAL_LENGTH = 512


@dataclass(frozen=True, kw_only=True)
class LengthDefaults:
    """Lengths are in tokens. docs/decisions/0001-reply-lengths.md explains how a request's lengths follow from them."""

    steps: int = option(
        256,
        IntegerRange(low=1),
        f"Denoising steps for a reply of gen_length tokens ({USUAL_LENGTH} if unset); longer replies get more in "
        "proportion.",
        checkpoint_keys=(),
    )
    # If set, `steps` is ignored: each block gets as many steps as it needs at this rate.
    tokens_per_step: int | None = option(
        None,
        IntegerRange(low=1),
        "Tokens that become final in each step, whatever the reply's length.",
        is_setting=False,
    )
    # Hugging Face's max_new_tokens is no default: most files have it as an example's length, and it would cut replies.
    gen_length: int | None = option(
        None,
        IntegerRange(low=1),
        "Maximum number of tokens in a reply to a request that gives none. Unset: all that the context leaves "
        f"({USUAL_LENGTH} for models with full attention, and under a time budget).",
        unset="no limit",
    )
    block_length: int = option(
        4,
        IntegerRange(low=1, high=MAX_BLOCK_LENGTH),
        "Tokens that are denoised together. Best left at what the model was trained with.",
    )


@dataclass(frozen=True, kw_only=True)
class Defaults(Decoding, LengthDefaults):
    """The defaults of one server. The fields of the base class named last come first: lengths, decoding, infills."""

    infill_mode: InfillMode | None = option(
        None, OneOf(INFILL_MODES), "How holes are filled; unset: the best way the model supports.", is_setting=False
    )
    infill_context: int | None = option(
        None, IntegerRange(low=1), "Tokens around the holes that the model uses; unset: all.", is_setting=False
    )
    infill_canvas: int = option(
        24, IntegerRange(low=1), "Masks that a hole of unknown length begins with.", is_setting=False
    )


DEFAULT_OPTIONS = options_of(Defaults)
