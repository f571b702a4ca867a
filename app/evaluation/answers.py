"""Finds the program in an answer."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable

# A fence that is never closed belongs to an answer that was cut off.
FENCED = re.compile(r"^[ \t]*(`{3,}|~{3,})[^\n`]*\n(.*?)(?:^[ \t]*\1[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
BEGINNING = re.compile(r"(?:def|class|import|from|async)\b|@|[A-Za-z_]\w* *[=:]")
MAX_BEGINNINGS = 50  # lines of an answer without fences that are tried as the first one of its code


def code_in(text: str, entry_point: str | None) -> str:
    """The code of a chat's answer.

    Of several fenced blocks the first that parses and defines `entry_point` is taken, else the first that defines it,
    else the longest. An answer without fences is code itself, or has code between sentences.
    """
    blocks = [match[2] for match in FENCED.finditer(text)]
    if not blocks:
        return _lines_that_parse(text)
    defining = [block for block in blocks if entry_point and defines(block, entry_point)]
    for block in defining:
        if parse(block):
            return block
    return defining[0] if defining else max(blocks, key=len)


def defines(code: str, name: str) -> bool:
    """Whether a function, a class or a variable at the top level has this name, even if the code does not parse."""
    return (
        re.search(rf"^((async +)?def|class) +{re.escape(name)}\b|^{re.escape(name)} *=", code, re.MULTILINE) is not None
    )


def as_body(prompt: str, code: str) -> str:
    """The prompt's function with its body from an answer that does not repeat the head."""
    is_indented = next((line[:1] in " \t" for line in code.splitlines() if line.strip()), False)
    body = code if is_indented else "".join(f"    {line}" for line in code.splitlines(keepends=True))
    return f"{prompt.rstrip()}\n{body}"


def before(text: str, stops: Iterable[str]) -> str:
    """The text before the first of these; servers may pass over some of a long list."""
    return text[: min((place for stop in stops if (place := text.find(stop)) >= 0), default=len(text))]


def without_side_effects(code: str) -> str:
    """The code without calls and assertions at its top level, which are demonstrations and may fail or wait for input.

    Code that does not parse is returned as it is. Docstrings and comments stay.
    """
    tree = parse(code)
    if tree is None:
        return code
    lines = code.splitlines(keepends=True)
    kept = {number for node in tree.body if not _is_demonstration(node) for number in _numbers(node)}
    dropped = {number for node in tree.body if _is_demonstration(node) for number in _numbers(node)} - kept
    return "".join("\n" if number in dropped else line for number, line in enumerate(lines, 1))


def parse(code: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _is_demonstration(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)
    if isinstance(node, ast.If):
        return "__name__" in {inner.id for inner in ast.walk(node.test) if isinstance(inner, ast.Name)}
    return isinstance(node, ast.Assert)


def _numbers(node: ast.stmt) -> range:
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    return range(first, (node.end_lineno or node.lineno) + 1)


def _lines_that_parse(text: str) -> str:
    """The longest run of lines that is code and begins like it; the whole text if none does."""
    if parse(text):
        return text
    lines = text.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if BEGINNING.match(line)][:MAX_BEGINNINGS]
    return max((_code_at_start(lines[start:]) for start in starts), key=len, default="") or text


def _code_at_start(lines: list[str]) -> str:
    """The code that the first lines are, cut where the parser stumbles."""
    end = len(lines)
    while end > 0:
        code = "".join(lines[:end])
        try:
            ast.parse(code)
            return code
        except SyntaxError as error:
            end = min(end - 1, (error.lineno or end) - 1)
        except (ValueError, RecursionError, MemoryError):
            return ""
    return ""
