"""Plans a reply's length and number of steps, as docs/decisions/0001-reply-lengths.md specifies."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import PromptTooLong, RequestError
from app.messages.decoding import Decoding
from app.messages.defaults import Defaults
from app.messages.params import CanvasLength, round_lengths
from app.serving.backend import ModelInfo
from app.serving.requests import DecodingRequest


@dataclass(frozen=True, kw_only=True)
class PlannedLengths:
    """The planned lengths of one reply, in tokens."""

    block_length: int
    gen_length: int  # masks after the prompt
    steps: int
    max_tokens: int  # the most that are delivered; not above gen_length
    is_cut: bool  # the context has no room for the requested length
    is_raised: bool  # the requested canvas is shorter than a block

    @property
    def num_blocks(self) -> int:
        """That the steps are divided among."""
        return _divide_up(self.gen_length, self.block_length)


def plan_lengths(request: DecodingRequest, defaults: Defaults, prompt_len: int, model: ModelInfo) -> PlannedLengths:
    """Raises PromptTooLong if no block fits after the prompt, and RequestError if no block would ever fit."""
    max_model_len = model.max_model_len
    block_length = request.block_length or defaults.block_length
    if block_length >= max_model_len:
        raise RequestError(
            f"block_length must be below {max_model_len}, the model's context, got {block_length}.", "block_length"
        )
    room = _room(model.canvas_length, prompt_len, block_length, max_model_len)
    if room < (block_length if model.canvas_length == "whole_blocks" else 1):
        raise PromptTooLong(max_model_len, prompt_len + block_length, request.prompt_field)
    requested = request.gen_length or request.max_tokens or defaults.gen_length
    canvas = requested
    if model.canvas_length == "to_block_end":
        canvas = _divide_up(prompt_len + requested, block_length) * block_length - prompt_len
    elif model.canvas_length == "whole_blocks" and request.gen_length is None and request.max_tokens is not None:
        canvas = _divide_up(requested, block_length) * block_length
    is_cut, canvas = canvas > room, min(canvas, room)
    if request.steps is None and defaults.tokens_per_step is not None:
        steps = max(1, canvas // block_length) * _divide_up(block_length, defaults.tokens_per_step)
    elif request.steps is None:  # for the default length; longer replies get as many per token
        steps = max(defaults.steps, _divide_up(defaults.steps * canvas, defaults.gen_length))
    else:  # increased if the canvas was rounded up
        steps = max(request.steps, _divide_up(request.steps * canvas, requested))
    gen_length, max_tokens = canvas, min(request.max_tokens or requested, canvas)
    if model.canvas_length == "whole_blocks":
        gen_length, _ = round_lengths(canvas, steps, block_length)
        max_tokens = min(request.max_tokens or gen_length, gen_length)
    num_blocks = _divide_up(gen_length, block_length)
    return PlannedLengths(
        block_length=block_length,
        gen_length=gen_length,
        steps=max(1, steps // num_blocks) * num_blocks,
        max_tokens=max_tokens,
        is_cut=is_cut and (request.max_tokens is None or request.max_tokens > room),
        is_raised=model.canvas_length == "whole_blocks" and (request.gen_length or gen_length) < gen_length,
    )


def check_decoding(decoding: Decoding, block_length: int, model: ModelInfo) -> None:
    """Raises RequestError for options that do not go with the block length or with the model."""
    check_small_blocks(decoding, block_length)
    if decoding.block_cache and not model.block_cache:
        raise RequestError(
            f"block_cache must be false for {model.id}: the published code of such models has no such cache.",
            "block_cache",
        )


def _room(kind: CanvasLength, prompt_len: int, block_length: int, max_model_len: int) -> int:
    """The longest canvas after the prompt."""
    if kind == "whole_blocks":
        return (max_model_len - prompt_len) // block_length * block_length
    return (max_model_len // block_length * block_length if kind == "to_block_end" else max_model_len) - prompt_len


def check_small_blocks(decoding: Decoding, block_length: int) -> None:
    """Raises RequestError if the small blocks do not divide the block."""
    part = decoding.small_block_length
    if part and block_length % part:
        raise RequestError(
            f"small_block_length must divide the block length, {block_length}, got {part}.", "small_block_length"
        )


def _divide_up(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)
