"""The machine, the software versions and the commit that figures were measured with."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import torch

from app.settings import ROOT
from bench.context import Context

GIB = 2**30
QUIET_LOAD = 0.5  # cores, averaged over the last minute


def describe(context: Context) -> dict[str, Any]:
    """The description in the results, under display names."""
    options = context.options
    gpu = torch.cuda.get_device_properties(context.device) if context.device.type == "cuda" else None
    return {
        "date": time.strftime("%Y-%m-%d %H:%M:%S %z"),
        "commit": commit(),
        "CPU": cpu_name(),
        "cores": num_cores(),
        "RAM GiB": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB, 1),
        "GPU": f"{gpu.name}, {gpu.total_memory / GIB:.0f} GiB, CUDA {torch.version.cuda}" if gpu else "none",
        "OS": platform.platform(),
        "Python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": _transformers_version(),
        "device": str(context.device),
        "dtype": str(context.dtype).removeprefix("torch."),
        "threads": context.threads,
        "OMP_WAIT_POLICY": os.environ.get("OMP_WAIT_POLICY", "unset"),
        "load before": round(os.getloadavg()[0], 2),
        "model": options.model,
        "repeats": context.rounds,
        "seed": options.seed,
        "quick": options.quick,
    }


def is_busy() -> bool:
    """Whether other programs have been using the machine."""
    return os.getloadavg()[0] > QUIET_LOAD


def num_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cpu_name() -> str:
    """From /proc/cpuinfo on x86, elsewhere from a system tool."""
    cpuinfo = Path("/proc/cpuinfo")
    match = re.search(r"^model name\s*: (.*)$", cpuinfo.read_text(), re.MULTILINE) if cpuinfo.exists() else None
    if match:
        return match[1]
    if platform.system() == "Darwin":
        return _output("sysctl", "-n", "machdep.cpu.brand_string") or platform.machine()
    names = re.findall(r"Model name:\s*(.*)", _output("lscpu") or "")
    return " + ".join(names) or platform.processor() or platform.machine()


def commit() -> str:
    """The commit, with a mark if the working tree differs from it."""
    name = _output("git", "rev-parse", "--short", "HEAD")
    if not name:
        return "unknown"
    changed = _output("git", "status", "--porcelain", "--", "app", "bench", "weights")
    return f"{name} and changes" if changed else name


def _output(*command: str) -> str | None:
    """The output; None if the program does not exist or fails."""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _transformers_version() -> str:
    import transformers

    return str(transformers.__version__)
