"""`generate --watch`: what a terminal shows in the end, and in between."""

from __future__ import annotations

import io
import re
import sys

import pytest

from app.cli.replies import Piece, WatchedStep
from app.cli.watch import MASK, Drawing, rows_below

CONTROL = re.compile(r"\x1b\[(\d*)([AJm])|([\r\n])|([^\x1b\r\n])")


class Screen(io.StringIO):
    """The part of a terminal that a drawing uses: wrapping, carriage return, cursor up, clear to the end."""

    def __init__(self, columns: int) -> None:
        super().__init__()
        self.columns = columns
        self.rows = [""]
        self.row = self.column = 0
        self.seen: list[str] = []

    def write(self, text: str) -> int:
        for count, letter, control, character in CONTROL.findall(text):
            if letter == "A":
                self.row -= int(count or 1)
            elif letter == "J":
                self.rows[self.row :] = [self.rows[self.row][: self.column]]
            elif control == "\r":
                self.column = 0
            elif control == "\n":
                self._down()
            elif character:
                if self.column == self.columns:
                    self._down()
                self.rows[self.row] = self.rows[self.row][: self.column] + character
                self.column += 1
        self.seen.append("\n".join(self.rows))
        return len(text)

    def _down(self) -> None:
        self.row, self.column = self.row + 1, 0
        self.rows += [""] * (self.row + 1 - len(self.rows))


def drawing(screen: Screen, lines: int = 24) -> Drawing:
    return Drawing(screen, 0, size=lambda: (screen.columns, lines))


@pytest.mark.parametrize("columns", [80, 7, 4])
def test_masks_become_text_in_place(columns: int) -> None:
    screen = Screen(columns)
    shown = drawing(screen)
    shown.show(WatchedStep(0, 3, [(1, "add", 0.9)]))
    assert screen.rows == wrapped(f"{MASK}add{MASK}", columns)
    shown.show(WatchedStep(0, 3, [(0, "def ", 0.4), (2, "(a):\n", 0.9)]))
    assert screen.rows[:1] == wrapped("def add(a):", columns)[:1]
    shown.show(Piece("def add(a):\n"))
    shown.show(WatchedStep(3, 5, [(4, " a", 0.9)]))
    assert screen.rows == [*wrapped("def add(a):", columns), *wrapped(f"{MASK} a", columns)]
    shown.show(Piece("return a"))
    shown.close()
    assert screen.rows == [*wrapped("def add(a):", columns), *wrapped("return a", columns), ""]


def test_an_interrupted_block_leaves_no_masks() -> None:
    screen = Screen(80)
    shown = drawing(screen)
    shown.show(Piece("one\ntwo"))
    shown.show(WatchedStep(2, 6, [(3, "x", 0.9)]))
    shown.close()
    assert screen.rows == ["one", "two", ""]


def test_a_block_that_is_higher_than_the_screen_is_cut() -> None:
    """What has scrolled off cannot be drawn again; models with full attention have one block of hundreds of tokens."""
    screen = Screen(10)
    shown = drawing(screen, lines=5)
    shown.show(WatchedStep(0, 100, []))
    assert screen.rows == [MASK * 10] * 3 + [MASK * 10]
    shown.show(Piece("done"))
    assert screen.rows == ["done"]


def test_unsure_tokens_are_tinted_unless_colours_are_off() -> None:
    plain, coloured = io.StringIO(), io.StringIO()
    for terminal, has_colours in ((plain, False), (coloured, True)):
        Drawing(terminal, 0, lambda: (80, 24), has_colours).show(WatchedStep(0, 2, [(0, "a", 0.9), (1, "b", 0.3)]))
    assert plain.getvalue() == "\r\x1b[Jab"
    assert coloured.getvalue() == "\r\x1b[J\x1b[1ma\x1b[0m\x1b[33mb\x1b[0m"


def test_wide_characters_take_two_columns() -> None:
    assert [rows_below(text, 4) for text in ("abcd", "abcde", "日本", "日本語", "a\n\nb")] == [0, 1, 0, 1, 2]


def test_without_a_terminal_nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert Drawing.on_terminal(0) is None


@pytest.mark.parametrize(("term", "is_drawn"), [("xterm", True), ("dumb", False)])
def test_with_a_pipe_it_is_drawn_on_stderr(monkeypatch: pytest.MonkeyPatch, term: str, is_drawn: bool) -> None:
    terminal = Screen(80)
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(sys, "stderr", terminal)
    shown = Drawing.on_terminal(0)
    assert (shown is not None) == is_drawn
    assert shown is None or not shown.is_stdout


def wrapped(text: str, columns: int) -> list[str]:
    return [text[start : start + columns] for start in range(0, len(text), columns)]
