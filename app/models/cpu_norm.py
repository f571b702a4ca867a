"""RMS norm for CPUs, in as few operations as give PyTorch's result to the bit.

PyTorch has no kernel of its own for it there: `F.rms_norm` runs ten operations, and for a few rows each takes as long
as any other (bench/LOG.md, 2026-11-29, "a forward on a CPU").
"""

from __future__ import annotations

import torch
from torch import Tensor

from app.models.lean_module import LeanModule
from app.models.transformer import QKNorm, RMSNorm, Transformer


class CPUNorm(LeanModule):
    """Normalizes over the last dimension; `weight` is [size], or [heads, size] with one for each head."""

    def __init__(self, weight: Tensor, eps: float) -> None:
        super().__init__()
        self.weight = weight.detach().float()  # so that the result is rounded once, at the end
        self.eps, self.size = torch.tensor(eps), torch.tensor(float(weight.shape[-1]))  # as `addcdiv` takes them

    def forward(self, x: Tensor) -> Tensor:
        """[..., size] -> [..., size], of the same dtype."""
        wide = x.float()
        squares = (wide * wide).sum(-1, keepdim=True)
        y = (wide * torch.addcdiv(self.eps, squares, self.size).rsqrt_()).mul_(self.weight)
        return y if wide is x else y.type_as(x)


def replace_norms(model: Transformer) -> None:
    """Replace every norm of a model on a CPU; other devices have a kernel for PyTorch's."""
    if model.embedding.weight.device.type != "cpu":
        return
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, QKNorm):
                setattr(parent, name, CPUNorm(child.stacked_weight(), child.query.eps))
            elif isinstance(child, RMSNorm):
                setattr(parent, name, CPUNorm(child.weight, child.eps))
