"""The package as users get it: the wheel is built, installed, and used from an empty directory.

Its dependencies are not installed again: a .pth file in the new environment names this one's packages.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import time
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from app import __version__
from app.settings import EMBEDDED_MODEL, ROOT
from tests import servers
from tests.lsp.raw import Client

PATIENCE_S = 240.0  # a server is started without any cached bytecode of ours
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = ("gguf", "lsp", "quantization", "syntax", "tracing", "ray")
RELEASED = ["requirements.txt", *(f"requirements-{extra}.txt" for extra in EXTRAS)]


def run(*command: str | Path, cwd: Path = ROOT, **variables: str) -> str:
    """The command's standard output; fails unless it succeeds."""
    environ = {**os.environ, **variables}
    done = subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("dist")
    offline = ("--no-deps", "--no-index", "--no-build-isolation", "--no-cache-dir")
    run(sys.executable, "-m", "pip", "wheel", ".", *offline, "--wheel-dir", directory)
    (built,) = directory.iterdir()
    return built


@pytest.fixture(scope="module")
def bin(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of the scripts in an environment that has the wheel."""
    environment = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", environment)
    python = environment / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel)
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    return environment / "bin"


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    directory = tmp_path / "empty"
    directory.mkdir()
    return directory


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        return Parser().parsestr(archive.read(f"elbarto_serve-{__version__}.dist-info/METADATA").decode())


def pins() -> dict[str, str]:
    """The versions in the requirements files, by canonical name."""
    lines = [line for name in RELEASED for line in (ROOT / name).read_text().splitlines() if line[:1] not in ("#", "-")]
    parts = [line.partition("==") for line in lines]
    return {canonicalize_name(Requirement(name).name): version for name, _, version in parts}


def test_the_wheel_has_what_runs_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    unshipped = {"decisions", "develop", "transcripts"}
    guides = [path for path in (ROOT / "docs").rglob("*.md") if path.parent.name not in unshipped]
    assert {name.partition("/")[0] for name in names} == {"app", "lsp", f"elbarto_serve-{__version__}.dist-info"}
    assert not [name for name in names if "__pycache__" in name or name.endswith((".ts", ".lua"))]
    assert {
        "app/_data/gunicorn.conf.py",
        *(f"app/_data/docs/{path.relative_to(ROOT / 'docs')}" for path in guides),
        *(f"app/_data/weights/{path.relative_to(ROOT / 'weights')}" for path in (ROOT / "weights").glob("*/*")),
        *(str(path.relative_to(ROOT)) for path in (ROOT / "app" / "web").glob("*.*")),
        "app/api/openapi/assets/rapidoc-min.js",
        "app/evaluation/data/sample.jsonl",
    } <= set(names)
    assert wheel.stat().st_size < (EMBEDDED_MODEL / "model.safetensors").stat().st_size + 1e6


def test_the_metadata(wheel: Path) -> None:
    found = metadata(wheel)
    assert found["Name"] == "elbarto-serve"
    assert found["Version"] == __version__
    assert found["License-Expression"] == "MIT"
    assert set(found.get_all("Provides-Extra", [])) == {*EXTRAS, "all"}


def test_every_range_admits_the_version_that_is_tested() -> None:
    """The ranges are in pyproject.toml, the exact versions in the requirements files; neither has more packages."""
    extras = PROJECT["optional-dependencies"]
    ranges = [*PROJECT["dependencies"], *(text for extra in EXTRAS for text in extras[extra])]
    admitted = {canonicalize_name(Requirement(text).name): Requirement(text).specifier for text in ranges}
    assert admitted.keys() == pins().keys()
    assert [name for name, version in pins().items() if version not in admitted[name]] == []


def test_the_scripts_say_their_version(bin: Path, empty: Path) -> None:
    assert run(bin / "elbarto", "--version", cwd=empty) == f"El Barto Serve {__version__}\n"
    assert run(bin / "elbarto-lsp", "--version", cwd=empty).split()[-1] == __version__
    assert "usage: elbarto " in run(bin / "elbarto", "--help", cwd=empty)
    assert "usage: elbarto-lsp " in run(bin / "elbarto-lsp", "--help", cwd=empty)


def test_without_the_extra_the_language_server_says_how_to_get_it(bin: Path, empty: Path) -> None:
    (empty / "pygls.py").write_text("raise ModuleNotFoundError(\"No module named 'pygls'\", name='pygls')\n")
    environ = {**os.environ, "PYTHONPATH": str(empty)}
    done = subprocess.run([bin / "elbarto-lsp"], env=environ, capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 2
    assert "pip install 'elbarto-serve[lsp]'" in done.stderr


@contextmanager
def serving(bin: Path, directory: Path, log: Path) -> Iterator[servers.Server]:
    variables = {"ELBARTO_PORT": "0", "ELBARTO_HOST": "127.0.0.1", "ELBARTO_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [bin / "elbarto", "serve"], cwd=directory, env={**os.environ, **variables}, stdout=output, stderr=output
        )
    try:
        server = servers.Server(process, log)
        deadline = time.monotonic() + PATIENCE_S
        while not server.is_ready():
            assert time.monotonic() < deadline, server
            assert not server.has_ended(), server
            time.sleep(0.2)
        yield server
        server.stop()
    finally:
        process.kill()
        process.wait()


def test_serve_answers_with_the_embedded_model_from_an_empty_directory(bin: Path, empty: Path, tmp_path: Path) -> None:
    with serving(bin, empty, tmp_path / "log") as server:
        text = server.chat(
            messages=[{"role": "user", "content": "Write a Python function that adds two numbers."}], max_tokens=64
        )["choices"][0]["message"]["content"]
        pages = {
            path: server.client.get(path) for path in ("/", "/web/main.js", "/docs", "/docs/index.md", "/openapi.json")
        }
    assert "def " in text
    assert {path: page.status_code for path, page in pages.items()} == dict.fromkeys(pages, 200)
    assert list(empty.iterdir()) == []


def test_the_language_server_starts_the_installed_server(bin: Path, empty: Path, tmp_path: Path) -> None:
    """Although the user's project has a package named app."""
    (empty / "app").mkdir()
    (empty / "app" / "__init__.py").write_text("raise SystemExit('the wrong app')")
    (tmp_path / "runtime").mkdir(mode=0o700)
    variables = {"XDG_RUNTIME_DIR": str(tmp_path / "runtime"), "ELBARTO_LSP_SERVER_GRACE_S": "0"}
    process = subprocess.Popen(
        [bin / "elbarto-lsp"],
        cwd=empty,
        env={**os.environ, **variables},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        client = Client(process)
        assert "inlineCompletionProvider" in client.initialize()
        client.wait_until_ready(PATIENCE_S)
        client.open("def add(a, b):\n    return \n")
        assert client.complete(1, 11)
        assert client.stop() == 0
    finally:
        process.kill()
        process.communicate()
