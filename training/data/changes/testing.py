"""Tests and example calls of a function, from its template's own checks."""

from __future__ import annotations

import ast
import random
from functools import cache

from training.data.changes import asks_more as asks
from training.data.changes.conversation import Change
from training.data.changes.subject import Subject
from training.data.tasks import MAX_TEST_ASSERTS, named_check
from training.data.template import Constant, Template, all_checks

EMPTY = ("[]", '""', "0", "{}", "set()", "None")
MAX_EXAMPLE = 60  # characters of a call with its result


def has_plain_checks(item: Template) -> bool:
    return bool(_plain(item))


def write_test(subject: Subject, rng: random.Random) -> Change:
    calls = [named_check(check, subject.name, subject.constant) for check in _plain(subject.item)[:MAX_TEST_ASSERTS]]
    sides = [call.split(" == ") for call in calls]
    if rng.random() < 0.12 and all(len(side) == 2 for side in sides):
        title = "".join(word.capitalize() for word in subject.name.split("_"))
        asserts = "\n".join(f"        self.assertEqual({left}, {right})" for left, right in sides)
        head = f"class Test{title}(unittest.TestCase):\n    def test_{subject.name}(self):"
        code = f"import unittest\n\n\n{head}\n{asserts}"
        return _about(subject, code, asks.UNITTEST, f"Test{title}('test_{subject.name}').test_{subject.name}")
    code = f"def test_{subject.name}():\n" + "\n".join(f"    assert {call}" for call in calls)
    return _about(subject, code, asks.TEST, f"test_{subject.name}")


def has_example(item: Template) -> bool:
    return bool(item.types) or bool(_plain(item))


def example(subject: Subject, rng: random.Random) -> Change | None:
    """A printed call, with what it prints as a comment."""
    examples = _examples(subject.item, subject.constant)
    if not examples:
        return None
    arguments, result = rng.choice(examples)
    call = f"{subject.name}({arguments})"
    code = f"print({call})  # {ast.literal_eval(result)}"
    return _about(subject, code, asks.EXAMPLE, f"lambda: None if {call} == {result} else 1")


def _about(subject: Subject, code: str, ways: tuple[str, ...], bind: str) -> Change:
    """The reply's code runs after the function, which it calls."""
    return Change(
        asks=ways,
        given=subject.code(),
        reply=f"```python\n{code}\n```",
        name=subject.name,
        code=code,
        checks=("f() is None",),
        constant=subject.constant,
        bind=bind,
        setup=subject.code(),
    )


def _plain(item: Template) -> list[str]:
    return [check for check in item.checks if "tmp(" not in check and "lambda" not in check and check.startswith("f(")]


@cache
def _examples(item: Template, constant: Constant) -> tuple[tuple[str, str], ...]:
    """Arguments of a call, and its result, as literals; the first three with more than an empty value, if any."""
    found = []
    for check in all_checks(item, constant):
        if check in item.checks:
            check = named_check(check, "f", constant)
        left, equals, right = check.partition(" == ")
        arguments, brackets = left[2:-1], left[:2] + left[-1]
        if brackets == "f()" and equals and len(check) <= MAX_EXAMPLE and "\\" not in check:
            found += [(arguments, right)] if _is_literal(f"[{arguments}]") and _is_literal(right) else []
    good = [(arguments, right) for arguments, right in found if right not in EMPTY and arguments not in EMPTY]
    return tuple(good[:3] or found)


def _is_literal(text: str) -> bool:
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError):
        return False
    return True
