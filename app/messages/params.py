"""What a caller may choose for one sequence, and what an operator chooses for the engine. Needs no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Remasking = Literal["low_confidence", "random"]
DecodeMode = Literal["static", "threshold", "greedy", "adaptive", "factor", "entropy"]
DECODE_MODES: tuple[DecodeMode, ...] = get_args(DecodeMode)
GenerationConfig = Literal["auto", "none"]
Quantization = Literal["none", "int8", "int4", "fp8"]

MAX_REPETITION_PENALTY = 100.0
DEFAULT_THRESHOLD = 0.9


@dataclass(frozen=True)
class Window:
    """The last block of an infilling canvas, of any length: what stands behind the prompt, which is whole blocks.

    `token_ids` are None where a mask is. `holes` has for each position the number of the hole that it belongs to,
    counted from 0 in order, and None outside; positions of a hole that are not masked are pinned. In hole i the tokens
    `banned[i]` are never proposed, and one of `ends[i]` ends it: with the positions of the hole behind it, up to the
    next pinned one, that token leaves the canvas. With `may_delete` a position whose token is the delete token leaves
    the canvas.
    A `probe` is one forward that changes nothing and tells about the masked positions; `targets` are the tokens whose
    probabilities there it tells, None where none is asked for.
    """

    token_ids: tuple[int | None, ...]
    holes: tuple[int | None, ...]
    banned: tuple[tuple[int, ...], ...] = ()
    ends: tuple[tuple[int, ...], ...] = ()
    may_delete: bool = False
    probe: bool = False
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


@dataclass(frozen=True)
class GenerationParams:
    """How one sequence is decoded. Lengths are in tokens.

    `gen_length` is a multiple of `block_length` and `steps` one of the number of blocks: `round_lengths` makes
    them so. `decode_mode` names the rule that says which proposals become final in a step; None: "threshold" where one
    is given, else "static", the published algorithm's two. `steps` are for static, `threshold` is for threshold and
    adaptive, `factor` and `gamma` are for factor and entropy. A block is filled in parts of `small_block_length` where
    that is given. `time_budget_ms`, from the submission, replaces the mode's rule by one that spends the forwards there
    is time for; blocks that it does not reach stay unsaid. A `top_k` below 1 keeps all tokens. `repetition_penalty` is
    Hugging Face's (over the prompt and what is generated; 1 is off), `presence_penalty` and `frequency_penalty` are
    OpenAI's (over what is generated; 0 is off). The reply ends with the checkpoint's end tokens and with those of
    `end_token_ids`. With a `window` the sequence is an infilling canvas: the window's masks take the place of the
    reply, and `steps` are for all of them. `watch` tells every step, with the `alternatives` likeliest tokens of each
    position.
    """

    gen_length: int
    steps: int
    block_length: int
    threshold: float | None = None
    remasking: Remasking = "low_confidence"
    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    repetition_penalty: float = 1.0
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    seed: int = 0
    ignore_eos: bool = False
    decode_mode: DecodeMode | None = None
    factor: float = 1.0
    gamma: float = 0.1
    small_block_length: int | None = None
    time_budget_ms: int | None = None
    end_token_ids: tuple[int, ...] = ()
    window: Window | None = None
    watch: bool = False
    alternatives: int = 0

    def __post_init__(self) -> None:
        assert self.block_length >= 1
        if self.window is None:
            assert self.gen_length >= self.block_length
            assert self.gen_length % self.block_length == 0
        else:
            assert self.gen_length == len(self.window.token_ids)
        assert self.steps >= self.num_blocks
        assert self.steps % self.num_blocks == 0
        assert self.threshold is None or 0 <= self.threshold <= 1
        assert self.factor >= 0
        assert self.gamma >= 0
        assert self.small_block_length is None or self.window or self.block_length % self.small_block_length == 0
        assert self.temperature >= 0
        assert 0 <= self.top_p <= 1
        assert 0 < self.repetition_penalty <= MAX_REPETITION_PENALTY
        assert -2 <= self.presence_penalty <= 2
        assert -2 <= self.frequency_penalty <= 2

    @property
    def mode(self) -> DecodeMode:
        return self.decode_mode or ("static" if self.threshold is None else "threshold")

    @property
    def threshold_or_default(self) -> float:
        return DEFAULT_THRESHOLD if self.threshold is None else self.threshold

    @property
    def num_blocks(self) -> int:
        return 1 if self.window else self.gen_length // self.block_length

    @property
    def steps_per_block(self) -> int:
        return self.steps // self.num_blocks

    @property
    def has_penalties(self) -> bool:
        return self.repetition_penalty != 1 or self.presence_penalty != 0 or self.frequency_penalty != 0


def round_lengths(gen_length: int, steps: int, block_length: int) -> tuple[int, int]:
    """(gen_length, steps) as El Barto rounds them: down to whole blocks, down to whole steps a block, at least one."""
    num_blocks = max(1, gen_length // block_length)
    return num_blocks * block_length, max(1, steps // num_blocks) * num_blocks


@dataclass(frozen=True)
class EngineConfig:
    """`max_model_len` tokens fit in one sequence, prompt and reply; a prefill step takes `prefill_chunk` of them, of
    all sequences together. The prefix cache holds `prefix_cache_bytes`; 0 switches it off. `cuda_graphs` are for CUDA
    alone."""

    max_model_len: int
    max_sequences: int = 1
    prefill_chunk: int = 512
    prefix_cache_bytes: int = 0
    cuda_graphs: bool = False


@dataclass(frozen=True)
class ModelSource:
    """Which checkpoint, and how to run it; None: the checkpoint or the library decides.

    `generation_config` "none": what its generation_config.json says of requests is neither read nor checked.
    """

    path: str
    revision: str | None = None
    device: str = "auto"
    dtype: str = "auto"
    num_threads: int | None = None
    max_model_len: int | None = None
    max_sequences: int = 1
    prefix_cache_bytes: int = 0
    generation_config: GenerationConfig = "auto"
    quantization: Quantization = "none"
    cuda_graphs: bool = False
