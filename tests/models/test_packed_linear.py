"""Weights laid out for oneDNN: the same numbers, faster."""

from __future__ import annotations

import platform

import pytest
import torch
from torch import nn
from torch.nn import functional

from app.messages.params import ModelSource
from app.models import packed_linear
from app.models.packed_linear import PackedLinear, can_pack, pack
from app.settings import EMBEDDED_MODEL
from tests.models.test_quantization import tiny
from tests.tiny import load_engine

needs_kernels = pytest.mark.skipif(not can_pack(torch.empty(0)), reason="oneDNN's kernels are for x86 CPUs")
needs_bfloat16 = pytest.mark.skipif(
    not can_pack(torch.empty(0, dtype=torch.bfloat16)), reason="this CPU does not compute in bfloat16"
)


def products(num_rows: int, dtype: torch.dtype, has_bias: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """A packed layer, and PyTorch's."""
    torch.manual_seed(num_rows)
    weight, x = torch.randn(96, 80).to(dtype), torch.randn(num_rows, 80).to(dtype)
    bias = torch.randn(96).to(dtype) if has_bias else None
    return PackedLinear(weight, bias)(x), functional.linear(x, weight, bias)


@needs_bfloat16
@pytest.mark.parametrize("has_bias", [False, True])
@pytest.mark.parametrize("num_rows", [1, 4, 8, 33, 256])
def test_in_bfloat16_not_a_bit_changes(num_rows: int, has_bias: bool) -> None:
    ours, expected = products(num_rows, torch.bfloat16, has_bias)

    assert ours.equal(expected)


@needs_kernels
@pytest.mark.parametrize("num_rows", [1, 4, 8, 33, 256])
def test_in_float32_it_is_the_same_up_to_rounding(num_rows: int) -> None:
    ours, expected = products(num_rows, torch.float32, True)

    torch.testing.assert_close(ours, expected, rtol=1e-5, atol=1e-4)


@needs_kernels
def test_in_float32_a_row_comes_out_the_same_alone_and_among_others() -> None:
    torch.manual_seed(0)
    layer, x = PackedLinear(torch.randn(512, 256), None), torch.randn(64, 256)

    assert all(layer(x[first : first + 4]).equal(layer(x)[first : first + 4]) for first in range(0, 64, 4))


@needs_kernels
@pytest.mark.parametrize("tie", [False, True])
def test_every_linear_layer_is_packed_and_the_embedding_is_not(tie: bool) -> None:
    model = tiny(tie)
    hidden = torch.randn(3, 64)
    expected = model.logits(hidden)

    pack(model)

    kinds = {type(module) for module in model.modules()}
    assert PackedLinear in kinds
    assert nn.Linear not in kinds
    assert isinstance(model.embedding, nn.Embedding)
    torch.testing.assert_close(model.logits(hidden), expected)


@needs_bfloat16
def test_the_server_packs_what_it_loads() -> None:
    engine = load_engine(ModelSource(path=str(EMBEDDED_MODEL), device="cpu", dtype="bfloat16", num_threads=1))

    assert type(engine._runner.model.head) is PackedLinear


@pytest.mark.parametrize(
    "weight", [torch.empty(2, 2, dtype=torch.float16), torch.empty(2, 2, device="meta")], ids=["float16", "elsewhere"]
)
def test_others_stay_as_they_are(weight: torch.Tensor) -> None:
    assert not can_pack(weight)


def test_so_do_those_of_other_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    model = tiny()

    packed_linear.pack(model)

    assert type(model.head) is nn.Linear
