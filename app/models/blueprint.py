"""A checkpoint's facts, and a decoder of its shape; nothing is allocated from a claim."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from app.models.facts import Facts, read_facts
from app.models.families import NO_HINTS, Hints
from app.models.sources import CheckpointSource
from app.models.transformer import Transformer


@dataclass(frozen=True)
class Blueprint(Facts):
    """What a checkpoint is. `model` has the shape of the decoder, on the meta device."""

    model: Transformer


def read_blueprint(source: CheckpointSource, hints: Hints = NO_HINTS) -> Blueprint:
    """Raises what `read_facts` does."""
    facts = read_facts(source, hints)
    with torch.device("meta"):
        model = Transformer(facts.config)
    return Blueprint(facts.family, facts.recognised_by, facts.config, facts.diffusion, model)
