"""Which architectures are served, and what a family of diffusion checkpoints needs that its files may not say.

All of them predict a masked position in place: the logits of position i are for position i (no shift).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import CheckpointError
from app.models.config import Layout, positive


@dataclass(frozen=True)
class Family:
    """Defaults of one architecture name; None: the checkpoint's own files must say."""

    name: str
    layout: Layout
    mask_token_id: int | None = None
    block_length: int | None = None
    eos_token_id: int | None = None


@dataclass(frozen=True)
class Diffusion:
    """What the engine has to know about a checkpoint: which token is a mask, which ones end a reply.

    With a `delete_token_id` it was trained to fill canvases whose holes are too long: what gets that token leaves them.
    """

    family: str
    mask_token_id: int
    eos_token_ids: tuple[int, ...]
    block_length: int  # The one it was trained with; others work, at some loss.
    delete_token_id: int | None = None


FAMILIES: Mapping[str, Family] = {
    "StableDiffcoderForCausalLM": Family("stable-diffcoder", Layout(), mask_token_id=5, block_length=4, eos_token_id=2),
    "LlamaForCausalLM": Family("llama", Layout()),
    "Qwen2ForCausalLM": Family("qwen2", Layout(qkv_bias=True)),
    "Qwen3ForCausalLM": Family("qwen3", Layout(qk_norm=True)),
}


def find_family(config: Mapping[str, Any]) -> Family:
    """Raises CheckpointError for an architecture that no family covers."""
    architectures = config.get("architectures") or []
    if not isinstance(architectures, list):
        raise CheckpointError(f"config.json: architectures must be a list, and is {architectures!r}.")
    for name in architectures:
        if name in FAMILIES:
            return FAMILIES[name]
    named = ", ".join(map(str, architectures)) or "none"
    raise CheckpointError(f"config.json: architectures is {named}; supported: {', '.join(FAMILIES)}.")


def read_diffusion(
    family: Family, config: Mapping[str, Any], generation: Mapping[str, Any], tokenizer: Any
) -> Diffusion:
    """`config` (config.json), then the Hugging Face `tokenizer`, then the family decide; raises CheckpointError."""
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
        generation.get("eos_token_id"), config.get("eos_token_id"), tokenizer.eos_token_id, family.eos_token_id
    )
    if eos is None:
        raise CheckpointError("Neither config.json nor the tokenizer names an end token (eos_token_id).")
    eos_token_ids = tuple(eos) if isinstance(eos, list) else (eos,)
    delete = config.get("delete_token_id")
    _check_token_ids(mask, eos_token_ids, delete, config.get("vocab_size"))
    return Diffusion(family.name, mask, eos_token_ids, block_length, delete)


def _check_token_ids(mask: Any, eos_token_ids: tuple[Any, ...], delete: Any, vocab_size: Any) -> None:
    named = [
        ("mask", mask),
        *(("end", eos) for eos in eos_token_ids),
        *([] if delete is None else [("delete", delete)]),
    ]
    for name, token_id in named:
        if not isinstance(token_id, int) or not 0 <= token_id < vocab_size:
            raise CheckpointError(f"The {name} token's id is {token_id!r}; config.json's vocab_size is {vocab_size}.")
    if mask in eos_token_ids:
        raise CheckpointError(f"Token {mask} is both the mask token and an end token.")
    if delete is not None and delete in (mask, *eos_token_ids):
        raise CheckpointError(f"Token {delete} is the delete token and the mask or an end token as well.")


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)
