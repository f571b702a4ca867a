"""Changes that keep what the code does: names, type hints, docstrings, comments."""

from __future__ import annotations

import random
from dataclasses import replace

from training.data import names, tasks
from training.data.changes import asks
from training.data.changes.conversation import Change
from training.data.changes.subject import Subject, docstring, in_string
from training.data.template import PLAIN, Form, all_checks

COMMENTS = ("TODO: test this", "helper", "see the notes", "not tested yet", "works", "from the book", "example 3")
LINE_COMMENTS = ("step", "check this", "todo", "important", "done", "here it happens", "the rest", "fine so far")


def changed(subject: Subject, after: Subject, ways: tuple[str, ...], **values: str) -> Change:
    """The change from one function into another that passes the same checks."""
    checks = all_checks(subject.item, subject.constant)
    return change_to_code(subject, after.code(), ways, after.name, checks, after, **values)


def change_to_code(
    subject: Subject,
    code: str,
    ways: tuple[str, ...],
    bind: str,
    checks: tuple[str, ...],
    after: Subject | None = None,
    **values: str,
) -> Change:
    """The change from a function into any code, whose checks call `bind`."""
    return Change(
        asks=ways,
        given=subject.code(),
        reply=f"```python\n{code}\n```",
        name=subject.name,
        code=code,
        checks=checks,
        constant=subject.constant,
        bind=bind,
        after=after,
        values=tuple(values.items()),
    )


def rename(subject: Subject, rng: random.Random) -> Change:
    after = replace(subject, name=_new_name(subject, rng))
    return changed(subject, after, asks.RENAME, old=subject.name, new=after.name)


def rename_and_more(subject: Subject, rng: random.Random) -> Change | None:
    form = subject.form
    if form.docstring or (form.typed and not subject.item.types):
        return None
    typed = bool(subject.item.types) and not form.typed and rng.random() < 0.3
    form = replace(form, typed=True) if typed else replace(form, docstring=docstring(subject))
    after = replace(subject, name=_new_name(subject, rng), form=form)
    ways = asks.RENAME_AND_TYPES if typed else asks.RENAME_AND_DOCSTRING
    return changed(subject, after, ways, old=subject.name, new=after.name)


def rename_variable(subject: Subject, rng: random.Random) -> Change | None:
    """An argument or a variable of the body."""
    new = subject.fresh_name(rng)
    variables = subject.variables()
    if variables and (rng.random() < 0.4 or not subject.arguments):
        old = rng.choice(variables)
        return changed(
            subject, subject.with_variable(old, new), asks.RENAME_VARIABLE, old=old, new=new, kind="variable"
        )
    if not subject.arguments:
        return None
    old = rng.choice(subject.arguments)
    arguments = tuple(new if argument == old else argument for argument in subject.arguments)
    parameters = tuple(
        new + text.removeprefix(old) if text.split("=")[0] == old else text for text in subject.parameters
    )
    if in_string(subject.filled_body(), old):
        return None
    after = replace(subject, arguments=arguments, parameters=parameters)
    kind = rng.choice(("argument", "parameter", "variable"))
    return changed(subject, after, asks.RENAME_VARIABLE, old=old, new=new, kind=kind)


def other_case(subject: Subject, rng: random.Random) -> Change | None:
    """snake_case to camelCase, or back."""
    head, *rest = subject.name.split("_")
    if not rest or not all(rest):
        return None
    camel = replace(subject, name=head + "".join(word.capitalize() for word in rest))
    if rng.random() < 0.5:
        return changed(subject, camel, asks.CAMEL_CASE)
    return changed(camel, subject, asks.SNAKE_CASE)


def add_types(subject: Subject, rng: random.Random) -> Change | None:
    if not subject.item.types or subject.form.typed:
        return None
    return changed(subject, replace(subject, form=replace(subject.form, typed=True)), asks.TYPES)


def add_docstring(subject: Subject, rng: random.Random) -> Change | None:
    if subject.form.docstring:
        return None
    after = replace(subject, form=replace(subject.form, docstring=docstring(subject)))
    return changed(subject, after, asks.DOCSTRING)


def add_types_and_docstring(subject: Subject, rng: random.Random) -> Change | None:
    if not subject.item.types or subject.form != PLAIN:
        return None
    return changed(subject, replace(subject, form=Form(True, docstring(subject))), asks.TYPES_AND_DOCSTRING)


def add_comment(subject: Subject, rng: random.Random) -> Change | None:
    """One line above the definition."""
    if subject.comment or subject.form.docstring:
        return None
    return changed(subject, replace(subject, comment=docstring(subject)), asks.COMMENT)


def remove(subject: Subject, rng: random.Random) -> Change:
    """Take out type hints, the docstring, or comments, which the given code has."""
    style = rng.random()
    if style < 0.3 and subject.item.types:
        before, after = replace(subject, form=Form(typed=True)), replace(subject, form=PLAIN)
        return changed(before, after, asks.REMOVE, what=rng.choice(("type hints", "types", "annotations")))
    if style < 0.6:
        before, after = replace(subject, form=Form(docstring=docstring(subject))), replace(subject, form=PLAIN)
        return changed(before, after, asks.REMOVE, what=rng.choice(("docstring", "docstring", "documentation")))
    change = changed(subject, subject, asks.REMOVE, what=rng.choice(("comments", "comments", "comment")))
    return replace(change, given=_commented(change.given, rng))


def _commented(code: str, rng: random.Random) -> str:
    """With a comment at the end of one or two lines, or above all."""
    lines = code.split("\n")
    for place in rng.sample(range(len(lines)), min(len(lines), rng.randint(1, 2))):
        if lines[place]:
            lines[place] += f"  # {rng.choice(LINE_COMMENTS)}"
    if rng.random() < 0.3:
        lines.insert(0, f"# {rng.choice(COMMENTS)}")
    return "\n".join(lines)


def _new_name(subject: Subject, rng: random.Random) -> str:
    taken = {subject.name, *subject.arguments, *subject.item.words(), *tasks.BUILTINS}
    while (name := names.random_function_name(rng)) in taken:
        pass
    return name
