"""Weight quantization of the layers' projections, applied at load to the checkpoint's own weights.

Embedding, norms, attention and the KV cache stay in the model's dtype. int8 and int4 on a CPU use our own modules,
which are fast there without a compiler; everything else uses torchao, an optional dependency.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable

import torch
from torch import Tensor, nn

from app.errors import ConfigError, StartError
from app.models.quantized_linear import GROUP, OUTPUTS, Int4Linear, Int8Linear
from app.models.transformer import Transformer

VNNI = ("avx512_vnni", "avx_vnni")  # without it, the kernel's sums of 8-bit products overflow
INT4_CAPABILITY, FP8_CAPABILITY = (8, 0), (8, 9)


def check_quantization(scheme: str, device: torch.device, dtype: torch.dtype) -> None:
    """Raises StartError, before anything is loaded, if `scheme` ("none", "int8", "int4", "fp8") cannot run."""
    if scheme == "none":
        return
    if device.type not in ("cpu", "cuda"):
        raise _cannot(scheme, f"it needs a CPU or CUDA, not {device}")
    if scheme == "fp8" and not _has_capability(device, FP8_CAPABILITY):
        raise _cannot(scheme, f"it needs a CUDA device of compute capability 8.9 or newer; {device} is not one")
    if scheme == "int4" and device.type == "cuda":
        if not _has_capability(device, INT4_CAPABILITY):
            raise _cannot(scheme, f"it needs a CUDA device of compute capability 8.0 or newer; {device} is not one")
        if dtype != torch.bfloat16:
            raise _cannot(scheme, "on CUDA it needs ELBARTO_DTYPE=bfloat16")
    if _native_kind(scheme, device) is None and importlib.util.find_spec("torchao") is None:
        raise StartError(
            f"ELBARTO_QUANTIZATION is {scheme!r}, which needs torchao on {device}: "
            "pip install -r requirements-quantization.txt"
        )


def quantize(model: Transformer, scheme: str, device: torch.device) -> None:
    """Replace the weights of a loaded model one layer at a time and move it to `device`; the old weights are freed.

    Raises ConfigError for a shape that int4 does not support.
    """
    check_shapes(model, scheme)
    for layer in model.layers:
        quantize_linears(layer.to(device), scheme)
    quantize_head(model, device)
    model.to(device)
    if model.config.tie_word_embeddings:
        model.head.weight = model.embedding.weight


def quantize_head(model: Transformer, device: torch.device) -> None:
    """Quantize what is not in the layers, as far as that pays.

    The embedding is not quantized, and neither is a head that is tied to it: a second copy would take memory instead of
    saving it. An untied head becomes int8 on a CPU, for either scheme: that takes a quarter of the time (with few rows
    the head is the largest matrix multiplication of a small model) without a measurable loss. In int4 the head would
    lose five times as much quality as all layers together (bench/LOG.md, 2026-11-21, "weights in int8 and int4").
    torchao's int8 dequantizes the whole weight at every multiplication, so the head is left alone there.
    """
    if has_fast_int8(device) and not model.config.tie_word_embeddings:
        model.head = Int8Linear(model.head.weight, model.head.bias)


def quantize_linears(module: nn.Module, scheme: str) -> None:
    """Replace every linear layer of `module`, which is on its device; `check_quantization` accepted the scheme."""
    linears = _linears(module)
    kind = _native_kind(scheme, linears[0][2].weight.device)
    if kind is None:
        _quantize_by_torchao(module, scheme)
        return
    for parent, name, linear in linears:
        setattr(parent, name, kind(linear.weight, linear.bias))


def has_fast_int8(device: torch.device) -> bool:
    """Whether `Int8Linear` runs there: oneDNN on an x86 CPU with VNNI."""
    if device.type != "cpu" or not torch.backends.mkldnn.is_available():
        return False
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name) for name in VNNI)


def weight_bytes(model: nn.Module) -> int:
    """The size of parameters and packed weights in bytes; shared ones count once."""
    tensors = {id(tensor): tensor for tensor in (*model.parameters(), *model.buffers())}
    return sum(map(_num_bytes, tensors.values()))


def _num_bytes(tensor: Tensor) -> int:
    """torchao's tensors consist of inner ones; oneDNN's packed ones hide their layout, not their size."""
    if hasattr(tensor, "__tensor_flatten__"):
        names, _ = tensor.__tensor_flatten__()
        return sum(_num_bytes(getattr(tensor, name)) for name in names)
    return tensor.numel() * tensor.element_size()


def _cannot(scheme: str, reason: str) -> ConfigError:
    return ConfigError(f"ELBARTO_QUANTIZATION is {scheme!r}; {reason}")


def _has_capability(device: torch.device, least: tuple[int, int]) -> bool:
    return device.type == "cuda" and torch.cuda.get_device_capability(device) >= least


def _native_kind(scheme: str, device: torch.device) -> Callable[[Tensor, Tensor | None], nn.Module] | None:
    """The module that replaces a linear layer; None if torchao does it."""
    if scheme == "int8" and has_fast_int8(device):
        return Int8Linear
    return Int4Linear if scheme == "int4" and device.type == "cpu" else None


def _linears(module: nn.Module) -> list[tuple[nn.Module, str, nn.Linear]]:
    """Every linear layer in `module`: (parent, name in the parent, layer)."""
    return [
        (parent, name, child)
        for parent in module.modules()
        for name, child in parent.named_children()
        if isinstance(child, nn.Linear)
    ]


def _quantize_by_torchao(module: nn.Module, scheme: str) -> None:
    try:
        torchao = importlib.import_module("torchao.quantization")
    except Exception as error:  # A version for another PyTorch raises many types.
        raise StartError(f"ELBARTO_QUANTIZATION is {scheme!r}, and torchao cannot be imported: {error}") from error
    if scheme == "int8":
        config = torchao.Int8WeightOnlyConfig(set_inductor_config=False)
    elif scheme == "int4":
        # The layout of PyTorch's own kernel; torchao's default layout needs a separate library.
        config = torchao.Int4WeightOnlyConfig(
            group_size=GROUP, int4_packing_format="tile_packed_to_4d", set_inductor_config=False
        )
    else:
        config = torchao.Float8WeightOnlyConfig(set_inductor_config=False)
    torchao.quantize_(module, config)


def check_shapes(model: Transformer, scheme: str) -> None:
    """Raises ConfigError for a model with a shape that the scheme does not support. The model may have no weights."""
    if scheme != "int4":
        return
    for _, _, linear in _linears(model.layers):
        if linear.in_features % GROUP or linear.out_features % OUTPUTS:
            raise _cannot(
                "int4",
                f"it needs layers with a multiple of {GROUP} inputs and of {OUTPUTS} outputs, and this checkpoint has "
                f"one with {linear.in_features} and {linear.out_features}",
            )
