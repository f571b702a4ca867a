"""The supported architectures, and defaults for values that a diffusion checkpoint's files may omit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from app.errors import CheckpointError
from app.messages.defaults import Defaults
from app.messages.options import Overrides, overrides
from app.messages.params import CanvasLength
from app.models.config import Layout, positive
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
    mask_token: str | None = None  # looked up in the vocabulary, if the tokenizer names no mask token
    mask_token_id: int | None = None
    block_length: int | None = None
    block_length_key: str = "block_length"  # in config.json, where checkpoints have another one
    eos_token_id: int | None = None
    canvas_length: CanvasLength = "whole_blocks"
    strict_threshold: bool = False
    block_cache: bool = False
    # Whether the published code decodes with the sampling options in generation_config.json, or with its own.
    reads_generation_config: bool = True
    # What its published script decodes with, unless requests, settings or generation_config.json say otherwise.
    request_defaults: Overrides[Defaults] = field(default_factory=Overrides)


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
    canvas_length: CanvasLength = "whole_blocks"
    strict_threshold: bool = False  # a confidence must exceed a threshold; else it is enough to reach it
    block_cache: bool = False  # requests may ask for steps that take part of the block as an earlier step left it

    @property
    def commits_alone(self) -> bool:
        """Whether a block's first token comes from the commit of the block before it, which then is a step of its own.

        The last row of that block predicts it.
        """
        return self.shift and self.attention == "block_causal"

    @property
    def fills_canvas(self) -> bool:
        """Whether the last block may be a canvas with holes: a hole at its start has no row that predicts it."""
        return not self.commits_alone


FAMILIES: Mapping[str, Family] = {
    "StableDiffcoderForCausalLM": Family(
        name="stable-diffcoder", layout=Layout(), mask_token_id=5, block_length=4, eos_token_id=2
    ),
    "Fast_dLLM_QwenForCausalLM": Family(
        name="fast-dllm-v2",
        layout=Layout(qkv_bias=True),
        shift=True,
        mask_token="|<MASK>|",
        mask_token_id=151665,
        block_length=32,
        block_length_key="bd_size",
        canvas_length="to_block_end",
        strict_threshold=True,
        block_cache=True,
        reads_generation_config=False,
        request_defaults=overrides(Defaults, threshold=0.9, small_block_length=8),
    ),
    "LlamaForCausalLM": Family(name="llama", layout=Layout()),
    "Qwen2ForCausalLM": Family(name="qwen2", layout=Layout(qkv_bias=True)),
    "Qwen3ForCausalLM": Family(name="qwen3", layout=Layout(qk_norm=True)),
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
    tokenizer = source.tokenizer()
    mask = _first(config.get("mask_token_id"), tokenizer.mask_token_id)
    if mask is None and family.mask_token is not None:
        mask = tokenizer.get_vocab().get(family.mask_token)
    mask = _first(mask, family.mask_token_id)
    if mask is None:
        raise CheckpointError(
            f"This is an ordinary causal {family.name} checkpoint: it has no mask token, so it was never trained to "
            "fill masks, and denoising it would give nonsense. Choose a block-diffusion checkpoint such as "
            "ByteDance-Seed/Stable-DiffCoder-8B-Instruct."
        )
    if config.get("block_length") is None and family.block_length is None:
        raise CheckpointError("config.json has a mask token but no 'block_length': the length it was trained with.")
    key = "block_length" if config.get("block_length") is not None else family.block_length_key
    block_length = positive(config, key, family.block_length)
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
        block_length=block_length,
        delete_token_id=delete,
        attention=_choice(config, "diffusion_attention", family.attention, get_args(AttentionPattern)),
        shift=_choice(config, "diffusion_shift", family.shift, (False, True)),
        canvas_length=family.canvas_length,
        strict_threshold=family.strict_threshold,
        block_cache=family.block_cache,
    )


def family_defaults(family: Family, block_length: int) -> Overrides[Defaults]:
    """What the family's published code decodes with, where that differs from the built-in defaults."""
    built_in = block_length == Defaults().block_length
    own = {} if built_in else {"block_length": block_length}
    return Overrides({**own, **family.request_defaults.values})


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
