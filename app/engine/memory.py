"""What a checkpoint will need in memory here, component by component, before any of it is loaded."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from app.engine.kv_cache import KVCache
from app.errors import StartError
from app.messages.params import EngineConfig
from app.models.blueprint import Blueprint
from app.models.config import ModelConfig
from app.models.footprint import largest_layer_bytes, loaded_bytes
from app.models.machine import device_memory
from app.models.weights import loading_device

# Spare places of a slot, for drafts of the last blocks of a full one.
DRAFT_PLACES = 64


@dataclass(frozen=True)
class MemoryNeed:
    """Bytes on the model's device; `loading` is on the device that `loading_device` names."""

    weights: int
    kv_cache: int
    rotary: int
    forward: int  # an estimate: logits and activations of the largest forward
    prefix_cache: int  # at most; it grows with use
    loading: int  # at most, while weights are read and prepared

    @property
    def at_start(self) -> int:
        """What is allocated before the first request."""
        return self.weights + self.kv_cache + self.rotary

    @property
    def total(self) -> int:
        return self.at_start + self.forward + self.prefix_cache


def memory_need(
    blueprint: Blueprint, config: EngineConfig, device: torch.device, dtype: torch.dtype, scheme: str
) -> MemoryNeed:
    shape, weights = blueprint.config, loaded_bytes(blueprint.model, device, dtype, scheme)
    loading = weights + largest_layer_bytes(blueprint.model, dtype)
    if scheme != "none":
        loading = loaded_bytes(blueprint.model, loading_device(device, scheme), dtype)
        loading += largest_layer_bytes(blueprint.model, dtype)
    return MemoryNeed(
        weights=weights,
        kv_cache=make_kv_cache(shape, config, torch.device("meta"), dtype).num_bytes,
        rotary=2 * shape.max_position * shape.head_dim * dtype.itemsize,
        forward=_forward_bytes(shape, config, blueprint.diffusion.block_length, dtype),
        prefix_cache=0 if blueprint.diffusion.attention == "full" else config.prefix_cache_bytes,
        loading=loading,
    )


def make_kv_cache(shape: ModelConfig, config: EngineConfig, device: torch.device, dtype: torch.dtype) -> KVCache:
    # CUDA graphs write their padding rows to the last spare place.
    num_spare = DRAFT_PLACES + 1 if config.speculation else int(config.cuda_graphs)
    return KVCache(shape, config.max_sequences, config.max_model_len, device, dtype, num_spare)


def check_memory(need: MemoryNeed, config: EngineConfig, device: torch.device, name: str) -> None:
    """Raises StartError for what cannot fit whatever else is running; what is free at the moment is not asked."""
    total = device_memory(device).total
    if total is not None and need.at_start > total:
        raise StartError(
            f"{name} needs {gigabytes(need.at_start)} of memory: {gigabytes(need.weights)} of weights and "
            f"{gigabytes(need.kv_cache)} of KV cache for {config.max_sequences} sequences of {config.max_model_len} "
            f"tokens; {device} has {gigabytes(total)}. A smaller ELBARTO_MAX_MODEL_LEN or ELBARTO_MAX_SEQUENCES needs "
            "less, and so does ELBARTO_DTYPE=bfloat16 or ELBARTO_QUANTIZATION=int8."
        )


def gigabytes(num_bytes: int) -> str:
    """In powers of ten, as file sizes are."""
    return f"{num_bytes / 1e9:.1f} GB" if num_bytes >= 1e9 else f"{num_bytes / 1e6:.1f} MB"


def _forward_bytes(shape: ModelConfig, config: EngineConfig, block_length: int, dtype: torch.dtype) -> int:
    """Logits exist for masked rows only, in float32 and once more while proposals are made from them."""
    denoised = config.max_sequences * block_length
    rows = config.prefill_chunk + denoised
    logits = 2 * 4 * denoised * shape.vocab_size
    width = 4 * shape.hidden_size + 3 * shape.intermediate_size + 2 * shape.num_heads * shape.head_dim
    return logits + rows * width * dtype.itemsize
