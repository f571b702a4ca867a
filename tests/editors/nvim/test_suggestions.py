"""Suggestions in a real Neovim: drawn, cycled, accepted in parts, dismissed."""

from __future__ import annotations

from pathlib import Path

from tests.editors.nvim.conftest import KEYS, Edit, Start, open_ready
from tests.lsp.fake_server import FakeServer


def test_a_suggestion_appears_is_cycled_and_accepted(edit: Edit) -> None:
    editor = edit("def add(a, b):\n")
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


def test_what_is_typed_of_a_suggestion_stays_a_part_of_it(edit: Edit, model_server: FakeServer) -> None:
    editor = edit("def add(a, b):\n")
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


def test_typing_on_with_another_candidate_shows_that_one(edit: Edit) -> None:
    editor = edit("def add(a, b):\n")
    editor.keys("oreturn ")
    editor.shows_ghost("a + b")
    editor.keys("b ")
    editor.shows_ghost("+ a")
    editor.keys("<BS>* ")
    editor.wait(lambda: editor.ghost is None)


def test_a_suggestion_of_several_lines_is_accepted_by_words_and_lines(edit: Edit) -> None:
    editor = edit("")
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


def test_a_suggestion_goes_when_it_is_dismissed_or_insert_mode_ends(edit: Edit, model_server: FakeServer) -> None:
    editor = edit("def add(a, b):\n")
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


def test_a_suggestion_is_drawn_after_tabs_and_letters_of_several_bytes(edit: Edit, model_server: FakeServer) -> None:
    model_server.answers["größe = "] = "len(näme)\t# 😀"
    editor = edit("func f() {\n\t// 😀\n}\n", "a.go")
    editor.command("set tabstop=4 noexpandtab | normal! 2G")
    editor.keys("ogröße = ")
    editor.wait(lambda: editor.ghost)
    assert editor.screen[2] == "    größe = len(näme)   # 😀"
    editor.keys("<Tab>")
    editor.wait(lambda: editor.lines[2].endswith("größe = len(näme)\t# 😀"))


def test_carriage_returns_are_neither_drawn_nor_inserted(edit: Edit, tmp_path: Path) -> None:
    editor = edit("# dos\r\n\r\n")
    assert editor.command("set fileformat?").strip() == "fileformat=dos"
    editor.keys("Gox = ")
    editor.shows_ghost("compute(\n    1,\n    2,\n)")
    editor.keys("<Tab>")
    editor.has_text("# dos\n\nx = compute(\n    1,\n    2,\n)")
    editor.command("write")
    (file,) = tmp_path.glob("*_a.py")
    assert file.read_bytes() == b"# dos\r\n\r\nx = compute(\r\n    1,\r\n    2,\r\n)\r\n"


def test_without_a_suggestion_a_key_does_what_it_did(start: Start, tmp_path: Path) -> None:
    editor = start(setup=False)
    editor.command("inoremap <M-l> LINE")
    editor.command("inoremap <expr> <M-w> 'W' .. 'ORD'")
    editor.lua(f"require('elbarto').setup({KEYS})")
    editor.command("enew | setlocal noexpandtab")
    editor.keys("i<Tab>a<M-l><M-w>")
    editor.has_text("\taLINEWORD")


def test_other_candidates_are_asked_for(edit: Edit, model_server: FakeServer) -> None:
    editor = edit("def add(a, b):\n")
    editor.keys("oreturn ")
    editor.shows_ghost("a + b")
    model_server.answers["return "] = "max(a, b)"
    editor.keys("<M-r>")
    editor.shows_ghost("max(a, b)")


def test_suggestions_are_switched_off_and_on(edit: Edit, model_server: FakeServer) -> None:
    editor = edit("def add(a, b):\n")
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
    editor = open_ready(start(options), tmp_path / "a.py", "def add(a, b):\n")
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
