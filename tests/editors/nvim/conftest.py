"""A Neovim with the plugin, the language server that it starts, and a model server without a model."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.editors.nvim.editor import ROOT, Editor, find_nvim, note, running
from tests.lsp import fake_server
from tests.lsp.fake_server import FakeServer

ANSWERS: dict[str, str | list[str]] = {
    "return ": ["a + b", "b + a", "sum((a, b))"],
    "def mean(values):\n    ": "total = sum(values)\n    return total / len(values)",
    "size = ": "len(näme) * 2",
    "x = ": "compute(\n    1,\n    2,\n)",
    "first = ": "1",
    "second = ": "2",
}


@pytest.fixture(scope="session")
def nvim() -> str:
    pytest.importorskip("msgpack", reason="msgpack (of pynvim) is not installed: requirements-dev.txt")
    path, reason = find_nvim()
    if path is None:
        pytest.skip(reason)
    return path


@pytest.fixture(autouse=True)
def _title(request: pytest.FixtureRequest) -> None:
    note(f"--- {request.node.name}")


@pytest.fixture
def model_server() -> Iterator[FakeServer]:
    with fake_server.running(answers=dict(ANSWERS), default="") as server:
        yield server


@pytest.fixture
def start(nvim: str, tmp_path: Path, model_server: FakeServer) -> Iterator[Callable[..., Editor]]:
    """`start(lua options, environment)`: a Neovim whose language server asks `model_server`."""
    with ExitStack() as stack:

        def start_one(options: str = "{}", setup: bool = True, **environment: str) -> Editor:
            given = {"ELBARTO_SERVER_URL": model_server.url, "ELBARTO_DEBOUNCE_MS": "30", **environment}
            editor = stack.enter_context(running(nvim, tmp_path, **given))
            if setup:
                set_up(editor, options)
            return editor

        yield start_one


def set_up(editor: Editor, options: str = "{}") -> None:
    """With the Python that runs the tests."""
    cmd = [sys.executable, "-m", "lsp"]
    code = f"""
        local cmd, root = ...
        require('elbarto').setup(vim.tbl_extend('keep', {options}, {{ cmd = cmd, cmd_env = {{ PYTHONPATH = root }} }}))
    """
    editor.lua(code, cmd, str(ROOT))


def wait_until_ready(editor: Editor, seconds: float = 20) -> dict[str, Any]:
    state = "return require('elbarto').status()"
    editor.wait(lambda: editor.lua(state)["state"] == "ready", seconds)
    return dict(editor.lua(state))
