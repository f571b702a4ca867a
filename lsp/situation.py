"""Where a candidate goes: what the post-processing rules look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from lsp.languages import Language, language

# What editors insert by themselves to the right of the cursor; it does not make a place the middle of a line.
CLOSING = ")]}>\"'`;,:"


@dataclass(frozen=True)
class Situation:
    """The text around a candidate, with line ends \\n."""

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
        """The white space at the start of the cursor's line."""
        return leading_space(self.line_prefix)

    @property
    def is_line_start(self) -> bool:
        """Nothing but white space stands before the cursor."""
        return not self.line_prefix.strip()

    @property
    def is_mid_line(self) -> bool:
        """Something stands to the right that an editor has not put there by itself."""
        return bool(self.rest_of_line.strip(CLOSING + " \t"))

    @cached_property
    def line_above(self) -> str:
        return next((line for line in reversed(self.prefix.split("\n")[:-1]) if line.strip()), "")

    @cached_property
    def lines_below(self) -> list[str]:
        """The lines after the cursor's that are not blank."""
        return [line for line in self.suffix.split("\n")[1:] if line.strip()]


def leading_space(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def width(space: str) -> int:
    """Columns of white space; a tab goes to the next multiple of eight, as Python has it."""
    return len(space.expandtabs(8))
