"""Checks of the test suite itself."""

from __future__ import annotations

import subprocess
import sys

import pytest

from app.settings import ROOT

# All modules of both directories are imported, and tests that need no program run.
SCRIPT = """
import sys, pytest
code = pytest.main(["tests/text", "tests/lsp", "-m", "not process", "-p", "no:cacheprovider"])
assert code == 0, code
print([name for name in ("torch", "app.models", "app.engine.engine") if name in sys.modules])
"""


@pytest.mark.process
def test_tests_of_text_and_lsp_import_no_torch() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, timeout=300)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
    assert " passed" in done.stdout
