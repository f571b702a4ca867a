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

# Those of OLMo, from whose code LLaDA's was made.
LLADA_NAMES = TensorNames(
    embedding="model.transformer.wte.weight",
    norm="model.transformer.ln_f.weight",
    head="model.transformer.ff_out.weight",
    layer="model.transformer.blocks.{}.",
    attention_norm="attn_norm.weight",
    query="q_proj",
    key="k_proj",
    value="v_proj",
    attention_output="attn_out",
    query_norm="q_norm.weight",
    key_norm="k_norm.weight",
    mlp_norm="ff_norm.weight",
    gate="ff_proj",
    up="up_proj",
    down="ff_out",
    ignored=("rotary_emb.inv_freq",),
)
