"""Language servers and model servers that go and come, under a real Neovim."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.editors.nvim.conftest import Edit, Start, open_ready, wait_until_ready
from tests.editors.nvim.editor import Editor
from tests.lsp.fake_server import FakeServer


def test_the_model_server_goes_and_comes_back(edit: Edit, model_server: FakeServer) -> None:
    editor = edit("def add(a, b):\n")
    model_server.stop()
    editor.keys("oreturn ")
    state = "return require('elbarto').status()"
    editor.wait(lambda: editor.lua(state)["state"] in ("error", "starting"))
    editor.keys("a<BS>")
    editor.settle(1)
    editor.keys("<Esc>")
    messages = editor.messages
    model_server.start()
    assert messages.count(model_server.url) == 1, messages
    wait_until_ready(editor, 30)
    editor.keys("A")
    editor.shows_ghost("a + b")


def test_a_language_server_that_dies_is_started_again(start: Start, tmp_path: Path) -> None:
    editor = open_ready(start("{ restarts = 1 }"), tmp_path / "a.py", "def add(a, b):\n")
    editor.command("set messagesopt=wait:0,history:500")  # Neovim's own message of the exit is a long one
    first = language_server_of(editor)
    os.kill(first, signal.SIGKILL)
    editor.wait(lambda: language_server_of(editor) not in (0, first))
    wait_until_ready(editor)
    editor.keys("oreturn ")
    editor.shows_ghost("a + b")
    editor.keys("<Esc>")
    os.kill(language_server_of(editor), signal.SIGKILL)
    editor.wait(lambda: "is not restarted" in editor.messages)
    assert editor.ghost is None
    editor.ex("ElBarto restart")
    wait_until_ready(editor)
    editor.keys("A")
    editor.shows_ghost("a + b")


def test_the_language_server_is_restarted_by_hand(edit: Edit) -> None:
    editor = edit("def add(a, b):\n")
    identities = "return vim.tbl_map(function(client) return client.id end, vim.lsp.get_clients({ name = 'elbarto' }))"
    first = editor.lua(identities)
    editor.ex("ElBarto restart")
    editor.wait(lambda: editor.lua(identities) not in ([], first))
    assert len(editor.lua(identities)) == 1
    wait_until_ready(editor)
    editor.keys("oreturn ")
    editor.shows_ghost("a + b")
    editor.keys("<Esc>")
    editor.ex("ElBarto stop")
    editor.wait(lambda: editor.lua(identities) == [])
    editor.ex("ElBarto start")
    editor.wait(lambda: editor.lua(identities))
    wait_until_ready(editor)
    assert "rror" not in editor.messages


def language_server_of(editor: Editor) -> int:
    """Its process; 0 while there is none."""
    children = editor.lua("return vim.api.nvim_get_proc_children(vim.fn.getpid())")
    return int(children[0]) if children else 0
