"""Linear layers over packed weights for the CPU, with PyTorch's own kernels and without a compiler.

The scale of an input row, if there is one, depends on that row alone. So a row gives the same result alone and in a
batch, and a reply does not depend on other requests.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from app.models.lean_module import LeanModule

BYTE_MAX = 127  # bytes stand for -127..127 steps: int8 around 0, uint8 around 128
BYTE_ZERO = 128
NIBBLE_MAX, NIBBLE_ZERO = 15, 8
GROUP = 32  # inputs of an output that share a scale and zero point in int4
OUTPUTS = 16  # the number of outputs in int4 is a multiple of this
PIECE = 1 << 22  # weights that are rounded at once
TINY = 1e-20  # avoids a division by zero for a row of zeros


class Int8Linear(LeanModule):
    """int8 weights with a scale per output; input rows are quantized to a byte with a scale per row.

    With w and x the largest magnitudes in a row of the weights and of the input, and n input features, the error of an
    output is at most n w x (1/254 + 1/254 + 1/254²), and typically has the square root of n in place of n.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        largest = torch.empty(weight.shape[0])  # [out]
        values = torch.empty(weight.shape, dtype=torch.int8)
        for rows in pieces(weight):
            part = weight[rows].float()
            largest[rows] = part.abs().amax(1).clamp_min_(TINY)
            values[rows] = (part * (BYTE_MAX / largest[rows]).unsqueeze(1)).round_()
        self.register_buffer("packed", torch.ops.onednn.qlinear_prepack(values, None), persistent=False)
        self.register_buffer(
            "scale", largest / BYTE_MAX**2, persistent=False
        )  # for the product of two quantized values
        self.register_buffer("zero", torch.zeros(1, dtype=torch.int64), persistent=False)
        self.bias = bias

    def forward(self, x: Tensor) -> Tensor:
        """[..., in] -> [..., out], of the same dtype."""
        values, largest = round_rows(x)
        dtype = torch.bfloat16 if x.dtype == torch.bfloat16 else torch.float32  # what the kernel can write
        y = torch.ops.onednn.qlinear_pointwise.default(
            values, 1.0, BYTE_ZERO, self.packed, self.scale, self.zero, None, 1.0, 0, dtype, "none", [], ""
        )
        y = y.mul_(largest.to(dtype)).to(x.dtype)  # the largest bfloat16 value of a row is exact in bfloat16
        return y if self.bias is None else y + self.bias


def round_rows(x: Tensor) -> tuple[Tensor, Tensor]:
    """Quantize [..., n] to uint8 with zero point 128; the second result is each row's float32 magnitude [..., 1].

    127 steps correspond to the magnitude. If a value of the row is not finite, the magnitude is not, nor is the output.
    """
    x = x.float()
    largest = x.abs().amax(-1, keepdim=True).clamp_min_(TINY)
    steps = x.mul(largest.reciprocal().mul_(BYTE_MAX)).add_(BYTE_ZERO + 0.5)  # truncating this rounds
    return steps.to(torch.int16).to(torch.uint8), largest  # two fast conversions; float32 to uint8 directly is slow


class Int4Linear(LeanModule):
    """int4 weights with a bfloat16 scale and zero point per `GROUP` of an output's inputs. It computes in bfloat16.

    The error of a weight is at most half a step, where a step is a fifteenth of its group's range, plus what rounding
    scale and zero point to bfloat16 adds.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        values = torch.empty(weight.shape, dtype=torch.int32)
        scale, zero = torch.empty((2, weight.shape[0], weight.shape[1] // GROUP), dtype=torch.bfloat16)
        for rows in pieces(weight):
            values[rows], scale[rows], zero[rows] = round_groups(weight[rows])
        packed = torch.ops.aten._convert_weight_to_int4pack_for_cpu(values, 1)
        groups = torch.stack((scale, zero), dim=2).transpose(0, 1).contiguous()  # [groups, out, 2]
        self.register_buffer("packed", packed, persistent=False)
        self.register_buffer("groups", groups, persistent=False)
        self.bias = bias

    def forward(self, x: Tensor) -> Tensor:
        """[..., in] -> [..., out], of the same dtype."""
        rows = x.reshape(-1, x.shape[-1]).to(torch.bfloat16)  # other dtypes use code that is 60 times as slow
        y = torch.ops.aten._weight_int4pack_mm_for_cpu(rows, self.packed, GROUP, self.groups)
        y = y.view(*x.shape[:-1], -1).to(x.dtype)
        return y if self.bias is None else y + self.bias


def pieces(weight: Tensor) -> Iterator[slice]:
    """The rows of [out, in], a few at a time: rounding all at once would take several float32 copies of the weight."""
    step = max(1, PIECE // weight.shape[1])
    return (slice(start, start + step) for start in range(0, weight.shape[0], step))


def round_groups(weight: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Quantize [out, in] to int32 0..15 [out, in], with bfloat16 scale and zero point [out, groups].

    A weight is (value - 8) * scale + zero.
    """
    groups = weight.float().unflatten(1, (-1, GROUP))  # [out, groups, GROUP]
    low, high = groups.aminmax(dim=2)
    scale = ((high - low) / NIBBLE_MAX).clamp_min_(TINY).to(torch.bfloat16)
    zero = (low + NIBBLE_ZERO * scale.float()).to(torch.bfloat16)
    steps = (groups - zero.float().unsqueeze(2)) / scale.float().unsqueeze(2)
    values = steps.round_().add_(NIBBLE_ZERO).clamp_(0, NIBBLE_MAX).to(torch.int32)
    return values.flatten(1), scale, zero
