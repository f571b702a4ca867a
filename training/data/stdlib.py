"""The interpreter's own standard library (PSF licence) as plain files and as docstring -> function pairs."""

from __future__ import annotations

import ast
import sysconfig
from collections.abc import Iterator
from pathlib import Path

EXCLUDED = {
    "test",
    "tests",
    "idlelib",
    "lib2to3",
    "encodings",
    "site-packages",
    "dist-packages",
    "__pycache__",
    "pydoc_data",
    "turtledemo",
    "ensurepip",
}
MAX_FILE_BYTES = 120_000


def stdlib_files() -> list[str]:
    """Texts in the order of their paths."""
    root = Path(sysconfig.get_paths()["stdlib"])
    texts = []
    for path in sorted(root.rglob("*.py")):
        if EXCLUDED & set(path.relative_to(root).parts) or path.stat().st_size > MAX_FILE_BYTES:
            continue
        try:
            texts.append(path.read_text("utf-8"))
        except UnicodeDecodeError:
            continue
    return texts


def functions_of(source: str) -> Iterator[tuple[str, str, str]]:
    """Yield (name, description, dedented source without its docstring) of short, described functions."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("__") or node.decorator_list:
            continue
        summary = " ".join((ast.get_docstring(node) or "").split("\n\n")[0].split())
        body_lines = (node.end_lineno or 0) - (node.body[0].end_lineno or 0)
        if 20 <= len(summary) <= 140 and 1 <= body_lines <= 14:
            header = lines[node.lineno - 1 : node.body[0].lineno - 1]
            code = header + lines[node.body[0].end_lineno : node.end_lineno]
            yield node.name, summary, "\n".join(line[node.col_offset :] for line in code)


def stdlib_pairs(texts: list[str]) -> list[tuple[str, str]]:
    """(request, code), one per function name."""
    pairs: dict[str, tuple[str, str]] = {}
    for text in texts:
        try:
            found = list(functions_of(text))
        except SyntaxError:
            continue
        for name, summary, code in found:
            signature = code.split("\n")[0].removeprefix("def ").rstrip(":")
            pairs.setdefault(name, (f"Write a Python function `{signature}`. {summary}", code.rstrip()))
    return list(pairs.values())
