"""Requests about a pasted class: explain it, rename it, document it."""

from __future__ import annotations

import random
from functools import cache

from training.data import names, tasks
from training.data.changes import asks
from training.data.changes.conversation import Change
from training.data.changes.subject import Subject, conjugated, docstring_of
from training.data.template import Template, all_checks

MAX_CLASS = 330  # characters


def explain_class(subject: Subject, rng: random.Random) -> Change:
    """The function is not used: classes have no other forms."""
    item, name = _draw(rng, MAX_CLASS, telling=True)
    says = f"`{name}` is a class that {conjugated(item.says[0])}."
    return Change(asks.EXPLAIN, item.code(name, ()), says, name)


def rename_class(subject: Subject, rng: random.Random) -> Change | None:
    item, old = _draw(rng, MAX_CLASS // 2)
    new = names.random_class_name(rng)
    values = (("old", old), ("new", new))
    return _change(item, old, item.code(new, ()), new, asks.RENAME_CLASS, values) if new != old else None


def document_class(subject: Subject, rng: random.Random) -> Change:
    item, name = _draw(rng, MAX_CLASS // 2, telling=True)
    code = item.code(name, ())
    head = next(line for line in code.split("\n") if line.startswith("class "))
    documented = code.replace(head, f'{head}\n    """{docstring_of(item.says[0])}"""\n', 1)
    return _change(item, name, documented, name, asks.DOCSTRING)


def _change(
    item: Template, name: str, code: str, bind: str, ways: tuple[str, ...], values: tuple[tuple[str, str], ...] = ()
) -> Change:
    return Change(
        asks=ways,
        given=item.code(name, ()),
        reply=f"```python\n{code}\n```",
        name=name,
        code=code,
        checks=all_checks(item, None),
        bind=bind,
        values=values,
    )


def _draw(rng: random.Random, longest: int, telling: bool = False) -> tuple[Template, str]:
    item = rng.choice(_short_classes(longest))
    tasks.require_correct(item, None)
    return item, item.names[0] if telling or rng.random() < 0.4 else names.random_class_name(rng)


@cache
def _short_classes(longest: int) -> tuple[Template, ...]:
    classes = (item for item in tasks.TEMPLATES if item.is_class and not item.constants and not item.arguments[0])
    return tuple(c for c in classes if len(c.body) <= longest and tasks.allowed_constants(c, "train"))
