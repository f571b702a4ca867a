"""How the command ends when Ray, or what is deployed on it, does. Ray is a package of the test's; its end is real."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import ROOT

pytestmark = pytest.mark.process

STARTED = """
class Context:
    address_info = {"gcs_address": "10.0.0.1:6379"}

def init(**options):
    return Context
"""
WAITING = """
import signal
from app.cluster.launch import Launcher
from app.cluster.settings import Scale
from app.settings import Settings
print(Launcher(Settings(), Scale(), "10.0.0.1:6379").address(), flush=True)
signal.pause()
"""
ENDED = "Ray has ended here, and so does this server"


def run(folder: Path, *command: str, **modules: str) -> subprocess.CompletedProcess[str]:
    """With these modules of ray."""
    (folder / "ray").mkdir()
    for name, code in modules.items():
        (folder / "ray" / f"{name}.py").write_text(code)
    environ = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("end", ["raise ConnectionError('nobody is there')", "import os; os._exit(1)"])
def test_a_cluster_that_cannot_be_reached_is_an_error_of_the_start(tmp_path: Path, end: str) -> None:
    """Ray raises an error, or ends the process that asks for it."""
    code = f"def init(**options):\n    {end}\n"
    done = run(tmp_path, "-m", "app", "cluster", "--ray-address", "10.0.0.1:6379", "--port", "0", __init__=code)

    assert done.returncode == 2
    assert done.stderr.endswith("Ray could not be started, or not be reached; its messages are above\n")
    assert ENDED not in done.stderr
    assert ("nobody is there" in done.stderr) == ("nobody" in end)


def test_the_server_ends_with_ray(tmp_path: Path) -> None:
    done = run(tmp_path, "-c", WAITING, __init__=STARTED, serve="import os; os._exit(1)")

    assert (done.returncode, done.stdout) == (-15, "10.0.0.1:6379\n")
    assert ENDED in done.stderr


def test_replicas_that_cannot_be_deployed_are_the_only_error(tmp_path: Path) -> None:
    done = run(tmp_path, "-c", WAITING, __init__=STARTED, serve="raise RuntimeError('no GPU')")

    assert done.returncode == -15
    assert "the replicas cannot be deployed: no GPU" in done.stderr
    assert ENDED not in done.stderr
