"""A file whose code is changed: read, shown as a diff, and written only if the user wants it."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.cli.options import read_stdin
from app.errors import ConfigError

# By file name suffix: VS Code's ids, which name comments and code fences to the model.
LANGUAGES = {
    ".py": "python",
    ".pyi": "python",
    ".js": "javascript",
    ".mjs": "javascript",
    ".jsx": "javascriptreact",
    ".ts": "typescript",
    ".tsx": "typescriptreact",
    ".c": "c",
    ".h": "c",
    ".cc": "cpp",
    ".cpp": "cpp",
    ".hpp": "cpp",
    ".cs": "csharp",
    ".java": "java",
    ".kt": "kotlin",
    ".swift": "swift",
    ".go": "go",
    ".rs": "rust",
    ".rb": "ruby",
    ".php": "php",
    ".lua": "lua",
    ".sh": "shellscript",
    ".sql": "sql",
    ".html": "html",
    ".css": "css",
    ".hs": "haskell",
    ".scala": "scala",
    ".r": "r",
    ".jl": "julia",
}


@dataclass(frozen=True)
class CodeFile:
    """A file, or stdin for the path `-`. The text has LF as its line ends."""

    path: Path
    text: str
    newline: str
    language: str

    @property
    def is_stdin(self) -> bool:
        return str(self.path) == "-"

    @property
    def name(self) -> str | None:
        return None if self.is_stdin else self.path.name

    def encoded(self, text: str) -> bytes:
        """A text in this file's line ends."""
        return text.replace("\n", self.newline).encode()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="- reads stdin, and writes the new text to stdout")
    parser.add_argument("--write", action="store_true", help="write the file without asking")
    parser.add_argument("--language", metavar="NAME", help="such as python (by the file's suffix)")


def add_lines(parser: argparse.ArgumentParser, help: str) -> None:
    parser.add_argument("--lines", action="append", type=_lines, default=[], metavar="A-B", help=help)


def read(args: argparse.Namespace) -> CodeFile:
    """Raises ConfigError."""
    path: Path = args.file
    text = read_stdin() if str(path) == "-" else _content(path)
    newline = "\r\n" if "\r\n" in text else "\n"
    language = args.language or LANGUAGES.get(path.suffix.lower(), "python" if str(path) == "-" else "plaintext")
    return CodeFile(path, text.replace("\r\n", "\n"), newline, language)


def spans_of(lines: list[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """From lines (first, last), which count from 1, to offsets without the last line end. Raises ConfigError."""
    starts = [0, *(index + 1 for index, character in enumerate(text) if character == "\n")]
    num_lines = len(starts) - (text.endswith("\n") or not text)
    spans: list[tuple[int, int]] = []
    for first, last in sorted(lines):
        if last > num_lines:
            raise ConfigError(f"--lines is {first}-{last}; the file has {num_lines} lines")
        end = starts[last] - 1 if last < len(starts) else len(text)
        if spans and starts[first - 1] <= spans[-1][1]:
            raise ConfigError(f"--lines {first}-{last} meets another one")
        spans.append((starts[first - 1], end))
    return spans


def offer(file: CodeFile, new_text: str, is_certain: bool) -> int:
    """Show what changes, then write it: at once if `is_certain`, else after asking, if there is somebody to ask."""
    if file.is_stdin:
        sys.stdout.buffer.write(file.encoded(new_text))
        sys.stdout.flush()
        return 0
    if new_text == file.text:
        print("elbarto: the model changes nothing", file=sys.stderr)
        return 0
    for line in _diff(file, new_text, sys.stdout.isatty()):
        print(line)
    if not is_certain and not _is_wanted(file):
        return 0
    if _content(file.path) != file.text.replace("\n", file.newline):
        raise ConfigError(f"{file.path} has changed meanwhile; it is not written")
    try:
        file.path.write_bytes(file.encoded(new_text))
    except OSError as error:
        raise ConfigError(f"{file.path} cannot be written: {error.strerror}") from None
    print(f"elbarto: {file.path} is written", file=sys.stderr)
    return 0


def _is_wanted(file: CodeFile) -> bool:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print("elbarto: nothing is written; --write does", file=sys.stderr)
        return False
    try:
        return input(f"Write {file.path}? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        print()
        return False


def _diff(file: CodeFile, new_text: str, has_colours: bool) -> Iterator[str]:
    old, new = file.text.splitlines(), new_text.splitlines()
    for line in difflib.unified_diff(old, new, str(file.path), str(file.path), lineterm=""):
        colour = {"+": "\x1b[32m", "-": "\x1b[31m", "@": "\x1b[36m"}.get(line[:1]) if has_colours else None
        yield f"{colour}{line}\x1b[0m" if colour else line


def _content(path: Path) -> str:
    """With its own line ends. Raises ConfigError."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8") from None


def _lines(text: str) -> tuple[int, int]:
    first, dash, last = text.partition("-")
    numbers = [int(part) for part in ((first, last) if dash else (first, first)) if part.isdecimal()]
    if len(numbers) != 2 or not 1 <= numbers[0] <= numbers[1]:
        raise argparse.ArgumentTypeError(f"must be lines such as 3-10, counted from 1, got {text!r}")
    return numbers[0], numbers[1]
