"""The same function in another way: as loop, comprehension, recursion, lambda or class, or shorter."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable
from dataclasses import replace

from training.data import names
from training.data.changes import asks_more as asks
from training.data.changes.conversation import Change
from training.data.changes.editing import change_to_code, changed
from training.data.changes.subject import Subject
from training.data.template import Template, all_checks

# Checks see what the function prints as its result.
PRINTED = """
all_printed = []
print = all_printed.append
printed = lambda function: lambda *args: (function(*args), all_printed.pop())[1]
"""
LOOP = re.compile(r"^ *(for|while) ", re.MULTILINE)
# The shapes of a body, each with the words that ask for it; the first that the new body has and the old one lacks.
SHAPES: tuple[tuple[Callable[[str], bool], tuple[str, ...]], ...] = (
    (lambda body: "$f(" in body, asks.RECURSIVE),
    (lambda body: bool(LOOP.search(body)), asks.LOOP),
    (lambda body: "\n" not in body and " for " in body and body.startswith("return ["), asks.COMPREHENSION),
    (lambda body: "\n" not in body and body.startswith("return "), asks.SHORTER),
)


def has_recursion(item: Template) -> bool:
    return bool(item.idioms) and any("$f(" in body for body in (item.body, *(body for _, body in item.idioms)))


def has_idioms(item: Template) -> bool:
    return bool(item.idioms)


def is_one_line(item: Template) -> bool:
    return item.body.startswith("return ") and "\n" not in item.body


def returns_bool(item: Template) -> bool:
    return is_one_line(item) and bool(item.types) and item.types[-1] == "bool"


def other_idiom(subject: Subject, rng: random.Random) -> Change | None:
    ways = {body: how for how, body in subject.item.idioms}
    others = [body for body in (subject.item.body, *ways) if body != subject.body]
    body = rng.choice(others)
    asked = next((words for has, words in SHAPES if has(body) and not has(subject.body)), ())
    if "$f(" in subject.body and LOOP.search(body):
        asked = asks.ITERATIVE
    if body in ways and (not asked or rng.random() < 0.3):
        asked = tuple(way.replace("{how}", ways[body]) for way in asks.IDIOM)
    return changed(subject, replace(subject, body=body), asked) if asked else None


def simplify(subject: Subject, rng: random.Random) -> Change | None:
    """What is returned was written in a roundabout way."""
    value = subject.body.removeprefix("return ")
    if subject.body == value or "\n" in value:
        return None
    roundabout = [f"result = {value}\nreturn result"]
    if returns_bool(subject.item):
        roundabout = [
            f"if {value}:\n    return True\nreturn False",
            f"if {value}:\n    return True\nelse:\n    return False",
            f"if ({value}) == True:\n    return True\nelse:\n    return False",
            f"return True if {value} else False",
            f"result = {value}\nreturn result",
        ]
    return changed(replace(subject, body=rng.choice(roundabout)), subject, asks.SIMPLIFY)


def to_lambda(subject: Subject, rng: random.Random) -> Change | None:
    """A lambda, or a function from one."""
    if not subject.body.startswith("return ") or "\n" in subject.body or "$f(" in subject.body:
        return None
    value = subject.filled_body().removeprefix("return ")
    if isinstance(_parsed(value), ast.Tuple):
        return None
    head = f"lambda {', '.join(subject.parameters)}:" if subject.parameters else "lambda:"
    code = subject.with_imports(f"{subject.name} = {head} {value}")
    if rng.random() < 0.3:
        return replace(changed(subject, subject, asks.FROM_LAMBDA), given=code)
    return change_to_code(subject, code, asks.LAMBDA, subject.name, _checks(subject))


def to_class(subject: Subject, rng: random.Random) -> Change | None:
    """A class with the function as its only method."""
    if "$f(" in subject.body:
        return None
    new = "".join(word.capitalize() for word in subject.name.split("_"))
    named = rng.random() < 0.5
    if named:
        new = names.random_class_name(rng)
    if new == subject.name:
        return None
    first, *rest = replace(subject, parameters=("self", *subject.parameters)).code().split("def ", 1)[1].split("\n")
    method = "\n".join(f"    {line}" if line else "" for line in (f"def {first}", *rest))
    code = subject.with_imports(f"class {new}:\n{method}")
    ways = asks.NAMED_CLASS if named else asks.CLASS
    return change_to_code(subject, code, ways, f"{new}().{subject.name}", _checks(subject), new=new)


def print_instead(subject: Subject, rng: random.Random) -> Change | None:
    """Print the result instead of returning it, or the reverse."""
    printed = printing(subject)
    if not printed:
        return None
    if rng.random() < 0.5:
        return changed(printed, subject, asks.RETURN)
    change = change_to_code(subject, printed.code(), asks.PRINT, f"printed({subject.name})", _checks(subject))
    return replace(change, setup=PRINTED)


def printing(subject: Subject) -> Subject | None:
    """The function with its result printed, if it has a single result, at its end."""
    head, found, value = subject.body.rpartition("return ")
    if not found or "return " in head or "\n" in value or "$f(" in subject.body or (head and not head.endswith("\n")):
        return None
    if isinstance(_parsed(value.replace("$", "")), ast.Tuple):
        return None
    return replace(subject, body=f"{head}print({value})")


def _checks(subject: Subject) -> tuple[str, ...]:
    return all_checks(subject.item, subject.constant)


def _parsed(value: str) -> ast.expr:
    return ast.parse(value, mode="eval").body
