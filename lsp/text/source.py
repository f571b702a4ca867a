"""A text as code: its lines, strings, comments and blocks, found with regular expressions and indentation."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property

from lsp.text.cursor import leading_space, width
from lsp.text.languages import Language

_STRINGS = (
    r"\"\"\"[\s\S]*?(?:\"\"\"|\Z)|'''[\s\S]*?(?:'''|\Z)|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`"
)


class Source:
    """The text of a file. Lines have no line ends (\\n or \\r\\n)."""

    def __init__(self, text: str, rules: Language) -> None:
        self.text = text
        self.rules = rules
        self.lines = [line.removesuffix("\r") for line in text.split("\n")]
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def line_of(self, offset: int) -> int:
        return bisect_right(self.starts, offset) - 1

    def column(self, number: int) -> int:
        return width(leading_space(self.lines[number]))

    def next_line(self, number: int) -> int | None:
        """The next non-blank line, or None."""
        return next((line for line in range(number + 1, len(self.lines)) if self.lines[line].strip()), None)

    def block_end(self, header: int) -> int:
        """The last line that is indented below a header, including one closing line (`}`, `end`) after it."""
        last = header
        for number in range(header + 1, len(self.lines)):
            if not self.lines[number].strip():
                continue
            if self.column(number) <= self.column(header):
                is_closer = self.lines[number].strip() in self.rules.closers
                return number if is_closer and self.column(number) == self.column(header) else last
            last = number
        return last

    @cached_property
    def strings(self) -> list[tuple[int, int]]:
        return [span for span, is_comment in self._quoted if not is_comment]

    @cached_property
    def comments(self) -> list[tuple[int, int]]:
        return [span for span, is_comment in self._quoted if is_comment]

    def is_quoted(self, offset: int) -> bool:
        """Whether the character at an offset is part of a string or of a comment."""
        at = bisect_right(self._quoted_starts, offset) - 1
        return at >= 0 and offset < self._quoted[at][0][1]

    def code_of(self, number: int) -> str:
        """A line with its comments replaced by spaces and its strings by quotation marks, character by character."""
        start = self.starts[number]
        code = list(self.lines[number])
        at = max(bisect_right(self._quoted_starts, start) - 1, 0)
        for (first, last), is_comment in self._quoted[at:]:
            if first >= start + len(code):
                break
            for place in range(max(first - start, 0), min(last - start, len(code))):
                code[place] = " " if is_comment else '"'
        return "".join(code)

    @cached_property
    def _quoted(self) -> list[tuple[tuple[int, int], bool]]:
        comments = []
        if self.rules.block_comment:
            start, end = map(re.escape, self.rules.block_comment)
            comments.append(rf"{start}[\s\S]*?(?:{end}|\Z)")
        if self.rules.comment:
            comments.append(rf"{re.escape(self.rules.comment)}[^\r\n]*")
        both = re.compile(
            f"(?P<comment>{'|'.join(comments)})|{_STRINGS}" if comments else f"(?P<comment>(?!))|{_STRINGS}"
        )
        return [(found.span(), found["comment"] is not None) for found in both.finditer(self.text)]

    @cached_property
    def _quoted_starts(self) -> list[int]:
        return [span[0] for span, _ in self._quoted]


def indent_unit(lines: Iterable[str], rules: Language) -> int:
    """Spaces per indentation level: as in the first line indented with spaces, otherwise the language's default."""
    for line in lines:
        space = leading_space(line)
        if space and line.strip() and set(space) == {" "} and len(space) in (2, 3, 4, 8):
            return len(space)
    return rules.indent
