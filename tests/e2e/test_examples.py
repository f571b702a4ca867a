"""The programs of examples/, run as a reader would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import ROOT
from docs.printed import run
from tests.servers import Server


@pytest.mark.parametrize("program", sorted((ROOT / "examples").glob("*.py")), ids=lambda path: path.name)
def test_an_example_runs(embedded: Server, program: Path) -> None:
    assert "def " in run(f".venv/bin/python -m examples.{program.stem}", embedded.url)


def test_every_example_is_tried() -> None:
    """Programs run here; tests/test_documentation.py reads the rest. Folders have tests of their own."""
    files = [path.name for path in (ROOT / "examples").iterdir() if path.is_file() and path.suffix != ".py"]
    assert files == ["continue-config.yaml"]


def test_the_offline_example_prints_a_function() -> None:
    environ = {**os.environ, "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-m", "examples.offline"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "def add(a, b):\n    return a + b\n" in done.stdout
