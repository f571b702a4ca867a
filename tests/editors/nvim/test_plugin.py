"""What surrounds the editing: options, status, help, health, and Neovim's own completion."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.editors.nvim.conftest import Edit, Start, open_ready, wait_until_ready
from tests.editors.nvim.editor import PLUGIN, ROOT, Editor
from tests.lsp.fake_server import FakeServer


def test_invalid_options_are_named_in_one_message(start: Start) -> None:
    editor = start("{ ghost = { automatic = 1 }, colour = true, keymaps = { acept = '<Tab>' }, restarts = -1 }")
    editor.wait(lambda: "El Barto: setup():" in editor.messages)
    message = editor.messages
    assert message.count("El Barto:") == 1
    for part in (
        "ghost.automatic must be true or false, got 1",
        "colour is unknown (the options: cmd, ",
        "keymaps.acept is unknown (keymaps: accept, ",
        "restarts must be an integer from 0, got -1",
    ):
        assert part in message


def test_an_invalid_setting_of_the_language_server_is_named_by_it(start: Start, tmp_path: Path) -> None:
    editor = open_ready(start("{ settings = { maxTokens = 'many' } }"), tmp_path / "a.py", "")
    editor.wait(lambda: re.search("maxTokens.*many", editor.messages))


def test_the_status_line_and_the_status(start: Start, tmp_path: Path) -> None:
    editor = open_ready(start(), tmp_path / "a.py", "def add(a, b):\n")
    line = "return require('elbarto').statusline()"
    assert editor.lua(line) == "El Barto"
    editor.command("set laststatus=2 statusline=%f\\ %{%v:lua.require'elbarto'.statusline()%}")
    editor.keys("oreturn ")
    editor.shows_ghost("a + b")
    editor.wait(lambda: re.fullmatch(r"El Barto \d+ ms 1\.5 TPF", editor.lua(line)))
    editor.wait(lambda: any(re.search(r"a\.py El Barto \d+ ms 1\.5 TPF$", row) for row in editor.screen))
    editor.keys("<Esc>")
    editor.ex("ElBarto disable buffer")
    editor.wait(lambda: editor.lua(line).startswith("El Barto off"))
    editor.ex("ElBarto status")
    editor.settle()  # it has several lines, and Neovim waits for a key
    editor.keys("<CR>")
    editor.wait(lambda: "model        fake" in editor.messages)
    editor.command("new")
    assert editor.lua(line) == ""


def test_the_command_says_what_there_is(edit: Edit) -> None:
    editor = edit("")
    complete = "return vim.fn.getcompletion((...), 'cmdline')"
    assert editor.lua(complete, "ElBarto re") == ["reconnect", "redenoise", "regenerate", "restart", "rewrite"]
    assert editor.lua(complete, "ElBarto accept ") == ["all", "word", "line"]
    editor.ex("ElBarto fil")
    editor.wait(lambda: '"fil" is not a command; the commands are: accept, ' in editor.messages)


def test_the_help_has_a_word_on_every_command_option_and_action(edit: Edit, tmp_path: Path) -> None:
    editor = edit("")
    help_of(editor, tmp_path)
    tags = {line.split("\t")[0] for line in (tmp_path / "doc" / "tags").read_text().splitlines()}
    commands = editor.lua("return vim.tbl_keys(require('elbarto.command').all)")
    assert {f":ElBarto-{name}" for name in commands} <= tags
    options = editor.lua("return vim.tbl_keys(require('elbarto.options').allowed)")
    assert {f"elbarto-option-{name}" for name in options if name not in ("keymaps", "statusline")} <= tags
    text = (tmp_path / "doc" / "elbarto.txt").read_text()
    for action in editor.lua("return vim.tbl_keys(require('elbarto.options').actions)"):
        assert f"`{action}`" in text


def test_the_links_of_the_help_lead_somewhere(edit: Edit, tmp_path: Path) -> None:
    editor = edit("")
    help_of(editor, tmp_path)
    for tag in set(re.findall(r"\|([^|\s]+)\|", (tmp_path / "doc" / "elbarto.txt").read_text())):
        if tag != "lsp-inline_completion" or editor.lua("return vim.fn.has('nvim-0.12') == 1"):
            assert tag in editor.lua("return vim.fn.getcompletion((...), 'help')", tag), tag
    editor.command("silent! help elbarto-status")  # an error: where a Neovim was unpacked without its parsers
    assert editor.lua("return vim.bo.filetype") == "help"
    assert "*elbarto-status*" in editor.lua("return vim.api.nvim_get_current_line()")


def help_of(editor: Editor, folder: Path) -> None:
    """Tags are made in a copy: the repository stays as it is."""
    shutil.copytree(PLUGIN / "doc", folder / "doc", dirs_exist_ok=True)
    editor.command(f"helptags {folder}/doc | set runtimepath^={folder}")


def test_the_health_check_runs_the_command(edit: Edit) -> None:
    editor = edit("x\n")
    editor.command("checkhealth elbarto")
    editor.wait(lambda: "El Barto language server" in editor.text)
    assert "state: ready, fake at http://127.0.0.1:" in editor.text
    assert "ERROR" not in editor.text


def test_a_missing_language_server_gives_one_message(start: Start, tmp_path: Path) -> None:
    editor = start("{ cmd = { '/nowhere/python', '-m', 'lsp' } }")
    for name in ("a.py", "b.py"):
        editor.open(tmp_path / name, "x\n")
        editor.settle(0.2)
    assert editor.messages.count("/nowhere/python cannot be run") == 1


def test_the_documented_configuration(start: Start, tmp_path: Path) -> None:
    """As docs/guides/neovim.md has it, with the language server that the plugin finds."""
    if not (ROOT / ".venv" / "bin" / "python").exists():
        pytest.skip("the repository has no .venv, where the plugin looks for the language server")
    page = (ROOT / "docs" / "guides" / "neovim.md").read_text(encoding="utf-8").partition("with the plugin\n")[2]
    editor = start(setup=False)
    editor.lua(page.partition("```lua\n")[2].partition("```")[0].replace("ELBARTO", str(ROOT)))
    editor.command("set laststatus=2")
    open_ready(editor, tmp_path / "a.py", "def add(a, b):\n")
    editor.keys("oreturn ")
    editor.shows_ghost("a + b")
    editor.keys("<M-w><Tab>")
    editor.has_text("def add(a, b):\n    return a + b")
    assert any("El Barto" in row for row in editor.screen)
    assert editor.messages == ""


def test_neovims_own_inline_completion_works_with_the_configuration(
    start: Start, tmp_path: Path, model_server: FakeServer
) -> None:
    """No setup(): only `vim.lsp.enable('elbarto')` and what Neovim 0.12 has itself."""
    editor = start(setup=False)
    if not editor.lua("return vim.lsp.inline_completion ~= nil"):
        pytest.skip("this Neovim has no inline completion of its own")
    editor.lua("vim.lsp.enable('elbarto'); vim.lsp.inline_completion.enable()")
    editor.open(tmp_path / "a.py", "def add(a, b):\n")
    wait_until_ready(editor)
    editor.keys("oreturn ")
    editor.wait(lambda: editor.builtin_ghost == "a + b")
    editor.lua("vim.lsp.inline_completion.select()")
    editor.wait(lambda: editor.builtin_ghost == "b + a (2/2)")
    editor.lua("vim.lsp.inline_completion.get()")
    editor.has_text("def add(a, b):\n    return b + a")
