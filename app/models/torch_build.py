"""What the installed torch was built for, without the second that importing it takes."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

from app.errors import ConfigError


def check_device(name: str) -> None:
    """Raises ConfigError for a CUDA device if torch was built for none; the devices are counted when it is imported."""
    if not name.startswith("cuda"):
        return
    values = _build()
    if values and values.get("cuda") == values.get("hip") == "None":
        version = values["__version__"].strip("'")
        raise ConfigError(f"ELBARTO_DEVICE is {name!r}, but PyTorch {version} was built without CUDA.")


def _build() -> dict[str, str]:
    """The assignments in torch/version.py as text; empty if they are not as expected."""
    spec = importlib.util.find_spec("torch")
    file = Path(spec.origin).with_name("version.py") if spec is not None and spec.origin else None
    if file is None or not file.is_file():
        return {}
    values = dict(re.findall(r"^(\w+)(?:: [^=]+)? = (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE))
    return values if {"__version__", "cuda", "hip"} <= values.keys() else {}
