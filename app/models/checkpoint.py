"""Loads a checkpoint into the native decoder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch

from app.messages.defaults import Defaults
from app.messages.options import Overrides
from app.models.blueprint import Blueprint, read_blueprint
from app.models.families import NO_HINTS, Diffusion, Hints, family_defaults
from app.models.generation_config import read_own_defaults, read_request_defaults
from app.models.quantized_loading import load_quantized
from app.models.sources import CheckpointSource
from app.models.transformer import Transformer
from app.models.weights import allocate, check_tensors, load_weights

CPU = torch.device("cpu")


@dataclass(frozen=True)
class Checkpoint:
    """A loaded model with its tokenizer and defaults."""

    name: str
    model: Transformer
    diffusion: Diffusion
    tokenizer: Any  # a transformers tokenizer
    # The family's and the checkpoint's own values for options that a request omits.
    request_defaults: Overrides[Defaults] = field(default_factory=Overrides)


def load_checkpoint(
    source: CheckpointSource,
    device: torch.device,
    dtype: torch.dtype,
    with_request_defaults: bool = True,
    hints: Hints = NO_HINTS,
    quantization: str = "none",
    check: Callable[[Blueprint], None] = lambda blueprint: None,
) -> Checkpoint:
    """Load a checkpoint; `prepare` then packs its weights. Raises CheckpointError for bad files.

    Everything else is read and checked before the weights; `check` may refuse what it is. `quantization` is applied
    while they are read: the model is never in memory in `dtype` as a whole.
    """
    blueprint = read_blueprint(source, hints)
    check(blueprint)
    family, diffusion = blueprint.family, blueprint.diffusion
    check_tensors(blueprint.model, source.headers(), family.names)
    request_defaults: Overrides[Defaults] = Overrides()
    if with_request_defaults:
        read = read_request_defaults if family.reads_generation_config else read_own_defaults
        request_defaults = read(source.generation_config(), source.generation_config_path)
    own_defaults = family_defaults(family, diffusion.block_length)
    request_defaults = Overrides({**own_defaults.values, **request_defaults.values})
    model = blueprint.model.to(dtype).requires_grad_(False).eval()
    if quantization == "none":
        allocate(model, device)
        load_weights(model, source.tensors(device), family.names)
    else:
        load_quantized(model, source.tensors(CPU), family.names, quantization, device)
    return Checkpoint(source.name, model, diffusion, source.tokenizer(), request_defaults)
