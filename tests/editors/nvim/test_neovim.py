"""The Neovim plugin in a real Neovim, with the real language server: what a user types, and sees."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.editors.nvim.conftest import wait_until_ready
from tests.editors.nvim.editor import Editor
from tests.lsp.fake_server import FakeServer

Start = Callable[..., Editor]
KEYS = """{ keymaps = {
    accept = '<Tab>', accept_word = '<M-w>', accept_line = '<M-l>', next = '<M-]>', previous = '<M-[>',
} }"""
HOLES = "def f():\n    first = ...\n    print(first)\n    second = ...\n    return first + second\n"
FILLED = HOLES.replace("first = ...", "first = 1").replace("second = ...", "second = 2")


def open_ready(start: Start, tmp_path: Path, text: str, options: str = KEYS, name: str = "a.py", **more: str) -> Editor:
    editor = start(options, **more)
    editor.open(tmp_path / name, text)
    wait_until_ready(editor)
    return editor


# Suggestions


def test_a_suggestion_appears_is_cycled_and_accepted(start: Start, tmp_path: Path) -> None:
    editor = open_ready(start, tmp_path, "def add(a, b):\n")
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


def test_what_is_typed_of_a_suggestion_stays_a_part_of_it(
    start: Start, tmp_path: Path, model_server: FakeServer
) -> None:
    editor = open_ready(start, tmp_path, "def add(a, b):\n")
    editor.keys("oreturn ")
    editor.shows_ghost("a + b")
    editor.wait(lambda: len(model_server.infills) >= 1)
    asked = len(model_server.infills)
    editor.keys("a +")
    editor.shows_ghost(" b")
    editor.settle()
    assert len(model_server.infills) == asked
    editor.keys("<Tab>")
    editor.has_text("def add(a, b):\n    return a + b")


def test_typing_on_with_another_candidate_shows_that_one(start: Start, tmp_path: Path) -> None:
    editor = open_ready(start, tmp_path, "def add(a, b):\n")
    editor.keys("oreturn ")
    editor.shows_ghost("a + b")
    editor.keys("b ")
    editor.shows_ghost("+ a")
    editor.keys("<BS>* ")
    editor.wait(lambda: editor.ghost is None)


def test_a_suggestion_of_several_lines_is_accepted_by_words_and_lines(start: Start, tmp_path: Path) -> None:
    editor = open_ready(start, tmp_path, "")
    editor.keys("ix = ")
    editor.shows_ghost("compute(\n    1,\n    2,\n)")
    assert editor.screen[:4] == ["x = compute(", "    1,", "    2,", ")"]
    editor.keys("<M-w>")
    editor.has_text("x = compute")
    editor.shows_ghost("(\n    1,\n    2,\n)")
    editor.keys("<M-l>")
    editor.has_text("x = compute(")
    editor.shows_ghost("\n    1,\n    2,\n)")
    editor.keys("<M-l>")
    editor.has_text("x = compute(\n    1,")
    editor.shows_ghost("\n    2,\n)")
    editor.keys("<M-w>")
    editor.has_text("x = compute(\n    1,\n    2")
    editor.keys("<Tab>")
    editor.has_text("x = compute(\n    1,\n    2,\n)")
    editor.keys("<Esc>u")
    editor.has_text("x = compute(\n    1,\n    2")


def test_a_suggestion_goes_when_it_is_dismissed_or_insert_mode_ends(
    start: Start, tmp_path: Path, model_server: FakeServer
) -> None:
    editor = open_ready(start, tmp_path, "def add(a, b):\n", "{ keymaps = { dismiss = '<C-e>', suggest = '<M-s>' } }")
    editor.keys("oreturn ")
    editor.shows_ghost("a + b")
    editor.keys("<C-e>")
    editor.wait(lambda: editor.ghost is None)
    editor.settle()
    assert editor.ghost is None
    editor.keys("<M-s>")
    editor.shows_ghost("a + b")
    editor.keys("<Esc>")
    editor.wait(lambda: editor.ghost is None and editor.mode == "n")
    assert editor.text == "def add(a, b):\n    return "


def test_a_suggestion_is_drawn_after_tabs_and_letters_of_several_bytes(
    start: Start, tmp_path: Path, model_server: FakeServer
) -> None:
    model_server.answers["größe = "] = "len(näme)\t# 😀"
    editor = open_ready(start, tmp_path, "func f() {\n\t// 😀\n}\n", name="a.go")
    editor.command("set tabstop=4 noexpandtab | normal! 2G")
    editor.keys("ogröße = ")
    editor.wait(lambda: editor.ghost)
    assert editor.screen[2] == "    größe = len(näme)   # 😀"
    editor.keys("<Tab>")
    editor.wait(lambda: editor.lines[2].endswith("größe = len(näme)\t# 😀"))


def test_carriage_returns_are_neither_drawn_nor_inserted(start: Start, tmp_path: Path) -> None:
    editor = open_ready(start, tmp_path, "# dos\r\n\r\n")
    assert editor.command("set fileformat?").strip() == "fileformat=dos"
    editor.keys("Gox = ")
    editor.shows_ghost("compute(\n    1,\n    2,\n)")
    editor.keys("<Tab>")
    editor.has_text("# dos\n\nx = compute(\n    1,\n    2,\n)")
    editor.command("write")
    assert (tmp_path / "a.py").read_bytes() == b"# dos\r\n\r\nx = compute(\r\n    1,\r\n    2,\r\n)\r\n"


def test_without_a_suggestion_a_key_does_what_it_did(start: Start, tmp_path: Path) -> None:
    editor = start(setup=False)
    editor.command("inoremap <M-l> LINE")
    editor.command("inoremap <expr> <M-w> 'W' .. 'ORD'")
    editor.lua(f"require('elbarto').setup({KEYS})")
    editor.command("enew | setlocal noexpandtab")
    editor.keys("i<Tab>a<M-l><M-w>")
    editor.has_text("\taLINEWORD")


def test_other_candidates_are_asked_for(start: Start, tmp_path: Path, model_server: FakeServer) -> None:
    editor = open_ready(start, tmp_path, "def add(a, b):\n", "{ keymaps = { regenerate = '<M-r>' } }")
    editor.keys("oreturn ")
    editor.shows_ghost("a + b")
    model_server.answers["return "] = "max(a, b)"
    editor.keys("<M-r>")
    editor.shows_ghost("max(a, b)")


def test_suggestions_are_switched_off_and_on(start: Start, tmp_path: Path, model_server: FakeServer) -> None:
    editor = open_ready(start, tmp_path, "def add(a, b):\n", "{ keymaps = { suggest = '<M-s>' } }")
    editor.ex("ElBarto toggle")
    editor.wait(lambda: "automatic suggestions are off" in editor.messages)
    editor.keys("oreturn ")
    editor.settle()
    assert editor.ghost is None
    assert model_server.infills == []
    editor.keys("<M-s>")
    editor.shows_ghost("a + b")
    editor.keys("<Esc>")
    editor.ex("ElBarto enable")
    editor.keys("A")
    editor.shows_ghost("a + b")


def test_unsure_parts_are_marked_and_become_places_to_jump_to(
    start: Start, tmp_path: Path, model_server: FakeServer
) -> None:
    model_server.answers["return "] = "a +\\\n    zebra"
    model_server.confidences["zebra"] = 0.2
    options = "{ unsure = true, settings = { placeholders = true }, keymaps = { accept = '<Tab>' } }"
    editor = open_ready(start, tmp_path, "def add(a, b):\n", options)
    editor.keys("oreturn ")
    editor.wait(lambda: editor.ghost)
    assert editor.ghost == "a +\\\n    zebra"
    editor.keys("<Tab>")
    editor.has_text("def add(a, b):\n    return a +\\\n    zebra")
    marked = """
        local namespace = vim.api.nvim_get_namespaces()['elbarto.unsure']
        return namespace and vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, {}) or {}
    """
    editor.wait(lambda: editor.lua(marked))
    assert editor.lua(marked)[0][1:] == [2, 4]
    assert editor.mode == "s"
    editor.keys("x")
    editor.has_text("def add(a, b):\n    return a +\\\n    x")


# Holes, rewriting, generating


def test_a_hole_is_filled_with_a_hint(start: Start, tmp_path: Path, model_server: FakeServer) -> None:
    editor = open_ready(start, tmp_path, HOLES)
    editor.keys("/first = <CR>")
    editor.ex("ElBarto fill a number")
    editor.has_text(FILLED.replace("second = 2", "second = ...").rstrip("\n"))
    segments = model_server.infills[-1].body["segments"]
    assert [one["hole"]["hint"] for one in segments if isinstance(one, dict)] == ["a number"]


def test_two_holes_are_filled_and_one_undo_takes_both_back(
    start: Start, tmp_path: Path, model_server: FakeServer
) -> None:
    editor = open_ready(start, tmp_path, HOLES)
    editor.keys("3G")
    editor.ex("ElBarto fill_all")
    editor.has_text(FILLED.rstrip("\n"))
    assert len(model_server.infills) == 1
    editor.keys("u")
    editor.has_text(HOLES.rstrip("\n"))
    editor.keys("<C-r>")
    editor.has_text(FILLED.rstrip("\n"))


def test_drafts_are_drawn_over_the_holes_until_the_edit(start: Start, tmp_path: Path, model_server: FakeServer) -> None:
    editor = open_ready(start, tmp_path, HOLES)
    seen: list[str | None] = []
    editor.lua("""
        Drafts = {}
        local draft = require('elbarto.draft')
        local received = draft.received
        draft.received = function(params, context)
          received(params, context)
          local namespace = vim.api.nvim_get_namespaces()['elbarto.draft.' .. params.id]
          local marks = namespace and vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true }) or {}
          table.insert(Drafts, vim.iter(marks):map(function(mark) return mark[4].virt_text[1][1] end):totable())
        end
    """)
    editor.ex("ElBarto fill_all file")
    editor.has_text(FILLED.rstrip("\n"))
    seen = editor.lua("return Drafts")
    assert ["1", "2"] in seen or ["1", "2"] in [sorted(draft) for draft in seen], seen
    assert seen[-1] == []


def test_the_selection_is_rewritten(start: Start, tmp_path: Path, model_server: FakeServer) -> None:
    editor = open_ready(start, tmp_path, "def f(a):\n    b = a\n    return b\n")
    model_server.answers["def f(a):\n"] = "    return a"
    model_server.answers["def f(a):\n    "] = "return a"
    editor.keys("2GVj")
    editor.keys(":ElBarto rewrite shorter<CR>")
    editor.has_text("def f(a):\n    return a")
    editor.keys("u")
    editor.has_text("def f(a):\n    b = a\n    return b")


def test_the_selected_characters_are_denoised_again(start: Start, tmp_path: Path, model_server: FakeServer) -> None:
    editor = open_ready(start, tmp_path, "größe = a * b\n", "{ keymaps = { redenoise = 'gr' } }")
    model_server.answers["a * b"] = "a + b"
    editor.keys("0fav$h")
    assert editor.mode == "v"
    editor.keys("gr")
    editor.has_text("größe = a + b")
    body = model_server.records[-1].body
    assert body["mode"] == "redenoise"
    start_, end = body["spans"][0]
    assert body["text"][start_:end] == "a * b"


def test_code_is_generated_below_a_comment(start: Start, tmp_path: Path, model_server: FakeServer) -> None:
    editor = open_ready(start, tmp_path, "# a function f that returns 1\n\nprint(f())\n")
    editor.ex("ElBarto generate")
    editor.has_text("# a function f that returns 1\ndef f():\n    return 1\n\nprint(f())")


def test_holes_are_listed(start: Start, tmp_path: Path) -> None:
    editor = open_ready(start, tmp_path, HOLES)
    editor.ex("ElBarto holes")
    editor.wait(lambda: len(editor.lua("return vim.fn.getloclist(0)")) == 2)
    assert [one["lnum"] for one in editor.lua("return vim.fn.getloclist(0)")] == [2, 4]


def test_a_code_action_fills_a_hole(start: Start, tmp_path: Path) -> None:
    editor = open_ready(start, tmp_path, HOLES)
    editor.keys("2G$")
    editor.lua("""
        vim.lsp.buf.code_action({ apply = true, filter = function(action)
          return action.kind == 'refactor.rewrite.elbarto.fillHole'
        end })
    """)
    editor.has_text(FILLED.replace("second = 2", "second = ...").rstrip("\n"))


def test_a_command_is_cancelled(start: Start, tmp_path: Path, model_server: FakeServer) -> None:
    editor = open_ready(start, tmp_path, HOLES)
    model_server.delay_s = 20
    editor.ex("ElBarto fill_all file")
    record = model_server.wait_for(lambda: model_server.infills[-1:])[0]
    editor.ex("ElBarto cancel")
    model_server.wait_for(lambda: record.is_aborted)
    editor.settle()
    assert editor.text == HOLES.rstrip("\n")
    assert "rror" not in editor.messages
    state = "return require('elbarto').status()"
    editor.wait(lambda: editor.lua(state)["state"] == "ready")


def test_leaving_insert_mode_cancels_the_request(start: Start, tmp_path: Path, model_server: FakeServer) -> None:
    editor = open_ready(start, tmp_path, "def add(a, b):\n")
    model_server.delay_s = 20
    editor.keys("oreturn ")
    record = model_server.wait_for(lambda: model_server.infills[-1:])[0]
    editor.keys("<Esc>")
    model_server.wait_for(lambda: record.is_aborted)


# Servers that go and come


def test_the_model_server_goes_and_comes_back(start: Start, tmp_path: Path, model_server: FakeServer) -> None:
    editor = open_ready(start, tmp_path, "def add(a, b):\n")
    model_server.stop()
    editor.keys("oreturn ")
    state = "return require('elbarto').status()"
    editor.wait(lambda: editor.lua(state)["state"] in ("error", "starting"))
    editor.keys("a<BS>")
    editor.settle(1)
    editor.keys("<Esc>")
    first = editor.messages
    assert first.count(model_server.url) == 1, first
    model_server.start()
    wait_until_ready(editor, 30)
    editor.keys("A")
    editor.shows_ghost("a + b")


def test_a_language_server_that_dies_is_started_again(start: Start, tmp_path: Path) -> None:
    editor = open_ready(start, tmp_path, "def add(a, b):\n", "{ restarts = 1, keymaps = { accept = '<Tab>' } }")
    editor.command("set messagesopt=wait:0,history:500")  # Neovim's own message of the exit is a long one
    first = language_server_of(editor)
    os.kill(first, signal.SIGKILL)
    editor.wait(lambda: language_server_of(editor) not in (None, first))
    wait_until_ready(editor)
    editor.keys("oreturn ")
    editor.shows_ghost("a + b")
    editor.keys("<Esc>")
    os.kill(language_server_of(editor), signal.SIGKILL)
    editor.wait(lambda: "is not started again" in editor.messages)
    assert editor.ghost is None
    editor.ex("ElBarto restart")
    wait_until_ready(editor)
    editor.keys("A")
    editor.shows_ghost("a + b")


def test_the_language_server_is_restarted_by_hand(start: Start, tmp_path: Path) -> None:
    editor = open_ready(start, tmp_path, "def add(a, b):\n")
    identity = "return vim.lsp.get_clients({ name = 'elbarto' })[1].id"
    first = editor.lua(identity)
    editor.ex("ElBarto restart")
    editor.wait(lambda: editor.lua("return #vim.lsp.get_clients({ name = 'elbarto' })") == 1)
    assert editor.lua(identity) != first
    wait_until_ready(editor)
    editor.keys("oreturn ")
    editor.shows_ghost("a + b")
    editor.keys("<Esc>")
    editor.ex("ElBarto stop")
    editor.wait(lambda: editor.lua("return #vim.lsp.get_clients({ name = 'elbarto' })") == 0)
    assert "rror" not in editor.messages


def language_server_of(editor: Editor) -> int | None:
    answer = subprocess.run(
        ["pgrep", "-P", str(editor.process.pid), "-f", "lsp"], capture_output=True, text=True, timeout=5, check=False
    )
    found = answer.stdout.split()
    return int(found[0]) if found else None


# Around it


def test_invalid_options_are_named_in_one_message(start: Start) -> None:
    editor = start("{ ghost = { automatic = 1 }, colour = true, keymaps = { acept = '<Tab>' }, restarts = -1 }")
    editor.wait(lambda: "El Barto: setup():" in editor.messages)
    message = editor.messages
    assert message.count("El Barto:") == 1
    for part in (
        "ghost.automatic must be true or false, got 1",
        "colour is unknown (the options: cmd, ",
        "keymaps.acept is unknown (keymaps: accept, ",
        "restarts must be a whole number from 0, got -1",
    ):
        assert part in message


def test_an_invalid_setting_of_the_language_server_is_named_by_it(start: Start, tmp_path: Path) -> None:
    editor = open_ready(start, tmp_path, "", "{ settings = { maxTokens = 'many' } }")
    editor.wait(lambda: re.search("maxTokens.*many", editor.messages))


def test_the_status_line_and_the_status(start: Start, tmp_path: Path) -> None:
    editor = open_ready(start, tmp_path, "def add(a, b):\n")
    line = "return require('elbarto').statusline()"
    assert editor.lua(line) == "El Barto"
    editor.command("set laststatus=2 statusline=%f\\ %{%v:lua.require'elbarto'.statusline()%}")
    editor.keys("oreturn ")
    editor.shows_ghost("a + b")
    editor.wait(lambda: re.fullmatch(r"El Barto \d+ ms 1\.5 TPF", editor.lua(line)))
    editor.wait(lambda: any(re.search(r"a\.py El Barto \d+ ms 1\.5 TPF$", row) for row in editor.screen))
    editor.note_screen("status line")
    editor.keys("<Esc>")
    editor.ex("ElBarto disable buffer")
    editor.wait(lambda: editor.lua(line).startswith("El Barto off"))
    editor.ex("ElBarto status")
    editor.settle()  # it has several lines, and Neovim waits for a key
    editor.keys("<CR>")
    editor.wait(lambda: "model        fake" in editor.messages)
    editor.command("new")
    assert editor.lua(line) == ""


def test_the_command_says_what_there_is(start: Start) -> None:
    editor = start()
    complete = "return vim.fn.getcompletion((...), 'cmdline')"
    assert editor.lua(complete, "ElBarto re") == ["reconnect", "redenoise", "regenerate", "restart", "rewrite"]
    assert editor.lua(complete, "ElBarto accept ") == ["all", "word", "line"]
    editor.ex("ElBarto fil")
    editor.wait(lambda: '"fil" is no command; there are: accept, ' in editor.messages)


def test_the_help_has_a_word_on_every_command_option_and_action(start: Start) -> None:
    editor = start()
    editor.command("helptags ALL")
    tags = set(editor.lua("return vim.fn.getcompletion('elbarto', 'help')"))
    commands = editor.lua("return vim.tbl_keys(require('elbarto.command').all)")
    assert {f":ElBarto-{name}" for name in commands} <= set(
        editor.lua("return vim.fn.getcompletion(':ElBarto', 'help')")
    )
    options = set(editor.lua("return vim.tbl_keys(require('elbarto.options').defaults)")) | {
        "cmd",
        "cmd_env",
        "filetypes",
    }
    assert {f"elbarto-option-{name}" for name in options} <= tags
    text = editor.lua(
        "return table.concat(vim.fn.readfile(vim.api.nvim_get_runtime_file('doc/elbarto.txt', false)[1]), '\\n')"
    )
    for action in editor.lua("return vim.tbl_keys(require('elbarto.options').actions)"):
        assert f"`{action}`" in text


def test_the_health_check_runs_the_command(start: Start, tmp_path: Path) -> None:
    editor = open_ready(start, tmp_path, "x\n")
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
    editor.note_screen("Neovim's own")
    editor.lua("vim.lsp.inline_completion.get()")
    editor.has_text("def add(a, b):\n    return b + a")
