"""Loads a checkpoint into the native decoder."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch

from app.messages.defaults import Defaults
from app.messages.options import Overrides
from app.models.config import read_model_config, usual_keys
from app.models.families import NO_HINTS, Diffusion, Hints, family_defaults, read_diffusion, recognise
from app.models.generation_config import read_own_defaults, read_request_defaults
from app.models.quantized_loading import load_quantized
from app.models.sources import CheckpointSource
from app.models.transformer import Transformer
from app.models.weights import allocate, load_weights

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
) -> Checkpoint:
    """Load a checkpoint; `prepare` then packs its weights. Raises CheckpointError for bad files.

    Everything else is read and checked before the weights. `quantization` is applied while they are read: the model is
    never in memory in `dtype` as a whole.
    """
    config = source.config()
    family = recognise(source, hints).family
    request_defaults: Overrides[Defaults] = Overrides()
    if with_request_defaults:
        read = read_request_defaults if family.reads_generation_config else read_own_defaults
        request_defaults = read(source.generation_config(), source.generation_config_path)
    model_config = read_model_config(usual_keys(config, family.layout), family.layout)
    diffusion = read_diffusion(source, hints)
    own_defaults = family_defaults(family, diffusion.block_length)
    request_defaults = Overrides({**own_defaults.values, **request_defaults.values})
    with torch.device("meta"):
        model = Transformer(model_config)
    model = model.to(dtype).requires_grad_(False).eval()
    if quantization == "none":
        allocate(model, device)
        load_weights(model, source.tensors(device), family.names)
    else:
        load_quantized(model, source.tensors(CPU), family.names, quantization, device)
    return Checkpoint(source.name, model, diffusion, source.tokenizer(), request_defaults)
