"""Writes small GGUF files, byte by byte, so that tests can also write wrong ones. Needs no gguf package."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

FIXTURES = Path(__file__).parent / "fixtures" / "families" / "gguf"
F16, Q8_0, Q4_0, Q4_K_S = (FIXTURES / f"reference-a-{kind}.gguf" for kind in ("F16", "Q8_0", "Q4_0", "Q4_K_S"))

TYPE_NUMBERS = {"F32": 0, "F16": 1, "BF16": 30, "Q4_0": 2, "Q4_1": 3, "Q5_0": 6, "Q5_1": 7, "Q8_0": 8}
TYPE_NUMBERS |= {"Q2_K": 10, "Q3_K": 11, "Q4_K": 12, "Q5_K": 13, "Q6_K": 14, "IQ4_NL": 20, "TQ1_0": 34}
ALIGNMENT = 32
UINT32, INT32, FLOAT32, BOOL, STRING, ARRAY, UINT64 = 4, 5, 6, 7, 8, 9, 10

NORMAL, CONTROL, USER_DEFINED, UNUSED = 1, 3, 4, 5


@dataclass(frozen=True)
class Stored:
    """A tensor as it is in the file: `shape` in numpy's order, `data` its bytes."""

    type: str
    shape: tuple[int, ...]
    data: bytes


def stored(values: np.ndarray[Any, Any], kind: str = "F32") -> Stored:
    """Quantized by the gguf package, except for plain floats."""
    if kind in ("F32", "F16"):
        return Stored(kind, values.shape, values.astype("<f4" if kind == "F32" else "<f2").tobytes())
    from gguf import GGMLQuantizationType
    from gguf.quants import quantize

    return Stored(kind, values.shape, quantize(values.astype(np.float32), GGMLQuantizationType[kind]).tobytes())


def write(path: Path, metadata: Mapping[str, Any], tensors: Mapping[str, Stored], version: int = 3) -> Path:
    """Strings, floats, integers, booleans and lists of these, in the types that llama.cpp's converter uses."""
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(metadata))
    head += b"".join(text(key) + typed(value) for key, value in metadata.items())
    body = b""
    for name, tensor in tensors.items():
        dimensions = struct.pack(f"<I{len(tensor.shape)}Q", len(tensor.shape), *reversed(tensor.shape))
        head += text(name) + dimensions + struct.pack("<IQ", TYPE_NUMBERS[tensor.type], len(body))
        body += tensor.data + bytes(-len(tensor.data) % ALIGNMENT)
    path.write_bytes(head + bytes(-len(head) % ALIGNMENT) + body)
    return path


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def typed(value: Any) -> bytes:
    if isinstance(value, list):
        items = [typed(item) for item in value]
        kind = items[0][:4] if items else struct.pack("<I", UINT32)
        return struct.pack("<I", ARRAY) + kind + struct.pack("<Q", len(items)) + b"".join(item[4:] for item in items)
    if isinstance(value, str):
        return struct.pack("<I", STRING) + text(value)
    if isinstance(value, bool):
        return struct.pack("<I?", BOOL, value)
    if isinstance(value, float):
        return struct.pack("<If", FLOAT32, value)
    return struct.pack("<Ii", INT32, value) if value < 2**31 else struct.pack("<IQ", UINT64, value)


def vocabulary(tokenizer: Any, pre: str, num_rows: int) -> dict[str, Any]:
    """What the converter writes of a byte-level BPE tokenizer of transformers."""
    import json

    state = json.loads(tokenizer.backend_tokenizer.to_str())
    added = {token["id"]: token for token in state["added_tokens"]}
    by_id = {token_id: token for token, token_id in tokenizer.get_vocab().items()}
    types = {token_id: CONTROL if token["special"] else USER_DEFINED for token_id, token in added.items()}
    merges = state["model"]["merges"]
    ids = {
        name: getattr(tokenizer, f"{role}_token_id")
        for name, role in (("bos", "bos"), ("eos", "eos"), ("padding", "pad"))
    }
    return {
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": pre,
        "tokenizer.ggml.tokens": [by_id.get(token_id, f"[PAD{token_id}]") for token_id in range(num_rows)],
        "tokenizer.ggml.token_type": [
            types.get(token_id, NORMAL) if token_id in by_id else UNUSED for token_id in range(num_rows)
        ],
        "tokenizer.ggml.merges": [" ".join(merge) for merge in merges],
        **{f"tokenizer.ggml.{name}_token_id": value for name, value in ids.items() if value is not None},
        **({"tokenizer.chat_template": tokenizer.chat_template} if tokenizer.chat_template else {}),
    }


def shape_metadata(architecture: str, config: Any) -> dict[str, Any]:
    """The keys of a ModelConfig."""
    return {
        "general.architecture": architecture,
        **{
            f"{architecture}.{key}": value
            for key, value in {
                "block_count": config.num_layers,
                "context_length": config.max_position,
                "embedding_length": config.hidden_size,
                "feed_forward_length": config.intermediate_size,
                "attention.head_count": config.num_heads,
                "attention.head_count_kv": config.num_kv_heads,
                "attention.key_length": config.head_dim,
                "attention.layer_norm_rms_epsilon": config.rms_norm_eps,
                "rope.freq_base": config.rope.theta,
            }.items()
        },
    }


def convert(folder: Path, path: Path, architecture: str, pre: str, kind: str = "F32") -> Path:
    """A folder of Hugging Face's layout as a file of `qwen2` or `qwen3`, without what no such file says."""
    from safetensors.torch import load_file

    from app.models.config import read_model_config
    from app.models.families import find_family
    from app.models.gguf_tensors import NORMS, OUTSIDE, PROJECTIONS, translate
    from app.models.sources import HuggingFaceFolder

    source = HuggingFaceFolder(str(folder))
    config = read_model_config(source.config(), find_family(source.config()).layout)
    weights = load_file(folder / "model.safetensors")
    stems = [f"{stem}.{end}" for stem in PROJECTIONS for end in ("weight", "bias")]
    layers = [f"blk.{index}.{name}" for index in range(config.num_layers) for name in (*NORMS, *stems)]
    tensors = {
        name: stored(weights[ours].float().numpy(), kind)
        for name in (*OUTSIDE, *layers)
        if (ours := translate(name)) in weights
    }
    assert len(tensors) == len(weights)
    words = vocabulary(source.tokenizer(), pre, config.vocab_size)
    return write(path, {**shape_metadata(architecture, config), **words}, tensors)


def split(path: Path, num_parts: int, metadata: Mapping[str, Any], tensors: Mapping[str, Stored]) -> list[Path]:
    """As llama.cpp's gguf-split: the first part has the metadata."""
    names = list(tensors)
    paths = []
    for number in range(num_parts):
        part = path.with_name(f"{path.stem}-{number + 1:05}-of-{num_parts:05}.gguf")
        own = {"split.no": number, "split.count": num_parts, "split.tensors.count": len(tensors)}
        chosen: Sequence[str] = names[number::num_parts]
        paths.append(
            write(part, {**(metadata if number == 0 else {}), **own}, {name: tensors[name] for name in chosen})
        )
    return paths
