"""What reading a checkpoint imports: start-up is mostly imports."""

from __future__ import annotations

import subprocess
import sys

import pytest

from app.settings import EMBEDDED_MODEL, ROOT

SCRIPT = """
import sys
from app.models.blueprint import read_blueprint
from app.models.sources import HuggingFaceFolder
read_blueprint(HuggingFaceFolder(sys.argv[1]))
print("torch" in sys.modules, "torch._dynamo" in sys.modules)
"""


@pytest.mark.process
def test_the_compiler_is_not_imported() -> None:
    """Initial values on the meta device would import it: a second of start-up for values that nobody reads."""
    command = [sys.executable, "-c", SCRIPT, str(EMBEDDED_MODEL)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.stdout == "True False\n", done.stderr
