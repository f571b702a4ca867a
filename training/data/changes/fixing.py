"""Wrong code, and what it was before the slip."""

from __future__ import annotations

import random
from dataclasses import replace

from training.data.changes import asks
from training.data.changes.asking import punctuated
from training.data.changes.conversation import Change
from training.data.changes.editing import changed
from training.data.changes.slips import failing_check, logic_slip, name_slip, syntax_slip
from training.data.changes.subject import Subject

MAX_CASE = 50  # characters of a call and its right result


def fix_syntax(subject: Subject, rng: random.Random) -> Change | None:
    slip = syntax_slip(subject.code(), rng)
    if not slip:
        return None
    wrong, error = slip
    ways = asks.FIX_SYNTAX if rng.random() < 0.35 else asks.FIX
    return replace(changed(subject, subject, ways, error=error), given=wrong)


def fix_name(subject: Subject, rng: random.Random) -> Change | None:
    wrong = name_slip(subject.code(), rng)
    return replace(changed(subject, subject, asks.FIX), given=wrong) if wrong else None


def fix_result(subject: Subject, rng: random.Random) -> Change | None:
    """The request says what is wanted, unless the usual name or the docstring does."""
    wrong = logic_slip(subject.item, subject.body, rng)
    if not wrong:
        return None
    given = replace(subject, body=wrong).code()
    says_itself = subject.name in subject.item.names or bool(subject.form.docstring)
    ways: tuple[str, ...] = asks.FIX_RESULT if rng.random() < 0.5 else asks.FIX
    if not says_itself or rng.random() < 0.4:
        ways = tuple(_with_purpose(way, rng) for way in ways)
    elif not subject.item.constants and rng.random() < 0.4:
        ways = asks.FIX_CASE
    left, _, right = failing_check(subject.item, wrong).partition(" == ")
    if ways is asks.FIX_CASE and (not right or not left.startswith("f(") or len(left + right) > MAX_CASE):
        return None
    call = left.replace("f(", f"{subject.name}(", 1)
    return replace(changed(subject, subject, ways, do=subject.phrase(), call=call, result=right), given=given)


def _with_purpose(way: str, rng: random.Random) -> str:
    """The request and the purpose as two sentences, in either order."""
    first, second = way, rng.choice(asks.PURPOSE)
    if rng.random() < 0.5:
        mark = rng.choice((". ", ". ", ", but ")) if way.startswith("=it ") else ". "
        return "=" + second + mark + first.removeprefix("=")
    start = punctuated(first.removeprefix("="), rng)
    return "=" + start + (" " if start[-1] in ".!?" else rng.choice((". ", ", "))) + second
