"""Linear layers for x86 CPUs whose weights are reordered at load into the layout that oneDNN's kernels read.

PyTorch's own linear layer passes oneDNN plain row-major weights, with which matrix multiplications of few rows, such as
a block of 4, take up to twice as long (bench/LOG.md, 2026-11-21, d79bc19). In bfloat16 the results are bit-identical.
"""

from __future__ import annotations

import platform
from typing import Any

import torch
from torch import Tensor, nn

from app.models.lean_module import LeanModule
from app.models.transformer import Transformer

X86 = ("x86_64", "AMD64")


class PackedLinear(LeanModule):
    """`weight` [out, in] is copied; `bias` [out] is not."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        self.register_buffer("packed", torch.ops.mkldnn._reorder_linear_weight(weight), persistent=False)
        self.bias = bias
        self._linear = torch.ops.mkldnn._linear_pointwise.default  # looking it up takes a tenth of a small product
        # What follows the input; "none": the sum is the output, unchanged.
        self._arguments: tuple[Any, ...] = (self.packed, bias, "none", [], "")

    def forward(self, x: Tensor) -> Tensor:
        """[..., in] -> [..., out]."""
        return self._linear(x, *self._arguments)


def pack(model: Transformer) -> None:
    """Replace every linear layer, one at a time, on devices and dtypes with such kernels; the old weights are freed.

    A head that is tied to the embedding gets its own packed copy: the head is the largest matrix multiplication of a
    small model, while the embedding only looks up rows.
    """
    if not can_pack(model.embedding.weight):
        return
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if type(child) is nn.Linear and not hasattr(child.weight, "__tensor_flatten__"):  # torchao's weights stay
                setattr(parent, name, PackedLinear(child.weight, child.bias))


def can_pack(weight: Tensor) -> bool:
    """Whether there are such kernels for a weight of this device and dtype."""
    if weight.device.type != "cpu" or platform.machine() not in X86 or not torch.backends.mkldnn.is_available():
        return False
    if weight.dtype == torch.bfloat16:
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    return weight.dtype == torch.float32
