"""What the executor's thread loads: an engine, its tokenizer, and a description for callers."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.messages.events import Event, Finished, Seen
from app.messages.params import GenerationParams, ModelSource
from app.text.tokenizer import Tokenizer


class EngineLike(Protocol):
    """The seam between serving and engine; tests and remote engines stand in here. One thread calls it."""

    @property
    def has_work(self) -> bool: ...
    def add(self, prompt_ids: Sequence[int], params: GenerationParams, submitted: float | None = None) -> int: ...
    def step(self) -> list[Event]: ...
    def abort(self, sequence_id: int) -> Finished | None: ...
    def watch(self, sequence_id: int, is_watched: bool) -> Seen | None: ...


@dataclass(frozen=True)
class ModelInfo:
    """What callers may know of the model. Lengths are in tokens."""

    id: str
    family: str
    device: str
    dtype: str
    max_model_len: int
    block_length: int
    mask_token_id: int
    vocab_size: int
    eos_token_ids: tuple[int, ...] = ()
    delete_token_id: int | None = None


@dataclass(frozen=True)
class Backend:
    engine: EngineLike
    tokenizer: Tokenizer
    info: ModelInfo
    max_running: int = 1  # sequences that the engine denoises at once
    request_defaults: Mapping[str, Any] = field(default_factory=dict)  # the checkpoint's own, by fields of Defaults


def load_backend(source: ModelSource) -> Backend:
    """Takes seconds to minutes; raises StartError where the checkpoint or a setting is at fault."""
    # oneDNN's bfloat16 products count on every thread that they ask OpenMP for: with OMP_DYNAMIC=true, which may give
    # fewer, they are wrong without a word (bench/LOG.md). OpenMP reads this once, when torch is imported.
    os.environ["OMP_DYNAMIC"] = "false"
    from app.engine.loading import load_model  # Imports torch, which takes seconds: here, the port is open already.

    loaded = load_model(source)
    diffusion = loaded.engine.diffusion
    info = ModelInfo(
        id=served_name(loaded.name),
        family=diffusion.family,
        device=loaded.device,
        dtype=loaded.dtype,
        max_model_len=loaded.engine.config.max_model_len,
        block_length=diffusion.block_length,
        mask_token_id=diffusion.mask_token_id,
        vocab_size=loaded.vocab_size,
        eos_token_ids=diffusion.eos_token_ids,
        delete_token_id=diffusion.delete_token_id,
    )
    max_running = loaded.engine.config.max_sequences
    return Backend(loaded.engine, Tokenizer(loaded.tokenizer), info, max_running, loaded.request_defaults)


def served_name(name: str) -> str:
    """Continue sends autocompletion for ids that begin with "o" or "gpt" to the chat endpoint, so none of ours does."""
    return f"elbarto-{name}" if name.lower().startswith(("o", "gpt")) else name
