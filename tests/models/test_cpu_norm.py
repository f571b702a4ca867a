"""RMS norm in fewer operations: PyTorch's result to the bit, which every decoded token depends on."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from app.models.cpu_norm import CPUNorm, replace_norms
from app.models.transformer import QKNorm, RMSNorm
from app.models.weights import prepare
from tests.models.test_quantization import tiny

CPU = torch.device("cpu")
DTYPES = [torch.float32, torch.bfloat16, torch.float16]


def drawn(*shape: int, dtype: torch.dtype, spread: float = 1.0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(len(shape) + shape[-1])
    return (torch.randn(shape, generator=generator) * spread).to(dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", [20, 64, 256, 768, 4096])
@pytest.mark.parametrize("spread", [1e-5, 1.0, 100.0])
def test_not_a_bit_is_different(dtype: torch.dtype, size: int, spread: float) -> None:
    x, weight = drawn(33, size, dtype=dtype, spread=spread), drawn(size, dtype=dtype)
    before = x.clone()

    ours = CPUNorm(weight, 1e-6)(x)

    assert ours.dtype == dtype
    assert ours.equal(functional.rms_norm(x, (size,), weight, 1e-6))
    assert x.equal(before)


@pytest.mark.parametrize("dtype", DTYPES)
def test_zeros_stay_zeros(dtype: torch.dtype) -> None:
    assert not CPUNorm(torch.ones(8, dtype=dtype), 1e-6)(torch.zeros(2, 8, dtype=dtype)).any()


@pytest.mark.parametrize("dtype", DTYPES)
def test_queries_and_keys_are_normalized_in_one_call(dtype: torch.dtype) -> None:
    """They are a part of the projection's output, so rows are not next to each other."""
    norm = QKNorm(tiny().config).to(dtype).requires_grad_(False)  # 4 heads, 2 of keys, of 16
    norm.query.weight.copy_(drawn(16, dtype=dtype))
    norm.key.weight.copy_(drawn(16, dtype=dtype).flip(0))
    heads = drawn(5, 8, 16, dtype=dtype)[:, :6]

    assert CPUNorm(norm.stacked_weight(), norm.query.eps)(heads).equal(norm(heads))


def test_every_norm_of_a_prepared_model_is_replaced() -> None:
    model = tiny(qk_norm=True)

    prepare(model, CPU)

    kinds = [type(module) for module in model.modules()]
    assert kinds.count(CPUNorm) == 3 * len(model.layers) + 1
    assert RMSNorm not in kinds
    assert QKNorm not in kinds


def test_norms_of_other_devices_stay() -> None:
    model = tiny().to("meta")

    replace_norms(model)

    assert type(model.norm) is RMSNorm
