"""The text around a hole, as laid out for a model."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from app.text.cleanup import clean_infill
from app.text.fim_dialects import ContextFile
from app.text.layouts import COMMENTS, chat_messages, comment, context_text, trim_context, with_hints
from app.text.tokenizer import Tokenizer


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("sum them", "python", "# sum them"),
        ("sum them", "typescriptreact", "// sum them"),
        ("sum them", "sql", "-- sum them"),
        ("sum them", "latex", "% sum them"),
        ("sum them", "css", "/* sum them */"),
        ("sum them", "html", "<!-- sum them -->"),
        ("sum them", "brainfuck", "# sum them"),
        ("a\r\n\r\nb", "go", "// a\n//\n// b"),
        ("a\nb", "css", "/* a */\n/* b */"),
        ("a */ b", "css", "/* a * / b */"),  # cannot end the comment
        ("a --> b", "html", "<!-- a - -> b -->"),
        ("日 😀\u2028é", "python", "# 日 😀\u2028é"),
    ],
)
def test_comment(text: str, language: str, expected: str) -> None:
    assert comment(text, language) == expected


def test_the_usual_languages_have_comments() -> None:
    usual = (
        "python javascript typescript javascriptreact typescriptreact java c cpp csharp go rust php ruby swift kotlin "
        "scala lua perl r julia haskell sql shellscript powershell bat dockerfile makefile yaml json jsonc html xml "
        "markdown css scss less vue"
    )
    assert set(usual.split()) <= set(COMMENTS)


def test_other_files_stand_before_the_prefix() -> None:
    files = [ContextFile("src/a.ts", "export const a = 1;\n\n"), ContextFile(None, "b();")]

    assert context_text(files, "typescript", "src/main.ts") == (
        "// src/a.ts\nexport const a = 1;\n\nb();\n\n// src/main.ts\n"
    )
    assert context_text(files[:1], "html") == "<!-- src/a.ts -->\nexport const a = 1;\n\n"
    assert context_text([], "python") == ""


@pytest.mark.parametrize(
    ("texts", "hints", "expected"),
    [
        (["def f():\n    x = ", "\n"], ["one"], ["def f():\n    # one\n    x = ", "\n"]),
        (["def f():\n\t", "\n"], ["one\ntwo"], ["def f():\n\t# one\n\t# two\n\t", "\n"]),
        (["a\r\n  b", ""], ["one"], ["a\r\n  # one\r\n  b", ""]),
        (["", "\n"], ["one"], ["# one\n", "\n"]),
        (["  f(", ")"], ["one"], ["  # one\n  f(", ")"]),
        (["a\n", "b"], [None], ["a\n", "b"]),
        (["a\n", "b"], [" \n"], ["a\n", "b"]),
        (["a\n", "b"], [" one\n"], ["a\n# one\n", "b"]),
        # Several holes on one line, and then one on the next line
        (["a\n f(", ", ", ")\n  y = ", "\n"], ["one", "two", "three"], None),
        (["f(", ", ", ")"], [None, "two"], ["# two\nf(", ", ", ")"]),
    ],
)
def test_hints(texts: list[str], hints: list[str | None], expected: list[str] | None) -> None:
    expected = expected or ["a\n # one\n # two\n f(", ", ", ")\n  # three\n  y = ", "\n"]

    assert with_hints(texts, hints, "python") == expected


def test_chat_asks_for_the_missing_code_only() -> None:
    (message,) = chat_messages("def f():\n    ", "\n    return x\n", "python", "set x to 1")

    assert message["role"] == "user"
    assert message["content"].endswith("\n\n```python\ndef f():\n    <FILL_HERE>\n    return x\n\n```")
    assert "What belongs there: set x to 1\n" in message["content"]
    assert "missing code only" in message["content"]


def test_chat_shows_other_files_first() -> None:
    files = [ContextFile("a.py", "A = 1"), ContextFile(None, "B")]

    content = chat_messages("x = ", "", "python", context=files)[0]["content"]

    parts = [
        "For reference, a.py:\n\n```\nA = 1\n```",
        "another file:\n\n```\nB\n```",
        "```python\nx = <FILL_HERE>\n```",
    ]
    assert [content.count(part) for part in parts] == [1, 1, 1]
    assert sorted(parts, key=content.index) == parts
    assert "What belongs there" not in content


def test_the_codes_own_markers_and_fences_do_not_confuse() -> None:
    prefix, suffix = "`<FILL_HERE>` <FILL_HERE_2>\n````\n", "\n````\n"

    content = chat_messages(prefix, suffix, "markdown", None, [ContextFile("a", "```")])[0]["content"]

    assert content.endswith(f"\n\n`````markdown\n{prefix}<FILL_HERE_3>{suffix}\n`````")
    assert "marked <FILL_HERE_3>." in content


def test_a_chat_answer_in_the_requests_own_fence_is_cleaned_up() -> None:
    prefix, suffix = "def f():\n    ", "\n    return x\n"

    answer = "```python\n" + prefix + "x = 1" + suffix + "```"

    assert clean_infill(answer, prefix, suffix, single_line=False, is_chat=True) == "x = 1"


def words(text: str) -> int:
    return len(text.split())


@pytest.mark.parametrize(
    ("prefix", "suffix", "max_tokens", "expected"),
    [
        ("a b\nc", "d\ne f\n", 6, ("a b\nc", "d\ne f\n")),  # all of it
        ("a b\nc", "d\ne f\n", 5, ("a b\nc", "d\n")),  # the prefix's share is larger
        ("a b\nc", "d\ne f\n", 4, ("a b\nc", "d\n")),
        ("a b\nc", "d\ne f\n", 3, ("c", "d\n")),
        ("a\n" * 100, "b\n" * 100, 40, ("a\n" * 30, "b\n" * 10)),  # 3 to 1
        ("a\n" * 5, "b\n" * 100, 40, ("a\n" * 5, "b\n" * 35)),  # what one does not need the other gets
        ("a\n" * 100, "b\n" * 2, 40, ("a\n" * 38, "b\n" * 2)),
        ("a\n" * 100, "", 40, ("a\n" * 40, "")),
        ("", "b\n" * 100, 40, ("", "b\n" * 40)),
        ("x " * 50 + "\na\n", "b\n" * 100, 40, ("a\n", "b\n" * 39)),  # a line that does not fit ends its side
        ("\n\n\n", "b\n" * 9, 4, ("\n\n\n", "b\n" * 4)),
        ("a", "b", 0, ("", "")),
        ("", "", 3, ("", "")),
        # Lines next to the hole that are too long are cut within.
        ("0 1 2 3 4 5 6 7 8 9", "a b c d e f", 8, (" 4 5 6 7 8 9", "a b ")),
        ("0 1 2 3 4 5 6 7 8 9", "a\nb", 9, (" 3 4 5 6 7 8 9", "a\nb")),
        ("9\n", "a b c d e f", 4, ("9\n", "a b c ")),
        ("a\n" * 9, "a b c d e f g h", 8, ("a\n" * 6, "a b ")),  # the other side has its share all the same
        ("0 1 2 3 4 5 6 7 8 9", "a\n" * 9, 8, (" 4 5 6 7 8 9", "a\n" * 2)),
        ("a\n" * 3, "a b c d e f g h", 8, ("a\n" * 3, "a b c d e ")),
        ("0 1 2", "a b c", 1, (" 2", "")),
        ("0 1 2 3 4 5 6 7 8 9\n\n", "", 3, (" 7 8 9\n\n", "")),  # not just a blank line is left
        ("0 1 2 3 4 5 6 7 8 9", "\n\na b", 3, (" 8 9", "\n\na ")),
    ],
)
def test_trim_context(prefix: str, suffix: str, max_tokens: int, expected: tuple[str, str]) -> None:
    assert trim_context(prefix, suffix, max_tokens, words) == expected


def test_it_fits_with_real_tokenizers(tokenizer: Tokenizer) -> None:
    def count(text: str) -> int:
        return len(tokenizer.encode(text))

    chooser = random.Random(5)
    pieces = ["\n", "\n", "\r\n", "    ", "\t", "return ", "value", "(x, y)", " = 12", "日本", "😀", "\u2028", "}"]
    for _ in range(60):
        prefix, suffix = ("".join(chooser.choices(pieces, k=chooser.randint(0, 150))) for _ in range(2))
        max_tokens = chooser.randint(1, 120)
        before, after = trim_context(prefix, suffix, max_tokens, count)
        assert prefix.endswith(before)
        assert suffix.startswith(after)
        assert count(before) + count(after) <= max_tokens
        if count(prefix) + count(suffix) <= max_tokens:
            assert (before, after) == (prefix, suffix)


def counting(asked: list[int]) -> Callable[[str], int]:
    def count(text: str) -> int:
        asked.append(len(text))
        return words(text)

    return count


def test_little_is_counted() -> None:
    asked: list[int] = []
    assert trim_context("a b\n" * 100, "c\n" * 100, 300, counting(asked)) == ("a b\n" * 100, "c\n" * 100)
    assert len(asked) == 2

    asked.clear()
    before, after = trim_context("a b c d\n" * 100_000, "a b c d\n" * 100_000, 400, counting(asked))
    assert (len(before), len(after)) == (8 * 75, 8 * 25)
    assert len(asked) <= 100 + 4
    assert sum(asked) < 2 * 800  # what is cut is not counted

    asked.clear()
    before, after = trim_context("x y" * 1_000_000, "z", 100, counting(asked))
    assert words(before) == 99
    assert after == "z"
    assert len(asked) < 20
    assert max(asked) <= 1600
