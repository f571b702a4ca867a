"""What is typed first: an entry is one task with its bare names, its phrases and its one answer.

Titles and phrases are written in a small notation: `;` separates them, `(a|b)` is a choice (an empty one is allowed),
and `{list}` is a choice from `MACROS`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import product

from training.data.template import Constant, Template, template

MACROS = {
    "check": "(check|check|test|determine|tell|find out|see) (if|whether)",
    "calc": "(calculate|compute|find|get|return)",
    "get": "(get|find|return)",
    "count": "(count|find the number of|get the number of)",
    "remove": "(remove|remove|delete|strip|drop)",
    "convert": "(convert|convert|change|turn)",
    "sort": "(sort|order)",
    "make": "(make|create|build|write)",
    "implement": "(implement|create|make|write|build|define)",
    "max": "(largest|biggest|maximum|highest|greatest|max)",
    "min": "(smallest|lowest|minimum|least|min)",
    "num": "(a number|a number|an integer|a given number|n)",
    "nums": "(a list|a list of numbers|an array|a list of integers|a given list)",
    "list": "(a list|a list|an array|a given list|the list)",
    "str": "(a string|a string|a text|a given string|the string|a word)",
    "text": "(a string|a text|a sentence|a given string|some text)",
    "dict": "(a dictionary|a dict|a dictionary|the dict)",
    "file": "(a file|a text file|a file|a txt file)",
}
MACRO = re.compile(r"\{(\w+)\}")
CHOICE = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True)
class Program:
    """Code that is run as it is; `$k` stands for a constant. `check` is an expression over `out` (what it printed,
    without outer blanks), `k`, `re` and the program's own variables; `given` is what is typed into it."""

    code: str
    check: str
    constants: tuple[int, ...] = ()
    given: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Entry:
    """`key` is a template's key, or that of a program. `constant` is the one of a template with constants.

    `only_function`: the request always says that a function is wanted, because the same words alone ask for a program.
    `owns_name`: a request that is nothing but the usual name or signature asks for this task.
    """

    key: str
    titles: tuple[str, ...]
    phrases: tuple[str, ...]
    constant: Constant = None
    template: Template | None = None
    program: Program | None = None
    only_function: bool = False
    owns_name: bool = True


def known(
    key: str,
    titles: str,
    phrases: str,
    *,
    constant: Constant = None,
    only_function: bool = False,
    owns_name: bool = True,
) -> Entry:
    """A task whose template is in another table."""
    return Entry(key, _split(titles), _split(phrases), constant, only_function=only_function, owns_name=owns_name)


def new(
    key: str,
    titles: str,
    phrases: str,
    names: str,
    arguments: str,
    body: str,
    *checks: str,
    idioms: Mapping[str, str] | None = None,
    types: str = "",
    imports: str = "",
    only_function: bool = False,
) -> Entry:
    """A task with its own template; the template's phrases are the first readings of `phrases`."""
    says = "|".join(dict.fromkeys(readings(phrase)[0] for phrase in _split(phrases)))
    item = template(key, says, names, arguments, body, *checks, idioms=idioms, types=types, imports=imports)
    return Entry(key, _split(titles), _split(phrases), template=item, only_function=only_function)


def new_class(
    key: str, titles: str, phrases: str, name: str, code: str, *checks: str, imports: str = "", owns_name: bool = True
) -> Entry:
    """A class, written with `$f` for its name."""
    made = new(f"class/{key}", titles, phrases, name, "", code, *checks, imports=imports)
    return replace(made, owns_name=owns_name)


def program(
    key: str,
    titles: str,
    phrases: str,
    code: str,
    check: str,
    *,
    constants: tuple[int, ...] = (),
    given: tuple[str, ...] = (),
    files: Mapping[str, str] | None = None,
) -> Entry:
    """A tiny program; `$k` in its code, titles and phrases is a constant."""
    made = Program(code, check, constants, given, tuple((files or {}).items()))
    return Entry(f"program/{key}", _split(titles), _split(phrases), program=made)


def draw_reading(text: str, rng: random.Random) -> str:
    """One reading of the notation."""
    text = _expanded(text)
    while "(" in text:
        text = CHOICE.sub(lambda found: rng.choice(found[1].split("|")), text)
    return " ".join(text.split())


def readings(text: str) -> list[str]:
    """All readings of the notation, in order."""
    parts = CHOICE.split(_expanded(text))
    choices = [part.split("|") if index % 2 else [part] for index, part in enumerate(parts)]
    return list(dict.fromkeys(" ".join("".join(chosen).split()) for chosen in product(*choices)))


@cache
def _expanded(text: str) -> str:
    return MACRO.sub(lambda found: MACROS[found[1]], text)


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
