"""Linear layers over packed weights, for the CPU; PyTorch's own kernels, called without a compiler.

Each rounds a row of its input by that row alone, or not at all. A row comes out the same alone and in a batch, so that
a reply does not depend on who runs beside it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

BYTE_MAX = 127  # bytes stand for -127..127 steps: int8 around 0, uint8 around 128
BYTE_ZERO = 128
NIBBLE_MAX, NIBBLE_ZERO = 15, 8
GROUP = 32  # inputs of an output that share a scale in int4
OUTPUTS = 16  # int4 takes a multiple of so many
TINY = 1e-20  # keeps a row of zeros from being divided by 0


class Int8Linear(nn.Module):
    """int8 weights, a scale for each output; each row of the input is rounded to a byte by its own largest value.

    With w and x the largest magnitudes in a row of the weights and of the input, and n input features, a product is
    wrong by at most n w x (1/254 + 1/254 + 1/254²), and typically by the square root of n in place of n.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        largest = weight.float().abs().amax(1).clamp_min_(TINY)  # [out]
        values = (weight.float() * (BYTE_MAX / largest).unsqueeze(1)).round_().to(torch.int8)
        self.register_buffer("packed", torch.ops.onednn.qlinear_prepack(values, None), persistent=False)
        self.register_buffer("scale", largest / BYTE_MAX**2, persistent=False)  # of a product of two bytes
        self.register_buffer("zero", torch.zeros(1, dtype=torch.int64), persistent=False)
        self.bias = bias

    def forward(self, x: Tensor) -> Tensor:
        """[..., in] -> [..., out], of the same dtype."""
        values, largest = round_rows(x)
        dtype = torch.bfloat16 if x.dtype == torch.bfloat16 else torch.float32  # what the kernel can write
        y = torch.ops.onednn.qlinear_pointwise.default(
            values, 1.0, BYTE_ZERO, self.packed, self.scale, self.zero, None, 1.0, 0, dtype, "none", [], ""
        )
        y = y.mul_(largest.to(dtype)).to(x.dtype)  # the largest of bfloat16 values is one itself: nothing is lost
        return y if self.bias is None else y + self.bias


def round_rows(x: Tensor) -> tuple[Tensor, Tensor]:
    """[..., n] as uint8, 128 for zero, and the float32 magnitude [..., 1] that 127 steps stand for in each row.

    A row with a value that is not finite has no finite product: the magnitude carries it.
    """
    x = x.float()
    largest = x.abs().amax(-1, keepdim=True).clamp_min_(TINY)
    steps = x.mul(largest.reciprocal().mul_(BYTE_MAX)).add_(
        BYTE_ZERO + 0.5
    )  # cutting off what follows the point rounds
    return steps.to(torch.int16).to(torch.uint8), largest  # PyTorch has fast code for either step, not for both at once


class Int4Linear(nn.Module):
    """int4 weights, a bfloat16 scale and middle for each `GROUP` of an output's inputs. Products are in bfloat16.

    A weight is wrong by at most half a step, a fifteenth of what its group spans, and by what the rounding of scale and
    middle to bfloat16 adds.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        values, scale, middle = round_groups(weight)
        packed = torch.ops.aten._convert_weight_to_int4pack_for_cpu(values, 1)
        groups = torch.stack((scale, middle), dim=2).transpose(0, 1).contiguous()  # [groups, out, 2]
        self.register_buffer("packed", packed, persistent=False)
        self.register_buffer("groups", groups, persistent=False)
        self.bias = bias

    def forward(self, x: Tensor) -> Tensor:
        """[..., in] -> [..., out], of the same dtype."""
        rows = x.reshape(-1, x.shape[-1]).to(torch.bfloat16)  # other dtypes take a path 60 times as slow
        y = torch.ops.aten._weight_int4pack_mm_for_cpu(rows, self.packed, GROUP, self.groups)
        y = y.view(*x.shape[:-1], -1).to(x.dtype)
        return y if self.bias is None else y + self.bias


def round_groups(weight: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """[out, in] as int32 0..15 [out, in] with bfloat16 scale and middle [out, groups]: (value - 8) scale + middle."""
    groups = weight.float().unflatten(1, (-1, GROUP))  # [out, groups, GROUP]
    low, high = groups.aminmax(dim=2)
    scale = ((high - low) / NIBBLE_MAX).clamp_min_(TINY).to(torch.bfloat16)
    middle = (low + NIBBLE_ZERO * scale.float()).to(torch.bfloat16)
    steps = (groups - middle.float().unsqueeze(2)) / scale.float().unsqueeze(2)
    values = steps.round_().add_(NIBBLE_ZERO).clamp_(0, NIBBLE_MAX).to(torch.int32)
    return values.flatten(1), scale, middle
