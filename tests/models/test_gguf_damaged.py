"""Damaged and hostile GGUF files: one sentence each, and no memory for sizes that a header only claims."""

from __future__ import annotations

import os
import random
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.errors import CheckpointError
from app.messages.params import ModelSource
from app.models.families import read_diffusion
from app.models.gguf_header import Header, read_header
from app.models.gguf_source import GgufFile
from app.models.opening import open_source
from app.models.sources import HuggingFaceFolder
from tests.gguf_files import ALIGNMENT, F16, Stored, shape_metadata, text, write
from tests.models.test_gguf_weights import SHAPE, random_model
from tests.reference import CHECKPOINT

MAX_BYTES = 8_000_000  # for the header of a fixture of 1.2 MB, and what is built from it
HUGE = 2**62


def message(path: Path) -> str:
    """The one sentence with which a file is refused, before anything of its claimed sizes is allocated."""
    tracemalloc.start()
    try:
        with pytest.raises(CheckpointError) as error:
            read_diffusion(open_source(ModelSource(path=str(path))))
        assert tracemalloc.get_traced_memory()[1] < MAX_BYTES
    finally:
        tracemalloc.stop()
    assert "\n" not in str(error.value)
    return str(error.value)


def changed(tmp_path: Path, change: Callable[[bytearray], object]) -> Path:
    data = bytearray(F16.read_bytes())
    change(data)
    (tmp_path / "a.gguf").write_bytes(data)
    return tmp_path / "a.gguf"


def put(offset: int, code: str, value: Any) -> Callable[[bytearray], object]:
    return lambda data: struct.pack_into("<" + code, data, offset, value)


def after(key: str, skip: int = 4) -> int:
    """The offset in the fixture of a key's value, or of its type with `skip` 0."""
    return F16.read_bytes().index(text(key)) + len(text(key)) + skip


def built(tmp_path: Path, architecture: str = "llama", **metadata: Any) -> Path:
    _, tensors, shape = random_model(architecture)
    return write(tmp_path / "a.gguf", {**shape, **metadata}, tensors)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (put(0, "4s", b"GGML"), "is not a GGUF file: it does not start with the bytes GGUF."),
        (put(4, "I", 1), "is a GGUF file of version 1; supported: 2 and 3."),
        (put(4, "I", 4), "is a GGUF file of version 4; supported: 2 and 3."),
        (put(4, "I", 3 << 24), "is a big-endian GGUF file; only little-endian ones are supported."),
        (put(8, "Q", HUGE), f"its header claims {HUGE} tensors"),
        (put(8, "Q", 2**40), f"its header claims {2**40} tensors"),
        (put(8, "Q", 40_000), "is damaged or incomplete: "),
        (put(16, "Q", HUGE), f"its header claims {HUGE} keys"),
        (put(24, "Q", HUGE), f"its header claims a text of {HUGE} bytes"),
        (put(24, "Q", 2**64 - 1), f"its header claims a text of {2**64 - 1} bytes"),
        (put(after("general.architecture"), "Q", HUGE), "its header claims a text of"),
        (put(after("general.architecture", 0), "I", 99), "its header has a value of the unknown type 99"),
        (put(after("tokenizer.ggml.tokens"), "I", 9), "its header has an array of the unknown type 9"),
        (put(after("tokenizer.ggml.tokens", 8), "Q", HUGE), f"its header claims {HUGE} elements of an array"),
        (put(after("tokenizer.ggml.token_type", 8), "Q", 2**40), f"its header claims {2**40} elements of an array"),
        (put(after("general.architecture", 12), "B", 0xFF), "that is not UTF-8"),
        (put(after("token_embd.weight", 0), "I", 0), "tensor 'token_embd.weight' has 0 dimensions"),
        (put(after("token_embd.weight", 0), "I", 2**31), f"tensor 'token_embd.weight' has {2**31} dimensions"),
        (put(after("token_embd.weight", 12), "Q", HUGE), "tensor 'token_embd.weight' ends at byte"),
        (put(after("token_embd.weight", 12), "Q", 0), "tensor 'token_embd.weight' has the shape [0, 96]"),
        (put(after("token_embd.weight", 24), "Q", HUGE), "tensor 'token_embd.weight' ends at byte"),
        (put(after("token_embd.weight", 24), "Q", 0), "overlap"),
        (put(after("blk.0.attn_q.weight", 20), "I", 12), "rows of 96, which are not whole Q4_K blocks"),
        (put(after("blk.0.attn_q.weight", 20), "I", 77), "tensor 'blk.0.attn_q.weight' is of type number 77"),
        (put(after("llama.block_count"), "I", 2**31 - 1), f"claims {2**31 - 1} layers and has 39 tensors"),
        (put(after("llama.block_count"), "I", 5), "lacks the tensor 'blk.4.attn_norm.weight'"),
        (put(after("llama.block_count"), "I", 3), "has a tensor 'blk.3.attn_norm.weight', which its architecture does"),
        (put(after("llama.block_count"), "I", 0), "llama.block_count must be a positive integer, got 0"),
        (put(after("llama.embedding_length"), "I", 2**31 - 1), "'token_embd.weight' has the shape [1024, 96]; by the"),
        (put(after("llama.feed_forward_length"), "I", 512), "'blk.0.ffn_gate.weight' has the shape [256, 96]; by the"),
        (put(after("llama.attention.head_count"), "I", 0), "llama.attention.head_count must be a positive integer"),
        (put(after("llama.attention.key_length"), "I", 32), "llama.attention.value_length must be the head's size 32"),
        (put(after("llama.context_length"), "I", 2**30), f"llama.context_length is {2**30}; at most {2**24}"),
        (
            put(after("llama.rope.freq_base"), "f", float("nan")),
            "llama.rope.freq_base must be a positive number, got nan",
        ),
        (put(after("llama.rope.freq_base"), "f", -1.0), "llama.rope.freq_base must be a positive number, got -1.0"),
        (put(after("llama.attention.layer_norm_rms_epsilon"), "f", -1.0), "must be from 0 to 1, got -1.0"),
        (put(after("llama.rope.dimension_count"), "I", 8), "llama.rope.dimension_count must be the head's size 16"),
    ],
)
def test_one_field_is_wrong(change: Callable[[bytearray], object], expected: str, tmp_path: Path) -> None:
    assert expected in message(changed(tmp_path, change))


@pytest.mark.parametrize(
    "size", [0, 1, 4, 7, 8, 23, 24, 100, 1000, 20_000, 36_000, 37_000, 200_000, 1_000_000, 1_213_000]
)
def test_truncated(size: int, tmp_path: Path) -> None:
    found = message(changed(tmp_path, lambda data: data.__delitem__(slice(size, None))))

    assert ("is damaged or incomplete: " if size >= 4 else "is not a GGUF file") in found


@pytest.mark.parametrize("seed", range(8))
def test_any_damage_to_a_header_is_a_sentence_or_harmless(seed: int, tmp_path: Path) -> None:
    choose = random.Random(seed)
    size = min(tensor.offset for tensor in read_header(F16).tensors)
    for _ in range(12):
        data = bytearray(F16.read_bytes())
        for _ in range(choose.choice([1, 1, 4, 50])):
            data[choose.choice([choose.randrange(size), choose.randrange(1500)])] = choose.choice([0, 1, 127, 128, 255])
        path = tmp_path / "a.gguf"
        path.write_bytes(data)
        try:
            source = GgufFile(str(path))
            source.config()
            source.tokenizer()
        except CheckpointError as error:
            assert "\n" not in str(error)  # noqa: PT017 (a harmless change raises nothing)


def test_an_unknown_architecture(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gguf", {"general.architecture": "gemma"}, {})

    assert "is of the architecture 'gemma', which is not supported; supported: llama, qwen2, qwen3" in message(path)


def test_no_architecture(tmp_path: Path) -> None:
    assert "is of the architecture None" in message(write(tmp_path / "a.gguf", {}, {}))


@pytest.mark.parametrize(("kind", "size"), [("IQ4_NL", 18), ("TQ1_0", 54)])
def test_types_that_are_not_supported(kind: str, size: int, tmp_path: Path) -> None:
    _, tensors, shape = random_model("llama")
    tensors["blk.1.ffn_up.weight"] = Stored(kind, (48, 32), bytes(48 * size))
    found = message(write(tmp_path / "a.gguf", shape, tensors))

    assert f"tensor 'blk.1.ffn_up.weight' is of type {kind}, which is not supported; supported: F32, F16, Q4_0" in found


@pytest.mark.parametrize("name", ["output_norm.weight", "token_embd.weight", "blk.2.attn_k.weight"])
def test_a_missing_tensor(name: str, tmp_path: Path) -> None:
    _, tensors, shape = random_model("llama")
    del tensors[name]

    assert f"lacks the tensor {name!r}" in message(write(tmp_path / "a.gguf", shape, tensors))


@pytest.mark.parametrize(
    "name", ["blk.0.ffn_gate_inp.weight", "blk.0.attn_q_norm.weight", "../../x", "blk.00.attn_q.weight"]
)
def test_a_tensor_too_many(name: str, tmp_path: Path) -> None:
    _, tensors, shape = random_model("llama")
    path = write(tmp_path / "a.gguf", shape, {**tensors, name: tensors["output_norm.weight"]})

    assert f"has a tensor {name!r}, which its architecture does not have" in message(path)


def test_a_key_twice(tmp_path: Path) -> None:
    key = text("a") + struct.pack("<II", 4, 1)
    (tmp_path / "a.gguf").write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, 2) + key * 2)

    assert "its header has the key 'a' twice" in message(tmp_path / "a.gguf")


def test_a_tensor_twice(tmp_path: Path) -> None:
    info = text("a") + struct.pack("<IQIQ", 1, 8, 0, 0)
    head = b"GGUF" + struct.pack("<IQQ", 3, 2, 0) + info * 2
    (tmp_path / "a.gguf").write_bytes(head + bytes(-len(head) % ALIGNMENT + 64))

    assert "its header names a tensor twice" in message(tmp_path / "a.gguf")


@pytest.mark.parametrize("value", [0, 3, "x", 2**33 - 1])
def test_a_wrong_alignment(value: Any, tmp_path: Path) -> None:
    assert f"general.alignment is {value!r}" in message(built(tmp_path, **{"general.alignment": value}))


def test_an_alignment_beyond_the_file(tmp_path: Path) -> None:
    assert "is damaged or incomplete: tensor" in message(built(tmp_path, **{"general.alignment": 2**40}))


def test_a_rotary_scaling_that_the_decoder_does_not_have(tmp_path: Path) -> None:
    found = message(built(tmp_path, **{"llama.rope.scaling.type": "yarn", "llama.rope.scaling.factor": 4.0}))

    assert "llama.rope.scaling.type 'yarn' is not supported; supported: none, linear" in found


def test_heads_that_differ_between_layers(tmp_path: Path) -> None:
    found = message(built(tmp_path, **{"llama.attention.head_count_kv": [2, 2, 1]}))

    assert "llama.attention.head_count_kv must be a positive integer, got [2, 2, 1]" in found


def test_a_causal_model(tmp_path: Path) -> None:
    keys = {f"tokenizer.ggml.{name}": value for name, value in
            {"model": "gpt2", "pre": "gpt-2", "tokens": ["a"], "token_type": [1], "merges": []}.items()}  # fmt: skip

    assert "ordinary causal" in message(built(tmp_path, "qwen2", **keys))


def test_no_such_file(tmp_path: Path) -> None:
    assert message(tmp_path / "none.gguf") == f"{tmp_path}/none.gguf cannot be read: No such file or directory."


def test_a_file_of_another_kind(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing of the kind")

    assert "notes.txt is not a GGUF file: it does not start with" in message(tmp_path / "notes.txt")


def test_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.gguf")

    assert message(tmp_path / "a.gguf").endswith("a.gguf is not a regular file.")


def test_a_folder_of_gguf_files(tmp_path: Path) -> None:
    built(tmp_path)

    found = message(tmp_path)

    assert found == f"{tmp_path} has no config.json, but GGUF files: name one of them, such as {tmp_path}/a.gguf."


def test_other_paths_are_folders_and_hub_ids(tmp_path: Path) -> None:
    assert isinstance(open_source(ModelSource(path=str(CHECKPOINT))), HuggingFaceFolder)
    assert isinstance(open_source(ModelSource(path="owner/name")), HuggingFaceFolder)
    assert isinstance(open_source(ModelSource(path=str(tmp_path))), HuggingFaceFolder)
    assert isinstance(open_source(ModelSource(path=str(F16))), GgufFile)


def test_numbers_are_those_from_before_the_conversion(tmp_path: Path) -> None:
    values = {"a": 1e-6, "b": 1e-5, "c": 10_000.0, "d": 0.1, "e": 3.4028234663852886e38, "f": [1.5, -2.0]}
    path = write(tmp_path / "a.gguf", values, {})

    assert read_header(path).metadata == values | {"e": pytest.approx(values["e"])}


def test_a_good_header() -> None:
    header = read_header(F16)

    assert isinstance(header, Header)
    assert len(header.tensors) == 39
    assert header.metadata["llama.attention.layer_norm_rms_epsilon"] == 1e-6
    assert shape_metadata("llama", SHAPE).keys() - {"llama.attention.key_length"} <= header.metadata.keys()
