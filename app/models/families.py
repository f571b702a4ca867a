"""The supported architectures, and defaults for values that a diffusion checkpoint's files may omit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from app.errors import CheckpointError
from app.messages.decoding import MAX_BLOCK_LENGTH
from app.messages.params import CanvasLength
from app.models.config import LLADA_LAYOUT, Layout, positive, usual_keys
from app.models.sources import CheckpointSource
from app.models.tensor_names import LLADA_NAMES, LLAMA_NAMES, TensorNames

AttentionPattern = Literal["block_causal", "full"]
Alignment = Literal["start", "prompt_end"]


@dataclass(frozen=True, kw_only=True)
class Family:
    """The defaults of one architecture name. None: the checkpoint's files must have the value."""

    name: str
    layout: Layout
    names: TensorNames = LLAMA_NAMES
    attention: AttentionPattern = "block_causal"
    alignment: Alignment = "start"
    shift: bool = False
    schedule: str = "masks"
    canvas_length: CanvasLength = "whole_blocks"
    mask_token_id: int | None = None
    block_length: int | None = None
    eos_token_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Diffusion:
    """How a checkpoint denoises: its special tokens, and the forward it was trained with."""

    family: str
    mask_token_id: int
    eos_token_ids: tuple[int, ...]
    # The one it was trained with; others work, with some loss of quality. With full attention it is only the order in
    # which positions are filled; as long as the context, if there is none.
    block_length: int
    # If set, it was trained to fill canvases whose holes are too long: positions that get this token are removed.
    delete_token_id: int | None = None
    # What a position sees: its whole block and all earlier ones ("block_causal"), or everything ("full").
    attention: AttentionPattern = "block_causal"
    alignment: Alignment = "start"  # whether blocks are counted from position 0 or from the prompt's end
    schedule: str = "masks"  # a key of app.engine.schedules.SCHEDULES
    canvas_length: CanvasLength = "whole_blocks"
    shift: bool = False  # the logits at position i are for position i + 1, as in causal models


FAMILIES: Mapping[str, Family] = {
    "StableDiffcoderForCausalLM": Family(
        name="stable-diffcoder", layout=Layout(), mask_token_id=5, block_length=4, eos_token_id=2
    ),
    "LlamaForCausalLM": Family(name="llama", layout=Layout()),
    "Qwen2ForCausalLM": Family(name="qwen2", layout=Layout(qkv_bias=True)),
    "Qwen3ForCausalLM": Family(name="qwen3", layout=Layout(qk_norm=True)),
    "DreamModel": Family(
        name="dream",
        layout=Layout(qkv_bias=True),
        attention="full",
        alignment="prompt_end",
        shift=True,
        schedule="timesteps",
        canvas_length="exact",
        mask_token_id=151666,
    ),
    "LLaDAModelLM": Family(
        name="llada",
        layout=LLADA_LAYOUT,
        names=LLADA_NAMES,
        attention="full",
        alignment="prompt_end",
        canvas_length="exact",
        mask_token_id=126336,
        block_length=32,
    ),
}


def find_family(config: Mapping[str, Any]) -> Family:
    """Raises CheckpointError for an architecture that no family covers."""
    architectures = config.get("architectures") or []
    if not isinstance(architectures, list):
        raise CheckpointError(f"config.json: architectures must be a list, got {architectures!r}.")
    for name in architectures:
        if name in FAMILIES:
            return FAMILIES[name]
    named = ", ".join(map(str, architectures)) or "none"
    raise CheckpointError(f"config.json: architectures is {named}; supported: {', '.join(FAMILIES)}.")


def read_diffusion(source: CheckpointSource) -> Diffusion:
    """Each value is from the first of config.json, the tokenizer and the family that has it.

    For end tokens, generation_config.json comes before all of them. Raises CheckpointError.
    """
    config = source.config()
    family = find_family(config)
    config = usual_keys(config, family.layout)
    tokenizer = source.tokenizer()
    mask = _first(config.get("mask_token_id"), tokenizer.mask_token_id, family.mask_token_id)
    if mask is None:
        raise CheckpointError(
            f"This is an ordinary causal {family.name} checkpoint: it has no mask token, so it was never trained to "
            "fill masks, and denoising it would give nonsense. Choose a block-diffusion checkpoint such as "
            "ByteDance-Seed/Stable-DiffCoder-8B-Instruct."
        )
    attention = _choice(config, "diffusion_attention", family.attention, get_args(AttentionPattern))
    eos = _first(
        source.generation_config().get("eos_token_id"),
        config.get("eos_token_id"),
        tokenizer.eos_token_id,
        family.eos_token_id,
    )
    if eos is None:
        raise CheckpointError("Neither config.json nor the tokenizer names an end token (eos_token_id).")
    eos_token_ids = tuple(eos) if isinstance(eos, list) else (eos,)
    delete = config.get("delete_token_id")
    _check_token_ids(mask, eos_token_ids, delete, config.get("vocab_size"))
    return Diffusion(
        family=family.name,
        mask_token_id=mask,
        eos_token_ids=eos_token_ids,
        block_length=_block_length(config, family, attention),
        delete_token_id=delete,
        attention=attention,
        alignment="prompt_end" if attention == "full" else family.alignment,
        schedule=family.schedule,
        canvas_length=family.canvas_length,
        shift=_choice(config, "diffusion_shift", family.shift, (False, True)),
    )


def _block_length(config: Mapping[str, Any], family: Family, attention: AttentionPattern) -> int:
    if config.get("block_length") is not None or family.block_length is not None:
        return positive(config, "block_length", family.block_length)
    if attention == "full":
        return min(positive(config, "max_position_embeddings", 2048), MAX_BLOCK_LENGTH)
    raise CheckpointError("config.json has a mask token but no 'block_length': the length it was trained with.")


def _choice(config: Mapping[str, Any], key: str, default: Any, allowed: tuple[Any, ...]) -> Any:
    value = _first(config.get(key), default)
    if type(value) is not type(allowed[0]) or value not in allowed:  # 0 == False
        raise CheckpointError(f"config.json: {key} must be one of {', '.join(map(str, allowed))}, got {value!r}.")
    return value


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
        raise CheckpointError(f"Token {delete} is both the delete token and the mask or an end token.")


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)
