"""The shape of a Llama-family decoder, read from a Hugging Face `config.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.errors import CheckpointError


@dataclass(frozen=True)
class RopeScaling:
    """Rotary embedding (RoFormer, arXiv 2104.09864)."""

    kind: str = "default"  # or "linear", or "llama3": the long-context scaling of Llama 3.1
    theta: float = 10_000.0
    factor: float = 1.0
    low_freq_factor: float = 1.0
    high_freq_factor: float = 4.0
    original_max_position: int = 8192


@dataclass(frozen=True)
class ModelConfig:
    """The shape of a decoder. Sizes are in elements; `*_bias`: these projections have a bias."""

    vocab_size: int
    hidden_size: int
    intermediate_size: int
    num_layers: int
    num_heads: int
    num_kv_heads: int
    head_dim: int
    max_position: int
    rms_norm_eps: float
    rope: RopeScaling
    qkv_bias: bool = False
    output_bias: bool = False
    mlp_bias: bool = False
    qk_norm: bool = False
    tie_word_embeddings: bool = False


@dataclass(frozen=True)
class Layout:
    """What follows from an architecture's name and is not in its config.json."""

    qk_norm: bool = False
    qkv_bias: bool | None = None  # None: config.json's `attention_bias` decides, also for the output projection
    # Keys of its config.json, and the usual keys for the same values.
    keys: Mapping[str, str] = field(default_factory=dict)
    # Values of keys that would require something that the decoder does not support, if they were others.
    fixed: Mapping[str, Any] = field(default_factory=dict)


LLADA_LAYOUT = Layout(
    keys={
        "d_model": "hidden_size",
        "n_layers": "num_hidden_layers",
        "n_heads": "num_attention_heads",
        "n_kv_heads": "num_key_value_heads",
        "mlp_hidden_size": "intermediate_size",
        "embedding_size": "vocab_size",
        "max_sequence_length": "max_position_embeddings",
        "activation_type": "hidden_act",
        "weight_tying": "tie_word_embeddings",
    },
    fixed={
        "alibi": False,
        "attention_layer_norm": False,
        "block_type": "llama",
        "clip_qkv": None,
        "include_bias": False,
        "include_qkv_bias": False,
        "input_emb_norm": False,
        "layer_norm_type": "rms",
        "multi_query_attention": None,
        "rope": True,
        "scale_logits": False,
    },
)


def usual_keys(config: Mapping[str, Any], layout: Layout) -> Mapping[str, Any]:
    """A config.json with the usual keys. Raises CheckpointError for what the decoder does not support."""
    for key, value in layout.fixed.items():
        if config.get(key) not in (None, value):
            raise CheckpointError(f"config.json: {key} is {config[key]!r}; only {value!r} is supported.")
    renamed = {usual: config[key] for key, usual in layout.keys.items() if config.get(key) is not None}
    return {**config, **renamed}


def read_model_config(config: Mapping[str, Any], layout: Layout) -> ModelConfig:
    """Raises CheckpointError if a key is missing or requires something that the decoder does not support."""
    if config.get("hidden_act", "silu") != "silu":
        raise CheckpointError(f"config.json: hidden_act is {config['hidden_act']!r}; only 'silu' is supported.")
    if config.get("use_sliding_window"):
        raise CheckpointError("config.json: use_sliding_window is true; sliding-window attention is not supported.")
    attention_bias = bool(config.get("attention_bias", False))
    hidden_size, num_heads = positive(config, "hidden_size"), positive(config, "num_attention_heads")
    return ModelConfig(
        vocab_size=positive(config, "vocab_size"),
        hidden_size=hidden_size,
        intermediate_size=positive(config, "intermediate_size"),
        num_layers=positive(config, "num_hidden_layers"),
        num_heads=num_heads,
        num_kv_heads=positive(config, "num_key_value_heads", num_heads),
        head_dim=positive(config, "head_dim", hidden_size // num_heads),
        max_position=positive(config, "max_position_embeddings", 2048),
        rms_norm_eps=config.get("rms_norm_eps", 1e-6),
        rope=_read_rope(config),
        qkv_bias=attention_bias if layout.qkv_bias is None else layout.qkv_bias,
        output_bias=attention_bias if layout.qkv_bias is None else False,
        mlp_bias=bool(config.get("mlp_bias", False)),
        qk_norm=layout.qk_norm,
        tie_word_embeddings=bool(config.get("tie_word_embeddings", False)),
    )


def positive(config: Mapping[str, Any], key: str, default: int | None = None) -> int:
    """A count or size, `default` if it is absent or null. Raises CheckpointError."""
    value = config.get(key)
    if value is None and default is not None:
        return default
    if value is None:
        raise CheckpointError(f"config.json has no {key!r}.")
    if not isinstance(value, int) or value < 1:
        raise CheckpointError(f"config.json: {key} must be a positive integer, got {value!r}.")
    return value


def _read_rope(config: Mapping[str, Any]) -> RopeScaling:
    """transformers 5 writes `rope_parameters`; older files have `rope_theta` and `rope_scaling`."""
    rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
    if not isinstance(rope, Mapping):
        raise CheckpointError(f"config.json: rope_parameters must be an object, got {rope!r}.")
    kind = rope.get("rope_type") or rope.get("type") or "default"
    if kind not in ("default", "linear", "llama3"):
        raise CheckpointError(f"config.json: rope type {kind!r} is not supported; supported: default, linear, llama3.")
    try:
        return RopeScaling(
            kind=kind,
            theta=float(rope.get("rope_theta") or config.get("rope_theta") or 10_000.0),
            factor=float(rope.get("factor", 1.0)),
            low_freq_factor=float(rope.get("low_freq_factor", 1.0)),
            high_freq_factor=float(rope.get("high_freq_factor", 4.0)),
            original_max_position=int(rope.get("original_max_position_embeddings", 8192)),
        )
    except (TypeError, ValueError) as error:
        raise CheckpointError(f"config.json: rope_parameters has a value that is not a number: {error}.") from error
