"""Tests and example calls of a function, from its template's own checks."""

from __future__ import annotations

import ast
import random

from training.data.changes import asks_more as asks
from training.data.changes.conversation import Change
from training.data.changes.subject import Subject
from training.data.tasks import MAX_TEST_ASSERTS, named_check
from training.data.template import Template

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
    return bool(_examples(item))


def example(subject: Subject, rng: random.Random) -> Change:
    """A printed call, with the result as a comment."""
    left, right = rng.choice(_examples(subject.item))
    call, result = (named_check(side, subject.name, subject.constant) for side in (left, right))
    code = f"print({call})  # {result}"
    return _about(subject, code, asks.EXAMPLE, f"lambda: print({call}) or ({call} == {result} or 1 / 0) and None")


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


def _examples(item: Template) -> list[list[str]]:
    """Calls whose result is a literal: `f(2, 3) == 5`."""
    sides = (check.split(" == ") for check in _plain(item) if len(check) <= MAX_EXAMPLE)
    return [side for side in sides if len(side) == 2 and _is_literal(side[1])]


def _is_literal(text: str) -> bool:
    try:
        ast.literal_eval(text)
    except ValueError:
        return False
    return True
