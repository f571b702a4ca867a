"""Quantization while a checkpoint is read: the same model, without ever holding the whole in full precision."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from app.errors import CheckpointError
from app.models.checkpoint import load_checkpoint
from app.models.families import FAMILIES
from app.models.gguf_source import GgufFile
from app.models.quantization import quantize
from app.models.quantized_loading import load_quantized
from app.models.sources import CheckpointSource, HuggingFaceFolder
from app.models.transformer import Transformer
from app.models.weights import allocate, load_weights, tensor_places
from app.settings import EMBEDDED_MODEL
from tests.gguf_files import Q4_K_S
from tests.models.test_gguf_weights import random_model
from tests.reference import CHECKPOINT
from tests.tiny import CPU

NAMES = FAMILIES["LlamaForCausalLM"].names


def state(model: nn.Module) -> dict[str, Tensor]:
    return {**dict(model.named_parameters()), **dict(model.named_buffers())}


def dense(tensor: Tensor) -> Tensor:
    return tensor.to_dense() if tensor.layout != torch.strided else tensor


@pytest.mark.parametrize("scheme", ["int8", "int4"])
@pytest.mark.parametrize("path", [CHECKPOINT, EMBEDDED_MODEL, Q4_K_S], ids=lambda path: path.name)
def test_the_model_is_the_same(path: Path, scheme: str) -> None:
    def source() -> CheckpointSource:
        return GgufFile(str(path)) if path.is_file() else HuggingFaceFolder(str(path))

    after = load_checkpoint(source(), CPU, torch.bfloat16).model
    quantize(after, scheme, CPU)
    while_read = load_checkpoint(source(), CPU, torch.bfloat16, quantization=scheme).model

    assert state(while_read).keys() == state(after).keys()
    for name, tensor in state(after).items():
        assert dense(state(while_read)[name]).equal(dense(tensor)), name
        assert not state(while_read)[name].requires_grad
    if after.config.tie_word_embeddings:
        assert while_read.head.weight is while_read.embedding.weight


def bytes_held(model: nn.Module) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in state(model).values() if not tensor.is_meta)


@pytest.mark.parametrize("reverse", [False, True])
def test_one_layer_is_held_in_full_precision(reverse: bool) -> None:
    """Whichever way the layers come: at no tensor is there more than the result and one layer."""
    full, _, _ = random_model("llama", num_layers=8, vocab_size=32, intermediate_size=64)
    weights = list(named(full))
    if reverse:
        weights.reverse()
    with torch.device("meta"):
        model = Transformer(full.config).requires_grad_(False)
    held: list[int] = []

    def watched() -> Iterator[tuple[str, Tensor]]:
        for item in weights:
            yield item
            held.append(bytes_held(model))

    load_quantized(model, watched(), NAMES, "int4", CPU)
    layer = bytes_held(full.layers[0])

    assert not any(tensor.is_meta for tensor in state(model).values())
    assert max(held) <= bytes_held(model) + layer
    assert max(held) < bytes_held(full) / 2


def named(model: Transformer) -> Iterator[tuple[str, Tensor]]:
    return iter(tensor_places(model, NAMES).items())


def test_a_tensor_is_missing_or_comes_twice() -> None:
    full, _, _ = random_model("llama")
    weights = list(named(full))

    def load(tensors: list[tuple[str, Tensor]]) -> None:
        with torch.device("meta"):
            model = Transformer(full.config).requires_grad_(False)
        load_quantized(model, iter(tensors), NAMES, "int8", CPU)

    load(weights)
    with pytest.raises(CheckpointError, match="The weights lack 1 tensors"):
        load(weights[:-1])
    with pytest.raises(CheckpointError, match="which this architecture does not have"):
        load([*weights, weights[-1]])


def test_allocating_keeps_a_tied_head_tied() -> None:
    full, _, _ = random_model("llama", tie_word_embeddings=True)
    with torch.device("meta"):
        model = Transformer(full.config).requires_grad_(False)

    allocate(model, CPU)
    load_weights(model, named(full), NAMES)

    assert model.head.weight is model.embedding.weight
    assert model.head.weight.equal(full.embedding.weight)
