"""Choosing a device and a dtype, on mocked machines."""

from __future__ import annotations

import warnings

import pytest
import torch

from app.errors import ConfigError
from app.models.device import choose_attention_kernels, choose_device, choose_dtype

# The warning of PyTorch up to 2.10 about a DGX Spark, for which it has kernels all the same.
SPARK_WARNING = """
    Found GPU0 NVIDIA GB10 which is of cuda capability 12.1.
    Minimum and Maximum cuda capability supported by this version of PyTorch is
    (8.0) - (12.0)
    """


def machine(monkeypatch: pytest.MonkeyPatch, cuda_devices: int = 0, mps: bool = False) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda_devices > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: cuda_devices)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)


@pytest.mark.parametrize(
    ("cuda_devices", "mps", "expected"), [(2, True, "cuda"), (0, True, "mps"), (0, False, "cpu"), (1, False, "cuda")]
)
def test_auto_takes_the_best_there_is(
    cuda_devices: int, mps: bool, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine(monkeypatch, cuda_devices, mps)

    assert choose_device("auto") == torch.device(expected)


@pytest.mark.parametrize("name", ["cpu", "cuda", "cuda:1", "mps"])
def test_a_device_by_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, cuda_devices=2, mps=True)

    assert choose_device(name) == torch.device(name)


@pytest.mark.parametrize("name", ["cuda", "cuda:0"])
def test_no_cuda(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch)

    with pytest.raises(ConfigError, match=f"^ELBARTO_DEVICE is '{name}', but PyTorch .* sees no CUDA device here.$"):
        choose_device(name)


def test_no_such_cuda_device(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, cuda_devices=2)

    with pytest.raises(ConfigError, match=r"^ELBARTO_DEVICE is 'cuda:2'; the devices here are cuda:0 to 1.$"):
        choose_device("cuda:2")


def test_no_mps(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch)

    with pytest.raises(ConfigError, match=r"^ELBARTO_DEVICE is 'mps', but there is no MPS device here.$"):
        choose_device("mps")


@pytest.mark.parametrize("name", ["float32", "bfloat16", "float16"])
def test_a_dtype_by_name(name: str) -> None:
    assert choose_dtype(name, torch.device("cpu")) == getattr(torch, name)


@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [
        ({"avx512_bf16": True, "avx2": True}, torch.bfloat16),
        ({"amx_bf16": True}, torch.bfloat16),
        ({"arm_bf16": True}, torch.bfloat16),
        ({"avx512_bf16": False, "avx2": True}, torch.float32),
        ({}, torch.float32),
    ],
)
def test_auto_dtype_on_the_cpu(
    capabilities: dict[str, bool], expected: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)

    assert choose_dtype("auto", torch.device("cpu")) == expected


def test_pytorch_names_the_capabilities_so() -> None:
    assert "avx512_bf16" in torch.cpu.get_capabilities() or "arm_bf16" in torch.cpu.get_capabilities()


@pytest.mark.parametrize(("supported", "expected"), [(True, torch.bfloat16), (False, torch.float16)])
def test_auto_dtype_on_cuda(supported: bool, expected: torch.dtype, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: supported)

    assert choose_dtype("auto", torch.device("cuda")) == expected


def test_auto_dtype_on_mps() -> None:
    assert choose_dtype("auto", torch.device("mps")) == torch.bfloat16


def heard(text: str, category: type[Warning] = UserWarning) -> bool:
    """Whether a warning still reaches the operator after a device was chosen."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        choose_device("cpu")
        warnings.warn(text, category, stacklevel=1)
    return bool(caught)


def test_the_capability_warning_of_a_spark_is_silenced() -> None:
    assert not heard(SPARK_WARNING)


@pytest.mark.parametrize(
    "text",
    [
        SPARK_WARNING.replace("12.1", "13.0"),
        SPARK_WARNING.replace("12.1", "6.1"),
        "NVIDIA GB10 with CUDA capability sm_121 is not compatible with the current PyTorch installation.",
        "CUDA initialization: the driver on your system is too old",
    ],
)
def test_other_warnings_are_not(text: str) -> None:
    assert heard(text)


def test_nor_is_the_same_text_in_another_category() -> None:
    assert heard(SPARK_WARNING, RuntimeWarning)


@pytest.mark.parametrize(("device", "is_left_out"), [("cuda", True), ("cpu", False)])
def test_on_cuda_cudnn_attention_is_left_out(device: str, is_left_out: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    set_to: list[bool] = []
    monkeypatch.setattr(torch.backends.cuda, "enable_cudnn_sdp", set_to.append)

    choose_attention_kernels(torch.device(device))

    assert set_to == ([False] if is_left_out else [])
