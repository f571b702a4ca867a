"""Finding holes."""

from __future__ import annotations

import pytest

from lsp.text.holes import find_holes, function_span, hole_at, leading_comment

# name: text, and (text of the hole, kind, whether it is certain) of each
CASES: dict[str, tuple[str, list[tuple[str, str, bool]]]] = {
    "dots": ("def f():\n    ...\n", [("...", "statement", True)]),
    "dots on the line": ("def f(): ...\n", [("...", "statement", True)]),
    "pass in a function": ("def f():\n    pass\n", [("pass", "statement", True)]),
    "pass in a class": ("class A(E):\n    pass\n", [("pass", "statement", False)]),
    "pass in an except": ("try:\n    f()\nexcept E:\n    pass\n", [("pass", "statement", False)]),
    "not implemented": (
        "def f():\n    raise NotImplementedError('x')\n",
        [("raise NotImplementedError('x')", "statement", True)],
    ),
    "abstract": ("class A:\n    @abstractmethod\n    def f(self):\n        ...\n", [("...", "statement", False)]),
    "overload": ("@typing.overload\ndef f(x: int) -> int: ...\n", [("...", "statement", False)]),
    "value": ("x = ...\n", [("...", "value", True)]),
    "returned value": ("def f():\n    return ...\n", [("...", "value", True)]),
    "blank": ("x = f(___) + 1\n", [("___", "blank", True)]),
    "two blanks": ("x = ___ + ___\n", [("___", "blank", True), ("___", "blank", True)]),
    "name with underscores": ("x = a___b\n", []),
    "dots in a type": ("def f(x: tuple[int, ...], y: Callable[..., int]) -> None:\n    return g\n", []),
    "dots in a string": ('x = "..."\n', []),
    "dots in a docstring": ('def f():\n    """\n    ...\n    """\n    return 1\n', []),
    "slice": ("y = x[..., 0]\n", []),
    "todo": ("# TODO: sort\nx = 1\n", [("# TODO: sort", "todo", True)]),
    "todo behind code": ("x = 1  # TODO: better\n", []),
    "todo in a string": ('x = "# TODO"\n', []),
    "todo above a hole": (
        "def f():\n    # TODO(me): sort\n    pass\n",
        [("# TODO(me): sort\n    pass", "statement", True)],
    ),
    "empty body": ("def f():\nx = 1\n", [("", "body", True)]),
    "empty body at the end": ("def f():", [("", "body", True)]),
    "docstring only": ('def f():\n    """Sort."""\n', [("", "body", True)]),
    "blank line in an empty body": ("def f():\n    \nx = 1\n", [("", "body", True)]),
    "dictionary over lines": ("x = {\n    'a':\n        1,\n}\n", []),
    "condition": ("if a:\n    b\nelse:\nc\n", [("", "body", True)]),
    "windows": ("def f():\r\n    ...\r\n", [("...", "statement", True)]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_find_holes(name: str) -> None:
    text, expected = CASES[name]
    holes = find_holes(text, "python")

    assert [(hole.text, hole.kind, hole.is_certain) for hole in holes] == expected
    assert all(text[hole.start : hole.end] == hole.text for hole in holes)


def test_other_languages() -> None:
    text = "function f(a) {\n}\n// TODO: go\nfn g() {\n  ...\n}\n/* TODO: x */\n"

    assert [hole.kind for hole in find_holes(text, "javascript")] == ["body", "todo", "statement", "todo"]
    assert [hole.text for hole in find_holes("fn f() {\n    todo!()\n}\n", "rust")] == ["todo!()"]
    assert find_holes("pass\n...\n", "plaintext")[0].text == "..."


def test_hints_are_the_words_of_the_comment() -> None:
    (hole,) = find_holes("# TODO(ann): sort the list\n", "python")
    assert hole.hint == "sort the list"


def test_an_empty_body_goes_on_a_line_of_its_own() -> None:
    (hole,) = find_holes("class A:\n  def f(self):\n", "python")
    assert hole.lead == "\n    "
    (hole,) = find_holes("def f():\n\t\nx\n", "python")
    assert hole.lead in ("", "    ")


def test_the_hole_at_the_cursor_or_the_only_one_on_the_line() -> None:
    text = "a = ___ + ___\nb = ___ + 1\n"
    holes = find_holes(text, "python")

    assert hole_at(holes, text, text.index("___")) == holes[0]
    assert hole_at(holes, text, 0) is None
    assert hole_at(holes, text, len(text) - 2) == holes[2]


def test_the_function_around_the_cursor() -> None:
    first = "class A:\n    def f(self):\n        if x:\n            ...\n\n        return 1\n"
    text = first + "\n    def g(self):\n        ...\n\nx = ...\n"

    start, end, name = function_span(text, "python", text.index("return")) or (0, 0, "")
    assert name == "f"
    assert text[start:end].strip().startswith("def f")
    assert text[start:end].rstrip().endswith("return 1")
    assert (function_span(text, "python", text.index("        ...\n\nx") + 8) or (0, 0, ""))[2] == "g"
    assert function_span(text, "python", text.index("x = ...")) is None
    script = "function f(a) {\n  if (a) {\n    ...\n  }\n}\nvar x = 1;\n"
    assert (function_span(script, "javascript", script.index("...")) or (0, 0, ""))[2] == "f"


def test_the_comment_to_generate_from() -> None:
    text = "x = 1\n    # Sort the list\n    # of names.\ny = 2  # not this\n"
    at = text.index("of names")

    words, start, end = leading_comment(text, "python", at, at) or ("", 0, 0)
    assert words == "Sort the list of names."
    assert text[start:end] == "# Sort the list\n    # of names."
    assert leading_comment(text, "python", 0, 0) is None
    assert leading_comment(text, "python", len(text) - 3, len(text) - 3) is None
    assert (leading_comment("/* Add\n * two */\n", "c", 3, 3) or ("",))[0] == "Add two"
