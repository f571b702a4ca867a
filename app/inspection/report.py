"""The report of `elbarto inspect`, as plain data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Stored:
    """The tensors of the files."""

    parameters: int
    num_bytes: int
    num_tensors: int
    kinds: dict[str, int]  # bytes by how values are stored, such as "BF16" or "Q4_K"


@dataclass(frozen=True, kw_only=True)
class Shape:
    """The decoder's, in elements."""

    num_layers: int
    hidden_size: int
    intermediate_size: int
    num_heads: int
    num_kv_heads: int
    head_dim: int
    vocab_size: int
    max_position: int
    qk_norm: bool
    qkv_bias: bool
    tie_word_embeddings: bool
    rope_type: str
    rope_theta: float


@dataclass(frozen=True, kw_only=True)
class Token:
    id: int
    text: str | None  # None: the tokenizer has none


@dataclass(frozen=True, kw_only=True)
class Denoising:
    family: str
    recognised_by: str
    attention: str
    shift: bool
    block_length: int
    mask_token: Token
    end_tokens: list[Token]
    delete_token: Token | None


@dataclass(frozen=True, kw_only=True)
class Text:
    num_tokens: int  # of the tokenizer
    special_tokens: list[str]
    has_chat_template: bool
    roles: list[str]
    has_tools: bool
    template_variables: list[str]
    infill_modes: list[str]  # the first one is the default


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Bytes, with the settings in force. `prefix_cache` is an upper bound, `forward` an estimate."""

    device: str
    dtype: str
    quantization: str
    max_sequences: int
    max_model_len: int
    weights: int
    kv_cache: int
    rotary: int
    forward: int
    prefix_cache: int
    total: int
    loading: int  # peak while loading, on `loading_device`
    loading_device: str
    device_total: int | None
    device_free: int | None


@dataclass(frozen=True, kw_only=True)
class Report:
    """None: the checkpoint does not say, or what it says is wrong; `problems` has why."""

    name: str
    path: str
    architectures: list[str]
    licence: str | None
    stored: Stored | None
    shape: Shape | None
    denoising: Denoising | None
    text: Text | None
    memory: Memory | None
    problems: list[str]  # each is a reason why it cannot be served here
    missing: list[str]  # what it lacks, and what that means for requests

    @property
    def can_be_served(self) -> bool:
        return not self.problems
