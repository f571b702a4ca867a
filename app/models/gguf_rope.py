"""The rotary embedding of a GGUF file, as `rope_parameters` of a config.json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.errors import CheckpointError
from app.models.gguf_header import TensorInfo
from app.models.gguf_tensors import ROPE_FACTORS, read_tensor

DEFAULT_THETA = 10_000.0
# The scaling of Llama 3.1: the file has only the factors that follow from these.
LLAMA3 = {"low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}


def read_rope(
    where: object, architecture: str, metadata: Mapping[str, Any], tensors: Mapping[str, TensorInfo], head_dim: int
) -> dict[str, Any]:
    """Raises CheckpointError for a scaling that the decoder does not have."""
    prefix = f"{architecture}.rope."
    theta = metadata.get(f"{prefix}freq_base", DEFAULT_THETA)
    if not isinstance(theta, float) or not 0 < theta < float("inf"):
        raise CheckpointError(f"{where}: {prefix}freq_base must be a positive number, got {theta!r}.")
    kind = metadata.get(f"{prefix}scaling.type", "none")
    factor = metadata.get(f"{prefix}scaling.factor", metadata.get(f"{prefix}scale_linear", 1.0))
    if kind not in ("none", "linear"):
        raise CheckpointError(f"{where}: {prefix}scaling.type {kind!r} is not supported; supported: none, linear.")
    if not isinstance(factor, float) or not 0 < factor < float("inf"):
        raise CheckpointError(f"{where}: {prefix}scaling.factor must be a positive number, got {factor!r}.")
    if ROPE_FACTORS in tensors:
        return _read_factors(where, tensors[ROPE_FACTORS], theta, head_dim)
    scaled = kind == "linear" and factor != 1.0
    return {"rope_type": "linear", "rope_theta": theta, "factor": factor} if scaled else {"rope_theta": theta}


def _read_factors(where: object, info: TensorInfo, theta: float, head_dim: int) -> dict[str, Any]:
    """The parameters from which the converter computed the file's divisors of the frequencies."""
    import torch

    from app.models.config import RopeScaling
    from app.models.transformer import inverse_frequencies

    if info.shape != (head_dim // 2,) or info.type.name != "F32":
        raise CheckpointError(f"{where}: {ROPE_FACTORS} must be {head_dim // 2} numbers of type F32.")
    factors = read_tensor(info, torch.float32)
    factor = float(factors.max())
    plain = inverse_frequencies(RopeScaling(theta=theta), head_dim)
    scaling = RopeScaling("llama3", theta, factor, 1.0, 4.0, 8192)
    if not torch.allclose(plain / inverse_frequencies(scaling, head_dim), factors, rtol=1e-4, atol=0.0):
        raise CheckpointError(f"{where}: the rotary scaling in {ROPE_FACTORS} is not that of Llama 3.1.")
    return {"rope_type": "llama3", "rope_theta": theta, "factor": factor, **LLAMA3}
