"""Puts a client into a folder of its own: Python packages with uv, Node packages with npm."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from tests.clients.table.recipe import Recipe

HERE = Path(__file__).parent
LIMIT_S = 580
# What package managers and programs need of the caller's environment: nothing else reaches a client.
PASSED = re.compile(
    r"PATH|LANG|LC_\w+|TMPDIR|\w*CERT\w*|\w*CA_BUNDLE|\w+_CAINFO|\w+_PROXY|PIP_\w+|UV_\w+|npm_config_\w+"
)


class NotInstalled(Exception):
    """In a word, why a client cannot be had here."""


def base_environment() -> dict[str, str]:
    passed = {name: value for name, value in os.environ.items() if PASSED.fullmatch(name)}
    return {**passed, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}


def install(recipe: Recipe, folder: Path, uv: Path) -> tuple[str, Mapping[str, str]]:
    """The client's version, and the environment in which its commands are found. Raises NotInstalled."""
    folder.mkdir(parents=True)
    if recipe.source == "pip":
        return _with_uv(recipe, folder, uv)
    return _with_npm(recipe, folder)


def _with_uv(recipe: Recipe, folder: Path, uv: Path) -> tuple[str, Mapping[str, str]]:
    environ = {**base_environment(), "VIRTUAL_ENV": str(folder)}
    # Some clients bring torch: the build that the server has, rather than gigabytes for a GPU.
    (folder.parent / "torch.txt").write_text(f"torch=={version('torch')}\n", encoding="utf-8")
    torch = ["--constraint", str(folder.parent / "torch.txt")]
    wheels = os.environ.get("PIP_FIND_LINKS")
    torch += ["--find-links", wheels] if wheels else ["--torch-backend", "auto"]
    _run([str(uv), "venv", "--quiet", "--allow-existing", str(folder)], environ)
    _run([str(uv), "pip", "install", "--quiet", *torch, *recipe.packages], environ)
    name = re.split(r"[\[<>=]", recipe.packages[0])[0]
    python = str(folder / "bin" / "python")
    found = _run([python, "-c", f"from importlib.metadata import version; print(version({name!r}))"], environ)
    return found.strip(), {
        "PATH": f"{folder / 'bin'}{os.pathsep}{environ['PATH']}",
        "SCRIPTS": str(HERE / "python"),
        "PYTHONPATH": str(HERE.parent),
    }


def _with_npm(recipe: Recipe, folder: Path) -> tuple[str, Mapping[str, str]]:
    if shutil.which("npm") is None:
        raise NotInstalled("no Node.js here")
    environ = {**base_environment(), "HOME": str(folder)}
    _run(["npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(folder), *recipe.packages], environ)
    modules = folder / "node_modules"
    manifest = json.loads((modules / recipe.packages[0] / "package.json").read_text(encoding="utf-8"))
    scripts = shutil.copytree(HERE / "node", folder / "scripts")  # Node looks for packages above a script
    path = f"{modules / '.bin'}{os.pathsep}{environ['PATH']}"
    return str(manifest["version"]), {"PATH": path, "SCRIPTS": str(scripts)}


def _run(command: list[str], environ: Mapping[str, str]) -> str:
    try:
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        raise NotInstalled(f"not installed after {LIMIT_S} s") from None
    if done.returncode:
        lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise NotInstalled(f"cannot be installed: {' '.join(lines[:3])[:160]}")
    return done.stdout
