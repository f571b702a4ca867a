"""The cleanup rules: a model's text at a cursor, and what is shown of it."""

from __future__ import annotations

import pytest

from lsp.cleanup.rules import RULES, clean, clean_all
from lsp.text.cursor import CursorContext
from lsp.text.languages import language

# name: (before | after, candidate, cleaned text)
CASES: dict[str, tuple[str, str, str]] = {
    # special tokens
    "end token": ("x = |", "1<|endoftext|>junk", "1"),
    "mask token": ("x = |", "a[MASK] + b", "a + b"),
    "eos of llama": ("x = |", "1</s>", "1"),
    "the user's own sentinel": ('END = "</s>"\nx = |', '"</s>" + y', '"</s>" + y'),
    "replacement character": ("x = |", "a\ufffd", "a"),
    # first indentation
    "indentation written once more": ("def f():\n    |", "    return 1", "return 1"),
    "one space too many": ("def f():\n    |", " return 1", "return 1"),
    "tab for tab": ("def f():\n\t|", "\treturn 1", "return 1"),
    "editor did not indent": ("def f():\n|", "return 1", "    return 1"),
    "editor did not indent, model did": ("def f():\n|", "    return 1", "    return 1"),
    "editor indented half": ("class A:\n    def f(self):\n    |", "return 1", "    return 1"),
    "indent of the document": ("if a:\n  b\ndef f():\n|", "return 1", "  return 1"),
    "tabs of the document": ("class A:\n\tdef f(self):\n|", "return 1", "\t\treturn 1"),
    "space after a space": ("x = |", " 1", "1"),
    "space after a word": ("return|", " 1", " 1"),
    "line break first": ("def f():|", "\n    return 1", "\n    return 1"),
    # block end
    "next function": ("def f():|", "\n    return 1\n\ndef g():\n    return 2", "\n    return 1"),
    "dedent ends the block": ("def f():\n    x = 1\n    |", "return x\nprint(f())", "return x"),
    "same level goes on": ("def f():\n    |", "x = 1\n    return x", "x = 1\n    return x"),
    "else belongs to it": ("if a:|", "\n    b\nelse:\n    c\nd", "\n    b\nelse:\n    c"),
    "deeper then back": ("    |", "for x in y:\n        z(x)\n    return z", "for x in y:\n        z(x)\n    return z"),
    "top level goes on": ("x = 1|", "\ny = 2\nz = 3", "\ny = 2\nz = 3"),
    "closing bracket of a call": ("f(|", "\n    a,\n    b,\n)\nprint()", "\n    a,\n    b,\n)"),
    # overlap
    "rest of the line repeated": ("x = foo(|) + 1", "a) + 1", "a"),
    "overlap across lines": ("    |\n    return total\n", "total = 0\n    return total", "total = 0"),
    "overlap of two lines": ("    |\n    b = 2\n    return b\n", "a = 1\n    b = 2\n    return b", "a = 1"),
    "overlap over a blank line": ("    |\n\n    return total\n", "total = 0\n    return total", "total = 0"),
    "overlap indented otherwise": ("    |\n    return total\n", "total = 0\n  return total", "total = 0"),
    "only brackets in common": ("f(|)", "g()", "g()"),
    "line repeated from its start": ("    return to|", "return total", "tal"),
    "word repeated": ("x = cal|", "calculate(1)", "culate(1)"),
    "word not repeated": ("x = a|", "a_b", "a_b"),
    "all of it is there": ("    |\n    return total\n", "return total", ""),
    # closers
    "closer that is there already": ("print(f(|))", "x))", "x"),
    "closer that is missing": ("print(f(|", "x))", "x))"),
    "closer too many": ("print(|", "x))", "x)"),
    "closer of another kind": ("a[|", "0)", "0"),
    "closer in a string": ('print(|', '":-)")', '":-)")'),
    "closer in a comment": ("x = |", "1  # :-)", "1  # :-)"),
    "lone closer": ("x = 1|", ")", ""),
    "brace after a brace": ("d = {|}", '"a": 1}', '"a": 1'),
    # repeats
    "line above": ("x = total()\n|", "x = total()", ""),
    "line below": ("|\nx = total()\n", "x = total()\ny", ""),
    "closing line may repeat": ("    }\n|", "}", ""),
    "loop of lines": ("|", "abc()\nabc()\nabc()\nabc()", "abc()"),
    "loop of two lines": ("|", "abc()\ndef_()\nabc()\ndef_()\nabc()\ndef_()\n", "abc()\ndef_()"),
    "loop in a line": ("x = |", "abcd abcd abcd abcd abcd abcd", "abcd"),
    "a ruler is no loop": ("# |", "----------------------------- a", "----------------------------- a"),
    # middle of a line
    "middle of a line": ("x = | + 1", "a\nb", "a"),
    "before a closer is no middle": ("f(|)", "\n    a,\n    b,\n", "\n    a,\n    b,"),
    "middle keeps a space": ("if |in items:", "x ", "x "),
    # trailing blanks
    "trailing blanks": ("x = |", "1  \n\n  ", "1"),
    "carriage returns": ("def f():|", "\r\n    return 1\r\n", "\n    return 1"),
    # trivial
    "empty": ("x = |", "", ""),
    "blank": ("x = |", "  \n ", ""),
    "what stands there": ("x = f(|);", ");", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_clean(name: str) -> None:
    around, candidate, expected = CASES[name]
    prefix, _, suffix = around.partition("|")

    assert clean(candidate, CursorContext(prefix, suffix)) == expected


@pytest.mark.parametrize("name", CASES)
def test_what_is_clean_stays(name: str) -> None:
    """Cleaning is idempotent: a cleaned text passes again unchanged."""
    around, _, expected = CASES[name]
    prefix, _, suffix = around.partition("|")

    assert clean(expected, CursorContext(prefix, suffix)) == expected


BRACES: dict[str, tuple[str, str, str]] = {
    "missing closer": ("function f() {\n  if (a) {\n    |\n", "b();\n  }\n}\nfunction g", "b();\n  }"),
    "closer below": ("function f() {\n  |\n}\n", "return 1;\n}", "return 1;"),
    "else goes on": ("if (a) {|", "\n  b();\n} else {\n  c();\n}\nd();", "\n  b();\n} else {\n  c();\n}"),
    "no indentation is made up": ("if (a) {\n|", "b();", "b();"),
    "comment with a bracket": ("x = |", "1; // :-)", "1; // :-)"),
}


@pytest.mark.parametrize("name", BRACES)
def test_clean_with_braces(name: str) -> None:
    around, candidate, expected = BRACES[name]
    prefix, _, suffix = around.partition("|")

    assert clean(candidate, CursorContext(prefix, suffix, language("javascript"))) == expected


def test_one_line_where_the_user_wants_it() -> None:
    assert clean("a = 1\nb = 2", CursorContext("", "", multi_line=False)) == "a = 1"


def test_candidates_that_look_the_same_are_one() -> None:
    texts = ["a + b", "a  +  b", "", "b + a", "a + b\n"]

    assert clean_all(texts, CursorContext("x = ", "")) == [(0, "a + b"), (3, "b + a")]


def test_the_order_of_the_rules_is_the_specified_one() -> None:
    assert [rule.__name__ for rule in RULES] == [
        "remove_special_tokens",
        "fix_first_indent",
        "cut_at_block_end",
        "trim_overlap",
        "cut_unmatched_closers",
        "cut_repeats",
        "keep_one_line",
        "strip_trailing_space",
    ]
