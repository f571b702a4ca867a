"""From a checkpoint on disk to an engine that is ready to step."""

from __future__ import annotations

import logging

import torch

from app.engine.engine import Engine
from app.engine.market import ForwardCosts
from app.engine.warmup import choose_num_threads, measure_costs, most_threads, timed_forwards
from app.errors import ConfigError, StartError
from app.messages.params import EngineConfig, ModelSource
from app.models.checkpoint import Checkpoint, load_checkpoint
from app.models.device import choose_attention_kernels, choose_device, choose_dtype
from app.models.families import Hints
from app.models.opening import open_source
from app.models.quantization import check_quantization, weight_bytes
from app.models.weights import prepare

logger = logging.getLogger(__name__)


def choose_placement(options: ModelSource) -> tuple[torch.device, torch.dtype]:
    """Where the model runs and in which number format; sets up PyTorch for it.

    Raises StartError for a setting that this machine does not support. The checkpoint is not read.
    """
    torch.set_num_threads(options.num_threads or most_threads())
    device = choose_device(options.device)
    dtype = choose_dtype(options.dtype, device)
    choose_attention_kernels(device)
    check_quantization(options.quantization, device, dtype)
    if options.cuda_graphs and device.type != "cuda":
        raise ConfigError(f"ELBARTO_CUDA_GRAPHS is true; it is for CUDA, and the model would run on {device}.")
    return device, dtype


def load_model(options: ModelSource, device: torch.device, dtype: torch.dtype) -> tuple[Engine, Checkpoint]:
    """An engine over the checkpoint, on the placement that `choose_placement` returned for the same options.

    Raises StartError if the checkpoint is at fault or does not fit.
    """
    try:
        checkpoint = _load_checkpoint(options, device, dtype)
        config = _engine_config(options, checkpoint)
        engine = Engine(checkpoint.model, checkpoint.diffusion, config, _warm_up(options, checkpoint, device))
    except (MemoryError, RuntimeError) as error:
        if not _is_out_of_memory(error):
            raise
        raise StartError(
            f"{options.path} does not fit into the memory of {device} as {dtype_name(dtype)}; a smaller "
            "ELBARTO_MAX_MODEL_LEN or ELBARTO_MAX_SEQUENCES needs less, and so does ELBARTO_DTYPE=bfloat16 or "
            "ELBARTO_QUANTIZATION=int8."
        ) from error
    logger.info(
        "%s: %.1f MB of weights%s, %.1f MB of KV cache for %d sequences, up to %.1f MB of prefix cache, %s on %s",
        checkpoint.name,
        weight_bytes(checkpoint.model) / 1e6,
        "" if options.quantization == "none" else f" ({options.quantization})",
        engine.kv_cache.num_bytes / 1e6,
        options.max_sequences,
        options.prefix_cache_bytes / 1e6,
        dtype_name(dtype),
        device,
    )
    return engine, checkpoint


def _load_checkpoint(options: ModelSource, device: torch.device, dtype: torch.dtype) -> Checkpoint:
    source = open_source(options, dtype)
    hints = Hints(options.family, options.mask_token_id, options.block_length)
    checkpoint = load_checkpoint(
        source, device, dtype, options.generation_config == "auto", hints, options.quantization
    )
    prepare(checkpoint.model, device)
    return checkpoint


def _warm_up(options: ModelSource, checkpoint: Checkpoint, device: torch.device) -> ForwardCosts | None:
    """Choose the number of threads, and measure what forwards cost, as far as the options leave it open."""
    forward = timed_forwards(checkpoint.model, checkpoint.diffusion.mask_token_id, options.cuda_graphs)
    if device.type == "cpu" and options.num_threads is None and most_threads() > 1:
        choose_num_threads(forward, most_threads())
    return measure_costs(forward) if options.speculation == "auto" else None


def dtype_name(dtype: torch.dtype) -> str:
    """As in settings: "float32", for example."""
    return str(dtype).removeprefix("torch.")


def _engine_config(options: ModelSource, checkpoint: Checkpoint) -> EngineConfig:
    max_position = checkpoint.model.config.max_position
    max_model_len = options.max_model_len or max_position
    if max_model_len > max_position:
        raise ConfigError(
            f"ELBARTO_MAX_MODEL_LEN is {max_model_len}; {checkpoint.name} has {max_position} positions at most."
        )
    return EngineConfig(
        max_model_len=max_model_len,
        max_sequences=options.max_sequences,
        prefix_cache_bytes=options.prefix_cache_bytes,
        cuda_graphs=options.cuda_graphs,
        speculation=options.speculation,
    )


def _is_out_of_memory(error: Exception) -> bool:
    """The CPU's allocator raises a plain RuntimeError."""
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or "allocate memory" in str(error)
