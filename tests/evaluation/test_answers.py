"""Which program is found in an answer."""

from __future__ import annotations

import pytest

from app.evaluation.answers import as_body, before, code_in, defines, without_side_effects

ADD = "def add(a, b):\n    return a + b\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"```python\n{ADD}```", ADD),
        (f"Sure:\n\n```python\n{ADD}```\nIt adds.", ADD),
        (f"```\n{ADD}```", ADD),
        (f"~~~py\n{ADD}~~~\n", ADD),
        (f"  ```python\n{ADD}  ```\n", ADD),
        (f"```python\n{ADD}", ADD),  # cut off before the fence
        (f"```python\nprint(add(1, 2))\n```\nwith\n```python\n{ADD}```", ADD),
        (f"```python\ndef add(a, b:\n```\nCorrected:\n```python\n{ADD}```", ADD),
        ("```python\ndef add(a, b:\n```", "def add(a, b:\n"),
        ("```sh\npip\n```\n```python\nx = 1 + 2\n```", "x = 1 + 2\n"),
        (ADD, ADD),
        (f"Here is the function you want:\n\n{ADD}\nIt returns the sum, of course.\n", ADD + "\n"),
        ("It's not possible.", "It's not possible."),
        ("", ""),
    ],
)
def test_the_code_of_an_answer(text: str, code: str) -> None:
    assert code_in(text, "add") == code


def test_a_long_answer_without_code_takes_no_time() -> None:
    text = "import this: it's about words\n" * 5000

    assert code_in(text, "add") == text


def test_demonstrations_are_left_out_and_the_rest_keeps_its_lines() -> None:
    code = '"""Doc."""\nimport os\n\nK = 1  # kept\n' + ADD
    shown = 'print(add(1, 2))\nassert add(1, 2) == 4\nif __name__ == "__main__":\n    main()\ninput("?")\n'

    assert without_side_effects(code + shown) == code + "\n" * 5
    assert without_side_effects("a = 1; print(a)\n") == "a = 1; print(a)\n"
    assert without_side_effects("print((\n") == "print((\n"


def test_what_defines_a_name() -> None:
    assert defines(ADD, "add")
    assert defines("async def add():\n", "add")
    assert defines("class add:\n", "add")
    assert defines("add = sum\n", "add")
    assert defines("def add(a, b:\n", "add")
    assert not defines("def added(a):\n    add = 1\n", "add")


@pytest.mark.parametrize("body", ["    return a + b\n", "return a + b\n"])
def test_an_answer_may_be_the_body_alone(body: str) -> None:
    assert as_body("def add(a, b):\n", body) == ADD


def test_a_completion_ends_before_the_first_of_its_stops() -> None:
    assert before("    return 1\n\nprint(1)\ndef f", ("\ndef ", "\nprint(")) == "    return 1\n"
    assert before("    return 1", ("\ndef ",)) == "    return 1"
