"""From a checkpoint on disk to an engine that is ready to step."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from app.engine.engine import Engine
from app.errors import ConfigError, StartError
from app.messages.params import EngineConfig, ModelSource
from app.models.checkpoint import Checkpoint, load_checkpoint
from app.models.device import choose_attention_kernels, choose_device, choose_dtype
from app.models.packed_linear import pack
from app.models.quantization import check_quantization, weight_bytes

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class LoadedModel:
    """An engine and what its callers need to know of its checkpoint. `tokenizer` is transformers' object."""

    engine: Engine
    tokenizer: Any
    name: str
    device: str
    dtype: str
    vocab_size: int
    request_defaults: Mapping[str, Any]


def load_model(source: ModelSource) -> LoadedModel:
    """Raises StartError where the checkpoint or a setting is at fault."""
    torch.set_num_threads(source.num_threads or default_num_threads())
    device = choose_device(source.device)
    dtype = choose_dtype(source.dtype, device)
    choose_attention_kernels(device)
    check_quantization(source.quantization, device, dtype)
    if source.cuda_graphs and device.type != "cuda":
        raise ConfigError(f"ELBARTO_CUDA_GRAPHS is true; it is for CUDA, and the model would run on {device}.")
    try:
        checkpoint = load_checkpoint(
            source.path, source.revision, device, dtype, source.generation_config == "auto", source.quantization
        )
        pack(checkpoint.model)
        config = checkpoint.model.config
        engine = Engine(checkpoint.model, checkpoint.diffusion, _engine_config(source, checkpoint))
    except (MemoryError, RuntimeError) as error:
        if not _is_out_of_memory(error):
            raise
        raise StartError(
            f"{source.path} does not fit into the memory of {device} as {str(dtype).removeprefix('torch.')}; a smaller "
            "ELBARTO_MAX_MODEL_LEN or ELBARTO_MAX_SEQUENCES needs less, and so does ELBARTO_DTYPE=bfloat16 or "
            "ELBARTO_QUANTIZATION=int8."
        ) from error
    dtype_name = str(dtype).removeprefix("torch.")
    logger.info(
        "%s: %.1f MB of weights%s, %.1f MB of KV cache for %d sequences, up to %.1f MB of prefix cache, %s on %s",
        checkpoint.name,
        weight_bytes(checkpoint.model) / 1e6,
        "" if source.quantization == "none" else f" ({source.quantization})",
        engine.kv_cache.num_bytes / 1e6,
        source.max_sequences,
        source.prefix_cache_bytes / 1e6,
        dtype_name,
        device,
    )
    return LoadedModel(
        engine,
        checkpoint.tokenizer,
        checkpoint.name,
        str(device),
        dtype_name,
        config.vocab_size,
        checkpoint.request_defaults,
    )


def default_num_threads() -> int:
    """One less than the cores that this process may use.

    OpenMP's threads wait for each other. With as many as cores, another program on one core makes all of them wait for
    the thread that is not running: steps take 50 times as long (bench/LOG.md). An editor beside the server is enough.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores - 1)


def _engine_config(source: ModelSource, checkpoint: Checkpoint) -> EngineConfig:
    max_position = checkpoint.model.config.max_position
    max_model_len = source.max_model_len or max_position
    if max_model_len > max_position:
        raise ConfigError(
            f"ELBARTO_MAX_MODEL_LEN is {max_model_len}; {checkpoint.name} has {max_position} positions at most."
        )
    return EngineConfig(
        max_model_len,
        source.max_sequences,
        prefix_cache_bytes=source.prefix_cache_bytes,
        cuda_graphs=source.cuda_graphs,
    )


def _is_out_of_memory(error: Exception) -> bool:
    """The CPU's allocator raises a plain RuntimeError."""
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or "allocate memory" in str(error)
