"""The supported architectures, and defaults for values that a diffusion checkpoint's files may omit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from app.errors import CheckpointError, ConfigError
from app.messages.decoding import MAX_BLOCK_LENGTH
from app.messages.defaults import Defaults
from app.messages.options import Overrides, overrides
from app.messages.params import Alignment, CanvasLength
from app.models.config import LLADA_LAYOUT, Layout, positive, usual_keys
from app.models.files import printable, read_json, shorten
from app.models.sources import CheckpointSource
from app.models.tensor_names import LLADA_NAMES, LLAMA_NAMES, TensorNames
from app.models.unsupported import UNSUPPORTED

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
    # The family has checkpoints of several block lengths. Where config.json has none, the model's name may end with it
    # (the pattern's group), or the operator says it.
    block_length_in_name: re.Pattern[str] | None = None
    eos_token_id: int | None = None
    eos_of_tokenizer: bool = False  # the published code asks the tokenizer, and not generation_config.json
    alignment: Alignment = "start"
    schedule: str = "masks"
    canvas_length: CanvasLength = "whole_blocks"
    strict_threshold: bool = False
    block_cache: bool = False
    # Whether the published code decodes with the sampling options in generation_config.json, or with its own.
    reads_generation_config: bool = True
    # Conversions name a plain architecture, and keep one of two marks: code files of this name, or the mask token with
    # its usual id.
    conversions: tuple[str, ...] = ()
    code: str | None = None
    # What its published script decodes with, unless requests, settings or generation_config.json say otherwise.
    request_defaults: Overrides[Defaults] = field(default_factory=Overrides)


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
    shift: bool = False  # the logits at position i are for position i + 1, as in causal models
    alignment: Alignment = "start"
    schedule: str = "masks"  # of app/engine/schedules.py: how many positions a step makes final
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


class Hints(NamedTuple):
    """What the operator says of a checkpoint whose files do not. None: nothing."""

    family: str | None = None
    mask_token_id: int | None = None
    block_length: int | None = None


class Recognition(NamedTuple):
    family: Family
    by: str  # what it was recognised by, for people


NO_HINTS = Hints()

_A2D_QWEN2 = Family(
    name="a2d-qwen2",
    layout=Layout(qkv_bias=True),
    mask_token="<|mask|>",
    block_length=32,
    eos_of_tokenizer=True,
    alignment="prompt_end",
    schedule="linear",
    canvas_length="exact",
    request_defaults=overrides(Defaults, tokens_per_step=1),
)

FAMILIES: Mapping[str, Family] = {
    "StableDiffcoderForCausalLM": Family(
        name="stable-diffcoder",
        layout=Layout(),
        mask_token="<[MASK_TOKEN]>",
        mask_token_id=5,
        block_length=4,
        eos_token_id=2,
        conversions=("LlamaForCausalLM",),
        code="modeling_seed_diffcoder",
    ),
    "SDARForCausalLM": Family(
        name="sdar",
        layout=Layout(qk_norm=True),
        mask_token="<|MASK|>",
        mask_token_id=151669,
        block_length=4,
        block_length_key="block_size",
        block_length_in_name=re.compile(r"-b(\d+)$", re.IGNORECASE),
        schedule="whole_block",
        canvas_length="to_block_end",
        request_defaults=overrides(Defaults, decode_mode="dynamic", threshold=0.85, tokens_per_step=1),
    ),
    "A2DQwen2LMHeadModel": _A2D_QWEN2,
    "A2DQwen3LMHeadModel": replace(_A2D_QWEN2, name="a2d-qwen3", layout=Layout(qk_norm=True)),
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
    "DreamModel": Family(
        name="dream",
        layout=Layout(qkv_bias=True),
        attention="full",
        shift=True,
        mask_token="<|mask|>",
        mask_token_id=151666,
        schedule="timesteps",
        canvas_length="exact",
        request_defaults=overrides(Defaults, remasking="high_entropy", tokens_per_step=1),
    ),
    "LLaDAModelLM": Family(
        name="llada",
        layout=LLADA_LAYOUT,
        names=LLADA_NAMES,
        attention="full",
        mask_token="<|mdm_mask|>",
        mask_token_id=126336,
        block_length=32,
        canvas_length="exact",
        request_defaults=overrides(Defaults, tokens_per_step=1),
    ),
}


def find_family(config: Mapping[str, Any]) -> Family:
    """By the name of the architecture alone. Raises CheckpointError for one that no family covers."""
    architectures = _architectures(config)
    for name in architectures:
        if isinstance(name, str) and name in FAMILIES:
            return FAMILIES[name]
    for name in architectures:
        if name in UNSUPPORTED:
            raise CheckpointError(f"config.json: architectures is {name}, which is not supported: {UNSUPPORTED[name]}.")
    named = ", ".join(printable(str(name)[:80]) for name in architectures[:4]) or "none"
    raise CheckpointError(f"config.json: architectures is {named}; supported: {', '.join(FAMILIES)}.")


def recognise(source: CheckpointSource, hints: Hints = NO_HINTS) -> Recognition:
    """Raises ConfigError for a hint that makes no sense, CheckpointError for a checkpoint of no known family."""
    if hints.family is not None:
        known = {family.name: family for family in FAMILIES.values()}
        if hints.family not in known:
            raise ConfigError(f"ELBARTO_FAMILY is {hints.family!r}; allowed: {', '.join(known)}.")
        return Recognition(known[hints.family], "ELBARTO_FAMILY")
    config = source.config()
    found = find_family(config)
    for family in FAMILIES.values():
        if set(family.conversions) & set(_architectures(config)):
            mark = _mark(family, config, source)
            if mark is not None:
                return Recognition(family, mark)
    return Recognition(found, f"the architecture {next(name for name in _architectures(config) if name in FAMILIES)}")


def _architectures(config: Mapping[str, Any]) -> list[str]:
    architectures = config.get("architectures") or []
    if not isinstance(architectures, list) or not all(isinstance(name, str) for name in architectures):
        raise CheckpointError(f"config.json: architectures must be a list of names, got {architectures!r}.")
    return architectures


def _mark(family: Family, config: Mapping[str, Any], source: CheckpointSource) -> str | None:
    """What shows that a checkpoint with a plain architecture is a conversion of this family; None: nothing does."""
    auto_map = config.get("auto_map")
    named = auto_map.values() if isinstance(auto_map, Mapping) else ()
    if family.code and any(str(name).rpartition("--")[2].startswith(family.code) for name in named):
        return f"auto_map ({family.code})"
    if family.mask_token and _token_id(source.tokenizer(), family.mask_token) == family.mask_token_id:
        return f"the tokenizer's {family.mask_token}, id {family.mask_token_id}"
    return None


def _token_id(tokenizer: Any, token: str) -> int | None:
    """None: the vocabulary does not have the token."""
    token_id = tokenizer.get_vocab().get(token)
    return token_id if isinstance(token_id, int) else None


def read_diffusion(source: CheckpointSource, hints: Hints = NO_HINTS) -> Diffusion:
    """Each value is from the first of config.json, the tokenizer and the family that has it.

    For end tokens, generation_config.json comes before all of them, and the tokenizer's is added to it: chat templates
    end turns with that one. For the mask token, the operator's hint comes first.
    Raises CheckpointError, or ConfigError for a hint that makes no sense.
    """
    config = source.config()
    family = recognise(source, hints).family
    config = usual_keys(config, family.layout)
    tokenizer = source.tokenizer()
    mask = _find_mask(family, config, tokenizer, hints)
    attention = _find_attention(family, config)
    eos = _first(
        tokenizer.eos_token_id if family.eos_of_tokenizer else None,
        source.generation_config().get("eos_token_id"),
        config.get("eos_token_id"),
        tokenizer.eos_token_id,
        family.eos_token_id,
    )
    if eos is None or eos == []:
        raise CheckpointError("Neither config.json nor the tokenizer names an end token (eos_token_id).")
    eos_token_ids = tuple(eos) if isinstance(eos, list) else (eos,)
    is_generations = source.generation_config().get("eos_token_id") not in (None, [])
    if is_generations and tokenizer.eos_token_id not in (None, mask, *eos_token_ids):
        eos_token_ids += (tokenizer.eos_token_id,)
    delete = config.get("delete_token_id")
    _check_token_ids(mask, eos_token_ids, delete, config.get("vocab_size"))
    return Diffusion(
        family=family.name,
        mask_token_id=mask,
        eos_token_ids=eos_token_ids,
        block_length=_find_block_length(family, config, source.name, hints),
        delete_token_id=delete,
        attention=attention,
        shift=_choice(config, "diffusion_shift", family.shift, (False, True)),
        alignment="prompt_end" if attention == "full" else family.alignment,
        schedule=family.schedule,
        canvas_length=family.canvas_length,
        strict_threshold=family.strict_threshold,
        block_cache=family.block_cache,
    )


def family_defaults(family: Family, block_length: int) -> Overrides[Defaults]:
    """What the family's published code decodes with, where that differs from the built-in defaults."""
    built_in = block_length == Defaults().block_length
    own = {} if built_in else {"block_length": block_length}
    return Overrides({**own, **family.request_defaults.values})


def named_defaults(directory: Path, name: str, block_length: int | None = None) -> Overrides[Defaults]:
    """As `family_defaults`, by the architecture that config.json names; no tokenizer is read. None for an unknown one.

    Conversions that hide their family decode with the built-in defaults anyway.
    """
    config = read_json(directory / "config.json", optional=True)
    try:
        family = find_family(config)
        return family_defaults(family, _find_block_length(family, config, name, Hints(block_length=block_length)))
    except CheckpointError:
        return Overrides()


def _find_mask(family: Family, config: Mapping[str, Any], tokenizer: Any, hints: Hints) -> Any:
    vocab_size = config.get("vocab_size")
    if hints.mask_token_id is not None and isinstance(vocab_size, int) and hints.mask_token_id >= vocab_size:
        raise ConfigError(
            f"ELBARTO_MASK_TOKEN_ID is {hints.mask_token_id}; allowed: a token id of this checkpoint, from 0 to "
            f"{vocab_size - 1}."
        )
    mask = _first(hints.mask_token_id, config.get("mask_token_id"), tokenizer.mask_token_id)
    if mask is None and family.mask_token is not None:
        mask = _token_id(tokenizer, family.mask_token)
    mask = _first(mask, family.mask_token_id)
    if mask is not None:
        return mask
    if family.mask_token is not None:
        raise CheckpointError(
            f"This {family.name} checkpoint's tokenizer has no mask token {family.mask_token}; if another token is the "
            "mask, set ELBARTO_MASK_TOKEN_ID to its id."
        )
    raise CheckpointError(
        f"This is an ordinary causal {family.name} checkpoint: it has no mask token, so it was never trained to "
        "fill masks, and denoising it would give nonsense. Choose a block-diffusion checkpoint such as "
        "ByteDance-Seed/Stable-DiffCoder-8B-Instruct; if it is a conversion of one, say so with ELBARTO_FAMILY, or "
        "with ELBARTO_MASK_TOKEN_ID and ELBARTO_BLOCK_LENGTH."
    )


def _find_block_length(family: Family, config: Mapping[str, Any], name: str, hints: Hints) -> int:
    for key in ("block_length", family.block_length_key):
        if config.get(key) is not None:
            return positive(config, key)
    if family.block_length_in_name is not None:
        found = family.block_length_in_name.search(name)
        length = _first(int(found[1]) if found else None, hints.block_length, family.block_length)
    else:
        length = _first(family.block_length, hints.block_length)
    if length is None and _find_attention(family, config) == "full":
        length = min(positive(config, "max_position_embeddings", 2048), MAX_BLOCK_LENGTH)
    if length is None:
        raise CheckpointError(
            "There is a mask token, but config.json has no 'block_length', the length it was trained with; "
            "ELBARTO_BLOCK_LENGTH can say it."
        )
    return int(length)


def _find_attention(family: Family, config: Mapping[str, Any]) -> AttentionPattern:
    pattern: AttentionPattern = _choice(config, "diffusion_attention", family.attention, get_args(AttentionPattern))
    return pattern


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
