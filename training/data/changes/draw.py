"""Draws a conversation about code: with pasted code, or about the assistant's own answer."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from training.data import wordings
from training.data.changes import asks_more, editing, fixing, guarding, lines, of_classes, rewriting, talking, testing
from training.data.changes.asking import ask, pasted
from training.data.changes.conversation import Change, Conversation
from training.data.changes.subject import Subject, conjugated, draw_subject, with_form
from training.data.talk import draw_talk
from training.data.template import Template

MAX_CHARS = 640  # of all messages and the reply: about 215 tokens
Make = Callable[[Subject, random.Random], Change | None]

MISSING_SHARE, GREETED_SHARE = 0.02, 0.02


@dataclass(frozen=True)
class Kind:
    """`suits` are the templates that it can be drawn from. `first` and `later`: how often it is asked about pasted
    code, and about the assistant's own answer. `formed`: the given code may have type hints or a docstring already."""

    name: str
    make: Make
    first: float
    later: float
    suits: Callable[[Template], bool] | None = None
    telling: float = 0.0
    formed: bool = True

    def change(self, subject: Subject, rng: random.Random) -> Change | None:
        return None if self.suits and not self.suits(subject.item) else self.make(subject, rng)


def another(subject: Subject, rng: random.Random) -> Change | None:
    """After one function, another one."""
    other = draw_subject(rng, usual=True)
    if other.item.key == subject.item.key:
        return None
    do = other.phrase()
    change = editing.changed(other, other, asks_more.OTHER, do=do, does=conjugated(do))
    return replace(change, given=subject.code())


KINDS = (
    Kind("explain", talking.explain, 14, 6),
    Kind("fix_syntax", fixing.fix_syntax, 12, 0),
    Kind("fix_name", fixing.fix_name, 4, 0),
    Kind("fix_result", fixing.fix_result, 9, 0, telling=0.4),
    Kind("rename", editing.rename, 7, 6),
    Kind("rename_and_more", editing.rename_and_more, 2, 4),
    Kind("rename_variable", editing.rename_variable, 7, 4),
    Kind("other_case", editing.other_case, 1, 0),
    Kind("types", editing.add_types, 7, 7),
    Kind("docstring", editing.add_docstring, 7, 6),
    Kind("types_and_docstring", editing.add_types_and_docstring, 3, 2),
    Kind("comment", editing.add_comment, 3, 2),
    Kind("remove", editing.remove, 3, 0, formed=False),
    Kind("other_idiom", rewriting.other_idiom, 7, 5, rewriting.has_idioms),
    Kind("recursion", rewriting.other_idiom, 2, 2, rewriting.has_recursion, telling=0.5),
    Kind("simplify", rewriting.simplify, 3, 0, rewriting.is_one_line, formed=False),
    Kind("simplify_bool", rewriting.simplify, 2, 0, rewriting.returns_bool, formed=False),
    Kind("lambda", rewriting.to_lambda, 2, 1, rewriting.is_one_line, formed=False),
    Kind("class", rewriting.to_class, 1.5, 1),
    Kind("print", rewriting.print_instead, 2.5, 1, formed=False),
    Kind("guard", guarding.guard, 7, 5, guarding.has_arguments),
    Kind("guard_division", guarding.guard_division, 1, 1, guarding.divides),
    Kind("check_type", guarding.check_type, 1.5, 1, guarding.has_arguments),
    Kind("default", guarding.default, 2, 1, guarding.has_arguments),
    Kind("parameter", guarding.add_parameter, 2, 1, guarding.has_number),
    Kind("ignore_case", guarding.ignore_case, 0.7, 0.7, guarding.compares_text),
    Kind("test", testing.write_test, 8, 7, testing.has_plain_checks, telling=0.2),
    Kind("example", testing.example, 2, 4, testing.has_example),
    Kind("explain_lines", lines.explain_lines, 2, 0, lines.fits),
    Kind("fix_lines", lines.fix_lines, 2, 0, lines.fits),
    Kind("rename_in_lines", lines.rename_in_lines, 1, 0, lines.fits),
    Kind("lines_to_function", lines.lines_to_function, 1.5, 0, lines.fits, formed=False),
    Kind("explain_class", of_classes.explain_class, 2, 0),
    Kind("rename_class", of_classes.rename_class, 0.7, 0),
    Kind("document_class", of_classes.document_class, 0.7, 0),
    Kind("talk", talking.talk, 0, 5),
    Kind("another", another, 0, 4),
)
LATER_SHARE = 0.4
# Before the last request, pasted code was changed, or the assistant's own answer was.
PASTED_BEFORE, CHANGED_BEFORE = 0.3, 0.15
USUAL_SHARE = 0.5  # of the assistant's own answers: the request says no more than what the function does


def draw_change(rng: random.Random, kind: str | None = None, later: bool | None = None) -> Conversation:
    """A conversation of a kind, or of any; `later`: about the assistant's own answer, or about pasted code."""
    special = rng.random() if kind is None else 1.0
    if special < MISSING_SHARE + GREETED_SHARE:
        return _without_code(rng) if special < MISSING_SHARE else _greeted(rng)
    about_answer = rng.random() < LATER_SHARE if later is None else later
    chosen = _draw_kind(rng, about_answer)
    if kind is not None:
        chosen = next(one for one in KINDS if one.name == kind)
        about_answer = bool(chosen.later) and (about_answer or not chosen.first)  # a place where it can be asked
    while True:
        conversation = _later(chosen, rng) if about_answer else _pasted(chosen, rng)
        if conversation and sum(map(len, (*conversation.messages, conversation.reply))) <= MAX_CHARS:
            return conversation


def _draw_kind(rng: random.Random, later: bool) -> Kind:
    return rng.choices(KINDS, [kind.later if later else kind.first for kind in KINDS])[0]


def _subject(kind: Kind, rng: random.Random) -> Subject:
    return draw_subject(rng, kind.suits, telling=rng.random() < kind.telling)


def _pasted(kind: Kind, rng: random.Random) -> Conversation | None:
    subject = _subject(kind, rng)
    change = kind.change(with_form(subject, rng) if kind.formed else subject, rng)
    if not change:
        return None
    message = pasted(ask(change, rng, later=False), change.given, rng)
    return Conversation(kind.name, (message,), change.reply, change)


def _later(kind: Kind, rng: random.Random) -> Conversation | None:
    """The function was written by the assistant, or was pasted and changed by it."""
    subject = draw_subject(rng, kind.suits, usual=True) if rng.random() < USUAL_SHARE else _subject(kind, rng)
    messages = [request(subject, rng), f"```python\n{subject.code()}\n```"]
    before = rng.random()
    if before < PASTED_BEFORE + CHANGED_BEFORE:
        is_pasted = before < PASTED_BEFORE
        opening = _draw_kind(rng, later=not is_pasted).change(subject, rng)
        if not opening or not opening.after or not (is_pasted or opening.given == subject.code()):
            return None
        asked = ask(opening, rng, later=not is_pasted)
        if is_pasted:
            messages = []
            asked = pasted(asked, opening.given, rng)
        messages += [asked, opening.reply]
        subject = opening.after
    change = kind.change(subject, rng)
    if not change or change.given != subject.code():
        return None
    return Conversation(kind.name, (*messages, ask(change, rng, later=True)), change.reply, change)


def _without_code(rng: random.Random) -> Conversation:
    """About code that the message does not have."""
    while not (change := _draw_kind(rng, later=False).change(draw_subject(rng), rng)):
        pass
    message = ask(change, rng, later=False)
    return Conversation("missing", (message,), talking.NO_CODE, replace(change, code="", reply=talking.NO_CODE))


def _greeted(rng: random.Random) -> Conversation:
    """A function after small talk."""
    subject = draw_subject(rng, usual=True)
    change = editing.changed(subject, subject, ())
    return Conversation("greeted", (*draw_talk(rng), request(subject, rng)), change.reply, change)


def request(subject: Subject, rng: random.Random) -> str:
    """A request for the function itself."""
    style = rng.random()
    forms: tuple[str, ...] = wordings.WITH_SIGNATURE if style < 0.5 else wordings.WITH_NAME
    if subject.name == subject.item.names[0] and subject.arguments == subject.item.arguments[0]:
        forms = asks_more.SHORT if rng.random() < 0.6 else wordings.WITHOUT_NAME
    do = subject.phrase()
    return rng.choice(forms).format(
        sig=subject.call(),
        name=subject.name,
        bare=subject.name.replace("_", " "),
        do=do,
        does=conjugated(do),
        Do=do[0].upper() + do[1:],
    )
