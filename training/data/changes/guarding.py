"""Checks of arguments, defaults and new parameters.

What the function does changes as the request says, so that its template no longer describes it: nothing more is asked.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace

from training.data.changes import asks_more as asks
from training.data.changes.conversation import Change
from training.data.changes.editing import change_to_code, changed
from training.data.changes.subject import Subject
from training.data.template import Template, all_checks

ANSWERS = ("None", "None", "0", "0", "-1", "False", "[]", '""')
DEFAULTS = {"int": ("0", "1", "2", "3", "10", "100"), "float": ("0.0", "1.0", "0.5"), "str": ('""', '" "', '","')}
EMPTY = {"list": "[]", "str": '""', "dict": "{}", "bool": "False"}  # what is returned unless the request says
TYPE_NAMES = {"int": "an int", "str": "a string", "float": "a float", "bool": "a bool"}
CONTAINERS = {"list": "an empty list", "str": "an empty string", "dict": "an empty dictionary", "set": "an empty set"}
CASE_WORDS = re.compile(r"case|upper|lower|capital|letter|title|\$k|regular|hex|char")


@dataclass(frozen=True)
class Guard:
    """`condition` has `$x` for the argument; `sample` is a value for which it holds."""

    condition: str
    state: str  # "if n is negative"
    kind: str  # "handle negative numbers"
    sample: str


NEGATIVE = Guard("$x < 0", "negative", "negative numbers", "-1")
ZERO = Guard("$x == 0", "zero", "zero", "0")
NONE = Guard("$x is None", "None", "None", "None")


def guard(subject: Subject, rng: random.Random) -> Change | None:
    """An early return or error for some value of an argument."""
    place = rng.randrange(len(subject.arguments))
    argument, kind = subject.arguments[place], subject.item.types[place]
    found = _guard(kind, rng)
    condition = found.condition.replace("$x", "$" + "abc"[place])
    if subject.body.startswith(("if not ", f"if {condition}")):
        return None
    ways, values = asks.RETURN_IF, {"argument": argument, "state": found.state, "kind": found.kind}
    style = rng.random()
    error = "TypeError" if found is NONE else "ValueError"
    values |= {"value": rng.choice(ANSWERS), "error": error}
    outcome = f"return {values['value']}"
    raised = f'raise {error}("${"abc"[place]} must not be {found.state}")'
    if style < 0.35:
        ways, outcome = asks.RAISE_IF, raised
    elif style < 0.55:
        ways = asks.HANDLE
        result = subject.item.types[-1].partition("[")[0]
        outcome = raised if found in (NEGATIVE, ZERO) else f"return {EMPTY.get(result, 'None')}"
    after = replace(subject, body=f"if {condition}:\n    {outcome}\n{subject.body}")
    return _checked(subject, after, ways, place, found, outcome, values)


def divides(item: Template) -> bool:
    return "/ $b" in item.body and bool(item.types) and "if " not in item.body


def guard_division(subject: Subject, rng: random.Random) -> Change | None:
    """The same for a divisor, with what is raised or returned unless the request says."""
    divisor = subject.arguments[1]
    values = {"argument": divisor, "state": "zero", "kind": "zero", "error": "ValueError", "value": rng.choice(ANSWERS)}
    ways, outcome = rng.choice(
        (
            (asks.HANDLE_DIVISION, 'raise ValueError("$b must not be zero")'),
            (asks.RAISE_IF, 'raise ValueError("$b must not be zero")'),
            (asks.RETURN_IF, f"return {values['value']}"),
        )
    )
    after = replace(subject, body=f"if $b == 0:\n    {outcome}\n{subject.body}")
    return _checked(subject, after, ways, 1, ZERO, outcome, values)


def check_type(subject: Subject, rng: random.Random) -> Change | None:
    """A TypeError for an argument of another type."""
    place = rng.randrange(len(subject.arguments))
    argument, kind = subject.arguments[place], subject.item.types[place].partition("[")[0]
    names = TYPE_NAMES | {name: f"a {name}" for name in CONTAINERS if name != "str"}
    if kind not in names or kind == "float" or subject.body.startswith("if not "):
        return None
    letter = "abc"[place]
    outcome = f'raise TypeError("${letter} must be {names[kind]}")'
    after = replace(subject, body=f"if not isinstance(${letter}, {kind}):\n    {outcome}\n{subject.body}")
    found = Guard(f"not isinstance($x, {kind})", "", "", "object()")
    return _checked(
        subject, after, asks.CHECK_TYPE, place, found, outcome, {"argument": argument, "a_type": names[kind]}
    )


def default(subject: Subject, rng: random.Random) -> Change | None:
    """A default value of the last argument."""
    if len(subject.parameters) != len(subject.arguments) or "=" in subject.parameters[-1]:
        return None
    choices = DEFAULTS.get(subject.item.types[-2])
    if not choices:
        return None
    value, argument = rng.choice(choices), subject.arguments[-1]
    after = replace(subject, parameters=(*subject.parameters[:-1], f"{argument}={value}"))
    return changed(subject, after, asks.DEFAULT, argument=argument, value=value)


def has_number(item: Template) -> bool:
    """Whether the body has an integer constant that may become a parameter."""
    return bool(item.types) and all(isinstance(k, int) for k in item.constants) and "$k" in item.body


def add_parameter(subject: Subject, rng: random.Random) -> Change | None:
    """The constant of the body becomes a parameter, mostly with the constant as its default."""
    if "$k" not in subject.body or '"' in subject.body or subject.form.docstring:
        return None
    if re.search(rf"(?<![\w.]){subject.constant}\b", subject.body):
        return None  # it could be another number
    new = subject.fresh_name(rng)
    optional = rng.random() < 0.6
    parameter = f"{new}={subject.constant}" if optional else new
    after = replace(subject, body=subject.body.replace("$k", new), parameters=(*subject.parameters, parameter))
    bind = subject.name if optional else f"lambda *args: {subject.name}(*args, k)"
    ways = asks.PARAMETER_DEFAULT if optional else asks.PARAMETER
    checks = all_checks(subject.item, subject.constant)
    return change_to_code(subject, after.code(), ways, bind, checks, value=str(subject.constant), new=new)


def compares_text(item: Template) -> bool:
    """Whether the function takes texts alone, and nothing is said of upper or lower case."""
    kinds = item.types[:-1]
    texts = bool(kinds) and set(kinds) == {"str"} and item.types[-1] in ("bool", "int")
    return (
        texts
        and "open(" not in item.body
        and not item.imports
        and not CASE_WORDS.search("|".join(item.says) + item.body)
    )


def ignore_case(subject: Subject, rng: random.Random) -> Change:
    letters = "abc"[: len(subject.arguments)]
    lines = "\n".join(f"${letter} = ${letter}.lower()" for letter in letters)
    after = replace(subject, body=f"{lines}\n{subject.body}")
    change = change_to_code(subject, after.code(), asks.IGNORE_CASE, "", _same(subject))
    lowered = f"lambda *args: {subject.name}(*args) == original(*(text.lower() for text in args)) and original(*args)"
    return replace(change, bind=lowered, setup=_original(subject))


def has_arguments(item: Template) -> bool:
    return bool(item.types) and len(item.arguments[0]) > 0


def _guard(kind: str, rng: random.Random) -> Guard:
    name = kind.partition("[")[0]
    if name in CONTAINERS and rng.random() < 0.75:
        empty = {"list": "[]", "str": '""', "dict": "{}", "set": "set()"}[name]
        return Guard("not $x", "empty", CONTAINERS[name], empty)
    if name in ("int", "float") and rng.random() < 0.8:
        return rng.choice((NEGATIVE, ZERO))
    return NONE


def _checked(
    subject: Subject,
    after: Subject,
    ways: tuple[str, ...],
    place: int,
    found: Guard,
    outcome: str,
    values: dict[str, str],
) -> Change:
    """The change with its checks: what the guard does, and that all else is as before."""
    name, arguments = after.name, ["None"] * len(after.arguments)
    arguments[place] = found.sample
    call = f"{name}({', '.join(arguments)})"
    check = f"{call} == {outcome.removeprefix('return ')}"
    if outcome.startswith("raise "):
        error = outcome.split("(")[0].removeprefix("raise ")
        check = f'__import__("unittest").TestCase().assertRaises({error}, lambda: {call}) is None'
    condition = found.condition.replace("$x", f"args[{place}]")
    bind = f"lambda *args: original(*args) if {condition} else {name}(*args)"
    change = change_to_code(subject, after.code(), ways, bind, (*_same(subject), check), None, **values)
    return replace(change, setup=_original(subject))


def _same(subject: Subject) -> tuple[str, ...]:
    return all_checks(subject.item, subject.constant)


def _original(subject: Subject) -> str:
    return replace(subject, name="original").code()
