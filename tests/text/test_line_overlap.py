"""What an answer repeats of the rest of the hole's line is cut, and what may be intended is not."""

from __future__ import annotations

import pytest

from app.text.balance import Balance
from app.text.cleanup import clean_infill

# name: (before | after, answer, what belongs into the hole)
CUT: dict[str, tuple[str, str, str]] = {
    "colon": ("if |:\n    pass\n", "x > 0:", "x > 0"),
    "colons": ("for word in |:\n", "text.split()::", "text.split()"),
    "name and colon": ("with | as file:\n", "open(path) as file:", "open(path)"),
    "a part of it": ("with | as file:\n", "open(path) as", "open(path)"),
    "bracket": ("f(g(|))\n", "x)", "x"),
    "brackets": ("f(g(|))\n", "h(x))", "h(x)"),
    "bracket of an index": ("a = [|]\n", "0]", "0"),
    "bracket and more": ("x = foo(|) + 1", "a) + 1", "a"),
    "brace below": ("x = {\n|}\n", "  a: 1,\n}", "  a: 1,\n"),
    "quote": ('print("|")\n', 'hi")', "hi"),
    "end of a string": ('f"Hello, |!"\n', '{name}!"', "{name}"),
    "end of a string, twice": ('f"Hello, |!"\n', '{name}!"!"', "{name}"),
    "mark in a string": ('f"Hello, |!"\n', "{name}!", "{name}"),
    "brace of a field": ('s = f"{|}"\n', "name}", "name"),
    "comma": ("f(a, |, c)\n", "b,", "b"),
    "operator": ("return | + b\n", "a + b", "a"),
    "word": ("x = |a", "b + a", "b + "),
    "after the begun word": ("pri|t(x)\n", "nt(x)", "n"),
    "greek": ("x = |μέση + τιμή", "λ + μέση + τιμή", "λ + "),
    "emoji": ('s = "|😀 ok"', '👍 😀 ok"', "👍 "),
    "all of it": ("print(|)\n", ")", ""),
    "and goes on": ("for word in |:\n    print(word)\n", "text.split():\n    if not word", "text.split()"),
    "brace, and goes on": ("if (|) {\n", "a) {\n  b();\n} else if (c", "a"),
    "tag": ("<p>|</p>\n", "a</p>", "a"),
    "closing word": ("if a then | end\n", "b() end", "b()"),
    "many lines": ("f(|)", "\n    a,\n    b,\n)", "\n    a,\n    b,\n"),
}
KEPT: dict[str, tuple[str, str]] = {
    "a call's own bracket": ("f(|)\n", "g(a)"),
    "two calls' own brackets": ("k(f(|))\n", "g(h(a))"),
    "a list's own bracket": ("x = [|]\n", "[1], [2]"),
    "a string's own quote": ('print(|, "a")\n', '"b"'),
    "a string in brackets": ('print("|")\n', "a (b) c"),
    "a word that begins before": ("ba|na\n", "na"),
    "a part of a word": ("x = |sum_of(y)", "my_sum"),
    "an operator of two": ("a *|* b\n", "*"),
    "an operator's start": ("x |== 1\n", "="),
    "a tag in a tag": ("<p>|</p>\n", "<p>a</p>"),
    "a block in a block": ("if a then | end\n", "if b then c() end"),
    "an apostrophe": ('s = "|\'s"\n', "it"),
    "several lines with brackets": ("foo(|)\n", "bar(1)\n    + baz(2)"),
    "a blank": ("x =| 1\n", " "),
    "nothing after the hole": ("x = |\n", "1:"),
    "the file's end": ("x = |", "f(a)"),
}  # fmt: skip


def filled(around: str, answer: str, *, single_line: bool = False, is_chat: bool = False, beyond: str = "") -> str:
    prefix, _, suffix = around.partition("|")
    return clean_infill(answer, prefix, suffix, single_line=single_line, is_chat=is_chat, beyond=beyond)


@pytest.mark.parametrize("single_line", [False, True])
@pytest.mark.parametrize("name", CUT)
def test_a_repetition_is_cut(name: str, single_line: bool) -> None:
    around, answer, expected = CUT[name]
    if single_line:
        expected = expected.partition("\n")[0]

    assert filled(around, answer, single_line=single_line) == expected
    assert filled(around, expected, single_line=single_line) == expected, "it stays as it is"


@pytest.mark.parametrize("name", KEPT)
def test_what_may_be_intended_is_kept(name: str) -> None:
    around, answer = KEPT[name]

    assert filled(around, answer) == answer


def test_chat_answers_are_cut_too() -> None:
    assert filled("if |:\n", "```python\nif x > 0:\n```", is_chat=True) == "x > 0"


def test_brackets_are_matched_with_the_text_after_further_holes() -> None:
    assert filled("f(|, ", "g(a),", beyond="_)\n") == "g(a)"
    assert filled("x[|][", "a[0]", beyond="_]\n") == "a[0]"
    assert filled("x[|][", "0]", beyond="_]\n") == "0"


@pytest.mark.parametrize(
    ("text", "num_errors"),
    [
        ("f(a)[0] = {'(': \"]\"}", 0),
        ("f(a", 1),
        ("f a)", 1),
        ("f(a]", 2),
        ("don't (say so)", 0),
        ("f'(' + rb'('", 0),
        ("fn f<'a>(x: &'a str) {}", 0),
        ("'abc\ndef(", 2),
        ('"""a (\n" b"""', 0),
        ("`a (\n`", 0),
        ("'\\'('", 0),
        ("'", 1),
    ],
)
def test_errors_of_brackets_and_quotes(text: str, num_errors: int) -> None:
    assert Balance().after(text).num_errors == num_errors


def test_a_string_and_a_bracket_go_on_in_the_next_piece() -> None:
    assert Balance().after("f('(").after("')").num_errors == 0
