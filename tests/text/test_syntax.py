"""Counting syntax errors, and the process that does it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.errors import RequestError, Unsupported
from app.settings import ROOT
from app.text.syntax import MAX_CHARACTERS, Syntax

pytestmark = pytest.mark.process
INSTALLED = ["bash", "c", "cpp", "go", "java", "javascript", "json", "python", "rust", "tsx", "typescript"]


@pytest.fixture(scope="module")
def syntax() -> Iterator[Syntax]:
    yield Syntax(max_s=30)
    assert "tree_sitter" not in sys.modules  # the parser runs elsewhere


def test_the_languages_are_those_of_the_requirements(syntax: Syntax) -> None:
    packages = re.findall(r"^tree-sitter-(\w+)==", (ROOT / "requirements-syntax.txt").read_text(), re.MULTILINE)

    assert syntax.languages == INSTALLED
    assert sorted([*packages, "tsx"]) == INSTALLED


@pytest.mark.parametrize(
    ("language", "good", "bad", "num_errors"),
    [
        ("python", "def f(a):\n    return a\n", "def f(a:\n    return a\n", 1),
        ("python", "x = 1\n", "x = = 1\ny = 2\nz = )\n", 2),
        ("javascript", "const f = (a) => { return <b>{a}</b>; };\n", "const f = (a) => { return a;\n", 1),
        ("typescript", "const a: number = 1;\n", "const a: number = ;\n", 1),
        ("tsx", "const a: B = <b>{1}</b>;\n", "const a: B = <b>{1}</c;\n", 1),
        ("go", "package a\n\nfunc f() {}\n", "package a\n\nfunc f( {}\n", 1),
        ("rust", "fn f() -> u8 { 1 }\n", "fn f() -> { 1 }\n", 1),
        ("java", "class A { int f() { return 1; } }\n", "class A { int f() { return 1; }\n", 1),
        ("c", "int f(void) { return 1; }\n", "int f(void) { return 1 }\n", 1),
        ("cpp", "auto f = [](int a) { return a; };\n", "auto f = [](int a) { return a; }\n", 1),
        ("bash", "if true; then echo a; fi\n", "if true; then echo a;\n", 1),
        ("json", '{"a": [1, 2]}', '{"a": [1, 2}', 1),
    ],
)
def test_errors_are_counted(syntax: Syntax, language: str, good: str, bad: str, num_errors: int) -> None:
    assert syntax.count_errors(language, [good, bad, "", good]) == [0, num_errors, 0, 0]


def test_any_characters(syntax: Syntax) -> None:
    assert syntax.count_errors("python", ["é = '日😀\u2028'\r\n", "x = \x00\n", "'\n"]) == [0, 1, 1]


def test_a_long_text_is_not_parsed(syntax: Syntax) -> None:
    longest = "x = 1\n" * (MAX_CHARACTERS // 6)

    assert syntax.count_errors("python", ["x = 1\n", longest + "y = 1\n", longest]) == [0, None, 0]


def test_a_text_that_takes_too_much_ends_the_process_and_the_next_starts_another() -> None:
    """tree-sitter would need minutes and gigabytes for this one."""
    syntax = Syntax(max_s=30, memory_bytes=2**28)
    assert syntax.count_errors("java", ["class A {}", "a<b<" * 10_000, "class A {}"]) == [0, None, None]

    assert syntax.count_errors("java", ["class A {}"]) == [0]


def test_without_time_nothing_is_parsed() -> None:
    syntax = Syntax(max_s=0)

    assert syntax.count_errors("python", ["x = 1\n"]) == [None]


def test_a_process_that_has_ended_is_replaced() -> None:
    syntax = Syntax(max_s=30)
    syntax.count_errors("python", [""])
    assert syntax._process is not None
    syntax._process.kill()
    syntax._process.wait()

    assert syntax.count_errors("python", ["x = 1\n"]) == [0]


def test_threads_share_the_process(syntax: Syntax) -> None:
    texts = ["x = (\n" * (number % 3) for number in range(30)]
    expected = [syntax.count_errors("python", [text]) for text in texts]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda text: syntax.count_errors("python", [text]), texts)) == expected


def test_a_package_that_cannot_be_imported_is_as_no_time() -> None:
    syntax = Syntax(max_s=30)
    syntax._found = {"klingon": "tree_sitter_klingon"}

    assert syntax.count_errors("klingon", ["qapla"]) == [None]


def test_other_languages_are_refused(syntax: Syntax) -> None:
    with pytest.raises(RequestError, match=r"^syntax must be one of bash, c, .*, which are installed .*, got ruby\.$"):
        syntax.check("ruby", "syntax")
    syntax.check("tsx", "syntax")


def test_without_tree_sitter_every_language_is_refused() -> None:
    syntax = Syntax()
    syntax._found = {}

    assert syntax.languages == []
    with pytest.raises(Unsupported, match=r"^syntax is not supported: .*requirements-syntax\.txt"):
        syntax.check("python", "syntax")
