"""One Llama-family decoder, written for inference.

The same code runs Llama, Qwen2 and Qwen3 layouts. A batch is a list of rows, which may belong to any number of
sequences. The model knows nothing of sequences, blocks or masks: the caller's `attend` decides which row sees what, and
where keys and values are stored.
"""

from __future__ import annotations

import math
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from app.models.config import ModelConfig, RopeScaling
from app.models.lean_module import LeanModule


class Attend(Protocol):
    """The caller's side of every layer's attention: storage of keys and values, and masking."""

    def __call__(self, layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """Store `k` and `v` [rows, kv_heads, head_dim] of this layer; attend from `q` to all keys that each row sees.

        `q` and the result are [rows, heads, head_dim].
        """
        ...


class RMSNorm(LeanModule):
    """Root mean square normalization (arXiv 1910.07467) over the last dimension."""

    def __init__(self, size: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(size))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """[..., size] -> [..., size]."""
        return F.rms_norm(x, (x.shape[-1],), self.weight, self.eps)


class QKNorm(LeanModule):
    """RMS norm of each head of queries and keys (arXiv 2302.05442), with a weight for all of either."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.num_heads, self.num_kv_heads = config.num_heads, config.num_kv_heads
        self.query = RMSNorm(config.head_dim, config.rms_norm_eps)
        self.key = RMSNorm(config.head_dim, config.rms_norm_eps)

    def forward(self, heads: Tensor) -> Tensor:
        """[rows, heads + kv_heads, head_dim] -> the same shape."""
        q, k = heads.split((self.num_heads, self.num_kv_heads), dim=1)
        return torch.cat((self.query(q), self.key(k)), dim=1)

    def stacked_weight(self) -> Tensor:
        """[heads + kv_heads, head_dim]"""
        weights = self.query.weight.expand(self.num_heads, -1), self.key.weight.expand(self.num_kv_heads, -1)
        return torch.cat(weights)


class Attention(LeanModule):
    """Grouped-query self-attention (arXiv 2305.13245) with one fused projection for queries, keys and values."""

    def __init__(self, config: ModelConfig, layer: int) -> None:
        super().__init__()
        self.layer = layer
        self.num_heads, self.num_kv_heads, self.head_dim = config.num_heads, config.num_kv_heads, config.head_dim
        width = (config.num_heads + 2 * config.num_kv_heads) * config.head_dim
        self.qkv = nn.Linear(config.hidden_size, width, bias=config.qkv_bias)
        self.output = nn.Linear(config.num_heads * config.head_dim, config.hidden_size, bias=config.output_bias)
        self.qk_norm = QKNorm(config) if config.qk_norm else nn.Identity()

    def forward(self, x: Tensor, rotary: tuple[Tensor, Tensor], attend: Attend) -> Tensor:
        """[rows, hidden] -> [rows, hidden]; `rotary` is what `rotate` takes."""
        heads = self.qkv(x).view(x.shape[0], -1, self.head_dim)  # [rows, heads + 2 kv_heads, head_dim]
        qk, v = heads.split_with_sizes((self.num_heads + self.num_kv_heads, self.num_kv_heads), dim=1)
        qk = rotate(self.qk_norm(qk), rotary)  # together: few rows cost as much as many
        q, k = qk.split_with_sizes((self.num_heads, self.num_kv_heads), dim=1)
        return self.output(attend(self.layer, q, k, v).flatten(1))


class MLP(LeanModule):
    """SwiGLU (arXiv 2002.05202) with gate and up projection fused."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.gate_up = nn.Linear(config.hidden_size, 2 * config.intermediate_size, bias=config.mlp_bias)
        self.down = nn.Linear(config.intermediate_size, config.hidden_size, bias=config.mlp_bias)

    def forward(self, x: Tensor) -> Tensor:
        """[rows, hidden] -> [rows, hidden]."""
        gate, up = self.gate_up(x).chunk(2, dim=-1)
        return self.down(F.silu(gate).mul_(up))


class Layer(LeanModule):
    """Pre-norm attention and MLP, each with a residual connection."""

    def __init__(self, config: ModelConfig, layer: int) -> None:
        super().__init__()
        self.attention_norm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.attention = Attention(config, layer)
        self.mlp_norm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.mlp = MLP(config)

    def forward(self, x: Tensor, rotary: tuple[Tensor, Tensor], attend: Attend) -> Tensor:
        """[rows, hidden] -> [rows, hidden], the same tensor changed in place; `rotary` is what `rotate` takes."""
        x.add_(self.attention(self.attention_norm(x), rotary, attend))
        return x.add_(self.mlp(self.mlp_norm(x)))


class Embedding(nn.Embedding):
    """Without initial values on the meta device: drawing them there imports torch._dynamo, a second of start-up."""

    def reset_parameters(self) -> None:
        if not self.weight.is_meta:
            super().reset_parameters()


class Transformer(LeanModule):
    """Call it for hidden states, then `logits` for the rows that need them: the head is the largest multiplication."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(Layer(config, index) for index in range(config.num_layers))
        self.norm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.head = nn.Linear(config.hidden_size, config.vocab_size, bias=False)
        if config.tie_word_embeddings:
            self.head.weight = self.embedding.weight
        self._rotary: Tensor | None = None

    def forward(self, token_ids: Tensor, positions: Tensor, attend: Attend) -> Tensor:
        """Hidden states [rows, hidden] of `token_ids` [rows] at absolute `positions` [rows], of any sequences."""
        x = self.embedding(token_ids)
        cos, sin = F.embedding(positions, self._rotary_table(x)).unsqueeze(1).chunk(2, dim=-1)
        rotary = cos, sin  # [rows, 1, head_dim]
        for layer in self.layers:
            x = layer(x, rotary, attend)
        return self.norm(x)

    def logits(self, hidden: Tensor) -> Tensor:
        """[rows, hidden] -> float32 [rows, vocab]."""
        return self.head(hidden).float()

    def _rotary_table(self, like: Tensor) -> Tensor:
        # Built at the first forward: models are constructed on the meta device, where the table would have no values.
        if self._rotary is None:
            self._rotary = rotary_table(self.config, like.device, like.dtype)
        return self._rotary


def rotate(x: Tensor, rotary: tuple[Tensor, Tensor]) -> Tensor:
    """Apply rotary position embedding to `x` [rows, heads, head_dim].

    `rotary` are cosines and sines, each [rows, 1, head_dim]. The layout is Hugging Face's half-split one: dimension i
    is rotated with dimension i + head_dim / 2. The sines of the first half are negative.
    """
    cos, sin = rotary
    return (x * cos).add_(x.roll(x.shape[-1] // 2, -1).mul_(sin))


def rotary_table(config: ModelConfig, device: torch.device, dtype: torch.dtype) -> Tensor:
    """The cosines and sines of `rotate`, [max_position, 2 * head_dim].

    Computed in float32 on the CPU so that devices agree.
    """
    frequencies = inverse_frequencies(config.rope, config.head_dim)
    angles = torch.outer(torch.arange(config.max_position, dtype=torch.float32), frequencies)
    cos, sin = angles.cos(), angles.sin()
    return torch.cat((cos, cos, -sin, sin), dim=-1).to(device, dtype)


def inverse_frequencies(rope: RopeScaling, head_dim: int) -> Tensor:
    """[head_dim / 2]; `llama3` interpolates long wavelengths only (Llama 3 herd of models, arXiv 2407.21783, 3.4)."""
    plain = 1.0 / rope.theta ** (torch.arange(0, head_dim, 2, dtype=torch.int64).float() / head_dim)
    if rope.kind == "default":
        return plain
    if rope.kind == "linear":
        return plain / rope.factor
    wavelength = 2 * math.pi / plain
    ratio = rope.original_max_position / wavelength
    smooth = ((ratio - rope.low_freq_factor) / (rope.high_freq_factor - rope.low_freq_factor)).clamp(0.0, 1.0)
    return (1 - smooth) * plain / rope.factor + smooth * plain
