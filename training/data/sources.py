"""Where the real code comes from, which of its files are taken, and what is cut from them."""

# ruff: noqa: SIM905 (lists would take a line a word)

from __future__ import annotations

import csv
import hashlib
import importlib.metadata
import platform
import re
import symtable
import sysconfig
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from training.data.licences import licence_of

STDLIB = "python"


@dataclass(frozen=True)
class Source:
    """`name` is the distribution's; `share` is how many of its files are taken, chosen by the hash of their paths;
    `without` names folders and files besides the usual ones."""

    name: str
    share: float = 1.0
    without: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SourceFile:
    """`path` is relative, with slashes; `text` is cleaned and parses."""

    package: str
    path: str
    text: str


class SourceMissing(Exception):
    """A listed package is not installed, or its files are not known."""


BUILT_VERSION = frozenset({"version.py"})  # the build writes it, so it differs between builds of one version
# Only what requirements.txt and requirements-dev.txt bring. The shares keep the large packages from drowning the rest.
SOURCES = (
    Source(
        STDLIB,
        without=frozenset(
            "idlelib lib2to3 encodings pydoc_data turtledemo ensurepip site-packages dist-packages".split()
        ),
    ),
    Source("click"),
    Source("flask"),
    Source("werkzeug"),
    Source("jinja2"),
    Source("itsdangerous"),
    Source("markupsafe"),
    Source("blinker"),
    Source("flask-cors"),
    Source("marshmallow"),
    Source("gunicorn"),
    Source("python-dotenv"),
    Source("PyYAML"),
    Source("httpx"),
    Source("httpcore"),
    Source("h11"),
    Source("anyio"),
    Source("sniffio"),
    Source("idna"),
    Source("packaging"),
    Source("iniconfig"),
    Source("pluggy"),
    Source("pytest"),
    Source("typer", without=frozenset({"_click"})),
    Source("rich"),
    Source("markdown-it-py"),
    Source("mdurl"),
    Source("shellingham"),
    Source("filelock"),
    Source("fsspec"),
    Source("pydantic", without=frozenset({"v1"})),
    Source("annotated-types"),
    Source("typing-inspection"),
    Source("truststore"),
    Source("safetensors"),
    Source("pygments", without=frozenset({"lexers", "styles"})),  # those are tables
    Source("networkx", 0.5),
    Source("mpmath", 0.5),
    Source("setuptools", 0.5),
    Source("huggingface_hub", 0.3),
    Source("mypy", 0.2, BUILT_VERSION),
    Source("sympy", 0.07),
    Source("numpy", 0.3, BUILT_VERSION),
    Source("torch", 0.03, BUILT_VERSION),
    Source("transformers", 0.03),
)
EXCLUDED_FOLDERS = frozenset(
    "test tests testing testdata test_data _test _tests vendor _vendor vendored vendored_templates third_party "
    "thirdparty extern externals __pycache__ typeshed".split()
)
# Tests, and what a build writes.
EXCLUDED_FILES = re.compile(r"test_.*|.*_test|conftest|_version|__config__|_sysconfigdata.*|.*_pb2")
MAX_FILE_BYTES = 120_000
NOT_PERMISSIVE = ("GPL", "General Public Licen", "Mozilla Public Licen", "MPL-")
LEGAL = re.compile(r"copyright|licen[sc]e|all rights reserved|\(c\) ?(19|20)\d\d|spdx", re.IGNORECASE)
LEADING_COMMENTS = re.compile(r"\A(?:[ \t\f]*(?:#.*)?\n)*")
LEGAL_BLOCK = re.compile(r"(?:^#.*\n)+", re.MULTILINE)
FOR_TOOLS = re.compile(r"[ \t]+# ?(?:type: ?ignore|noqa|pragma:|pylint:|pyright:|fmt:|nosec).*")
DOCSTRING = re.compile(r"([rR]?)(\"\"\"|''')(.*?)\2", re.DOTALL)
MAX_DOCSTRING_LINES = 6


def read_source(source: Source) -> Iterator[SourceFile]:
    """The files taken from one package, in the order of their paths."""
    if source.name != STDLIB:
        licence_of_source(source)
    for path, place in sorted(_taken_files(source)):
        if not 0 < place.stat().st_size <= MAX_FILE_BYTES:
            continue
        try:
            raw = place.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        text = cleaned(raw)
        if text.strip() and not any(name in raw for name in NOT_PERMISSIVE) and parses(text):
            yield SourceFile(source.name, path, text)


def version_of(source: Source) -> str:
    """Without the local part: builds of one version for different machines have the same Python files."""
    return platform.python_version() if source.name == STDLIB else _distribution(source).version.split("+")[0]


def licence_of_source(source: Source) -> str:
    return "PSF-2.0" if source.name == STDLIB else licence_of(_distribution(source).metadata)


def cleaned(text: str) -> str:
    """Without the comments at the top, comment blocks that name a licence and remarks for linters. A long module
    docstring is cut to its first paragraph: a small model would spend itself on English that has no code beside it."""
    text = LEADING_COMMENTS.sub("", text)
    opening = DOCSTRING.match(text)
    if opening:
        text = _short_docstring(*opening.groups()) + text[opening.end() :]
    text = LEGAL_BLOCK.sub(lambda block: "" if LEGAL.search(block.group()) else block.group(), text)
    return LEADING_COMMENTS.sub("", FOR_TOOLS.sub("", text)).rstrip() + "\n"


def parses(text: str) -> bool:
    """Cheaper than a tree: a symbol table needs no Python object per node."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            symtable.symtable(text, "<corpus>", "exec")
        except (SyntaxError, ValueError):
            return False
    return True


def _taken_files(source: Source) -> Iterator[tuple[str, Path]]:
    if source.name == STDLIB:
        root = Path(sysconfig.get_paths()["stdlib"])
        places = ((place.relative_to(root).as_posix(), place) for place in root.rglob("*.py"))
        yield from (item for item in places if _is_taken(source, item[0]))
        return
    distribution = _distribution(source)
    record = distribution.read_text("RECORD")  # `distribution.files` makes a path of each of its thousands first
    if not record:
        raise SourceMissing(f"the installed {source.name} does not list its files: install it from a wheel")
    for path, *_ in csv.reader(record.splitlines()):
        if path.endswith(".py") and _is_taken(source, path):
            yield path, Path(str(distribution.locate_file(path)))


def _distribution(source: Source) -> importlib.metadata.Distribution:
    try:
        return importlib.metadata.distribution(source.name)
    except importlib.metadata.PackageNotFoundError:
        message = f"{source.name} is missing: pip install -r requirements.txt -r requirements-dev.txt"
        raise SourceMissing(message) from None


def _is_taken(source: Source, path: str) -> bool:
    parts = PurePosixPath(path).parts
    if EXCLUDED_FOLDERS & set(parts[:-1]) or source.without & set(parts) or ".." in parts:
        return False
    if any(folder.startswith("config-") for folder in parts) or EXCLUDED_FILES.fullmatch(PurePosixPath(path).stem):
        return False
    digest = hashlib.sha256(f"share/{source.name}/{path}".encode()).digest()
    return int.from_bytes(digest[:4], "big") < source.share * 2**32


def _short_docstring(prefix: str, quotes: str, inner: str) -> str:
    paragraphs = [text for text in re.split(r"\n\s*\n", inner) if text.strip() and not LEGAL.search(text)]
    if sum(text.count("\n") + 1 for text in paragraphs) > MAX_DOCSTRING_LINES:
        del paragraphs[1:]
    inner = "\n\n".join(paragraphs).rstrip()
    return f"{prefix}{quotes}{inner}{quotes}" if inner else ""
