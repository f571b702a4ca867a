"""The supported architectures, and defaults for values that a diffusion checkpoint's files may omit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from app.errors import CheckpointError
from app.models.config import Layout, positive
from app.models.files import printable, shorten
from app.models.sources import CheckpointSource
from app.models.tensor_names import LLAMA_NAMES, TensorNames

AttentionPattern = Literal["block_causal", "full"]


@dataclass(frozen=True, kw_only=True)
class Family:
    """The defaults of one architecture name. None: the checkpoint's files must have the value."""

    name: str
    layout: Layout
    names: TensorNames = LLAMA_NAMES
    attention: AttentionPattern = "block_causal"
    shift: bool = False
    mask_token_id: int | None = None
    block_length: int | None = None
    eos_token_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Diffusion:
    """How a checkpoint denoises: its special tokens, and the forward it was trained with."""

    family: str
    mask_token_id: int
    eos_token_ids: tuple[int, ...]
    block_length: int  # the one it was trained with; others work, with some loss of quality
    # If set, it was trained to fill canvases whose holes are too long: positions that get this token are removed.
    delete_token_id: int | None = None
    # What a position sees: its whole block and all earlier ones ("block_causal"), or everything ("full").
    attention: AttentionPattern = "block_causal"
    shift: bool = False  # the logits at position i are for position i + 1, as in causal models


FAMILIES: Mapping[str, Family] = {
    "StableDiffcoderForCausalLM": Family(
        name="stable-diffcoder", layout=Layout(), mask_token_id=5, block_length=4, eos_token_id=2
    ),
    "LlamaForCausalLM": Family(name="llama", layout=Layout()),
    "Qwen2ForCausalLM": Family(name="qwen2", layout=Layout(qkv_bias=True)),
    "Qwen3ForCausalLM": Family(name="qwen3", layout=Layout(qk_norm=True)),
}


def find_family(config: Mapping[str, Any]) -> Family:
    """Raises CheckpointError for an architecture that no family covers."""
    architectures = config.get("architectures") or []
    if not isinstance(architectures, list):
        raise CheckpointError(f"config.json: architectures must be a list, got {shorten(architectures)}.")
    for name in architectures:
        if isinstance(name, str) and name in FAMILIES:
            return FAMILIES[name]
    named = ", ".join(printable(str(name)[:80]) for name in architectures[:4]) or "none"
    raise CheckpointError(f"config.json: architectures is {named}; supported: {', '.join(FAMILIES)}.")


def read_diffusion(source: CheckpointSource) -> Diffusion:
    """Each value is from the first of config.json, the tokenizer and the family that has it.

    For end tokens, generation_config.json comes before all of them. Raises CheckpointError.
    """
    config = source.config()
    family = find_family(config)
    tokenizer = source.tokenizer()
    mask = _first(config.get("mask_token_id"), tokenizer.mask_token_id, family.mask_token_id)
    if mask is None:
        raise CheckpointError(
            f"This is an ordinary causal {family.name} checkpoint: it has no mask token, so it was never trained to "
            "fill masks, and denoising it would give nonsense. Choose a block-diffusion checkpoint such as "
            "ByteDance-Seed/Stable-DiffCoder-8B-Instruct."
        )
    if config.get("block_length") is None and family.block_length is None:
        raise CheckpointError("config.json has a mask token but no 'block_length': the length it was trained with.")
    block_length = positive(config, "block_length", family.block_length)
    eos = _first(
        source.generation_config().get("eos_token_id"),
        config.get("eos_token_id"),
        tokenizer.eos_token_id,
        family.eos_token_id,
    )
    if eos is None or eos == []:
        raise CheckpointError("Neither config.json nor the tokenizer names an end token (eos_token_id).")
    eos_token_ids = tuple(eos) if isinstance(eos, list) else (eos,)
    delete = config.get("delete_token_id")
    _check_token_ids(mask, eos_token_ids, delete, config.get("vocab_size"))
    return Diffusion(
        family=family.name,
        mask_token_id=mask,
        eos_token_ids=eos_token_ids,
        block_length=block_length,
        delete_token_id=delete,
        attention=_choice(config, "diffusion_attention", family.attention, get_args(AttentionPattern)),
        shift=_choice(config, "diffusion_shift", family.shift, (False, True)),
    )


def _choice(config: Mapping[str, Any], key: str, default: Any, allowed: tuple[Any, ...]) -> Any:
    value = _first(config.get(key), default)
    if type(value) is not type(allowed[0]) or value not in allowed:  # 0 == False
        raise CheckpointError(
            f"config.json: {key} must be one of {', '.join(map(str, allowed))}, got {shorten(value)}."
        )
    return value


def _check_token_ids(mask: Any, eos_token_ids: tuple[Any, ...], delete: Any, vocab_size: Any) -> None:
    named = [
        ("mask", mask),
        *(("end", eos) for eos in eos_token_ids),
        *([] if delete is None else [("delete", delete)]),
    ]
    for name, token_id in named:
        if type(token_id) is not int or not 0 <= token_id < vocab_size:
            raise CheckpointError(
                f"The {name} token's id is {shorten(token_id)}; config.json's vocab_size is {vocab_size}."
            )
    if mask in eos_token_ids:
        raise CheckpointError(f"Token {mask} is both the mask token and an end token.")
    if delete is not None and delete in (mask, *eos_token_ids):
        raise CheckpointError(f"Token {delete} is both the delete token and the mask or an end token.")


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)
