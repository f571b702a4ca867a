"""What the service is asked for, and what it answers with. Plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from app.messages.params import DecodeMode, Remasking
from app.text.token_text import RunningText as RunningText
from app.text.token_text import TokenText as TokenText

InfillMode = Literal["canvas", "fim", "chat"]
INFILL_MODES: tuple[InfillMode, ...] = get_args(InfillMode)
# What DecodingRequest, Defaults and GenerationParams have in common.
SAMPLING_FIELDS = (
    *("decode_mode", "threshold", "factor", "gamma", "small_block_length"),
    *("remasking", "temperature", "top_p", "top_k"),
    *("repetition_penalty", "presence_penalty", "frequency_penalty"),
)


@dataclass(frozen=True)
class Defaults:
    """What a request gets where it leaves something open.

    `steps` are meant for `gen_length` tokens. With `tokens_per_step` they do not count: every block then gets as many
    steps as it takes at that pace, whatever the reply's length. Of infills: the route, how many tokens around the holes
    the model makes use of (None: all that fit), and how many masks a hole of unknown length begins with.
    """

    steps: int = 256
    tokens_per_step: int | None = None
    gen_length: int = 512
    block_length: int = 4
    decode_mode: DecodeMode | None = None
    threshold: float | None = None
    factor: float = 1.0
    gamma: float = 0.1
    small_block_length: int | None = None
    remasking: Remasking = "low_confidence"
    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    repetition_penalty: float = 1.0
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    infill_mode: InfillMode | None = None
    infill_context: int | None = None
    infill_canvas: int = 24


@dataclass(frozen=True)
class DecodingRequest:
    """What every validated request for text may choose; None: the default. `n` replies are made for each prompt."""

    n: int = 1
    max_tokens: int | None = None
    gen_length: int | None = None
    steps: int | None = None
    block_length: int | None = None
    decode_mode: DecodeMode | None = None
    threshold: float | None = None
    factor: float | None = None
    gamma: float | None = None
    small_block_length: int | None = None
    time_budget_ms: int | None = None
    remasking: Remasking | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    repetition_penalty: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    seed: int | None = None
    stop: Sequence[str] = ()
    ignore_eos: bool = False
    watch: bool = False  # tell every denoising step, with the `alternatives` likeliest tokens of each position
    alternatives: int = 0

    @property
    def prompt_field(self) -> str:
        """The request's field to name where the prompt is at fault."""
        return "prompt"


@dataclass(frozen=True)
class ChatRequest(DecodingRequest):
    """A chat request. Either `messages` or `prompt_token_ids` is there."""

    messages: Sequence[Mapping[str, Any]] | None = None
    prompt_token_ids: Sequence[int] | None = None
    template_extras: Mapping[str, Any] = field(default_factory=dict)  # tools, response_format

    @property
    def prompt_field(self) -> str:
        return "messages" if self.prompt_token_ids is None else "prompt_token_ids"


@dataclass(frozen=True)
class PromptRequest(DecodingRequest):
    """Raw prompts, each a text or token ids, to go on from."""

    prompts: Sequence[str | Sequence[int]] = ()
