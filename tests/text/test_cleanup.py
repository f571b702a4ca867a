"""Models' answers, cleaned up into the text for the hole."""

from __future__ import annotations

import random

import pytest

from app.text.cleanup import (
    clean_infill,
    cut_at_suffix_overlap,
    cut_single_line,
    drop_prefix_overlap,
    strip_fences,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("total = 1", "total = 1"),
        ("", ""),
        ("```python\ntotal = 1\n```", "total = 1"),
        ("```\n    total = 1\n\n```\n", "    total = 1\n"),  # only one line break belongs to the fence
        ("Here it is:\n\n```py\na\nb\n```\nI hope it helps.\n```\nother\n```", "a\nb"),
        ("```python\na\nb", "a\nb"),  # cut off by max_tokens
        ("```python", ""),
        ("```", ""),
        ("```js\r\na\r\n```\r\n", "a"),
        ("```js\r\na\r\n\r\n```\r\n", "a\r\n"),
        ("~~~\na\n```\n~~~", "a\n```"),
        ("````markdown\nSee:\n```js\nx\n```\n````", "See:\n```js\nx\n```"),  # a longer fence encloses shorter ones
        ("```markdown\nSee\n```js\nx", "See\n```js\nx"),  # a language opens, and does not close
        ('```python\n"""\n    ```\n    x\n    ```\n"""\n```', '"""\n    ```\n    x\n    ```\n"""'),
        ("1. So:\n   ```python\n   a\n   ```", "   a"),
        ("```a + b```", "a + b"),
        ("a = '```'", "a = '```'"),
        ("x = `date`", "x = `date`"),
        ('```c++\n😀 = "日"\t\u2028\n```', '😀 = "日"\t\u2028'),
    ],
)
def test_strip_fences(text: str, expected: str) -> None:
    assert strip_fences(text) == expected


@pytest.mark.parametrize(
    ("prefix", "text", "expected"),
    [
        ("def f():\n    ret", "return 1", "urn 1"),
        ("def f():\n    ret", "    return 1", "urn 1"),
        ("def f():\n    return ", "return 1", "1"),
        ("def f():\n\treturn ", "\treturn 1", "1"),
        ("def f():\r\n    return ", "def f():\r\n    return 1\r\n", "1\r\n"),
        ("i", "i += 1", " += 1"),
        ("x = self.", "self.a", "a"),
        ("x = compute_", "compute_total()", "total()"),
        ("größe = größe", "größe + 1", " + 1"),
        ("a = 1\nb = 22\n", "a = 1\nb = 22\nc = 3\n", "c = 3\n"),  # whole lines, the longest overlap
        ("b = 22\nb = 22\n", "b = 22\nb = 22\nc\n", "c\n"),
        ("def f():\n    ", "    return 1\n    pass", "return 1\n    pass"),
        ("def f():\n    ", "        return 1", "    return 1"),
        ("def f():\n\t", "\treturn 1", "return 1"),
        # Repeated on purpose:
        ("x = ", " 1", " 1"),
        ("if x:\n ", " y", " y"),
        ("f(g(x)", ")", ")"),
        ("    )", ")", ")"),
        ("((", "((a))", "((a))"),
        ("ban", "ana", "ana"),
        ("print('ana", "anas')", "anas')"),
        ("words = bananana", "nana", "nana"),  # within a word
        ("x = a + b", "b", "b"),
        ("    }\n", "    }\n", "    }\n"),
        ("<br>\n", "\n", "\n"),
        ("Title\n-----\n", "-----\na", "-----\na"),
        ("a\n\n", "\n\nb", "\n\nb"),
        ("    ", "  x", "  x"),  # less than the line so far
        ("a = 1\n", "b = 2\n", "b = 2\n"),
        ("", "a", "a"),
        ("a", "", ""),
    ],
)
def test_drop_prefix_overlap(prefix: str, text: str, expected: str) -> None:
    assert drop_prefix_overlap(text, prefix) == expected


@pytest.mark.parametrize(
    ("text", "prefix", "suffix", "expected"),
    [
        ("y = 1\n    return x\n", "    ", "\n    return x\n", "y = 1"),
        ("y = 1\n    return x", "    x = 0; ", "\n    return x\n", "y = 1"),
        ("y = 1\r\n    return x\r\n", "    ", "\r\n    return x\r\n", "y = 1"),
        ("    y = 1\n    return x\n", "a\n", "    return x\n", "    y = 1\n"),
        # The indentation of the line is in the prefix.
        ("y = 1\n    return x\n", "a\n    ", "return x\n", "y = 1\n    "),
        ("y = 1\n\n\n    return x", "    ", "\n\n    return x\n", "y = 1\n"),  # as many line breaks as the suffix has
        ("y = 1\n    return x", "    ", "\n\n    return x\n", "y = 1"),
        ("\treturn x\n", "a\n", "\treturn x\n", ""),
        ("return x\n", "a\n\t", "\n\treturn x\n", ""),
        ("a, b)\n    return x\n", "    f(", ")\n    return x\n", "a, b"),  # the rest of the hole's line too
        ("a, b)\n    return x\n", "    f(", ") + 1\n    return x\n", "a, b)"),
        ("1\n    x = 1  \n", "    ", "\n    x = 1\n", "1"),  # blanks at the end do not matter
        ("a\n  日 = '😀'\nb", "  ", "\n  日 = '😀'\n", "a"),
        ("a\n    return x\nb\n    return x\n", "    ", "\n    return x\n", "a"),  # the first place
        # A line without letters and digits
        ("  a();\n}\n", "if (x) {\n", "}\n", "  a();\n"),
        ("a();\n}\n\nfunction g() {\n", "f() {\n  ", "\n}\n", "a();"),  # to the end of the suffix
        ("a();\n}\n\nfoo();\nmore\n", "f() {\n  ", "\n}\n\nfoo();\nbar();\n", "a();"),
        ("a();\n}\n\nfoo();\nmore\n", "f() {\n  ", "\n}\nfoo();\nbar();\n", "a();"),  # blank lines do not count
        ("a();\n}\n", "f() {\n  ", "\n}\n\nfoo();\nbar();\n", "a();"),  # to the end of the answer
        # On purpose:
        ("a();\n}\nelse {\n  b();\n", "if (x) {\n  ", "\n}\n\nfoo();\n", "a();\n}\nelse {\n  b();\n"),
        ("if (y) {\n    a();\n  }", "f() {\n  ", "\n}\n", "if (y) {\n    a();\n  }"),  # another indentation
        ("    return None\n    y = 1", "if x:\n    ", "\nreturn None\n", "    return None\n    y = 1"),
        ("g(\n    1\n)", "f(", ")\n\nfoo()\n", "g(\n    1\n)"),  # only a part of the suffix's line
        ("b()\n", "a(); ", "\nb()\n", "b()\n"),  # of a line that has begun
        ("td>", "  <td></", "\n  <td></td>\n", "td>"),
        ("y = 1\n    return xs\n", "    ", "\n    return x\n", "y = 1\n    return xs\n"),
        ("y = 1\n\n\n", "    ", "\n\n", "y = 1\n\n\n"),
        ("a\x0creturn x\u2028return x", "", "\nreturn x\n", "a\x0creturn x\u2028return x"),
        ("a", "", "", "a"),
        ("", "", "a\n", ""),
    ],
)
def test_cut_at_suffix_overlap(text: str, prefix: str, suffix: str, expected: str) -> None:
    assert cut_at_suffix_overlap(text, prefix, suffix) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", "a"),
        ("a\nb", "a"),
        ("a\r\nb", "a"),
        ("a\rb", "a"),
        ("\na", ""),
        ("", ""),
        ("a\x0b\u2028é", "a\x0b\u2028é"),
    ],
)
def test_cut_single_line(text: str, expected: str) -> None:
    assert cut_single_line(text) == expected


@pytest.mark.parametrize(
    ("text", "single_line", "expected"),
    [
        ("Sure:\n```python\n    total = sum(values)\n    return total / n\n```", False, "total = sum(values)"),
        ("```python\n\n    total = sum(values)\n    print(total)\n```", False, "total = sum(values)\n    print(total)"),
        ("\n\ntotal = sum(values)\nprint(total)", True, "total = sum(values)"),
        ("def mean(values):\n    total = sum(values)", False, "total = sum(values)"),
    ],
)
def test_chat_answers(text: str, single_line: bool, expected: str) -> None:
    prefix, suffix = "def mean(values):\n    ", "\n    return total / n\n"

    assert clean_infill(text, prefix, suffix, single_line=single_line, is_chat=True) == expected


def test_a_chat_answer_may_begin_a_line_below() -> None:
    def clean(single_line: bool) -> str:
        return clean_infill("\n    return 1", "def f():", "\n", single_line=single_line, is_chat=True)

    assert clean(single_line=False) == "\n    return 1"
    assert clean(single_line=True) == "    return 1"


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        ("```python\nx\n```", "# Usage\n\n"),
        ("\n\nx = 1", "import os\n"),
        ("    <td>1</td>\n", "    <td>1</td>\n"),
        ("    x = 1", "if y:\n    "),
    ],
)
def test_models_trained_for_infilling_mean_what_they_say(text: str, prefix: str) -> None:
    assert clean_infill(text, prefix, "\n", single_line=False, is_chat=False) == text
    assert clean_infill(text, prefix, "\n", single_line=False, is_chat=True) != text


@pytest.mark.parametrize("is_chat", [False, True])
def test_the_suffix_is_cut_on_every_route(is_chat: bool) -> None:
    text = "a = 1\nb = 2\nreturn\n"

    assert clean_infill(text, "", "\nreturn\n", single_line=False, is_chat=is_chat) == "a = 1\nb = 2"
    assert clean_infill(text, "", "\nreturn\n", single_line=True, is_chat=is_chat) == "a = 1"
    assert clean_infill("a)\nreturn\n", "f(", ")\nreturn\n", single_line=True, is_chat=is_chat) == "a"
    assert clean_infill("return\nx", "", "\nreturn\n", single_line=True, is_chat=is_chat) == ""


def test_random_texts_only_ever_lose() -> None:
    """The result is always a part of the answer, and cleaning it up again as an infill changes nothing."""
    chooser = random.Random(3)
    pieces = ["\n", "\r\n", "    ", "\t", "}", ")", "x", "return x", "```", "```py", "é", "😀", "\u2028", " "]
    for _ in range(3000):
        text, prefix, suffix = ("".join(chooser.choices(pieces, k=chooser.randint(0, 8))) for _ in range(3))
        for is_chat in (False, True):
            for single_line in (False, True):
                cleaned = clean_infill(text, prefix, suffix, single_line=single_line, is_chat=is_chat)
                assert cleaned in text
                assert text.startswith(cleaned) or is_chat
                assert not (single_line and "\n" in cleaned)
