"""Holes, rewriting and generating in a real Neovim."""

from __future__ import annotations

from tests.editors.nvim.conftest import Edit
from tests.lsp.fake_server import FakeServer

HOLES = "def f():\n    first = ...\n    print(first)\n    second = ...\n    return first + second\n"
FILLED = HOLES.replace("first = ...", "first = 1").replace("second = ...", "second = 2")


def test_a_hole_is_filled_with_a_hint(edit: Edit, model_server: FakeServer) -> None:
    editor = edit(HOLES)
    editor.keys("/first = <CR>")
    editor.ex("ElBarto fill a number")
    editor.has_text(FILLED.replace("second = 2", "second = ...").rstrip("\n"))
    segments = model_server.infills[-1].body["segments"]
    assert [one["hole"]["hint"] for one in segments if isinstance(one, dict)] == ["a number"]


def test_two_holes_are_filled_and_one_undo_takes_both_back(edit: Edit, model_server: FakeServer) -> None:
    editor = edit(HOLES)
    editor.keys("3G")
    editor.ex("ElBarto fill_all")
    editor.has_text(FILLED.rstrip("\n"))
    assert len(model_server.infills) == 1
    editor.keys("u")
    editor.has_text(HOLES.rstrip("\n"))
    editor.settle(0.6)
    assert editor.text == HOLES.rstrip("\n")  # not filled again: the language server hears of both changes at once
    editor.keys("<C-r>")
    editor.has_text(FILLED.rstrip("\n"))


def test_drafts_are_drawn_over_the_holes_until_the_edit(edit: Edit, model_server: FakeServer) -> None:
    editor = edit(HOLES)
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


def test_the_selection_is_rewritten(edit: Edit, model_server: FakeServer) -> None:
    editor = edit("def f(a):\n    b = a\n    return b\n")
    model_server.answers["def f(a):\n"] = "    return a"
    model_server.answers["def f(a):\n    "] = "return a"
    editor.keys("2GVj")
    editor.keys(":ElBarto rewrite shorter<CR>")
    editor.has_text("def f(a):\n    return a")
    editor.keys("u")
    editor.has_text("def f(a):\n    b = a\n    return b")


def test_the_selected_characters_are_denoised_again(edit: Edit, model_server: FakeServer) -> None:
    editor = edit("größe = a * b\n")
    model_server.answers["a * b"] = "a + b"
    editor.keys("0fav$h")
    assert editor.mode == "v"
    editor.keys("<M-d>")
    editor.has_text("größe = a + b")
    body = model_server.records[-1].body
    assert body["mode"] == "redenoise"
    start_, end = body["spans"][0]
    assert body["text"][start_:end] == "a * b"


def test_code_is_generated_below_a_comment(edit: Edit, model_server: FakeServer) -> None:
    editor = edit("# a function f that returns 1\n\nprint(f())\n")
    editor.ex("ElBarto generate")
    editor.has_text("# a function f that returns 1\ndef f():\n    return 1\n\nprint(f())")


def test_holes_are_listed(edit: Edit) -> None:
    editor = edit(HOLES)
    editor.ex("ElBarto holes")
    editor.wait(lambda: len(editor.lua("return vim.fn.getloclist(0)")) == 2)
    assert [one["lnum"] for one in editor.lua("return vim.fn.getloclist(0)")] == [2, 4]


def test_a_code_action_fills_a_hole(edit: Edit) -> None:
    editor = edit(HOLES)
    editor.keys("2G$")
    editor.lua("""
        vim.lsp.buf.code_action({ apply = true, filter = function(action)
          return action.kind == 'refactor.rewrite.elbarto.fillHole'
        end })
    """)
    editor.has_text(FILLED.replace("second = 2", "second = ...").rstrip("\n"))


def test_a_command_is_cancelled(edit: Edit, model_server: FakeServer) -> None:
    editor = edit(HOLES)
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


def test_leaving_insert_mode_cancels_the_request(edit: Edit, model_server: FakeServer) -> None:
    editor = edit("def add(a, b):\n")
    model_server.delay_s = 20
    editor.keys("oreturn ")
    record = model_server.wait_for(lambda: model_server.infills[-1:])[0]
    editor.keys("<Esc>")
    model_server.wait_for(lambda: record.is_aborted)
