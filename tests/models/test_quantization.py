"""Which weights are replaced, by which modules, and which schemes a device does not support."""

from __future__ import annotations

import sys

import pytest
import torch
from torch import nn

from app.errors import ConfigError, StartError
from app.models import quantization
from app.models.checkpoint import load_checkpoint
from app.models.config import ModelConfig, RopeScaling
from app.models.quantization import check_quantization, has_fast_int8, quantize, quantize_linears, weight_bytes
from app.models.quantized_linear import Int4Linear, Int8Linear
from app.models.sources import HuggingFaceFolder
from app.models.transformer import Transformer
from app.settings import EMBEDDED_MODEL
from tests.tiny import load_plain

CPU, CUDA = torch.device("cpu"), torch.device("cuda")
BF16, F32 = torch.bfloat16, torch.float32

needs_vnni = pytest.mark.skipif(not has_fast_int8(CPU), reason="this CPU has no VNNI")


def tiny(tie: bool = False, intermediate: int = 96, qk_norm: bool = False) -> Transformer:
    config = ModelConfig(
        vocab_size=128,
        hidden_size=64,
        intermediate_size=intermediate,
        num_layers=2,
        num_heads=4,
        num_kv_heads=2,
        head_dim=16,
        max_position=64,
        rms_norm_eps=1e-6,
        rope=RopeScaling(theta=10_000.0),
        qk_norm=qk_norm,
        tie_word_embeddings=tie,
    )
    return Transformer(config).requires_grad_(False).eval()


def kinds(model: Transformer) -> set[type[nn.Module]]:
    """The kinds of linear layers in the layers of the model."""
    found = {type(module) for layer in model.layers for module in layer.modules()}
    return found & {nn.Linear, Int8Linear, Int4Linear}


@pytest.fixture
def capability(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (8, 6))
    return monkeypatch


@pytest.mark.parametrize(("scheme", "kind"), [pytest.param("int8", Int8Linear, marks=needs_vnni), ("int4", Int4Linear)])
@pytest.mark.parametrize("tie", [False, True])
def test_the_layers_products_are_replaced_and_a_tied_head_is_not(scheme: str, kind: type[nn.Module], tie: bool) -> None:
    model = tiny(tie)

    quantize(model, scheme, CPU)

    assert kinds(model) == {kind}
    assert isinstance(model.embedding, nn.Embedding)
    if tie:
        assert model.head.weight is model.embedding.weight
    elif has_fast_int8(CPU):
        assert type(model.head) is Int8Linear


@pytest.mark.parametrize("scheme", [pytest.param("int8", marks=needs_vnni), "int4"])
def test_a_loaded_checkpoint_is_smaller(scheme: str) -> None:
    plain, small = (load_checkpoint(HuggingFaceFolder(str(EMBEDDED_MODEL)), CPU, BF16) for _ in range(2))
    quantize(small.model, scheme, CPU)

    embedding = plain.model.embedding.weight.nbytes
    share = (weight_bytes(small.model) - embedding) / (weight_bytes(plain.model) - embedding)
    assert 0.5 < share < 0.52 if scheme == "int8" else 5 / 16 < share < 0.32
    assert weight_bytes(plain.model) == sum(parameter.nbytes for parameter in plain.model.parameters())


def test_without_fast_int8_a_cpu_takes_torchao(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torchao")
    monkeypatch.setattr(quantization, "has_fast_int8", lambda device: False)
    x = torch.randn(3, 64, generator=torch.Generator().manual_seed(0))
    model = tiny()
    expected = model.layers[0].mlp(x)
    before = weight_bytes(model.layers)

    check_quantization("int8", CPU, F32)
    quantize(model, "int8", CPU)

    assert kinds(model) == {nn.Linear}
    assert type(model.layers[0].mlp.down.weight).__module__.startswith("torchao.")
    assert 0 < (model.layers[0].mlp(x) - expected).norm() < 0.02 * expected.norm()
    assert before / 4 < weight_bytes(model.layers) < before / 3.5  # of float32


def test_torchao_makes_fp8_weights() -> None:
    """The scheme is for CUDA only, but the call of torchao can be tested anywhere."""
    pytest.importorskip("torchao")
    module = nn.Sequential(nn.Linear(64, 32, bias=False)).to(BF16).requires_grad_(False)
    x = torch.randn(3, 64, generator=torch.Generator().manual_seed(0)).to(BF16)
    expected = module(x)

    quantize_linears(module, "fp8")

    assert (module(x) - expected).norm() < 0.05 * expected.norm()
    assert weight_bytes(module) <= 32 * 64 + 32 * 4


def test_torchao_is_asked_for_pytorchs_own_int4_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    torchao = pytest.importorskip("torchao.quantization")
    asked = []
    monkeypatch.setattr(quantization, "_native_kind", lambda scheme, device: None)
    monkeypatch.setattr(torchao, "quantize_", lambda module, config: asked.append(config))

    quantize_linears(nn.Sequential(nn.Linear(64, 32)), "int4")

    workflows = pytest.importorskip("torchao.quantization.quantize_.workflows")
    assert (asked[0].int4_packing_format, asked[0].group_size) == (workflows.Int4PackingFormat.TILE_PACKED_TO_4D, 32)


@pytest.mark.parametrize("scheme", ["int8", "int4", "fp8"])
def test_mps_has_none(scheme: str) -> None:
    with pytest.raises(ConfigError, match=rf"^ELBARTO_QUANTIZATION is '{scheme}'; it needs a CPU or CUDA, not mps"):
        check_quantization(scheme, torch.device("mps"), BF16)


def test_fp8_on_a_cpu() -> None:
    with pytest.raises(ConfigError, match=r"'fp8'; it needs a CUDA device of compute capability 8\.9 or newer; cpu"):
        check_quantization("fp8", CPU, BF16)


@pytest.mark.usefixtures("capability")
def test_fp8_on_an_older_cuda_device() -> None:
    with pytest.raises(ConfigError, match=r"8\.9 or newer; cuda is not one"):
        check_quantization("fp8", CUDA, BF16)


@pytest.mark.parametrize(("version", "dtype", "message"), [((7, 5), BF16, r"8\.0 or newer"), ((8, 0), F32, "bfloat16")])
def test_int4_on_cuda_needs_tensor_cores_and_bfloat16(
    capability: pytest.MonkeyPatch, version: tuple[int, int], dtype: torch.dtype, message: str
) -> None:
    capability.setattr(torch.cuda, "get_device_capability", lambda device: version)

    with pytest.raises(ConfigError, match=message):
        check_quantization("int4", CUDA, dtype)


@pytest.mark.usefixtures("capability")
@pytest.mark.parametrize("scheme", ["int8", "int4"])
def test_cuda_needs_torchao(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    with pytest.raises(StartError, match=r"needs torchao on cuda: pip install -r requirements-quantization\.txt$"):
        check_quantization(scheme, CUDA, BF16)


def test_a_torchao_that_does_not_fit_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quantization, "_native_kind", lambda scheme, device: None)
    monkeypatch.setitem(sys.modules, "torchao.quantization", None)

    with pytest.raises(StartError, match=r"^ELBARTO_QUANTIZATION is 'int8', and torchao cannot be imported: "):
        quantize_linears(nn.Sequential(nn.Linear(64, 32)), "int8")


@pytest.mark.parametrize("scheme", ["int8", "int4"])
def test_our_own_need_no_torchao(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setattr(quantization, "has_fast_int8", lambda device: True)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    check_quantization(scheme, CPU, BF16)


def test_none_is_possible_everywhere() -> None:
    check_quantization("none", torch.device("mps"), F32)


def test_shapes_that_int4_does_not_take() -> None:
    with pytest.raises(
        ConfigError, match=r"multiple of 32 inputs and of 16 outputs, and this checkpoint has one with 72 and"
    ):
        quantize(tiny(intermediate=72), "int4", CPU)


def test_vnni_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: True)
    for capabilities, expected in [({"avx2": True}, False), ({"avx_vnni": True}, True), ({"avx512_vnni": True}, True)]:
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda value=capabilities: value)
        assert has_fast_int8(CPU) == expected
    assert not has_fast_int8(CUDA)


def test_the_fixture_checkpoint_is_quantized_too() -> None:
    model = load_plain().model

    quantize(model, "int4", CPU)

    assert Int4Linear in kinds(model)
