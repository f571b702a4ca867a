"""A Neovim with the plugin, the language server that it starts, and a model server without a model."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.editors.nvim.editor import ROOT, Editor, find_nvim, running
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
KEYS = """{ keymaps = {
    accept = '<Tab>', accept_word = '<M-w>', accept_line = '<M-l>', next = '<M-]>', previous = '<M-[>',
    dismiss = '<C-e>', suggest = '<M-s>', regenerate = '<M-r>', redenoise = '<M-d>',
} }"""
# No wait for a key that does not come, nothing remembered from one test to the next, nothing computed ahead.
SETTINGS = {"ELBARTO_LSP_DEBOUNCE_MS": "30", "ELBARTO_LSP_CACHE_ENTRIES": "0", "ELBARTO_LSP_PREFETCH": "false"}

Start = Callable[..., Editor]
_numbers = itertools.count(1)


class Edit(Protocol):
    def __call__(self, text: str, name: str = "a.py") -> Editor: ...


@pytest.fixture(scope="session")
def nvim() -> str:
    pytest.importorskip("msgpack", reason="msgpack (of pynvim) is not installed: requirements-dev.txt")
    path, reason = find_nvim()
    if path is None:
        pytest.skip(reason)
    return path


@pytest.fixture(scope="session")
def _model_server() -> Iterator[FakeServer]:
    with fake_server.running(default="") as server:
        yield server


@pytest.fixture
def model_server(_model_server: FakeServer) -> FakeServer:
    """As if it were new."""
    _model_server.answers = dict(ANSWERS)
    _model_server.confidences = {}
    _model_server.delay_s = 0
    _model_server.records = []
    return _model_server


@pytest.fixture
def start(nvim: str, tmp_path: Path, model_server: FakeServer) -> Iterator[Start]:
    """`start(lua options, environment)`: a Neovim of its own whose language server asks `model_server`."""
    with ExitStack() as stack:

        def start_one(options: str = "{}", setup: bool = True, **environment: str) -> Editor:
            given = {"ELBARTO_LSP_SERVER_URL": model_server.url, **SETTINGS, **environment}
            editor = stack.enter_context(running(nvim, tmp_path, **given))
            if setup:
                set_up(editor, options)
            return editor

        yield start_one


@pytest.fixture(scope="session")
def _editor(nvim: str, _model_server: FakeServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    given = {"ELBARTO_LSP_SERVER_URL": _model_server.url, **SETTINGS}
    with running(nvim, tmp_path_factory.mktemp("neovim"), **given) as editor:
        set_up(editor, KEYS)
        yield editor


@pytest.fixture
def edit(_editor: Editor, model_server: FakeServer, tmp_path: Path) -> Edit:
    """`edit(text, name)`: a file in the Neovim that the tests share, with the keys of `KEYS`, ready to type."""

    def edit_one(text: str, name: str = "a.py") -> Editor:
        _editor.keys("<C-\\><C-n>")
        _editor.wait(lambda: _editor.mode == "n")
        _editor.command("silent! %bwipeout! | messages clear | set expandtab&")
        return open_ready(_editor, tmp_path / f"{next(_numbers)}_{name}", text)

    return edit_one


def set_up(editor: Editor, options: str = "{}") -> None:
    """With the Python that runs the tests."""
    code = f"""
        local cmd, root = ...
        require('elbarto').setup(vim.tbl_extend('keep', {options}, {{ cmd = cmd, cmd_env = {{ PYTHONPATH = root }} }}))
    """
    editor.lua(code, [sys.executable, "-m", "lsp"], str(ROOT))


def open_ready(editor: Editor, path: Path, text: str) -> Editor:
    """A file for which the language server has begun to work, and has found the model server."""
    editor.open(path, text)
    editor.wait(lambda: editor.lua("return #vim.lsp.get_clients({ name = 'elbarto', bufnr = 0 })"), 30)
    wait_until_ready(editor, 30)
    return editor


def wait_until_ready(editor: Editor, seconds: float = 20) -> dict[str, Any]:
    state = "return require('elbarto').status()"
    editor.wait(lambda: editor.lua(state)["state"] == "ready", seconds)
    return dict(editor.lua(state))
