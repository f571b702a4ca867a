"""A checkpoint in a GGUF file, as llama.cpp's converter writes it, in the terms of Hugging Face's files.

Public files have no mark of diffusion: Stable-DiffCoder is a `llama` like others there. The vocabulary or the operator
says what a file is, as with conversions in Hugging Face's format.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.errors import CheckpointError
from app.models.files import find_tokenizer
from app.models.gguf_header import Header, TensorInfo, read_header
from app.models.gguf_rope import read_rope
from app.models.gguf_tensors import PROJECTIONS, Array, Sizes, check_tensors, half_split_order, read_tensor, translate
from app.models.gguf_tokenizer import (
    chat_template,
    check_same_tokens,
    end_ids,
    file_tokens,
    rebuild_tokenizer,
    special_ids,
)
from app.models.sources import read_tokenizer
from app.models.tensor_files import TensorHeader

if TYPE_CHECKING:
    import torch
    from torch import Tensor

MAX_CONTEXT = 1 << 24  # tokens
SPLIT_NAME = re.compile(r"(.+)-(\d{5})-of-(\d{5})\.gguf", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """What follows from `general.architecture`."""

    name: str  # Hugging Face's
    is_permuted: bool = False  # query and key rows are interleaved
    qk_norm: bool = False


ARCHITECTURES: Mapping[str, Architecture] = {
    "llama": Architecture(name="LlamaForCausalLM", is_permuted=True),
    "qwen2": Architecture(name="Qwen2ForCausalLM"),
    "qwen3": Architecture(name="Qwen3ForCausalLM", qk_norm=True),
}


class GgufFile:
    """A GGUF file, or all parts of a split one, of which `path` is any.

    `tokenizer` is a folder or a Hugging Face id; None: the file's own, if it can be rebuilt. Tensors are dequantized
    into `dtype`, by default float32.
    """

    def __init__(self, path: str, tokenizer: str | None = None, dtype: torch.dtype | None = None) -> None:
        self._path = Path(path)
        self._tokenizer_path = tokenizer
        self._dtype = dtype

    @property
    def name(self) -> str:
        split = SPLIT_NAME.fullmatch(self._path.name)
        return split[1] if split else self._path.stem

    @property
    def generation_config_path(self) -> Path:
        return self._path

    def config(self) -> Mapping[str, Any]:
        return self._config

    def generation_config(self) -> Mapping[str, Any]:
        """Empty: the format has no defaults for requests."""
        return {}

    def tokenizer(self) -> Any:
        return self._tokenizer

    def headers(self) -> Mapping[str, TensorHeader]:
        named = ((translate(name), tensor) for name, tensor in self._tensors.items())
        return {
            name: TensorHeader(tensor.type.name, tensor.shape, math.prod(tensor.shape[:-1]) * tensor.row_bytes)
            for name, tensor in named
            if name is not None
        }

    def licence(self) -> str | None:
        licence = self._metadata.get("general.license")
        return licence if isinstance(licence, str) else None

    def tensors(self, device: torch.device) -> Iterator[tuple[str, Tensor]]:
        """The largest ones first, while there is little else in memory, then layer by layer."""
        import torch

        orders = self._row_orders()
        outside = [name for name in self._tensors if not name.startswith("blk.")]
        layered = [name for name in self._tensors if name.startswith("blk.")]
        for name in (*outside, *sorted(layered, key=lambda name: int(name.split(".")[1]))):
            ours = translate(name)
            if ours is not None:
                order = orders.get(name.split(".")[-2])
                yield ours, read_tensor(self._tensors[name], self._dtype or torch.float32, order).to(device)

    @cached_property
    def _parts(self) -> list[Header]:
        """The headers of all parts; the first has the metadata."""
        split = SPLIT_NAME.fullmatch(self._path.name)
        if split is None:
            header = read_header(self._path)
            count = header.metadata.get("split.count", 1)
            if count != 1:
                raise CheckpointError(
                    f"{self._path} is one of {count} parts; parts are found by their names, such as "
                    "model-00001-of-00003.gguf."
                )
            return [header]
        paths = [
            self._path.with_name(f"{split[1]}-{number:05}-of-{split[3]}.gguf") for number in range(1, int(split[3]) + 1)
        ]
        for path in paths:
            if not path.exists():
                raise CheckpointError(f"{path} is missing: {self._path.name} is a part of a split file.")
        return [read_header(path) for path in paths]

    @cached_property
    def _tensors(self) -> dict[str, TensorInfo]:
        tensors: dict[str, TensorInfo] = {}
        for tensor in (tensor for part in self._parts for tensor in part.tensors):
            if tensor.name in tensors:
                raise CheckpointError(f"{self._path}: two parts have the tensor {tensor.name!r}.")
            tensors[tensor.name] = tensor
        total = self._metadata.get("split.tensors.count", len(tensors))
        if total != len(tensors):
            raise CheckpointError(
                f"{self._path}: its parts have {len(tensors)} tensors together, and should have {total}."
            )
        return tensors

    @property
    def _metadata(self) -> dict[str, Any]:
        return self._parts[0].metadata

    @cached_property
    def _architecture(self) -> str:
        name = self._metadata.get("general.architecture")
        if name not in ARCHITECTURES:
            raise CheckpointError(
                f"{self._path} is of the architecture {name!r}, which is not supported; "
                f"supported: {', '.join(ARCHITECTURES)}."
            )
        return str(name)

    @cached_property
    def _sizes(self) -> Sizes:
        """Checked against the tensors."""
        if "token_embd.weight" not in self._tensors:
            raise CheckpointError(f"{self._path} lacks the tensor 'token_embd.weight'.")
        hidden, num_heads = self._size("embedding_length"), self._size("attention.head_count")
        head_dim = self._size("attention.key_length", hidden // num_heads)
        for key in ("attention.value_length", "rope.dimension_count"):
            if self._size(key, head_dim) != head_dim:
                raise CheckpointError(f"{self._path}: {self._key(key)} must be the head's size {head_dim}.")
        if head_dim % 2:
            raise CheckpointError(f"{self._path}: heads have the odd size {head_dim}.")
        sizes = Sizes(
            vocab_size=self._tensors["token_embd.weight"].shape[0],
            hidden=hidden,
            intermediate=self._size("feed_forward_length"),
            num_layers=self._size("block_count"),
            num_heads=num_heads,
            num_kv_heads=self._size("attention.head_count_kv", num_heads),
            head_dim=head_dim,
            qk_norm=ARCHITECTURES[self._architecture].qk_norm,
            biases=frozenset(name for name in PROJECTIONS if f"blk.0.{name}.bias" in self._tensors),
        )
        check_tensors(self._path, self._tensors, sizes)
        return sizes

    @cached_property
    def _config(self) -> dict[str, Any]:
        architecture, sizes = self._architecture, self._sizes
        eps = self._metadata.get(self._key("attention.layer_norm_rms_epsilon"))
        if not isinstance(eps, float) or not 0 < eps < 1:
            raise CheckpointError(
                f"{self._path}: {self._key('attention.layer_norm_rms_epsilon')} must be from 0 to 1, got {eps!r}."
            )
        return {
            "architectures": [ARCHITECTURES[architecture].name],
            "model_type": architecture,
            "vocab_size": sizes.vocab_size,
            "hidden_size": sizes.hidden,
            "intermediate_size": sizes.intermediate,
            "num_hidden_layers": sizes.num_layers,
            "num_attention_heads": sizes.num_heads,
            "num_key_value_heads": sizes.num_kv_heads,
            "head_dim": sizes.head_dim,
            "max_position_embeddings": self._context_length(),
            "rms_norm_eps": eps,
            "rope_parameters": read_rope(self._path, architecture, self._metadata, self._tensors, sizes.head_dim),
            "use_sliding_window": bool(self._metadata.get(self._key("attention.sliding_window"))),
            "tie_word_embeddings": "output.weight" not in self._tensors,
            "attention_bias": "attn_q" in sizes.biases,
            "mlp_bias": "ffn_gate" in sizes.biases,
            **self._token_ids(),
        }

    def _token_ids(self) -> dict[str, Any]:
        """An end of turn ends a reply too, as in the lists of generation_config.json."""
        special = special_ids(self._path, self._metadata)
        ids = {role: None if token_id < 0 else token_id for role, token_id in special.items()}
        ends = end_ids(self._path, self._metadata)
        return {
            "bos_token_id": ids["bos"],
            "eos_token_id": ends[0] if len(ends) == 1 else ends or None,
            "pad_token_id": ids["padding"],
            "mask_token_id": ids["mask"],
        }

    def _row_orders(self) -> dict[str, Array]:
        """By projection: where each row is in the file."""
        sizes = self._sizes
        if not ARCHITECTURES[self._architecture].is_permuted:
            return {}
        return {
            "attn_q": half_split_order(sizes.num_heads, sizes.head_dim),
            "attn_k": half_split_order(sizes.num_kv_heads, sizes.head_dim),
        }

    @cached_property
    def _tokenizer(self) -> Any:
        if len(file_tokens(self._path, self._metadata)) > self._sizes.vocab_size:
            raise CheckpointError(
                f"{self._path} has more tokens than rows of its embedding ({self._sizes.vocab_size})."
            )
        if self._tokenizer_path is None:
            return rebuild_tokenizer(self._path, self._metadata)
        tokenizer = read_tokenizer(find_tokenizer(self._tokenizer_path))
        check_same_tokens(self._path, self._metadata, self._tokenizer_path, tokenizer)
        tokenizer.chat_template = tokenizer.chat_template or chat_template(self._metadata)
        return tokenizer

    def _context_length(self) -> int:
        """Tables and caches are as long as this, so the number is not simply believed."""
        length = self._size("context_length")
        if length > MAX_CONTEXT:
            raise CheckpointError(f"{self._path}: {self._key('context_length')} is {length}; at most {MAX_CONTEXT}.")
        return length

    def _key(self, key: str) -> str:
        return f"{self._architecture}.{key}"

    def _size(self, key: str, default: int | None = None) -> int:
        value = self._metadata.get(self._key(key), default)
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value < 2**31:
            raise CheckpointError(f"{self._path}: {self._key(key)} must be a positive integer, got {value!r}.")
        return value
