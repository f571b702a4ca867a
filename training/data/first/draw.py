"""Draws a request of the kind that is typed first, with its answer."""

from __future__ import annotations

import io
import random
import re
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cache

from training.data import names, wordings
from training.data.first import frames
from training.data.first.entry import Entry, Program, draw_reading
from training.data.first.surface import styled, with_article
from training.data.first.tables import ENTRIES, MOST_TYPED
from training.data.tasks import TEMPLATES, draw_arguments, require_correct, third_person
from training.data.template import Constant, Template, fenced, name_with

MOST_TYPED_WEIGHT = 1.5
GIVEN_SHARE, NAME_SHARE, TITLE_SHARE, IDIOM_SHARE = 0.1, 0.12, 0.45, 0.1
BARE_SHARE = 0.35  # of the requests with a title or a phrase: nothing around it
FUNCTION_FRAMES_SHARE = 0.35
ADJECTIVES = {"recursively": "recursive", "using recursion": "recursive", "using a loop": "iterative"}


@dataclass(frozen=True)
class First:
    """A request and its reply. `checks` are over `f` (see `template.scope_of`); none for a program."""

    key: str
    request: str
    reply: str
    code: str
    name: str = ""
    constant: Constant = None
    checks: tuple[str, ...] = ()


def draw_first(rng: random.Random) -> First:
    """One entry (all equally likely, the most typed ones a little more), in one of very many wordings."""
    entry = rng.choices(ENTRIES, cum_weights=_cumulative_weights())[0]
    return draw_entry(entry, rng)


def draw_entry(entry: Entry, rng: random.Random) -> First:
    if entry.program is not None:
        return _draw_program(entry, entry.program, rng)
    item = template_of(entry)
    require_correct(item, entry.constant)
    style = rng.random()
    if style < GIVEN_SHARE:
        return _with_given_name(entry, item, rng)
    if style < GIVEN_SHARE + NAME_SHARE and entry.owns_name:
        return _with_usual_name(entry, item, rng)
    how, body = rng.choice(item.idioms) if item.idioms and rng.random() < IDIOM_SHARE else ("", item.body)
    request = styled(_framed(entry, _kind(item), how, rng), rng)
    return _answer(entry, item, request, name_with(item.names[0], entry.constant), item.arguments[0], body)


def template_of(entry: Entry) -> Template:
    return entry.template or _templates()[entry.key]


@cache
def require_output(item: Program, constant: int | None) -> None:
    """Run the program once per process, before its first use, and check what it prints."""
    typed, files = iter(item.given), dict(item.files)
    scope: dict[str, object] = {
        "__name__": "__main__",
        "input": lambda prompt="": next(typed),
        "open": lambda path, *mode, **named: io.StringIO(files[path]),
    }
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(program_code(item, constant), scope)
    seen = {**scope, "out": printed.getvalue().strip(), "k": constant, "re": re}
    assert eval(item.check, seen), f"{item.code}\nprints {seen['out']!r}, but {item.check}"


def program_code(item: Program, constant: int | None) -> str:
    return item.code.replace("$k", str(constant))


@cache
def _templates() -> dict[str, Template]:
    return {item.key: item for item in TEMPLATES}


@cache
def _own_names(entry: Entry) -> tuple[str, ...]:
    """The usual name, and the others that no other entry has."""
    first, *others = template_of(entry).names
    return (first, first, *(name for name in others if _name_counts()[name] == 1))


@cache
def _name_counts() -> Counter[str]:
    return Counter(name for entry in ENTRIES if entry.program is None for name in set(template_of(entry).names))


@cache
def _cumulative_weights() -> tuple[float, ...]:
    total, weights = 0.0, []
    for entry in ENTRIES:
        total += MOST_TYPED_WEIGHT if entry.key in MOST_TYPED else 1.0
        weights.append(total)
    return tuple(weights)


def _draw_program(entry: Entry, item: Program, rng: random.Random) -> First:
    constant = rng.choice(item.constants) if item.constants else None
    require_output(item, constant)
    request = styled(_framed(entry, "program", "", rng).replace("$k", str(constant)), rng)
    code = program_code(item, constant)
    return First(entry.key, request, fenced(code), code, constant=constant)


def _answer(
    entry: Entry, item: Template, request: str, name: str, arguments: tuple[str, ...], body: str | None = None
) -> First:
    code = item.code(name, arguments, entry.constant, body)
    return First(entry.key, request, fenced(code), code, name, entry.constant, item.checks)


def _kind(item: Template) -> str:
    return "class" if item.is_class else "function"


def _framed(entry: Entry, kind: str, how: str, rng: random.Random) -> str:
    """A title or a phrase, with the words that request an idiom, in a frame or bare; in lower case."""
    if entry.titles and (rng.random() < TITLE_SHARE or not entry.phrases):
        title = draw_reading(rng.choice(entry.titles), rng)
        if how:
            adjective = ADJECTIVES.get(how)
            title = f"{adjective} {title}" if adjective and rng.random() < 0.5 else f"{title} {how}"
        if rng.random() < BARE_SHARE and not entry.only_function:
            return title
        return _title_frame(entry, kind, rng).format(t=title, a=with_article(title))
    phrase = draw_reading(rng.choice(entry.phrases), rng) + (f" {how}" if how else "")
    if rng.random() < BARE_SHARE and not entry.only_function:
        return phrase
    return _verb_frame(entry, kind, rng).format(do=phrase, does=third_person(phrase))


def _title_frame(entry: Entry, kind: str, rng: random.Random) -> str:
    special = {"function": frames.TITLE_FUNCTION, "class": frames.TITLE_CLASS, "program": frames.TITLE_PROGRAM}[kind]
    return rng.choice(special if entry.only_function or rng.random() < FUNCTION_FRAMES_SHARE else frames.TITLE)


def _verb_frame(entry: Entry, kind: str, rng: random.Random) -> str:
    if kind == "function" and (entry.only_function or rng.random() < FUNCTION_FRAMES_SHARE):
        return rng.choice(frames.VERB_FUNCTION)
    return rng.choice(frames.VERB)


def _with_usual_name(entry: Entry, item: Template, rng: random.Random) -> First:
    """Nothing but the name or the signature."""
    name = name_with(rng.choice(_own_names(entry)), entry.constant)
    if item.is_class:
        request = rng.choice(frames.CLASS_NAME).format(name=name)
        return _answer(entry, item, _maybe_sentence(request, rng), name, ())
    frame = rng.choice(frames.NAME)
    arguments = rng.choice(item.arguments) if "{sig}" in frame else item.arguments[0]
    request = frame.format(name=name, sig=f"{name}({', '.join(arguments)})")
    return _answer(entry, item, _maybe_sentence(request, rng), name, arguments)


def _maybe_sentence(request: str, rng: random.Random) -> str:
    """Upper case at the start unless the first word is code."""
    if rng.random() < 0.4 and request.split()[0].isalpha() and " " in request and not request.startswith("def "):
        request = request[0].upper() + request[1:].replace("python", "Python")
    return request


def _with_given_name(entry: Entry, item: Template, rng: random.Random) -> First:
    """Any name, and for a function often any arguments, with a phrase or a title that says what it does."""
    phrase = draw_reading(rng.choice(entry.phrases), rng)
    arguments = item.arguments[0]
    if item.is_class:
        name, frame = names.random_class_name(rng), rng.choice(CLASS_GIVEN)
    elif rng.random() < 0.6:
        name, arguments = names.random_function_name(rng), draw_arguments(item, rng)
        frame = rng.choice(wordings.WITH_SIGNATURE)
    else:
        name = names.random_function_name(rng)
        frame = rng.choice(wordings.WITH_NAME)
    request = frame.format(
        sig=f"{name}({', '.join(arguments)})", name=name, do=phrase, does=third_person(phrase), Do=phrase
    )
    return _answer(entry, item, request, name, arguments)


CLASS_GIVEN = (
    "{do}, call the class {name}",
    "{do} and call it `{name}`",
    "{do} named {name}",
    "{do}. The class is called `{name}`.",
    "write a class `{name}` to {do}",
    "Write a Python class called {name} to {do}.",
)
