"""Plans a reply's length and number of steps, as docs/decisions/0001-reply-lengths.md specifies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from app.errors import PromptTooLong, RequestError
from app.messages.decoding import Decoding
from app.messages.defaults import USUAL_LENGTH, Defaults
from app.messages.params import CanvasLength
from app.serving.backend import ModelInfo
from app.serving.requests import DecodingRequest

LONGEST_BLOCK = 1024  # of models with block-causal attention


@dataclass(frozen=True, kw_only=True)
class PlannedLengths:
    """The planned lengths of one reply, in tokens."""

    block_length: int
    gen_length: int  # masks after the prompt
    steps: int
    max_tokens: int  # the most that are delivered; not above gen_length
    is_cut: bool  # the context has no room for the requested length
    is_raised: bool  # the requested steps were fewer than blocks

    @property
    def reply_limit(self) -> int | None:
        """What the engine gets as `max_tokens`. None: the canvas is the limit."""
        return self.max_tokens if self.max_tokens < self.gen_length else None


def plan_lengths(request: DecodingRequest, defaults: Defaults, prompt_len: int, model: ModelInfo) -> PlannedLengths:
    """Raises PromptTooLong if not even one block fits after the prompt, and RequestError if no block would ever fit."""
    asked = request.gen_length or request.max_tokens or defaults.gen_length
    block_length = request.block_length or defaults.block_length
    if model.attention == "full":  # blocks are only an order: one that is longer than the reply is the reply
        block_length = max(1, min(block_length, asked or USUAL_LENGTH, model.max_model_len - prompt_len))
    _check_block_length(block_length, model)
    canvas = CANVASES[model.canvas_length](prompt_len, block_length, model.max_model_len)
    if canvas.room < canvas.least:
        raise PromptTooLong(model.max_model_len, prompt_len + canvas.least, request.prompt_field)
    requested = asked or _unasked_length(request, model, canvas.room)
    is_budget = request.gen_length is None and request.max_tokens is not None
    length = canvas.length(requested, is_budget)
    is_cut, length = length > canvas.room, min(length, canvas.room)
    num_blocks = max(1, length // block_length if canvas.rounds_down else _divide_up(length, block_length))
    steps_per_block, is_raised = request.steps_per_block, False
    if steps_per_block is None:
        steps = _steps(request, defaults, block_length, num_blocks, length)
        is_raised = request.steps is not None and steps < num_blocks
        steps_per_block = max(1, steps // num_blocks if canvas.rounds_down else _divide_up(steps, num_blocks))
    gen_length = num_blocks * block_length if canvas.rounds_down else length
    delivered = gen_length if canvas.rounds_down else min(requested, gen_length)
    max_tokens = min(request.max_tokens or delivered, delivered)
    is_cut = is_cut and (request.max_tokens is None or request.max_tokens > canvas.room)
    return PlannedLengths(
        block_length=block_length,
        gen_length=gen_length,
        steps=steps_per_block * num_blocks,
        max_tokens=max_tokens,
        is_cut=is_cut,
        is_raised=is_raised,
    )


def _unasked_length(request: DecodingRequest, model: ModelInfo, room: int) -> int:
    """All the room, as other servers give: a reply ends at its end token, and later blocks cost nothing until then."""
    is_costly = model.attention == "full" or request.time_budget_ms is not None
    return min(room, USUAL_LENGTH) if is_costly else room


def _check_block_length(block_length: int, model: ModelInfo) -> None:
    if model.attention == "full":
        return
    if block_length >= model.max_model_len:
        raise RequestError(
            f"block_length must be below {model.max_model_len}, the model's context, got {block_length}.",
            "block_length",
        )
    if block_length > LONGEST_BLOCK:
        raise RequestError(
            f"block_length must be at most {LONGEST_BLOCK} for this model, got {block_length}.", "block_length"
        )


def _steps(request: DecodingRequest, defaults: Defaults, block_length: int, num_blocks: int, length: int) -> int:
    """For the whole canvas of this length, before they are rounded to whole steps in each block."""
    if request.steps is not None:  # increased if the canvas was rounded up
        requested = request.gen_length or request.max_tokens or defaults.gen_length or USUAL_LENGTH
        return max(request.steps, _divide_up(request.steps * length, requested))
    if defaults.tokens_per_step is not None:
        return num_blocks * _divide_up(block_length, defaults.tokens_per_step)
    # For the default length; longer replies get as many per token.
    return max(defaults.steps, _divide_up(defaults.steps * length, defaults.gen_length or USUAL_LENGTH))


@dataclass(frozen=True)
class WholeBlocks:
    """CanvasLength whole_blocks. A length is rounded down, as the original server does; a budget of tokens is not."""

    prompt_len: int
    block_length: int
    max_model_len: int
    rounds_down: ClassVar[bool] = True

    @property
    def room(self) -> int:
        return (self.max_model_len - self.prompt_len) // self.block_length * self.block_length

    @property
    def least(self) -> int:
        return self.block_length

    def length(self, requested: int, is_budget: bool) -> int:
        return _divide_up(requested, self.block_length) * self.block_length if is_budget else requested


@dataclass(frozen=True)
class ToBlockEnd:
    """CanvasLength to_block_end."""

    prompt_len: int
    block_length: int
    max_model_len: int
    rounds_down: ClassVar[bool] = False

    @property
    def room(self) -> int:
        return self.max_model_len // self.block_length * self.block_length - self.prompt_len

    @property
    def least(self) -> int:
        return self.length(1)

    def length(self, requested: int, is_budget: bool = True) -> int:
        return _divide_up(self.prompt_len + requested, self.block_length) * self.block_length - self.prompt_len


@dataclass(frozen=True)
class Exact:
    """CanvasLength exact."""

    prompt_len: int
    block_length: int
    max_model_len: int
    rounds_down: ClassVar[bool] = False

    @property
    def room(self) -> int:
        return self.max_model_len - self.prompt_len

    @property
    def least(self) -> int:
        return 1

    def length(self, requested: int, is_budget: bool) -> int:
        return requested


CANVASES: Mapping[CanvasLength, type[WholeBlocks] | type[ToBlockEnd] | type[Exact]] = {
    "whole_blocks": WholeBlocks,
    "to_block_end": ToBlockEnd,
    "exact": Exact,
}


def check_decoding(decoding: Decoding, block_length: int, model: ModelInfo) -> None:
    """Raises RequestError for options that do not go with the block length or with the model."""
    check_small_blocks(decoding, block_length)
    if decoding.block_cache and not model.block_cache:
        raise RequestError(
            f"block_cache must be false for {model.id}: the published code of such models has no such cache.",
            "block_cache",
        )


def check_small_blocks(decoding: Decoding, block_length: int) -> None:
    """Raises RequestError if the small blocks do not divide the block."""
    part = decoding.small_block_length
    if part and block_length % part:
        raise RequestError(
            f"small_block_length must divide the block length, {block_length}, got {part}.", "small_block_length"
        )


def _divide_up(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)
