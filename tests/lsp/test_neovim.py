"""The language server in a real Neovim: real keys, ghost text, undo."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lsp import fake_server, neovim
from tests.lsp.fake_server import FakeServer
from tests.lsp.neovim import Neovim

TWO = "def mean(values):\n    total = ...\n    count = ___\n    return total / count\n"


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeServer]:
    answers: dict[str, str | list[str]] = {
        "return ": ["a + b", "b + a"],
        "total = ": "sum(values)",
        "count = ": "len(values)",
        "z = ": "compute(\n    1,\n    2,\n)",
    }
    with fake_server.running(answers=answers) as server:
        yield server


@pytest.fixture(scope="module")
def shared(fake: FakeServer) -> Iterator[Neovim]:
    with neovim.running(fake.url) as editor:
        yield editor


@pytest.fixture
def editor(shared: Neovim, fake: FakeServer) -> Neovim:
    shared.keys("<Esc>")
    fake.delay_s = 0
    return shared


def test_ghost_text_next_candidate_and_accept(editor: Neovim, tmp_path: Path) -> None:
    editor.edit(tmp_path / "a.py", "def add(a, b):\n    \n")
    editor.keys("jA")
    editor.keys("return ", each_ms=20)
    editor.wait_for_ghost("a + b")
    editor.keys("<M-]>")
    editor.wait_for(lambda: (editor.ghost() or [""])[0].startswith("b + a"))
    editor.keys("<Tab>")
    editor.wait_for(lambda: editor.lines()[1] == "    return b + a")


def test_a_tab_is_a_tab_where_nothing_is_shown(editor: Neovim, fake: FakeServer, tmp_path: Path) -> None:
    editor.edit(tmp_path / "tab.py", "x = 1\n")
    editor.keys("O<Tab>y")
    editor.wait_for(lambda: editor.lines()[0] == "    y")


def test_several_lines_are_accepted_as_shown(editor: Neovim, tmp_path: Path) -> None:
    editor.edit(tmp_path / "b.py", "x = 1\n\n")
    editor.keys("jAz = ")
    editor.wait_for_ghost("compute(", "    1,", "    2,", ")")
    editor.keys("<Tab>")
    editor.wait_for(lambda: editor.lines() == ["x = 1", "z = compute(", "    1,", "    2,", ")"])


def test_accept_line(editor: Neovim, fake: FakeServer, tmp_path: Path) -> None:
    """The rest of the suggestion stays, without another request."""
    editor.edit(tmp_path / "c.py", "y = 1\n\n")
    editor.keys("jAz = ")
    editor.wait_for_ghost("compute(", "    1,", "    2,", ")")
    requests = len(fake.infills)
    editor.keys("<M-l>")
    editor.wait_for(lambda: editor.lines()[1] == "z = compute(")
    editor.wait_for_ghost("", "    1,", "    2,", ")")
    assert len(fake.infills) == requests


def test_two_holes_are_filled_and_one_undo_takes_both_back(editor: Neovim, tmp_path: Path) -> None:
    editor.edit(tmp_path / "d.py", TWO)
    editor.keys("jj")
    assert editor.command("fillAllHoles", position={"line": 1, "character": 0}) == {"applied": True, "edits": 2}
    filled = ["def mean(values):", "    total = sum(values)", "    count = len(values)", "    return total / count"]
    assert editor.lines() == filled
    editor.keys("u")
    editor.wait_for(lambda: editor.lines() == TWO.splitlines())


def test_the_code_action_is_resolved_and_applied(editor: Neovim, tmp_path: Path) -> None:
    editor.edit(tmp_path / "e.py", TWO)
    editor.keys("j")
    editor.lua(
        "vim.lsp.buf.code_action({ apply = true, filter = function(action) "
        "return action.title:find('Fill all 2 holes of mean', 1, true) ~= nil end })"
    )
    editor.wait_for(lambda: editor.lines()[1:3] == ["    total = sum(values)", "    count = len(values)"])
    editor.keys("u")
    editor.wait_for(lambda: editor.lines() == TWO.splitlines())


def test_leaving_insert_mode_cancels_what_is_computed(editor: Neovim, fake: FakeServer, tmp_path: Path) -> None:
    editor.edit(tmp_path / "f.py", "x = 1\n\n")
    fake.delay_s = 5
    before = len(fake.infills)
    editor.keys("jAreturn ")
    fake.wait_for(lambda: len(fake.infills) > before)
    editor.keys("<Esc>")
    fake.wait_for(lambda: fake.infills[-1].is_aborted)
    assert fake.infills[-1].steps <= 3
    assert editor.ghost() is None


def test_fast_typing_costs_few_requests(editor: Neovim, fake: FakeServer, tmp_path: Path) -> None:
    editor.edit(tmp_path / "g.py", "\n")
    before = len(fake.infills)
    editor.keys("i")
    editor.keys("some_name_that_is_long", each_ms=50)
    time.sleep(0.6)
    assert len(fake.infills) - before <= 2


def test_carriage_returns_are_not_shown(editor: Neovim, fake: FakeServer, tmp_path: Path) -> None:
    fake.answers["def f():"] = "\n    return 1"
    editor.edit(tmp_path / "h.py", "x = 1\r\n\r\n")
    assert editor.lua("return vim.bo.fileformat") == "dos"
    editor.keys("jAdef f():")
    editor.wait_for(lambda: editor.ghost() is not None)
    assert not any("\r" in line for line in editor.ghost() or [])


def test_ghost_text_behind_tabs(editor: Neovim, tmp_path: Path) -> None:
    editor.edit(tmp_path / "tabs.py", "def f(a, b):\n\t\tif a:\n\t\t\t\n")
    editor.nvim.command("setlocal noexpandtab tabstop=8")
    editor.keys("jjAreturn ")
    editor.wait_for_ghost("a + b")
    editor.keys("<Tab>")
    editor.wait_for(lambda: editor.lines()[2].endswith("\treturn a + b"))


def test_the_server_goes_and_comes_back(editor: Neovim, fake: FakeServer, tmp_path: Path) -> None:
    editor.edit(tmp_path / "i.py", "x = 1\n\n")
    fake.stop()
    editor.keys("jAreturn ")
    messages = editor.wait_for(lambda: editor.lua("return _G.messages"))
    assert len(messages) == 1
    editor.keys("<Esc>")
    fake.start()
    editor.wait_for(lambda: editor.lua("return _G.statuses")[-1] == "ready")
    editor.keys("oreturn ")
    editor.wait_for_ghost("a + b")
