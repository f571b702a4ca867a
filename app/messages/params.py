"""The parameters of one sequence, of the engine and of loading a model. Needs no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.messages.decoding import Decoding
from app.messages.rules import IntegerRange, NameOrInteger

GenerationConfig = Literal["auto", "none"]
# Drafts of a sequence in one forward, at most: app/engine/drafts.py. "auto": as many as pay on this device; 0: none.
Speculation = Literal["auto"] | int
SPECULATION = NameOrInteger(("auto", "off"), IntegerRange(low=0, high=64))  # as users write it; off is 0
Quantization = Literal["none", "int8", "int4", "fp8"]
# Where blocks are counted from: position 0, or the prompt's end, so that the prompt's first block is the short one.
Alignment = Literal["start", "prompt_end"]
# How many masks follow the prompt, for a reply of some length: that length in whole blocks ("whole_blocks"; the last
# one is cut off where they end, unless the prompt is whole blocks too), up to the end of a block ("to_block_end"), or
# just the length ("exact"; the last block is shorter).
CanvasLength = Literal["whole_blocks", "to_block_end", "exact"]

# The bias of a token that must not occur. Finite, so that a softmax over nothing else still has numbers.
BANNED = -1e30


@dataclass(frozen=True)
class Window:
    """The last block of an infilling canvas, of any length; it follows the prompt, which is whole blocks.

    `token_ids` and `holes` have one entry for each position, `banned` and `ends` one for each hole (or none at all).
    """

    # None: the position is masked.
    token_ids: tuple[int | None, ...]
    # The hole that the position belongs to, numbered from 0 in order; None: no hole. A hole's unmasked positions are
    # pinned: they keep their tokens.
    holes: tuple[int | None, ...]
    # Tokens that are never proposed in the hole.
    banned: tuple[tuple[int, ...], ...] = ()
    # Tokens that end the hole: such a token is removed from the canvas, with the positions of the hole after it, up to
    # the next pinned one.
    ends: tuple[tuple[int, ...], ...] = ()
    # Positions that get the delete token are removed from the canvas.
    may_delete: bool = False
    # Run one forward that changes nothing and reports probabilities at the masked positions.
    probe: bool = False
    # For each position, the token whose probability a probe reports; None: no token.
    targets: tuple[int | None, ...] = ()

    def __post_init__(self) -> None:
        assert len(self.holes) == len(self.token_ids)
        assert self.num_masks > 0
        assert not self.targets or len(self.targets) == len(self.token_ids)
        assert all(hole is not None for hole, item in zip(self.holes, self.token_ids, strict=True) if item is None)

    @property
    def num_masks(self) -> int:
        return sum(token_id is None for token_id in self.token_ids)

    @property
    def num_holes(self) -> int:
        return 1 + max(hole for hole in self.holes if hole is not None)


@dataclass(frozen=True, kw_only=True)
class GenerationParams(Decoding):
    """How one sequence is decoded. Lengths are in tokens."""

    gen_length: int  # positions after the prompt: as the model's CanvasLength says, or the window's length
    steps: int  # denoising steps in mode static: a multiple of the number of blocks
    block_length: int  # positions denoised together
    # The reply's tokens, at most: what is behind them need not be denoised. None: the canvas is the limit.
    max_tokens: int | None = None
    # Finish within this time of the submission: the mode's rule is replaced by one that spends the forwards there is
    # time for, and blocks that are not reached are omitted.
    time_budget_ms: int | None = None
    seed: int = 0
    speculation: int | None = None  # drafts in one forward, at most; lowers the engine's own limit. None: does not
    ignore_eos: bool = False  # continue after the checkpoint's end tokens
    end_token_ids: tuple[int, ...] = ()  # these end the reply too, also with `ignore_eos`
    # Numbers that are added to the logits of these tokens, each once: (token id, number).
    logit_bias: tuple[tuple[int, float], ...] = ()
    grammar: str | None = None  # that the reply follows, as llguidance writes it
    # An infilling canvas: its masks take the place of the reply, and `steps` are for all of them.
    window: Window | None = None
    watch: bool = False  # report every denoising step
    alternatives: int = 0  # with `watch`: this many of the most likely tokens at each position

    def __post_init__(self) -> None:
        super().__post_init__()
        assert self.block_length >= 1
        if self.window is None:
            assert self.gen_length >= 1
        else:
            assert self.gen_length == len(self.window.token_ids)
        assert self.max_tokens is None or (self.max_tokens >= 1 and self.window is None)
        assert self.speculation is None or self.speculation >= 0
        assert self.steps >= self.num_blocks
        assert self.steps % self.num_blocks == 0
        assert self.small_block_length is None or self.window or self.block_length % self.small_block_length == 0

    @property
    def num_blocks(self) -> int:
        return 1 if self.window else -(-self.gen_length // self.block_length)

    @property
    def steps_per_block(self) -> int:
        return self.steps // self.num_blocks


def first_boundary(alignment: Alignment, prompt_len: int, block_length: int) -> int:
    """The first position, below the block length, at which a block begins. One before it, at 0, is shorter."""
    return prompt_len % block_length if alignment == "prompt_end" else 0


def round_lengths(gen_length: int, steps: int, block_length: int) -> tuple[int, int]:
    """(gen_length, steps), rounded down to whole blocks and to whole steps per block, at least one of each."""
    num_blocks = max(1, gen_length // block_length)
    return num_blocks * block_length, max(1, steps // num_blocks) * num_blocks


@dataclass(frozen=True, kw_only=True)
class EngineConfig:
    """The engine's limits."""

    max_model_len: int  # tokens in one sequence, prompt and reply together
    max_sequences: int = 1  # sequences that run at once
    prefill_chunk: int = 512  # tokens in one prefill step, of all sequences together
    prefix_cache_bytes: int = 0  # 0: no prefix cache
    cuda_graphs: bool = False  # on CUDA only
    speculation: Speculation = 0


@dataclass(frozen=True, kw_only=True)
class ModelSource:
    """Which checkpoint to load, and how to run it. None: the checkpoint or the library decides."""

    path: str  # a directory, a Hugging Face id or a GGUF file
    revision: str | None = None  # of a Hugging Face id
    # What the checkpoint is, where its files do not say it: a family of app/models/families.py, its mask token, and the
    # block length that it was trained with.
    family: str | None = None
    mask_token_id: int | None = None
    block_length: int | None = None
    tokenizer: str | None = None  # a directory or a Hugging Face id; None: the checkpoint's own
    device: str = "auto"
    dtype: str = "auto"
    num_threads: int | None = None  # PyTorch's threads on the CPU
    max_model_len: int | None = None  # as in EngineConfig
    max_sequences: int = 1
    prefix_cache_bytes: int = 0
    generation_config: GenerationConfig = "auto"  # none: defaults for requests are not read from the checkpoint
    quantization: Quantization = "none"
    cuda_graphs: bool = False
    speculation: Speculation = "auto"
    grammar_max_bytes: int = 64 * 1024  # of a request's schema, pattern or grammar
    grammar_compile_ms: int = 50  # work for compiling it, about a millisecond each
