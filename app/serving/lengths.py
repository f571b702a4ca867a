"""How long a reply may be and in how many steps it is made: docs/decisions/0001-reply-lengths.md as code."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import PromptTooLong, RequestError
from app.messages.params import round_lengths
from app.serving.requests import DecodingRequest, Defaults


@dataclass(frozen=True)
class Lengths:
    """`gen_length` is the canvas, `max_tokens` what is delivered of it; `is_cut`: the context has no room for more."""

    block_length: int
    gen_length: int
    steps: int
    max_tokens: int
    is_cut: bool


def plan_lengths(request: DecodingRequest, defaults: Defaults, prompt_len: int, max_model_len: int) -> Lengths:
    """Raises PromptTooLong where not even one block fits behind the prompt."""
    block_length = request.block_length or defaults.block_length
    if block_length >= max_model_len:
        raise RequestError(
            f"block_length must be below {max_model_len}, the model's context, got {block_length}.", "block_length"
        )
    room = (max_model_len - prompt_len) // block_length * block_length
    if room < block_length:
        raise PromptTooLong(max_model_len, prompt_len + block_length, request.prompt_field)
    wanted = request.gen_length or request.max_tokens or defaults.gen_length
    canvas = wanted
    if request.gen_length is None and request.max_tokens is not None:
        canvas = _divide_up(wanted, block_length) * block_length
    is_cut, canvas = canvas > room, min(canvas, room)
    if request.steps is None and defaults.tokens_per_step is not None:
        steps = max(1, canvas // block_length) * _divide_up(block_length, defaults.tokens_per_step)
    elif request.steps is None:  # meant for replies of the default length; longer ones get as many for each token
        steps = max(defaults.steps, _divide_up(defaults.steps * canvas, defaults.gen_length))
    else:  # grown where the canvas was rounded up
        steps = max(request.steps, _divide_up(request.steps * canvas, wanted))
    gen_length, steps = round_lengths(canvas, steps, block_length)
    max_tokens = min(request.max_tokens or gen_length, gen_length)
    is_cut = is_cut and (request.max_tokens is None or request.max_tokens > room)
    return Lengths(block_length, gen_length, steps, max_tokens, is_cut)


def _divide_up(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)
