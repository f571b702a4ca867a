"""The names under which a family's checkpoints store their tensors."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class TensorNames:
    """Full names of the tensors outside the layers, and names within a layer.

    A layer's tensor is called `layer` with the layer's index in it, followed by the name within the layer. The names of
    projections end before `.weight` and `.bias`.
    """

    embedding: str
    norm: str
    head: str
    layer: str
    attention_norm: str
    query: str
    key: str
    value: str
    attention_output: str
    query_norm: str
    key_norm: str
    mlp_norm: str
    gate: str
    up: str
    down: str
    ignored: tuple[str, ...] = ()  # endings of tensors that the decoder computes itself


# The Hugging Face implementations of Llama, Qwen2 and Qwen3 agree.
LLAMA_NAMES = TensorNames(
    embedding="model.embed_tokens.weight",
    norm="model.norm.weight",
    head="lm_head.weight",
    layer="model.layers.{}.",
    attention_norm="input_layernorm.weight",
    query="self_attn.q_proj",
    key="self_attn.k_proj",
    value="self_attn.v_proj",
    attention_output="self_attn.o_proj",
    query_norm="self_attn.q_norm.weight",
    key_norm="self_attn.k_norm.weight",
    mlp_norm="post_attention_layernorm.weight",
    gate="mlp.gate_proj",
    up="mlp.up_proj",
    down="mlp.down_proj",
    ignored=("rotary_emb.inv_freq",),
)
