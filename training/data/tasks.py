"""Draws one request with its answer: template x name x arguments x constant x idiom x wording."""

from __future__ import annotations

import builtins
import random
import re
from dataclasses import dataclass
from functools import cache

from training.data import names, wordings
from training.data.groups import GROUPS
from training.data.holdout import is_held_out_cell, is_held_out_template
from training.data.template import PLAIN, Constant, Form, Template, all_checks, failed_checks, fill, name_with

TEMPLATES = tuple(item for _, group in GROUPS for item in group)
BUILTINS = frozenset(dir(builtins))
SPLITS = ("train", "name", "constant", "template")
MAX_TEST_ASSERTS = 3
NOT_IN_TESTS = ("tmp(", "printed(", "lambda", "__import__")
CALL, CONSTANT = re.compile(r"\bf\("), re.compile(r"\bk\b")


@dataclass(frozen=True)
class Task:
    """`name_given` and `signature_given`: whether the request states them. `checks` are over `f`, the constant `k` and
    `tmp` (see `template.CHECK_PRELUDE`); `setup` is code to run before the answer (for a test, the tested function)."""

    key: str
    kind: str  # function, class or test
    request: str
    code: str
    name: str
    arguments: tuple[str, ...]
    constant: Constant
    name_given: bool
    signature_given: bool
    checks: tuple[str, ...]
    setup: str = ""


@dataclass(frozen=True)
class Asked:
    """What a request states in addition to the function's task."""

    name: bool
    signature: bool


def draw_task(rng: random.Random, split: str = "train") -> Task:
    """A task of one split; `train` contains nothing that is held out. The other splits have functions only, with a
    held-out name in the signature (`name`), a held-out constant of a known template (`constant`), or a held-out
    template (`template`)."""
    while True:
        item = draw_template(rng, split)
        constants = allowed_constants(item, split)
        if constants and not (split != "train" and item.is_class):
            break
    constant = rng.choice(constants)
    require_correct(item, constant)
    if split == "train" and not item.is_class and rng.random() < 0.05 and (tests := _test_task(item, constant, rng)):
        return tests
    return _function_task(item, constant, split, rng)


def allowed_constants(item: Template, split: str) -> tuple[Constant, ...]:
    """The template's constants in the split; none if the template is not in the split."""
    if is_held_out_template(item.key) != (split == "template"):
        return ()
    if split == "template":
        return item.constant_choices()
    count = len(item.constants)
    return tuple(k for k in item.constant_choices() if is_held_out_cell(item.key, k, count) == (split == "constant"))


@cache
def require_correct(item: Template, constant: Constant) -> None:
    """Run each distinct body's checks once per process, before its first use."""
    failed = failed_checks(item, constant)
    assert not failed, f"template {item.key} with {constant!r}: {failed}"


def third_person(phrase: str) -> str:
    """ "compute the sum" -> "computes the sum"; also a second step after "and then"."""
    return " and then ".join(_conjugated(step) for step in phrase.split(" and then "))


def _conjugated(phrase: str) -> str:
    verb, space, rest = phrase.partition(" ")
    if verb.endswith(("s", "sh", "ch", "x")):
        verb += "es"
    elif verb.endswith("y") and verb[-2] not in "aeiou":
        verb = verb[:-1] + "ies"
    else:
        verb += "s"
    return f"{verb}{space}{rest}"


def draw_template(rng: random.Random, split: str) -> Template:
    if split == "template":
        return rng.choice(_held_out_templates())
    _, group = rng.choices(GROUPS, [share for share, _ in GROUPS])[0]
    return rng.choice(group)


@cache
def _held_out_templates() -> tuple[Template, ...]:
    return tuple(item for item in TEMPLATES if is_held_out_template(item.key))


def _function_task(item: Template, constant: Constant, split: str, rng: random.Random) -> Task:
    asked = _draw_asked(rng, split)
    say = rng.choice(item.says)
    name = _name(item, constant, asked, split, rng)
    arguments = draw_arguments(item, rng) if asked.signature else _stated_arguments(item, say, rng)
    how, body = _idiom(item, rng) if split == "train" else ("", item.body)
    form = _form(item, say, constant, rng) if split == "train" else PLAIN
    request = _request(item, say, name, arguments, constant, asked, rng) + _manner(how, form, rng)
    if rng.random() < 0.15:
        request = request.rstrip(".")
    return Task(
        item.key,
        "class" if item.is_class else "function",
        request,
        item.code(name, arguments, constant, body, form),
        name,
        arguments,
        constant,
        asked.name,
        asked.signature,
        all_checks(item, constant),
    )


def _test_task(item: Template, constant: Constant, rng: random.Random) -> Task | None:
    """Write a test for a function; None for a template whose own checks are not plain calls."""
    simple = [check for check in item.checks if not any(word in check for word in NOT_IN_TESTS)]
    if not simple:
        return None
    name, arguments = name_with(names.random_function_name(rng), constant), item.arguments[0]
    calls = [named_check(check, name, constant) for check in simple[:MAX_TEST_ASSERTS]]
    code = f"def test_{name}():\n" + "\n".join(f"    assert {call}" for call in calls)
    says = fill(rng.choice(item.says), name, arguments, constant)
    request = rng.choice(wordings.TEST).format(
        sig=f"{name}({', '.join(arguments)})", name=name, does=third_person(says)
    )
    setup = item.code(name, arguments, constant)
    return Task(item.key, "test", request, code, f"test_{name}", (), constant, True, False, ("f() is None",), setup)


def named_check(check: str, name: str, constant: Constant) -> str:
    """A check over `f` and `k`, rewritten with the function's name and the constant."""
    return CALL.sub(f"{name}(", CONSTANT.sub(repr(constant), check))


def _draw_asked(rng: random.Random, split: str) -> Asked:
    style = rng.random()
    if split == "name" or style < 0.5:
        return Asked(name=True, signature=True)
    return Asked(name=style < 0.62, signature=False)


def _name(item: Template, constant: Constant, asked: Asked, split: str, rng: random.Random) -> str:
    if split == "name":
        return names.held_out_function_name(rng)
    if not asked.name:
        return name_with(item.names[0], constant)
    if rng.random() < 0.35:
        return name_with(rng.choice(item.names), constant)
    return names.random_class_name(rng) if item.is_class else names.random_function_name(rng)


def _idiom(item: Template, rng: random.Random) -> tuple[str, str]:
    """The words that request a body, and the body. There are no words for the usual one."""
    if not item.idioms or rng.random() < 0.6:
        return "", item.body
    return rng.choice(item.idioms)


def _form(item: Template, say: str, constant: Constant, rng: random.Random) -> Form:
    style = rng.random()
    if item.is_class or style >= 0.24:
        return PLAIN
    typed, documented = bool(item.types) and style < 0.16, style >= 0.12 or style < 0.04
    if not documented:
        return Form(typed)
    return Form(typed, docstring_of(item, constant))


def plain_phrase(item: Template, constant: Constant) -> str:
    """What the function does, without its arguments: "add two numbers"; empty if every phrase names them."""
    plain = next((say for say in item.says if "$" not in say.replace("$k", "")), "")
    return fill(plain, "", (), constant)


def docstring_of(item: Template, constant: Constant) -> str:
    text = plain_phrase(item, constant)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _manner(how: str, form: Form, rng: random.Random) -> str:
    """What a request states about idiom, type hints and docstring."""
    manner = ""
    if how:
        manner += rng.choice(wordings.IDIOM).format(how=how, How=how[0].upper() + how[1:])
    if form.typed and form.docstring:
        manner += rng.choice(wordings.TYPED_AND_DOCUMENTED)
    elif form.typed:
        manner += rng.choice(wordings.TYPED)
    elif form.docstring:
        manner += rng.choice(wordings.DOCUMENTED)
    return manner


def _stated_arguments(item: Template, say: str, rng: random.Random) -> tuple[str, ...]:
    """The arguments if the request has no signature: those of a phrase that states all of them, else the usual ones."""
    stated = all(f"${mark}" in say for mark, _ in zip("abcd", item.arguments[0], strict=False))
    return rng.choice(item.arguments) if stated else item.arguments[0]


def draw_arguments(item: Template, rng: random.Random) -> tuple[str, ...]:
    """Some of the usual arguments or random ones."""
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


def _request(
    item: Template,
    say: str,
    name: str,
    arguments: tuple[str, ...],
    constant: Constant,
    asked: Asked,
    rng: random.Random,
) -> str:
    shown = tuple(f"`{argument}`" if rng.random() < 0.3 else argument for argument in arguments)
    says = fill(say, name, shown, constant)
    return _wording(item, asked, rng).format(
        sig=f"{name}({', '.join(arguments)})",
        name=name,
        do=says,
        does=third_person(says),
        Do=says[0].upper() + says[1:],
    )


def _wording(item: Template, asked: Asked, rng: random.Random) -> str:
    if item.is_class:
        return rng.choice(wordings.CLASS_WITH_NAME if asked.name else wordings.CLASS_WITHOUT_NAME)
    if asked.signature:
        return rng.choice(wordings.WITH_SIGNATURE)
    return rng.choice(wordings.WITH_NAME if asked.name else wordings.WITHOUT_NAME)
