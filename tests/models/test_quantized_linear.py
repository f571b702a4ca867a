"""Matmuls with packed weights against float64, and a row alone against the same row in a batch."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from app.models.quantization import has_fast_int8, weight_bytes
from app.models.quantized_linear import GROUP, Int4Linear, Int8Linear, round_groups, round_rows

INPUTS, OUTPUTS = 192, 80
DTYPES = [torch.float32, torch.bfloat16, torch.float16]

needs_vnni = pytest.mark.skipif(not has_fast_int8(torch.device("cpu")), reason="this CPU has no VNNI")
KINDS = [pytest.param(Int8Linear, marks=needs_vnni), Int4Linear]


def some(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def product(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    y = x.double() @ weight.double().T
    return y if bias is None else y + bias.double()


@needs_vnni
@pytest.mark.parametrize("rows", [1, 4, 33])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_int8_is_within_its_bound(rows: int, scale: float) -> None:
    weight, x = some(OUTPUTS, INPUTS) * torch.logspace(-3, 0, OUTPUTS).unsqueeze(1), some(rows, INPUTS, seed=1) * scale

    error = (Int8Linear(weight, None)(x).double() - product(x, weight)).abs()

    half_steps = weight.abs().amax(1) * x.abs().amax(1, keepdim=True) / 254  # [rows, outputs], of either side
    assert (error <= INPUTS * (2 + 1 / 254) * half_steps.double() * 1.001).all()
    assert (error <= 4 * INPUTS**0.5 * half_steps.double()).all()  # what independent roundings add up to, and more


@pytest.mark.parametrize("rows", [1, 4, 33])
def test_int4_is_the_product_of_the_rounded_weights(rows: int) -> None:
    weight, x = some(OUTPUTS, INPUTS), some(rows, INPUTS, seed=1).bfloat16().float()
    values, scale, middle = round_groups(weight)
    steps = values.unflatten(1, (-1, GROUP)) - 8
    rounded = (steps * scale.float().unsqueeze(2) + middle.float().unsqueeze(2)).flatten(1)

    y = Int4Linear(weight, None)(x).double()

    assert values.min() == 0
    assert values.max() == 15
    assert ((rounded - weight).abs() <= 0.5 * scale.float().repeat_interleave(GROUP, 1) + 0.02).all()
    # The kernel rounds weights and sums to bfloat16: to 2⁻⁸ of the summands.
    assert ((y - product(x, rounded)).abs() <= 2**-7 * product(x.abs(), rounded.abs())).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_row_is_bit_for_bit_the_same_alone_and_in_any_batch(
    kind: type[Int8Linear | Int4Linear], dtype: torch.dtype
) -> None:
    linear = kind(some(OUTPUTS, INPUTS).to(dtype), some(OUTPUTS, seed=3).to(dtype))
    x = (some(70, INPUTS, seed=1) * torch.logspace(-2, 3, 70).unsqueeze(1)).to(dtype)
    whole = linear(x)

    for first, count in [(0, 1), (69, 1), (3, 2), (5, 4), (1, 7), (8, 16), (2, 33), (0, 69)]:
        assert torch.equal(linear(x[first : first + count]), whole[first : first + count])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_dtype_shape_and_bias_are_kept(kind: type[Int8Linear | Int4Linear], dtype: torch.dtype) -> None:
    weight, bias = some(OUTPUTS, INPUTS).to(dtype), some(OUTPUTS, seed=3).to(dtype) * 100
    x = some(2, 3, INPUTS, seed=1).to(dtype)

    y = kind(weight, bias)(x)

    assert (y.dtype, y.shape) == (dtype, (2, 3, OUTPUTS))
    assert (y.double() - product(x, weight, bias)).norm() < 0.1 * product(x, weight).norm()


@needs_vnni
@pytest.mark.parametrize("dtype", DTYPES)
def test_zeros_stay_zeros_and_what_is_not_finite_stays_so(dtype: torch.dtype) -> None:
    linear = Int8Linear(some(OUTPUTS, INPUTS).to(dtype), None)
    x = some(4, INPUTS, seed=1).to(dtype)
    x[1], x[2, 5], x[3, 7] = 0, float("nan"), float("inf")

    y = linear(x)

    assert y[0].isfinite().all()
    assert (y[1] == 0).all()
    assert not y[2:].isfinite().any()


@needs_vnni
def test_outputs_without_weights_are_zero() -> None:
    weight = some(OUTPUTS, INPUTS)
    weight[3] = 0

    assert (Int8Linear(weight, None)(some(2, INPUTS, seed=1))[:, 3] == 0).all()


def test_the_largest_value_of_a_row_takes_all_127_steps() -> None:
    values, largest = round_rows(torch.tensor([[2.0, -2.0, 0.0, 1.0], [0.0, 0.0, 0.0, 0.0]]))

    assert values.tolist() == [[255, 1, 128, 192], [128, 128, 128, 128]]  # 63.5 steps are 64
    assert largest[0].item() == 2


def test_constant_groups_survive() -> None:
    weight = torch.full((16, GROUP), 0.5)

    assert torch.allclose(Int4Linear(weight, None)(torch.ones(1, GROUP)), torch.full((1, 16), 16.0))


@pytest.mark.parametrize(("kind", "bits"), [pytest.param(Int8Linear, 8, marks=needs_vnni), pytest.param(Int4Linear, 5)])
def test_packed_weights_count_as_what_they_take(kind: type[Int8Linear | Int4Linear], bits: float) -> None:
    module = nn.Sequential(kind(some(OUTPUTS, INPUTS), None))

    assert OUTPUTS * INPUTS * bits / 8 <= weight_bytes(module) <= OUTPUTS * INPUTS * bits / 8 + 4 * OUTPUTS + 8
    assert sum(parameter.nbytes for parameter in module.parameters()) == 0  # the weights themselves are gone
