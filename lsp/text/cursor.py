"""The text around the cursor: the input of the cleanup rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from lsp.text.languages import Language, language

# What editors insert to the right of the cursor themselves. A line whose rest consists of these ends at the cursor.
CLOSING = ")]}>\"'`;,:"


@dataclass(frozen=True)
class CursorContext:
    """The text before and after a candidate, with line ends \\n, and the language's rules."""

    prefix: str
    suffix: str
    rules: Language = field(default_factory=lambda: language("python"))
    multi_line: bool = True

    @cached_property
    def line_prefix(self) -> str:
        return self.prefix.rpartition("\n")[2]

    @cached_property
    def rest_of_line(self) -> str:
        return self.suffix.partition("\n")[0]

    @cached_property
    def indent(self) -> str:
        """The whitespace at the start of the cursor's line."""
        return leading_space(self.line_prefix)

    @property
    def is_line_start(self) -> bool:
        """Whether there is only whitespace before the cursor on its line."""
        return not self.line_prefix.strip()

    @property
    def is_mid_line(self) -> bool:
        """Whether text follows the cursor on its line that the editor did not insert itself."""
        return bool(self.rest_of_line.strip(CLOSING + " \t"))

    @cached_property
    def line_above(self) -> str:
        return next((line for line in reversed(self.prefix.split("\n")[:-1]) if line.strip()), "")

    @cached_property
    def lines_below(self) -> list[str]:
        """The non-blank lines after the cursor's line."""
        return [line for line in self.suffix.split("\n")[1:] if line.strip()]


def leading_space(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def width(space: str) -> int:
    """Columns of whitespace; a tab advances to the next multiple of eight, as in Python's tokenizer."""
    return len(space.expandtabs(8))
