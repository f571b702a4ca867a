"""How much memory this machine has, as far as the system tells."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import torch

MEMINFO = Path("/proc/meminfo")
CGROUP = Path("/sys/fs/cgroup")  # of version 2, as a container sees it


@dataclass(frozen=True)
class Memory:
    """Bytes; None: not known."""

    total: int | None
    free: int | None  # includes what the system keeps of files and gives back when it is needed


def device_memory(device: torch.device) -> Memory:
    """The memory in which a model on `device` lives."""
    if device.type == "cuda":
        free, total = torch.cuda.mem_get_info(device)
        return Memory(total, free)
    if device.type == "mps":
        total = torch.mps.recommended_max_memory()
        return Memory(total, total - torch.mps.driver_allocated_memory())
    return host_memory()


def host_memory(meminfo: Path = MEMINFO, cgroup: Path = CGROUP) -> Memory:
    """The machine's, or less in a container with a limit."""
    total, free = _physical(), None
    if meminfo.exists():
        values = dict(re.findall(r"^(\w+): +(\d+) kB$", meminfo.read_text(), re.MULTILINE))
        total = int(values["MemTotal"]) * 1024
        free = int(values["MemAvailable"]) * 1024 if "MemAvailable" in values else None
    limit, used = _number(cgroup / "memory.max"), _number(cgroup / "memory.current")
    if limit is None or (total is not None and limit >= total):
        return Memory(total, free)
    left = max(0, limit - (used or 0))
    return Memory(limit, left if free is None else min(left, free))


def _physical() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):  # "max": no limit
        return None
