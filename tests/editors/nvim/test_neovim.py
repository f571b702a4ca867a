"""The Neovim plugin in a real Neovim, with the real language server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.editors.nvim.conftest import wait_until_ready
from tests.editors.nvim.editor import Editor
from tests.lsp.fake_server import FakeServer

Start = Callable[..., Editor]
FUNCTION = "def add(a, b):\n    pass\n"


def open_ready(start: Start, tmp_path: Path, text: str, options: str = "{}", name: str = "a.py", **more: str) -> Editor:
    editor = start(options, **more)
    editor.open(tmp_path / name, text)
    wait_until_ready(editor)
    return editor


def test_a_suggestion_appears_is_cycled_and_accepted(start: Start, tmp_path: Path) -> None:
    editor = open_ready(start, tmp_path, "def add(a, b):\n", "{ keymaps = { accept = '<Tab>', next = '<M-]>', previous = '<M-[>' } }")
    editor.keys("oreturn ")
    editor.shows_ghost("a + b")
    assert "    return a + b" in editor.screen
    editor.keys("<M-]>")
    editor.shows_ghost("b + a (2/3)")
    editor.keys("<M-[>")
    editor.shows_ghost("a + b (1/3)")
    editor.keys("<M-]><M-]>")
    editor.shows_ghost("sum((a, b)) (3/3)")
    editor.keys("<Tab>")
    editor.has_text("def add(a, b):\n    return sum((a, b))")
    assert editor.ghost is None
    editor.keys("<Esc>u")
    editor.has_text("def add(a, b):\n    return ")
