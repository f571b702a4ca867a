"""The shape of a Llama-family decoder, read from a Hugging Face `config.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import CheckpointError


@dataclass(frozen=True)
class RopeScaling:
    """Rotary embedding (RoFormer, arXiv 2104.09864); `llama3` is the long-context scaling of Llama 3.1."""

    kind: str = "default"
    theta: float = 10_000.0
    factor: float = 1.0
    low_freq_factor: float = 1.0
    high_freq_factor: float = 4.0
    original_max_position: int = 8192


@dataclass(frozen=True)
class ModelConfig:
    """Sizes are in elements; `qkv_bias`, `output_bias` and `mlp_bias` say which projections add a bias."""

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
    """What an architecture's name settles and its config.json does not say."""

    qk_norm: bool = False
    qkv_bias: bool | None = None  # None: config.json's `attention_bias` decides, for the output projection too.


def read_model_config(config: Mapping[str, Any], layout: Layout) -> ModelConfig:
    """Raises CheckpointError where a key is missing or asks for something the decoder does not do."""
    if config.get("hidden_act", "silu") != "silu":
        raise CheckpointError(f"config.json: hidden_act is {config['hidden_act']!r}; only 'silu' is supported.")
    if config.get("use_sliding_window"):
        raise CheckpointError("config.json: use_sliding_window is true; sliding-window attention is not supported.")
    attention_bias = bool(config.get("attention_bias", False))
    try:
        num_heads = config["num_attention_heads"]
        return ModelConfig(
            vocab_size=config["vocab_size"],
            hidden_size=config["hidden_size"],
            intermediate_size=config["intermediate_size"],
            num_layers=config["num_hidden_layers"],
            num_heads=num_heads,
            num_kv_heads=config.get("num_key_value_heads") or num_heads,
            head_dim=config.get("head_dim") or config["hidden_size"] // num_heads,
            max_position=config.get("max_position_embeddings", 2048),
            rms_norm_eps=config.get("rms_norm_eps", 1e-6),
            rope=_read_rope(config),
            qkv_bias=attention_bias if layout.qkv_bias is None else layout.qkv_bias,
            output_bias=attention_bias if layout.qkv_bias is None else False,
            mlp_bias=bool(config.get("mlp_bias", False)),
            qk_norm=layout.qk_norm,
            tie_word_embeddings=bool(config.get("tie_word_embeddings", False)),
        )
    except KeyError as error:
        raise CheckpointError(f"config.json has no {error.args[0]!r}.") from error


def _read_rope(config: Mapping[str, Any]) -> RopeScaling:
    """transformers 5 writes `rope_parameters`; older files have `rope_theta` and `rope_scaling`."""
    rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
    kind = rope.get("rope_type") or rope.get("type") or "default"
    if kind not in ("default", "linear", "llama3"):
        raise CheckpointError(f"config.json: rope type {kind!r} is not supported; supported: default, linear, llama3.")
    return RopeScaling(
        kind=kind,
        theta=float(rope.get("rope_theta") or config.get("rope_theta") or 10_000.0),
        factor=float(rope.get("factor", 1.0)),
        low_freq_factor=float(rope.get("low_freq_factor", 1.0)),
        high_freq_factor=float(rope.get("high_freq_factor", 4.0)),
        original_max_position=int(rope.get("original_max_position_embeddings", 8192)),
    )
