"""Config and weights of GGUF files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from app.errors import CheckpointError
from app.models import gguf_tensors
from app.models.config import ModelConfig, RopeScaling, read_model_config
from app.models.families import FAMILIES, recognise
from app.models.gguf_header import TYPES, TensorInfo, read_header
from app.models.gguf_source import GgufFile
from app.models.gguf_tensors import NORMS, OUTSIDE, PROJECTIONS, half_split_order, read_tensor, translate
from app.models.sources import HuggingFaceFolder
from app.models.transformer import Transformer, inverse_frequencies
from app.models.weights import load_weights, tensor_places
from tests.gguf_files import F16, FIXTURES, Stored, shape_metadata, split, stored, write
from tests.reference import CHECKPOINT
from tests.tiny import CPU

TENSORS = json.loads((FIXTURES / "tensors.json").read_text())
FILES = [name for name in TENSORS if name.endswith(".gguf")]
ROPE = RopeScaling(theta=500_000.0)
SHAPE = ModelConfig(64, 32, 48, 3, 4, 2, 16, 128, 1e-6, ROPE)


def loaded(path: Path) -> dict[str, torch.Tensor]:
    return dict(GgufFile(str(path)).tensors(CPU))


def random_model(architecture: str, **changes: Any) -> tuple[Transformer, dict[str, Stored], dict[str, Any]]:
    """A model with its tensors and metadata as the converter writes them."""
    layout = FAMILIES[
        {"llama": "LlamaForCausalLM", "qwen2": "Qwen2ForCausalLM", "qwen3": "Qwen3ForCausalLM"}[architecture]
    ].layout
    config = ModelConfig(**{**vars(SHAPE), "qk_norm": layout.qk_norm, "qkv_bias": bool(layout.qkv_bias), **changes})
    model = Transformer(config).requires_grad_(False)
    torch.manual_seed(3)
    places = tensor_places(model, FAMILIES["LlamaForCausalLM"].names)
    tensors = {}
    for index in range(config.num_layers):
        stems = [f"blk.{index}.{stem}" for stem in PROJECTIONS]
        names = [*OUTSIDE, *(f"blk.{index}.{norm}" for norm in NORMS)]
        names += [f"{stem}.{kind}" for stem in stems for kind in ("weight", "bias")]
        for name in names:
            place = places.get(translate(name) or "")
            if place is None:
                continue
            place.normal_()
            values = place.numpy()
            if architecture == "llama" and "attn_q." in name:
                values = interleave(values, config.num_heads)
            if architecture == "llama" and "attn_k." in name:
                values = interleave(values, config.num_kv_heads)
            tensors[name] = stored(values)
    return model, tensors, shape_metadata(architecture, config)


def interleave(values: np.ndarray[Any, Any], num_heads: int) -> np.ndarray[Any, Any]:
    """What the converter does to the queries and keys of a Llama."""
    halves = values.reshape(num_heads, 2, -1, *values.shape[1:])
    return halves.swapaxes(1, 2).reshape(values.shape)


@pytest.mark.parametrize("file", FILES)
def test_every_tensor_of_the_fixtures(file: str) -> None:
    found = loaded(FIXTURES / file)

    assert found.keys() == TENSORS[file].keys()
    for name, expected in TENSORS[file].items():
        tensor = found[name]
        assert list(tensor.shape) == expected["shape"]
        assert tensor.flatten()[:4].tolist() == pytest.approx(expected["first"], rel=1e-6)
        assert tensor.double().sum().item() == pytest.approx(expected["sum"], rel=1e-5, abs=1e-3)
        assert tensor.double().square().sum().item() == pytest.approx(expected["sum_of_squares"], rel=1e-6)
    assert {info.type.name for info in read_header(FIXTURES / file).tensors} == {
        expected["type"] for expected in TENSORS[file].values()
    }


def test_the_f16_file_has_the_numbers_of_its_checkpoint() -> None:
    original = load_file(CHECKPOINT / "model.safetensors")
    found = loaded(F16)

    assert found.keys() == original.keys()
    # Numbers below the smallest of float16 lose some bits.
    assert all((found[name] - original[name].float()).abs().max() < 2**-24 for name in original)


def test_the_config_is_that_of_the_checkpoint() -> None:
    source, original = GgufFile(str(F16)), HuggingFaceFolder(str(CHECKPOINT)).config()
    layout = FAMILIES["StableDiffcoderForCausalLM"].layout

    assert read_model_config(source.config(), layout) == read_model_config(original, layout)
    assert source.name == "reference-a-F16"
    assert recognise(source).family.name == "stable-diffcoder"
    assert source.generation_config() == {}


@pytest.mark.parametrize(
    ("architecture", "changes"),
    [
        ("llama", {}),
        ("llama", {"qkv_bias": True, "output_bias": True}),
        ("llama", {"mlp_bias": True}),
        ("llama", {"tie_word_embeddings": True}),
        ("qwen2", {}),
        ("qwen2", {"tie_word_embeddings": True}),
        ("qwen3", {}),
        ("qwen3", {"head_dim": 24}),
    ],
)
def test_each_architecture_comes_back_as_it_was(architecture: str, changes: dict[str, Any], tmp_path: Path) -> None:
    model, tensors, metadata = random_model(architecture, **changes)
    source = GgufFile(str(write(tmp_path / "a.gguf", metadata, tensors)))
    family = FAMILIES[source.config()["architectures"][0]]
    config = read_model_config(source.config(), family.layout)
    copy = Transformer(config).requires_grad_(False)
    load_weights(copy, source.tensors(CPU), family.names)

    assert config == model.config
    assert len(tensors) >= len(list(model.parameters()))
    for (name, one), (_, other) in zip(model.named_parameters(), copy.named_parameters(), strict=True):
        assert one.equal(other), name


@pytest.mark.parametrize("kind", [kind.name for kind in TYPES.values()])
def test_every_type(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In pieces, and with the rows in another order, as the gguf package dequantizes the whole."""
    size = next(size for size in TYPES.values() if size.name == kind)
    data = np.random.default_rng(4).integers(0, 64, (6, 2 * size.num_bytes * (1 if size.block > 1 else 256)), np.uint8)
    columns = data.shape[1] // size.num_bytes * size.block
    path = write(tmp_path / "a.gguf", {}, {"x": Stored(kind, (6, columns), data.tobytes())})
    (info,) = read_header(path).tensors
    whole = torch.from_numpy(gguf.quants.dequantize(data, gguf.GGMLQuantizationType[kind]).astype(np.float32))
    order = np.array([3, 1, 5, 0, 2, 4])
    monkeypatch.setattr(gguf_tensors, "CHUNK", 2 * columns)

    assert info.num_bytes == data.size
    assert whole.isfinite().all()
    assert whole.unique().numel() > 8
    assert read_tensor(info, torch.float32).equal(whole)
    assert read_tensor(info, torch.float32, order).equal(whole[order])
    assert read_tensor(info, torch.bfloat16).equal(whole.bfloat16())


def test_the_types_are_as_large_as_the_package_says() -> None:
    for number, kind in TYPES.items():
        known = gguf.GGMLQuantizationType(number)
        assert (known.name, gguf.GGML_QUANT_SIZES[known]) == (kind.name, (kind.block, kind.num_bytes))


def test_the_order_of_rows() -> None:
    """As the fixtures' description has it: view (heads, head_dim / 2, 2), swap the last two."""
    stored_rows = torch.arange(6 * 16)

    assert stored_rows[half_split_order(6, 16)].equal(stored_rows.view(6, 8, 2).transpose(1, 2).reshape(-1))


def test_the_numbers_are_converted_while_they_are_read() -> None:
    tensors = dict(GgufFile(str(F16), dtype=torch.bfloat16).tensors(CPU))

    assert {tensor.dtype for tensor in tensors.values()} == {torch.bfloat16}


def test_the_layers_come_in_order_after_the_rest() -> None:
    names = [name for name, _ in GgufFile(str(F16)).tensors(CPU)]
    layers = [int(name.split(".")[2]) for name in names[3:]]

    assert not any("layers" in name for name in names[:3])
    assert layers == sorted(layers)
    assert set(layers) == {0, 1, 2, 3}


@pytest.mark.parametrize("part", range(3))
def test_a_split_file_is_found_by_any_part(part: int, tmp_path: Path) -> None:
    _, tensors, metadata = random_model("qwen3")
    paths = split(tmp_path / "model.gguf", 3, metadata, tensors)
    whole = loaded(write(tmp_path / "whole.gguf", metadata, tensors))
    source = GgufFile(str(paths[part]))
    found = dict(source.tensors(CPU))

    assert source.name == "model"
    assert found.keys() == whole.keys()
    assert all(found[name].equal(whole[name]) for name in whole)


def test_a_missing_part(tmp_path: Path) -> None:
    _, tensors, metadata = random_model("qwen2")
    paths = split(tmp_path / "model.gguf", 3, metadata, tensors)
    paths[1].unlink()

    with pytest.raises(CheckpointError, match=r"model-00002-of-00003\.gguf is missing: model-00003-of-00003\.gguf is"):
        GgufFile(str(paths[2])).config()


def test_a_renamed_part(tmp_path: Path) -> None:
    _, tensors, metadata = random_model("qwen2")
    paths = split(tmp_path / "model.gguf", 2, metadata, tensors)

    with pytest.raises(CheckpointError, match=r"is one of 2 parts; parts are found by their names"):
        GgufFile(str(paths[0].rename(tmp_path / "first.gguf"))).config()


def test_parts_that_do_not_belong_together(tmp_path: Path) -> None:
    _, tensors, metadata = random_model("qwen2")
    paths = split(tmp_path / "model.gguf", 2, metadata, tensors)
    fewer = dict(list(tensors.items())[:-2])
    split(tmp_path / "model.gguf", 2, metadata, fewer)[0].replace(tmp_path / "first")
    split(tmp_path / "model.gguf", 2, metadata, tensors)
    (tmp_path / "first").replace(paths[0])

    with pytest.raises(CheckpointError, match="tensors together, and should have"):
        GgufFile(str(paths[0])).config()


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({}, {"rope_theta": 500_000.0}),
        ({"scaling.type": "none"}, {"rope_theta": 500_000.0}),
        ({"scaling.type": "linear", "scaling.factor": 4.0}, {"rope_type": "linear", "rope_theta": 5e5, "factor": 4.0}),
        ({"freq_base": 1e6}, {"rope_theta": 1e6}),
    ],
)
def test_rotary_scaling(keys: dict[str, Any], expected: dict[str, Any], tmp_path: Path) -> None:
    _, tensors, metadata = random_model("llama")
    metadata |= {f"llama.rope.{key}": value for key, value in keys.items()}

    assert GgufFile(str(write(tmp_path / "a.gguf", metadata, tensors))).config()["rope_parameters"] == expected


def test_the_scaling_of_llama_3_1_is_recognised_by_its_factors(tmp_path: Path) -> None:
    _, tensors, metadata = random_model("llama")
    scaling = RopeScaling("llama3", 500_000.0, 8.0)
    factors = inverse_frequencies(ROPE, 16) / inverse_frequencies(scaling, 16)
    path = write(tmp_path / "a.gguf", metadata, {**tensors, "rope_freqs.weight": stored(factors.numpy())})
    source = GgufFile(str(path))

    assert read_model_config(source.config(), FAMILIES["LlamaForCausalLM"].layout).rope == scaling
    assert len(dict(source.tensors(CPU))) == len(tensors)


def test_other_factors_are_refused(tmp_path: Path) -> None:
    _, tensors, metadata = random_model("llama")
    factors = stored(np.linspace(1, 8, 8))

    with pytest.raises(CheckpointError, match=r"the rotary scaling in rope_freqs\.weight is not that of Llama 3\.1"):
        GgufFile(str(write(tmp_path / "a.gguf", metadata, {**tensors, "rope_freqs.weight": factors}))).config()


def test_without_the_gguf_package_only_plain_floats_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib import util

    from app.errors import StartError

    monkeypatch.setattr(util, "find_spec", lambda name: None)

    with pytest.raises(StartError, match=r"Q4_0\.gguf has Q4_0 tensors, which need the package gguf: pip install -r"):
        GgufFile(str(FIXTURES / "reference-a-Q4_0.gguf")).config()
    assert len(loaded(F16)) == 39


def test_a_tensor_that_lies_at_an_odd_place(tmp_path: Path) -> None:
    """Other writers align to 4 bytes, or not at all."""
    values = np.random.default_rng(1).standard_normal((4, 64)).astype(np.float32)
    (tmp_path / "a").write_bytes(b"x" * 13 + values.tobytes())
    info = TensorInfo("a", TYPES[0], (4, 64), tmp_path / "a", 13)

    assert read_tensor(info, torch.float32).equal(torch.from_numpy(values))
