"""Finds missing code: `...`, `pass`, `raise NotImplementedError`, TODO comments, empty bodies, `___`.

By lines and regular expressions, because text with holes rarely parses. Strings and other comments are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lsp.text.cursor import leading_space, width
from lsp.text.languages import language
from lsp.text.source import Source, indent_unit

_BLANK = re.compile(r"(?<!\w)___(?!\w)")
_VALUE = re.compile(r"(?:=|\breturn|=>|:=)[ \t]*(\.\.\.)[ \t]*[;,]?[ \t]*$")
_TODO = re.compile(r"\W{1,4}\s*TODO\b(?:\([^)]*\))?:?\s*", re.IGNORECASE)
_HEADER = re.compile(r"\s*(?:(?:async\s+)?(?:def|for|with)|class|if|elif|else|while|try|except|finally|match|case)\b")
_FUNCTION = re.compile(
    r"(?!\s*(?:\}\s*)?(?:if|else|for|while|switch|catch|try|with|match|do)\b)"
    r"\s*(?:(?:\w+\s+)*(?:def|function|fn|func|fun|sub)\b|.*\)\s*(?:->.*|:.*)?[{]\s*$)"
)
_ABSTRACT = re.compile(r"\s*@(?:\w+\.)*(?:overload|abstractmethod|abstractproperty)\b")


@dataclass(frozen=True)
class Hole:
    """A span (code points) to fill. `lead` is inserted before the filling: an empty body has no line for it yet."""

    start: int
    end: int
    text: str
    kind: str  # statement, value, todo, body, blank
    single_line: bool = False
    hint: str | None = None
    lead: str = ""
    is_certain: bool = True  # False for, say, `pass` in an `except`, which may be intended: filled only individually

    def contains(self, offset: int) -> bool:
        return self.start <= offset <= self.end


def find_holes(text: str, language_id: str) -> list[Hole]:
    """All holes of a text, in order of position."""
    source = Source(text, language(language_id))
    found = [*_blanks(source), *_words(source), *_todos(source), *_empty_bodies(source)]
    found.sort(key=lambda hole: (hole.start, -hole.end))
    kept: list[Hole] = []
    for hole in found:
        if kept and _joins(kept[-1], hole, text):
            before = kept.pop()
            joined = text[before.start : hole.end]
            hole = replace(before, end=hole.end, text=joined, kind=hole.kind, single_line=False)
        elif kept and hole.start < kept[-1].end:
            continue
        kept.append(hole)
    return kept


def hole_at(holes: list[Hole], text: str, offset: int) -> Hole | None:
    """The hole at an offset, or the only one on its line."""
    for hole in holes:
        if hole.contains(offset):
            return hole
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    near = [hole for hole in holes if hole.start <= end and hole.end >= start]
    return near[0] if len(near) == 1 else None


def function_span(text: str, language_id: str, offset: int) -> tuple[int, int, str] | None:
    """Start, end and name of the innermost function around an offset, by indentation."""
    source = Source(text, language(language_id))
    line = source.line_of(offset)
    limit = 1 << 30 if _FUNCTION.match(source.lines[line]) or not source.lines[line].strip() else source.column(line)
    for header in range(line, -1, -1):
        if not source.lines[header].strip() or source.column(header) >= limit:
            continue
        if header != line or _FUNCTION.match(source.lines[header]):
            limit = source.column(header)
        if _FUNCTION.match(source.lines[header]) and source.block_end(header) >= line:
            end = source.block_end(header)
            name = re.search(r"(?:def|function|fn|func|fun|sub)\s+(\w+)|(\w+)\s*\(", source.lines[header])
            named = (name[1] or name[2]) if name else "this function"
            return source.starts[header], source.starts[end] + len(source.lines[end]), named
    return None


def _joins(todo: Hole, hole: Hole, text: str) -> bool:
    """Whether a TODO comment is directly above a placeholder statement, and so describes it."""
    return todo.kind == "todo" and hole.kind == "statement" and not text[todo.end : hole.start].strip()


def _blanks(source: Source) -> Iterator[Hole]:
    for found in _BLANK.finditer(source.text):
        if not source.is_quoted(found.start()):
            line = source.lines[source.line_of(found.start())]
            yield Hole(found.start(), found.end(), "___", "blank", single_line=line.strip() != "___")


def _words(source: Source) -> Iterator[Hole]:
    """Placeholders for code, as a statement (also after a colon) or as a value."""
    words = "|".join(re.escape(word) for word in sorted(source.rules.hole_words, key=len, reverse=True))
    call = r"(?:\([^()\n]*\))?"
    statement = re.compile(rf"(?:^[ \t]*|(?<=:)[ \t]+)((?:{words}){call};?)[ \t]*$")
    for number, line in enumerate(source.lines):
        code = source.code_of(number)
        found, kind = statement.search(code), "statement"
        if found is None:
            found, kind = _VALUE.search(code), "value"
        if found is None or source.is_quoted(source.starts[number] + found.start(1)):
            continue
        start, end = source.starts[number] + found.start(1), source.starts[number] + found.end(1)
        is_value = kind == "value"
        yield Hole(
            start,
            end,
            source.text[start:end],
            kind,
            single_line=is_value,
            is_certain=is_value or _stands_for_code(source, number, line),
        )


def _stands_for_code(source: Source, number: int, line: str) -> bool:
    """Whether a placeholder statement is the body of a function that is not abstract."""
    if not source.rules.is_indented:
        return True
    header = number
    if not _HEADER.match(line):
        while header >= 0 and (not source.lines[header].strip() or source.column(header) >= source.column(number)):
            header -= 1
    if header < 0:
        return "..." in line
    decorator = header - 1
    while decorator >= 0 and source.lines[decorator].lstrip().startswith("@"):
        if _ABSTRACT.match(source.lines[decorator]):
            return False
        decorator -= 1
    if "def" in source.lines[header].split("(")[0]:
        return True
    return "pass" not in line


def _todos(source: Source) -> Iterator[Hole]:
    for start, end in source.comments:
        number = source.line_of(start)
        found = _TODO.match(source.text[start:end])
        if found is None or source.text[source.starts[number] : start].strip():
            continue
        hint = source.text[start + found.end() : end].removesuffix("*/").removesuffix("-->").strip()
        yield Hole(start, end, source.text[start:end], "todo", hint=hint or None)


def _empty_bodies(source: Source) -> Iterator[Hole]:
    rules = source.rules
    for number in range(len(source.lines)):
        code = source.code_of(number).rstrip()
        if source.is_quoted(source.starts[number] + len(leading_space(source.lines[number]))):
            continue
        if rules.is_indented and code.endswith(":") and _HEADER.match(code):
            after = _after_docstring(source, number)
            if after is not None:
                yield _body(source, number, after)
        elif not rules.is_indented and code.endswith("{") and ")" in code:
            following = source.next_line(number)
            if following is not None and source.lines[following].strip().startswith("}"):
                yield _body(source, number, number)


def _after_docstring(source: Source, header: int) -> int | None:
    """The last line of an empty body: the header, or the docstring that is all of it; None if the body has code."""
    last = header
    following = source.next_line(header)
    if following is None or source.column(following) <= source.column(header):
        return last
    start = source.starts[following] + len(leading_space(source.lines[following]))
    string = next((span for span in source.strings if span[0] == start), None)
    if string is None or source.text[start : start + 3] not in ('"""', "'''"):
        return None
    last = source.line_of(string[1] - 1)
    following = source.next_line(last)
    is_empty = following is None or source.column(following) <= source.column(header)
    return last if is_empty and "def" in source.lines[header] else None


def _body(source: Source, header: int, last: int) -> Hole:
    """A hole on the line after `last`: on the existing line if it has only whitespace, otherwise on a new line."""
    indent = leading_space(source.lines[header])
    inner = indent + ("\t" if "\t" in indent else " " * indent_unit(source.lines, source.rules))
    following = last + 1
    if following < len(source.lines) and not source.lines[following].strip() and source.lines[following]:
        start = source.starts[following]
        space = source.lines[following]
        lead = "" if width(space) >= width(inner) else inner
        return Hole(
            start + (len(space) if not lead else 0), start + len(space), space if lead else "", "body", lead=lead
        )
    end = source.starts[last] + len(source.lines[last])
    return Hole(end, end, "", "body", lead="\n" + inner)


def leading_comment(text: str, language_id: str, start: int, end: int) -> tuple[str, int, int] | None:
    """The words, start and end of the comments in a span; for an empty span, of the comment block around it."""
    source = Source(text, language(language_id))
    first, last = source.line_of(start), source.line_of(max(start, end - 1))
    alone = {
        source.line_of(span[0]): span
        for span in source.comments
        if not text[source.starts[source.line_of(span[0])] : span[0]].strip()
    }
    numbers = [number for number in alone if first <= number <= last]
    if start == end and not numbers:
        numbers = [source.line_of(span[0]) for span in source.comments if span[0] <= start <= span[1]]
    if not numbers or numbers[0] not in alone:
        return None
    low, high = min(numbers), max(numbers)
    while start == end and low - 1 in alone:
        low -= 1
    while start == end and high + 1 in alone:
        high += 1
    spans = [alone[number] for number in sorted(alone) if low <= number <= high]
    lines = [line for span in spans for line in text[span[0] : span[1]].splitlines()]
    words = " ".join(_TODO_MARK.sub("", re.sub(r"^[\s\W]{1,5}|\s*(?:\*/|-->)$", "", line)).strip() for line in lines)
    return (words.strip(), spans[0][0], spans[-1][1]) if words.strip() else None


_TODO_MARK = re.compile(r"^TODO\b(?:\([^)]*\))?:?\s*", re.IGNORECASE)
