"""Writes what `elbarto inspect` prints into its page: `python docs/inspect_page.py`, or with `--check`, which compares.

For the embedded model and every checkpoint among the tests' fixtures, on a CPU in float32, where all x86 machines need
the same memory. Needs torch.
"""

from __future__ import annotations

import dataclasses
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "inspect.md"
REGION = re.compile(r"(<!-- inspected -->\n).*?(<!-- /inspected -->)", re.DOTALL)
FIXTURES = ("**/checkpoint", "**/*.gguf")


def main(arguments: list[str]) -> int:
    """Write the page, or with --check return 1 if it is out of date."""
    text = inspected_page()
    is_stale = text != PAGE.read_text(encoding="utf-8")
    if is_stale and "--check" in arguments:
        print(f"{PAGE.relative_to(ROOT)} is out of date: run python docs/inspect_page.py")
        return 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


def inspected_page() -> str:
    content = "\n".join(part for path in checkpoints() for part in _part(path))
    return REGION.sub(lambda match: f"{match[1]}\n{content}\n{match[2]}", PAGE.read_text(encoding="utf-8"))


def checkpoints() -> list[str]:
    fixtures = ROOT / "tests" / "fixtures"
    found = sorted(path for pattern in FIXTURES for path in fixtures.glob(pattern))
    return ["weights/elbarto-mini", *(path.relative_to(ROOT).as_posix() for path in found)]


def _part(path: str) -> Iterator[str]:
    yield from ("```console", f"$ elbarto inspect {path} --device cpu --dtype float32", report_of(path).rstrip(), "```")
    yield ""


def report_of(path: str) -> str:
    """Without this machine's memory."""
    from app import model_source
    from app.inspection.inspect import inspect
    from app.inspection.text import to_text
    from app.settings import Settings

    folder = Path.cwd()
    os.chdir(ROOT)  # so that paths are the same everywhere
    try:
        report = inspect(model_source(Settings(model_path=path, device="cpu", dtype="float32")))
    finally:
        os.chdir(folder)
    memory = report.memory and dataclasses.replace(report.memory, device_total=None, device_free=None)
    return to_text(dataclasses.replace(report, memory=memory))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main(sys.argv[1:]))
