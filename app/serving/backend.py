"""A checkpoint loaded in this process: the engine for its executor, and the frontend for the service."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.messages.defaults import Defaults
from app.messages.events import Event, Finished, SequenceSnapshot
from app.messages.options import Overrides
from app.messages.params import Alignment, CanvasLength, GenerationParams, ModelSource
from app.messages.stats import EngineStats
from app.text.grammars import GrammarLimits, Grammars
from app.text.tokenizer import Tokenizer


class EngineLike(Protocol):
    """The part of `app.engine.engine.Engine` that the executor's thread calls."""

    @property
    def has_work(self) -> bool: ...
    def add(
        self, prompt_ids: Sequence[int], params: GenerationParams, waited_ms: float = 0.0, client: str = ""
    ) -> int: ...
    def step(self) -> list[Event]: ...
    def abort(self, sequence_id: int) -> Finished | None: ...
    def watch(self, sequence_id: int, is_watched: bool) -> SequenceSnapshot | None: ...

    def stats(self) -> EngineStats:
        """May be called on any thread."""
        ...


@dataclass(frozen=True)
class ModelInfo:
    """The model card. Lengths are in tokens."""

    id: str  # the name that requests and responses use
    family: str  # as in app/models/families.py
    device: str  # PyTorch's name, such as "cuda:0"
    dtype: str  # of the weights, such as "bfloat16"
    max_model_len: int  # prompt and reply together
    block_length: int  # the one it was trained with
    mask_token_id: int
    vocab_size: int
    eos_token_ids: tuple[int, ...] = ()
    delete_token_id: int | None = None  # None: it was not trained to delete positions
    canvas_length: CanvasLength = "whole_blocks"
    block_cache: bool = False  # whether requests may ask for it
    fills_canvas: bool = True  # whether holes can be filled as masks between the texts around them
    attention: str = "block_causal"  # or "full": these fill canvases natively, and blocks are only an order
    alignment: Alignment = "start"


@dataclass(frozen=True)
class Backend:
    """An engine, which the executor's thread owns, and its model card. The engine handles token ids only."""

    engine: EngineLike
    info: ModelInfo
    max_running: int = 1  # sequences that the engine denoises at once


@dataclass(frozen=True)
class Frontend:
    """What the service needs of a checkpoint in addition to an engine. Loading it does not need torch."""

    tokenizer: Tokenizer
    request_defaults: Overrides[Defaults] = field(default_factory=Overrides)  # from the checkpoint
    grammars: Grammars | None = None  # None: replies cannot be constrained


def load_backend(options: ModelSource) -> tuple[Backend, Frontend]:
    """Takes seconds to minutes; raises StartError if the checkpoint or a setting is at fault."""
    # oneDNN's bfloat16 matrix multiplications assume that they get every thread they ask OpenMP for. With
    # OMP_DYNAMIC=true it may give fewer, and the results are silently wrong (bench/LOG.md, 2026-11-20, "OpenMP").
    # OpenMP reads this once, when torch is imported.
    os.environ["OMP_DYNAMIC"] = "false"
    # Imports torch, which takes seconds. It is done here because the port is already open by now.
    from app.engine.loading import choose_placement, dtype_name, load_model

    device, dtype = choose_placement(options)
    engine, checkpoint = load_model(options, device, dtype)
    diffusion = checkpoint.diffusion
    info = ModelInfo(
        id=served_name(checkpoint.name),
        family=diffusion.family,
        device=str(device),
        dtype=dtype_name(dtype),
        max_model_len=engine.config.max_model_len,
        block_length=min(diffusion.block_length, engine.config.max_model_len),
        mask_token_id=diffusion.mask_token_id,
        vocab_size=checkpoint.model.config.vocab_size,
        eos_token_ids=diffusion.eos_token_ids,
        delete_token_id=diffusion.delete_token_id,
        canvas_length=diffusion.canvas_length,
        block_cache=diffusion.block_cache,
        fills_canvas=diffusion.fills_canvas,
        attention=diffusion.attention,
        alignment=diffusion.alignment,
    )
    limits = GrammarLimits(options.grammar_max_bytes, options.grammar_compile_ms)
    grammars = None
    if diffusion.attention == "block_causal" and not diffusion.commits_alone:  # a block has one matcher at its start
        grammars = Grammars(checkpoint.tokenizer, info.vocab_size, info.eos_token_ids, limits)
        engine.matcher = grammars.matcher
    backend = Backend(engine, info, engine.config.max_sequences)
    return backend, Frontend(Tokenizer(checkpoint.tokenizer), checkpoint.request_defaults, grammars)


def served_name(name: str) -> str:
    """A model id that does not start with "o" or "gpt": Continue sends completions for those to the chat endpoint."""
    return f"elbarto-{name}" if name.lower().startswith(("o", "gpt")) else name
