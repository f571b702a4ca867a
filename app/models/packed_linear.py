"""Linear layers whose weights oneDNN has laid out once, at load, as its kernels read them: for x86 CPUs.

PyTorch's own linear layer gives oneDNN the weights row by row, and products of few rows, a block of 4 say, take up to
twice as long that way (bench/LOG.md). In bfloat16 the results are the same to the bit.
"""

from __future__ import annotations

import platform

import torch
from torch import Tensor, nn

from app.models.transformer import Transformer

X86 = ("x86_64", "AMD64")


class PackedLinear(nn.Module):
    """`weight` [out, in] is copied."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        self.register_buffer("packed", torch.ops.mkldnn._reorder_linear_weight(weight), persistent=False)
        self.bias = bias

    def forward(self, x: Tensor) -> Tensor:
        """[..., in] -> [..., out]."""
        return torch.ops.mkldnn._linear_pointwise.default(x, self.packed, self.bias, "none", [], "")


def pack(model: Transformer) -> None:
    """Replace every linear layer, one at a time, where that pays; the old weights are let go.

    Of a head that shares its weights with the embedding this makes a second copy: few rows are looked up there, but the
    head is the largest product of a small model.
    """
    if not can_pack(model.embedding.weight):
        return
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if type(child) is nn.Linear and not hasattr(child.weight, "__tensor_flatten__"):  # torchao's stay
                setattr(parent, name, PackedLinear(child.weight, child.bias))


def can_pack(weight: Tensor) -> bool:
    """Whether there are such kernels for tensors like this one."""
    if weight.device.type != "cpu" or platform.machine() not in X86 or not torch.backends.mkldnn.is_available():
        return False
    if weight.dtype == torch.bfloat16:
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    return weight.dtype == torch.float32
