"""Examples that need no server, run as a reader would."""

from __future__ import annotations

import os
import subprocess
import sys

from app.settings import ROOT


def test_the_offline_example_prints_a_function() -> None:
    environ = {**os.environ, "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "-m", "examples.offline"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "def add(a, b):\n    return a + b\n" in done.stdout
