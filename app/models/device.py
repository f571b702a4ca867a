"""Choosing the device and the number format."""

from __future__ import annotations

import warnings

import torch

from app.errors import ConfigError

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
CPU_BFLOAT16 = ("avx512_bf16", "amx_bf16", "arm_bf16")


def choose_device(name: str) -> torch.device:
    """`auto` prefers CUDA, then MPS, then the CPU. Raises ConfigError for a device that is not available."""
    # PyTorch up to 2.10 (in some NVIDIA images) warns about the DGX Spark's 12.1, but its code for 12.0 runs there.
    # Newer versions warn, with another text, only if they really have no code for the device.
    warnings.filterwarnings("ignore", message=r"(?s).*cuda capability 12\.1\b", category=UserWarning)
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    device = torch.device(name)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise ConfigError(f"ELBARTO_DEVICE is {name!r}, but PyTorch {torch.__version__} sees no CUDA device here.")
    if device.type == "cuda" and device.index is not None and device.index >= torch.cuda.device_count():
        raise ConfigError(
            f"ELBARTO_DEVICE is {name!r}; the devices here are cuda:0 to {torch.cuda.device_count() - 1}."
        )
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise ConfigError(f"ELBARTO_DEVICE is {name!r}, but there is no MPS device here.")
    return device


def choose_dtype(name: str, device: torch.device) -> torch.dtype:
    """`auto` is bfloat16 if the hardware computes in it, else float32 (float16 on older CUDA devices)."""
    if name != "auto":
        return DTYPES[name]
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    if device.type == "mps":
        return torch.bfloat16
    capabilities = torch.cpu.get_capabilities()
    return torch.bfloat16 if any(capabilities.get(name) for name in CPU_BFLOAT16) else torch.float32


def choose_attention_kernels(device: torch.device) -> None:
    """Disable cuDNN's kernel on CUDA: it builds a plan for each new key length, and ours change with every block.

    The remaining ones serve compute capabilities 9.0 and 12.1 alike: flash attention without a mask, the
    memory-efficient kernel with one.
    """
    if device.type == "cuda":
        torch.backends.cuda.enable_cudnn_sdp(False)
