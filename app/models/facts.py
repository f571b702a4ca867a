"""Everything that a checkpoint says besides its weights, checked as a whole. Needs no torch."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.errors import CheckpointError
from app.models.config import ModelConfig, read_model_config, usual_keys
from app.models.families import NO_HINTS, Diffusion, Family, Hints, read_diffusion, recognise
from app.models.files import shorten
from app.models.sources import CheckpointSource


@dataclass(frozen=True)
class Facts:
    """What a checkpoint is."""

    family: Family
    recognised_by: str
    config: ModelConfig
    diffusion: Diffusion


def read_facts(source: CheckpointSource, hints: Hints = NO_HINTS) -> Facts:
    """Raises CheckpointError for whatever can be wrong with a checkpoint, its weights aside."""
    values = source.config()
    recognition = recognise(source, hints)
    family = recognition.family
    if values.get("quantization_config") is not None:
        raise CheckpointError(
            "config.json has a quantization_config: the weights are quantized already. Choose the original checkpoint, "
            "and quantize it with ELBARTO_QUANTIZATION."
        )
    config = read_model_config(usual_keys(values, family.layout), family.layout)
    for problem in shape_problems(config):
        raise CheckpointError(f"config.json: {problem}.")
    diffusion = read_diffusion(source, hints)
    _check_length(config, diffusion)
    _check_vocabulary(source.tokenizer(), config.vocab_size)
    return Facts(family, recognition.by, config, diffusion)


def shape_problems(config: ModelConfig) -> Iterator[str]:
    """What a decoder of this shape could not compute, naming the field."""
    if config.head_dim % 2 or not config.head_dim:
        yield f"head_dim is {config.head_dim}; rotary embeddings need an even one"
    if config.num_heads % config.num_kv_heads:
        yield f"num_attention_heads is {config.num_heads}, not a multiple of num_key_value_heads, {config.num_kv_heads}"
    if not (_is_number(config.rms_norm_eps) and 0 < config.rms_norm_eps < 1):
        yield f"rms_norm_eps must be a number between 0 and 1, got {shorten(config.rms_norm_eps)}"
    rope = config.rope
    for name, value in (("rope_theta", rope.theta), ("factor", rope.factor)):
        if not (math.isfinite(value) and value > 0):
            yield f"{name} of the rotary embedding must be a number above 0, got {value!r}"
    for name, value in (("low_freq_factor", rope.low_freq_factor), ("high_freq_factor", rope.high_freq_factor)):
        if not (math.isfinite(value) and value > 0):
            yield f"{name} of the rotary embedding must be a number above 0, got {value!r}"
    if rope.kind == "llama3" and rope.low_freq_factor == rope.high_freq_factor:
        yield "low_freq_factor and high_freq_factor of the rotary embedding are equal"
    if not 0 < rope.original_max_position < 2**31:
        yield f"original_max_position_embeddings must be a positive integer, got {rope.original_max_position!r}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _check_length(config: ModelConfig, diffusion: Diffusion) -> None:
    if diffusion.attention != "full" and 2 * diffusion.block_length > config.max_position:
        raise CheckpointError(
            f"config.json: max_position_embeddings is {config.max_position}, which is no room for a prompt and a block "
            f"of reply with block_length {diffusion.block_length}."
        )


def _check_vocabulary(tokenizer: Any, vocab_size: int) -> None:
    """A text with such a token would fail, on CUDA for everybody: the embedding has no row for it."""
    token, token_id = max(tokenizer.get_vocab().items(), key=lambda item: item[1], default=("", -1))
    if token_id >= vocab_size:
        raise CheckpointError(
            f"The tokenizer has the token {shorten(token)} with id {token_id}; the model's vocabulary (vocab_size) has "
            f"{vocab_size} rows."
        )
