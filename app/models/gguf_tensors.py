"""The tensors of a GGUF file: their names in Hugging Face's terms, the shapes they should have, and their numbers."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from app.errors import CheckpointError, StartError
from app.models.gguf_header import TYPES, TensorInfo
from app.models.tensor_names import LLAMA_NAMES, TensorNames

if TYPE_CHECKING:
    import torch
    from torch import Tensor

Array = NDArray[Any]

# GGUF's names, and the fields of TensorNames that they correspond to.
OUTSIDE = {"token_embd.weight": "embedding", "output_norm.weight": "norm", "output.weight": "head"}
NORMS = {
    "attn_norm.weight": "attention_norm",
    "ffn_norm.weight": "mlp_norm",
    "attn_q_norm.weight": "query_norm",
    "attn_k_norm.weight": "key_norm",
}
PROJECTIONS = {
    "attn_q": "query",
    "attn_k": "key",
    "attn_v": "value",
    "attn_output": "attention_output",
    "ffn_gate": "gate",
    "ffn_up": "up",
    "ffn_down": "down",
}
ROPE_FACTORS = "rope_freqs.weight"  # not a weight: the rotary scaling of Llama 3.1
PLAIN = ("F32", "F16", "BF16")  # read without the gguf package
CHUNK = 1 << 22  # numbers that are dequantized at once


def translate(name: str, names: TensorNames = LLAMA_NAMES) -> str | None:
    """A GGUF name in Hugging Face's terms; None for one that Llama, Qwen2 and Qwen3 do not have."""
    if name in OUTSIDE:
        return str(getattr(names, OUTSIDE[name]))
    match = re.fullmatch(r"blk\.(0|[1-9]\d{0,5})\.((\w+)\.(weight|bias))", name, re.ASCII)
    if not match:
        return None
    layer = names.layer.format(match[1])
    if match[2] in NORMS:
        return layer + str(getattr(names, NORMS[match[2]]))
    if match[3] in PROJECTIONS:
        return f"{layer}{getattr(names, PROJECTIONS[match[3]])}.{match[4]}"
    return None


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """What determines the shapes of a decoder's tensors."""

    vocab_size: int
    hidden: int
    intermediate: int
    num_layers: int
    num_heads: int
    num_kv_heads: int
    head_dim: int
    qk_norm: bool
    biases: frozenset[str]  # the projections that have one, by GGUF name


def expected_shapes(sizes: Sizes) -> Iterator[tuple[str, tuple[int, ...]]]:
    """By GGUF name; `output.weight` is left out, which tied checkpoints lack."""
    query, key_value = sizes.num_heads * sizes.head_dim, sizes.num_kv_heads * sizes.head_dim
    projections = {
        "attn_q": (query, sizes.hidden),
        "attn_k": (key_value, sizes.hidden),
        "attn_v": (key_value, sizes.hidden),
        "attn_output": (sizes.hidden, query),
        "ffn_gate": (sizes.intermediate, sizes.hidden),
        "ffn_up": (sizes.intermediate, sizes.hidden),
        "ffn_down": (sizes.hidden, sizes.intermediate),
    }
    yield "token_embd.weight", (sizes.vocab_size, sizes.hidden)
    yield "output_norm.weight", (sizes.hidden,)
    for prefix in (f"blk.{index}." for index in range(sizes.num_layers)):
        yield prefix + "attn_norm.weight", (sizes.hidden,)
        yield prefix + "ffn_norm.weight", (sizes.hidden,)
        if sizes.qk_norm:
            yield prefix + "attn_q_norm.weight", (sizes.head_dim,)
            yield prefix + "attn_k_norm.weight", (sizes.head_dim,)
        for name, shape in projections.items():
            yield f"{prefix}{name}.weight", shape
            if name in sizes.biases:
                yield f"{prefix}{name}.bias", shape[:1]


def check_tensors(where: object, tensors: Mapping[str, TensorInfo], sizes: Sizes) -> None:
    """Raises CheckpointError unless exactly the expected tensors are there, in types that can be read.

    This comes before any memory is allocated: the sizes are claims of the header, and the tensors are not.
    """
    if sizes.num_layers > len(tensors):
        raise CheckpointError(f"{where} claims {sizes.num_layers} layers and has {len(tensors)} tensors.")
    expected = dict(expected_shapes(sizes))
    if "output.weight" in tensors:
        expected["output.weight"] = (sizes.vocab_size, sizes.hidden)
    for name, shape in expected.items():
        if name not in tensors:
            raise CheckpointError(f"{where} lacks the tensor {name!r}.")
        if tensors[name].shape != shape:
            found = list(tensors[name].shape)
            raise CheckpointError(
                f"{where}: tensor {name!r} has the shape {found}; by the file's metadata it should have {list(shape)}."
            )
    for name, tensor in tensors.items():
        if name not in expected and name != ROPE_FACTORS:
            raise CheckpointError(f"{where} has a tensor {name!r}, which its architecture does not have.")
        if not tensor.is_supported:
            supported = ", ".join(kind.name for kind in TYPES.values())
            raise CheckpointError(
                f"{where}: tensor {name!r} is of type {tensor.type.name}, which is not supported; "
                f"supported: {supported}."
            )
    _check_package(where, tensors)


def _check_package(where: object, tensors: Mapping[str, TensorInfo]) -> None:
    quantized = sorted({tensor.type.name for tensor in tensors.values()}.difference(PLAIN))
    if quantized and importlib.util.find_spec("gguf") is None:
        raise StartError(
            f"{where} has {quantized[0]} tensors, which need the package gguf: pip install -r requirements-gguf.txt"
        )


def half_split_order(num_heads: int, head_dim: int) -> Array:
    """For each row of a query or key projection, the file's row.

    llama.cpp's converter interleaves the halves of a Llama's heads, since its rotary embedding rotates neighbours.
    """
    stored = np.arange(num_heads * head_dim).reshape(num_heads, head_dim // 2, 2)
    return stored.swapaxes(1, 2).reshape(-1)


def read_tensor(info: TensorInfo, dtype: torch.dtype, order: Array | None = None) -> Tensor:
    """The numbers of a tensor, on the CPU. `order` lists the file's rows in the order in which to return them.

    The file is memory-mapped and dequantized in pieces, so no second copy of the tensor exists at any time.
    """
    import torch

    columns = info.shape[-1]
    num_rows = info.num_bytes // info.row_bytes if len(info.shape) > 1 else 1
    if order is not None and len(info.shape) == 1:  # a bias: its elements are the projection's rows
        return read_tensor(info, dtype)[torch.from_numpy(order)]
    rows = np.memmap(info.path, np.uint8, "r", info.offset, (num_rows, info.row_bytes))
    numbers = torch.empty((num_rows, columns), dtype=dtype)
    step = max(1, CHUNK // columns)
    for start in range(0, num_rows, step):
        stored = rows[start : start + step] if order is None else rows[order[start : start + step]]
        numbers[start : start + step] = torch.from_numpy(_dequantize(stored, info.type.name))
    return numbers.view(info.shape)


def _dequantize(rows: Array, kind: str) -> Array:
    """[rows, bytes] -> float32 [rows, columns], a new array."""
    if kind == "F32":
        return rows.view("<f4").astype(np.float32)
    if kind == "F16":
        return rows.view("<f2").astype(np.float32)
    if kind == "BF16":
        return (rows.view("<u2").astype(np.uint32) << 16).view(np.float32)
    from gguf import GGMLQuantizationType
    from gguf.quants import dequantize

    return dequantize(rows, GGMLQuantizationType[kind])
