"""Draws one request with its answer: template x name x arguments x constant x wording."""

from __future__ import annotations

import builtins
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from training.data import classes, lists, mappings, names, numbers, text
from training.data.template import Template, failed_checks, fill, name_with

TEMPLATES = (*numbers.TEMPLATES, *text.TEMPLATES, *lists.TEMPLATES, *mappings.TEMPLATES, *classes.TEMPLATES)
BUILTINS = frozenset(dir(builtins))

WITH_SIGNATURE = (
    "Write a Python function `{sig}` that {does}.",
    "Write a function `{sig}` that {does}.",
    "Write a Python function {sig} that {does}.",
    "Implement `{sig}`: {do}.",
    "Define a Python function `{sig}` to {do}.",
    "Write `{sig}`, which {does}.",
    "Please write a function `{sig}` that {does}.",
    "Create a Python function `{sig}` that {does}.",
    "Write a Python function `{sig}` to {do}.",
    "def {sig}: {do}",
    "Complete `def {sig}:`. It should {do}.",
)
WITH_NAME = (
    "Write a Python function called `{name}` that {does}.",
    "Write a function named {name} that {does}.",
    "Write a Python function `{name}` that {does}.",
    "Create a function {name} that {does}.",
    "Define a function called {name} to {do}.",
    "Implement `{name}`, a function that {does}.",
)
WITHOUT_NAME = (
    "Write a Python function that {does}.",
    "Write a function that {does}.",
    "Write a Python function to {do}.",
    "Write a function to {do}.",
    "Write Python code to {do}.",
    "How do I {do} in Python?",
    "{Do}.",
    "{Do} in Python.",
    "Can you write a function that {does}?",
    "Please write a Python function that {does}.",
    "python function to {do}",
    "I need a function that {does}.",
    "Create a function that {does}.",
    "Give me a Python function that {does}.",
)
CLASS_WITH_NAME = (
    "Write a Python class `{name}` to {do}.",
    "Write a class called {name} to {do}.",
    "Define a class `{name}` to {do}.",
)
CLASS_WITHOUT_NAME = ("Write a Python class to {do}.", "Write a class to {do}.", "Create a Python class to {do}.")


@dataclass(frozen=True)
class Task:
    """`name_given` tells whether the request names the function; the checks are over `f` and `k`, the constant."""

    key: str
    request: str
    code: str
    name: str
    name_given: bool
    checks: tuple[str, ...]
    constant: int | str | None


def draw_task(rng: random.Random, make_name: Callable[[random.Random], str] | None = None) -> Task:
    """With `make_name` the request always gives a signature with a name from there (held-out evaluation)."""
    item = rng.choice(TEMPLATES)
    constant = rng.choice(item.constant_choices())
    require_correct(item, constant)
    style = 0.0 if make_name else rng.random()
    signature_given, name_given = style < 0.5, style < 0.62
    say = rng.choice(item.says)
    name = name_with((make_name or _usual_name(item))(rng) if name_given else item.names[0], constant)
    arguments = _arguments(item, rng) if signature_given else _stated_arguments(item, say, rng)
    shown = tuple(f"`{argument}`" if rng.random() < 0.3 else argument for argument in arguments)
    says = fill(say, name, shown, constant)
    request = _wording(item, style, rng).format(
        sig=f"{name}({', '.join(arguments)})",
        name=name,
        do=says,
        does=third_person(says),
        Do=says[0].upper() + says[1:],
    )
    if rng.random() < 0.15:
        request = request.rstrip(".")
    return Task(item.key, request, item.code(name, arguments, constant), name, name_given, item.checks, constant)


@cache
def require_correct(item: Template, constant: int | str | None) -> None:
    """Run each distinct body once per process, before its first use."""
    failed = failed_checks(item, constant)
    assert not failed, f"template {item.key} with {constant!r}: {failed}"


def third_person(phrase: str) -> str:
    """ "compute the sum" -> "computes the sum"."""
    verb, _, rest = phrase.partition(" ")
    if verb.endswith(("s", "sh", "ch", "x")):
        verb += "es"
    elif verb.endswith("y") and verb[-2] not in "aeiou":
        verb = verb[:-1] + "ies"
    else:
        verb += "s"
    return f"{verb} {rest}"


def _stated_arguments(item: Template, say: str, rng: random.Random) -> tuple[str, ...]:
    """Without a signature only a phrase that states every argument can tell them; else they are the usual ones."""
    stated = all(f"${mark}" in say for mark, _ in zip("abc", item.arguments[0], strict=False))
    return rng.choice(item.arguments) if stated else item.arguments[0]


def _usual_name(item: Template) -> Callable[[random.Random], str]:
    def make(rng: random.Random) -> str:
        if rng.random() < 0.35:
            return rng.choice(item.names)
        return names.random_class_name(rng) if item.is_class else names.random_function_name(rng)

    return make


def _arguments(item: Template, rng: random.Random) -> tuple[str, ...]:
    if rng.random() < 0.4:
        return rng.choice(item.arguments)
    taken = item.words() | BUILTINS
    chosen: list[str] = []
    while len(chosen) < len(item.arguments[0]):
        name = names.random_argument_name(rng)
        if name not in taken:
            chosen.append(name)
            taken = taken | {name}
    return tuple(chosen)


def _wording(item: Template, style: float, rng: random.Random) -> str:
    if item.is_class:
        return rng.choice(CLASS_WITH_NAME if style < 0.62 else CLASS_WITHOUT_NAME)
    if style < 0.5:
        return rng.choice(WITH_SIGNATURE)
    return rng.choice(WITH_NAME if style < 0.62 else WITHOUT_NAME)
