"""Draws a reply in a terminal while its blocks are denoised: final text, and masks where nothing is final yet.

Only what may still change is drawn again: from the line on which the current block begins.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
import unicodedata
from collections.abc import Callable
from typing import TextIO

from app.cli.replies import Piece, WatchedStep

MASK = "░"
UNSURE = 0.5  # below this confidence a token is tinted
BOLD, TINT, DIM, PLAIN = "\x1b[1m", "\x1b[33m", "\x1b[2m", "\x1b[0m"
CLEAR = "\x1b[J"  # to the end of the screen


class Drawing:
    def __init__(
        self,
        terminal: TextIO,
        delay_s: float,
        size: Callable[[], tuple[int, int]] = shutil.get_terminal_size,
        has_colours: bool = True,
    ) -> None:
        """`delay_s` is for each step: an engine takes less time than it takes to see one. `size` is columns, lines."""
        self._terminal = terminal
        self.is_stdout = terminal is sys.stdout
        self._delay_s, self._size, self._has_colours = delay_s, size, has_colours
        self._line = ""  # the committed text since the last line end
        self._block: dict[int, tuple[str, float]] = {}  # final tokens of the block: text, confidence
        self._rows = 0  # that the cursor is below the place where drawing begins

    @staticmethod
    def on_terminal(delay_s: float) -> Drawing | None:
        """On stdout, or on stderr if stdout goes elsewhere; None if neither is a terminal that can be drawn on."""
        if os.environ.get("TERM") in (None, "", "dumb"):
            return None
        terminal = next((stream for stream in (sys.stdout, sys.stderr) if stream.isatty()), None)
        return None if terminal is None else Drawing(terminal, delay_s, has_colours=not os.environ.get("NO_COLOR"))

    def show(self, item: Piece | WatchedStep) -> None:
        if isinstance(item, Piece):
            self._block.clear()
            self._draw(item.text, [])
            *_, self._line = (self._line + item.text).split("\n")
            return
        self._block |= {position: (text, confidence) for position, text, confidence in item.tokens}
        self._draw("", [self._block.get(position) for position in range(item.start, item.end)])
        time.sleep(self._delay_s)

    def close(self) -> None:
        """Leave the committed text alone, without the masks of an interrupted block."""
        self._draw("", [])
        self._terminal.write("\n")
        self._terminal.flush()

    def _draw(self, committed: str, block: list[tuple[str, float] | None]) -> None:
        """Replace everything from the beginning of the current line: its text, new text, and the block."""
        last_line = (self._line + committed).split("\n")[-1]
        columns, lines = self._size()
        while block and rows_below(last_line + _plain(block), columns) >= lines - 1:
            block.pop()  # what has scrolled off cannot be drawn again
        back = f"\x1b[{self._rows}A" if self._rows else ""
        shown = "".join(self._styled(token) for token in block)
        self._terminal.write(f"{back}\r{CLEAR}{self._line}{committed}{shown}")
        self._terminal.flush()
        self._rows = rows_below(last_line + _plain(block), columns)

    def _styled(self, token: tuple[str, float] | None) -> str:
        text, style = (MASK, DIM) if token is None else (token[0], BOLD if token[1] >= UNSURE else TINT)
        return f"{style}{text}{PLAIN}" if self._has_colours else text


def _plain(block: list[tuple[str, float] | None]) -> str:
    return "".join(MASK if token is None else token[0] for token in block)


def rows_below(text: str, columns: int) -> int:
    """By how many rows a terminal's cursor is lower after this text, which begins in the first column."""
    rows = 0
    *lines, last = text.split("\n")
    for line in lines:
        rows += 1 + max(0, width(line) - 1) // columns
    return rows + max(0, width(last) - 1) // columns  # the cursor waits in the last column until more is written


def width(text: str) -> int:
    """Columns on a terminal. A tab counts as the most that it may take."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    combining = sum(unicodedata.combining(character) != 0 for character in text)
    return len(text) + wide - combining + 7 * text.count("\t")
