"""The decoder's operations, fused, merged and in place, against the formulas of the papers: equal to the bit."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch.nn import functional

from app.engine.reference import PlainAttention
from app.models.cpu_norm import replace_norms
from app.models.transformer import Attend, Transformer, inverse_frequencies
from tests.models.test_transformer import LENGTH, causal_mask, make_pair, token_ids


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("variant", ["llama", "llama-attention-bias", "qwen3"])
def test_not_a_bit_differs_from_the_plain_formulation(variant: str, dtype: torch.dtype, tmp_path: Path) -> None:
    model = make_pair(variant, tmp_path).ours.to(dtype)
    attend = PlainAttention(causal_mask())
    expected = plain_hidden(model, token_ids(), attend)

    assert model(token_ids(), torch.arange(LENGTH), attend).equal(expected)
    replace_norms(model)
    assert model(token_ids(), torch.arange(LENGTH), attend).equal(expected)


def plain_hidden(model: Transformer, ids: torch.Tensor, attend: Attend) -> torch.Tensor:
    """As the papers say it, a head kind and an operation at a time, at positions from 0 on."""
    config = model.config
    heads, kv_heads, size = config.num_heads, config.num_kv_heads, config.head_dim
    angles = torch.outer(torch.arange(len(ids)).float(), inverse_frequencies(config.rope, size)).repeat(1, 2)
    cos, sin = (table.to(model.norm.weight.dtype).unsqueeze(1) for table in (angles.cos(), angles.sin()))

    def rotated(x: torch.Tensor) -> torch.Tensor:
        left, right = x.chunk(2, dim=-1)
        return x * cos + torch.cat((-right, left), dim=-1) * sin

    x = model.embedding.weight[ids]
    for index, layer in enumerate(model.layers):
        projected = layer.attention.qkv(layer.attention_norm(x)).view(len(ids), -1, size)
        q, k, v = projected.split((heads, kv_heads, kv_heads), dim=1)
        if config.qk_norm:
            q, k = layer.attention.qk_norm.query(q), layer.attention.qk_norm.key(k)
        x = x + layer.attention.output(attend(index, rotated(q), rotated(k), v).flatten(1))
        gate, up = layer.mlp.gate_up(layer.mlp_norm(x)).chunk(2, dim=-1)
        x = x + layer.mlp.down(functional.silu(gate) * up)
    return model.norm(x)
