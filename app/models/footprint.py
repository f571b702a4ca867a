"""How many bytes a model's weights will take, from its shape alone."""

from __future__ import annotations

import torch
from torch import nn

from app.models.packed_linear import can_pack
from app.models.quantization import has_fast_int8
from app.models.quantized_linear import GROUP
from app.models.transformer import RMSNorm, Transformer


def loaded_bytes(model: Transformer, device: torch.device, dtype: torch.dtype, scheme: str = "none") -> int:
    """What `weight_bytes` says after `prepare`; `model` may be on the meta device. torchao's formats are estimated.

    On a CPU a tied head has a packed copy of its own, and norms are not counted: `CPUNorm` has them.
    """
    on_cpu, is_tied = device.type == "cpu", model.config.tie_word_embeddings
    total = model.embedding.weight.numel() * dtype.itemsize
    for layer in model.layers:
        linears = [child for child in layer.modules() if isinstance(child, nn.Linear)]
        total += sum(linear_bytes(linear, device, dtype, scheme) for linear in linears)
    if scheme != "none" and has_fast_int8(device) and not is_tied:
        total += linear_bytes(model.head, device, dtype, "int8")
    elif not is_tied or can_pack(torch.empty(0, device=device, dtype=dtype)):
        total += linear_bytes(model.head, device, dtype)
    if not on_cpu:
        norms = [module for module in model.modules() if isinstance(module, RMSNorm)]
        total += sum(norm.weight.numel() for norm in norms) * dtype.itemsize
    return total


def linear_bytes(linear: nn.Linear, device: torch.device, dtype: torch.dtype, scheme: str = "none") -> int:
    """A projection [out, in] with its scales, and its bias."""
    rows, columns = linear.weight.shape
    bias = 0 if linear.bias is None else rows * dtype.itemsize
    if scheme == "none":
        return rows * columns * dtype.itemsize + bias
    if scheme == "int4":  # half a byte, and two bfloat16 numbers for each group
        return rows * columns // 2 + rows * (columns // GROUP) * 4 + bias
    scales = rows * 4 + 8 if has_fast_int8(device) else rows * dtype.itemsize
    return rows * columns + scales + bias


def largest_layer_bytes(model: Transformer, dtype: torch.dtype) -> int:
    """One layer, in full precision: the only one that exists twice while weights are quantized."""
    return max(sum(parameter.numel() for parameter in layer.parameters()) for layer in model.layers) * dtype.itemsize
