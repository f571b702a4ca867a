"""From a checkpoint on disk to an engine that is ready to step."""

from __future__ import annotations

import logging

import torch

from app.engine.engine import Engine
from app.engine.limits import engine_config
from app.engine.market import ForwardCosts
from app.engine.memory import check_memory, memory_need
from app.engine.reference import PlainAttention
from app.engine.warmup import choose_num_threads, measure_costs, most_threads, timed_forwards
from app.errors import CheckpointError, ConfigError, StartError
from app.messages.params import ModelSource
from app.models.blueprint import Blueprint
from app.models.checkpoint import Checkpoint, load_checkpoint
from app.models.device import choose_attention_kernels, choose_device, choose_dtype
from app.models.families import Hints
from app.models.files import naming
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
        config = engine_config(options, checkpoint.model.config, checkpoint.name)
        engine = Engine(checkpoint.model, checkpoint.diffusion, config, _warm_up(options, checkpoint, device))
    except CheckpointError as error:
        raise naming(options.path, error) from error
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

    def check(blueprint: Blueprint) -> None:
        config = engine_config(options, blueprint.config, source.name)
        check_memory(memory_need(blueprint, config, device, dtype, options.quantization), config, device, source.name)

    checkpoint = load_checkpoint(
        source, device, dtype, options.generation_config == "auto", hints, options.quantization, check
    )
    prepare(checkpoint.model, device)
    _check_outputs(checkpoint, dtype)
    return checkpoint


@torch.inference_mode()
def _check_outputs(checkpoint: Checkpoint, dtype: torch.dtype) -> None:
    """One forward of a few tokens: finite weights can still overflow together, above all in float16."""
    model, diffusion = checkpoint.model, checkpoint.diffusion
    ids = [*range(min(8, model.config.vocab_size)), diffusion.mask_token_id, *diffusion.eos_token_ids]
    token_ids = torch.tensor(ids, device=model.embedding.weight.device)
    hidden = model(token_ids, torch.arange(len(ids), device=token_ids.device), PlainAttention())
    if not model.logits(hidden).isfinite().all():
        raise CheckpointError(
            f"{checkpoint.name} computes values that are not finite numbers in {dtype_name(dtype)}; its weights or its "
            "config.json are damaged, or it needs another ELBARTO_DTYPE."
        )


def _warm_up(options: ModelSource, checkpoint: Checkpoint, device: torch.device) -> ForwardCosts | None:
    """Choose the number of threads, and measure what forwards cost, as far as the options leave it open."""
    forward = timed_forwards(checkpoint.model, checkpoint.diffusion.mask_token_id, options.cuda_graphs)
    if device.type == "cpu" and options.num_threads is None and most_threads() > 1:
        choose_num_threads(forward, most_threads())
    return measure_costs(forward) if options.speculation == "auto" else None


def dtype_name(dtype: torch.dtype) -> str:
    """As in settings: "float32", for example."""
    return str(dtype).removeprefix("torch.")


def _is_out_of_memory(error: Exception) -> bool:
    """The CPU's allocator raises a plain RuntimeError."""
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or "allocate memory" in str(error)
