"""Loads a checkpoint into the native decoder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch

from app.messages.defaults import Defaults
from app.messages.options import Overrides
from app.models.blueprint import Blueprint, read_blueprint
from app.models.families import Diffusion
from app.models.generation_config import read_request_defaults
from app.models.sources import CheckpointSource
from app.models.transformer import Transformer
from app.models.weights import check_tensors, load_weights


@dataclass(frozen=True)
class Checkpoint:
    """A loaded model with its tokenizer and defaults."""

    name: str
    model: Transformer
    diffusion: Diffusion
    tokenizer: Any  # a transformers tokenizer
    # The checkpoint's values for options that a request omits.
    request_defaults: Overrides[Defaults] = field(default_factory=Overrides)


def load_checkpoint(
    source: CheckpointSource,
    device: torch.device,
    dtype: torch.dtype,
    with_request_defaults: bool = True,
    check: Callable[[Blueprint], None] = lambda blueprint: None,
) -> Checkpoint:
    """Load a checkpoint; `prepare` then quantizes or packs its weights. Raises CheckpointError for bad files.

    Everything else is read and checked before the weights; `check` may refuse what it is.
    """
    request_defaults: Overrides[Defaults] = Overrides()
    if with_request_defaults:
        request_defaults = read_request_defaults(source.generation_config(), source.generation_config_path)
    blueprint = read_blueprint(source)
    check(blueprint)
    check_tensors(blueprint.model, source.headers(), blueprint.family.names)
    model = blueprint.model.to(dtype).to_empty(device=device).requires_grad_(False).eval()
    if blueprint.config.tie_word_embeddings:
        model.head.weight = model.embedding.weight  # to_empty unties them
    load_weights(model, source.tensors(device), blueprint.family.names)
    return Checkpoint(source.name, model, blueprint.diffusion, source.tokenizer(), request_defaults)
