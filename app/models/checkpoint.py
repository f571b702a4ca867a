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
from app.models.sources import CheckpointSource
from app.models.transformer import Transformer
from app.models.weights import load_weights


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
) -> Checkpoint:
    """Load a checkpoint; `prepare` then quantizes or packs its weights. Raises CheckpointError for bad files.

    Everything else is read and checked before the weights.
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
    model = model.to(dtype).to_empty(device=device).requires_grad_(False).eval()
    if model_config.tie_word_embeddings:
        model.head.weight = model.embedding.weight  # to_empty unties them
    load_weights(model, source.tensors(device), family.names)
    return Checkpoint(source.name, model, diffusion, source.tokenizer(), request_defaults)
