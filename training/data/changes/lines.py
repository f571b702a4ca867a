"""A few lines without a function: the body of one, with values for its arguments and its result printed."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from functools import cache

from training.data.changes import asks, asks_more
from training.data.changes.conversation import Change
from training.data.changes.editing import changed
from training.data.changes.rewriting import PRINTED, printing
from training.data.changes.slips import UNSAFE, syntax_slip
from training.data.changes.subject import Subject, conjugated, renamed
from training.data.template import Constant, Template, scope_of, time_limit

SAMPLES = {
    "int": ("3", "5", "7", "10", "12", "20", "42"),
    "float": ("1.5", "2.0", "3.5"),
    "str": ('"hello"', '"Hello World"', '"a short text"', '"level"', '"Python is fun"', '"abc"'),
    "list[int]": ("[1, 2, 3]", "[3, 1, 2]", "[5, 2, 8, 1]", "[4, 7, 10]", "[1, 2, 2, 3]", "[-1, 0, 5]"),
    "list[str]": ('["a", "b", "c"]', '["apple", "pear"]', '["one", "two", "three"]', '["Tom", "Ann"]'),
    "dict[str, int]": ('{"a": 1, "b": 2}', '{"x": 3, "y": 1}'),
}
RETURN = re.compile(r"^return (?:the )?")


def fits(item: Template) -> bool:
    """Whether it has values for its arguments, and one result at its end."""
    if UNSAFE.search(item.body + item.imports):
        return False
    single = item.body.count("return ") == 1 and item.body.split("\n")[-1].startswith("return ")
    return single and bool(item.types[:-1]) and set(item.types[:-1]) <= set(SAMPLES) and "$f" not in item.body


def explain_lines(subject: Subject, rng: random.Random) -> Change | None:
    code, phrase = _lines(subject, rng), subject.phrase()
    if not code or "`" in phrase:
        return None
    says = f"It {conjugated(phrase)} and prints the result."
    if RETURN.match(phrase):
        says = f"It prints {phrase.removeprefix('return ')}."
    return Change(asks.EXPLAIN, code, says, "it")


def fix_lines(subject: Subject, rng: random.Random) -> Change | None:
    code = _lines(subject, rng)
    slip = syntax_slip(code, rng) if code else None
    if not slip:
        return None
    return replace(_changed_lines(code, asks.FIX, error=slip[1]), given=slip[0])


def rename_in_lines(subject: Subject, rng: random.Random) -> Change | None:
    code, new = _lines(subject, rng), subject.fresh_name(rng)
    if not code:
        return None
    old = rng.choice((*subject.arguments, *subject.variables()))
    if re.search(rf"[\"'].*\b{old}\b.*[\"']", code):
        return None
    change = _changed_lines(renamed(code, old, new), asks.RENAME_VARIABLE, old=old, new=new, kind="variable")
    return replace(change, given=code)


def lines_to_function(subject: Subject, rng: random.Random) -> Change | None:
    """The lines without their values, as a function with the requested signature."""
    printed = printing(subject)
    if not printed:
        return None
    change = changed(subject, subject, asks_more.FUNCTION, call=subject.call())
    return replace(change, given=subject.with_imports(printed.filled_body()))


def _lines(subject: Subject, rng: random.Random) -> str:
    printed = printing(subject)
    if not printed:
        return ""
    samples = tuple(rng.choice(SAMPLES[kind]) for kind in subject.item.types[:-1])
    if not _runs(subject.item, subject.constant, ", ".join(samples)):
        return ""
    values = [f"{name} = {value}" for name, value in zip(subject.arguments, samples, strict=True)]
    return subject.with_imports("\n".join((*values, printed.filled_body())))


@cache
def _runs(item: Template, constant: Constant, arguments: str) -> bool:
    """Whether the function takes these arguments; the lines with them do the same."""
    name = item.names[0]
    try:
        with time_limit():
            eval(f"f({arguments})", scope_of(item.code(name, item.arguments[0], constant), name, constant))
    except Exception:
        return False
    return True


def _changed_lines(code: str, ways: tuple[str, ...], **values: str) -> Change:
    """The lines run; what they print is not checked, since the lines before the change are right already."""
    return Change(
        asks=ways,
        given=code,
        reply=f"```python\n{code}\n```",
        name="it",
        code=code,
        checks=("len(all_printed) == 1",),
        bind="None",
        setup=PRINTED,
        values=tuple(values.items()),
    )
