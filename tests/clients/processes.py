"""Clients in processes of their own: scripts that use an SDK, and say what they saw as one JSON object."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from app.settings import ROOT

HERE = Path(__file__).parent
PYTHON = ROOT / ".venv-clients" / "bin" / "python"
NODE = shutil.which("node")
# litellm and LangChain are slow to import, and a busy machine makes them slower.
IMPORTS_S = 180.0
# litellm would ask the network for prices, LangChain's tracing for a place to send to.
OFFLINE = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_TELEMETRY": "False", "LANGSMITH_TRACING": "false"}


def run_python(script: str, package: str, url: str) -> dict[str, Any]:
    """With the Python of .venv-clients; skips the test where there is none, or not the package."""
    if not any(PYTHON.parents[1].glob(f"lib/python*/site-packages/{package}")):
        pytest.skip(f"needs {package} in .venv-clients: `make test` puts it there")
    return _run(str(PYTHON), str(HERE / script), url, **OFFLINE)


def run_node(script: str, package: str, url: str) -> dict[str, Any]:
    """Skips the test where there is no node, or not the package."""
    if NODE is None:
        pytest.skip("needs node")
    if not (HERE / "node" / "node_modules" / package).exists():
        pytest.skip(f"needs {package} in tests/clients/node/node_modules: `make test` puts it there if there is npm")
    return _run(NODE, str(HERE / "node" / script), url)


def _run(*command: str, **variables: str) -> dict[str, Any]:
    environ = {**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", **variables}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=IMPORTS_S)
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return seen
