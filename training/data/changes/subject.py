"""A function about which something is asked: a template with everything that its code depends on."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from training.data import names, tasks
from training.data.first.draw import template_of
from training.data.first.tables import ENTRIES
from training.data.holdout import is_held_out_template
from training.data.phrases import base_form, third_person
from training.data.template import PLAIN, Constant, Form, Template, fill, name_with

MAX_BODY = 240  # characters: a request with its code and the reply must fit into a sample
TYPED_FIRST_SHARE = 0.3  # what people ask for first is also what they paste
BOUND = re.compile(r"\bfor (\w+) in|^\s*(\w+) = |lambda (\w+):", re.MULTILINE)
# Verbs that `third_person` takes for nouns, or does not know.
SECOND_VERB = re.compile(
    r"\b(and (?:leave|reverse|sort|triple|square|halve|double|count|round)|else return|but keep)( (?:it|the|their)\b)"
)
STRING = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")


@dataclass(frozen=True)
class Subject:
    """`body` is a template text. `local_names` are (old, new) names of its variables. `parameters` are source text: an
    argument may have a default, and there may be more of them than the template has."""

    item: Template
    constant: Constant
    name: str
    arguments: tuple[str, ...]
    parameters: tuple[str, ...]
    body: str
    form: Form = PLAIN
    local_names: tuple[tuple[str, str], ...] = ()
    comment: str = ""  # a line above the definition

    def code(self) -> str:
        lines = [f"def {self.name}({self._signature()}:"]
        if self.form.docstring:
            lines.append(f'    """{self.form.docstring}"""')
        lines += [f"    {line}" if line else "" for line in self.filled_body().split("\n")]
        if self.comment:
            lines.insert(0, f"# {self.comment}")
        return self.with_imports("\n".join(lines))

    def with_imports(self, definition: str) -> str:
        return f"{self.item.imports}\n\n\n{definition}" if self.item.imports else definition

    def filled_body(self) -> str:
        body = self.body
        for old, new in self.local_names:
            body = renamed(body, old, new)
        return fill(body, self.name, self.arguments, self.constant)

    def _signature(self) -> str:
        if not self.form.typed:
            return f"{', '.join(self.parameters)})"
        kinds = (*self.item.types[:-1], "int")  # an added parameter is a former constant, an integer
        typed = (_annotated(text, kind) for text, kind in zip(self.parameters, kinds, strict=False))
        return f"{', '.join(typed)}) -> {self.item.types[-1]}"

    def call(self) -> str:
        return f"{self.name}({', '.join(self.arguments)})"

    def phrase(self) -> str:
        """What it does, in the base form: "add two numbers"."""
        shown = tuple(f"`{argument}`" for argument in self.arguments)
        return tasks.plain_phrase(self.item, self.constant) or fill(self.item.says[0], self.name, shown, self.constant)

    def sentence(self) -> str:
        return f"`{self.call()}` {conjugated(self.phrase())}."

    def variables(self) -> list[str]:
        """Names that the body gives to values, as they are now; none that is also in a string."""
        chosen = dict(self.local_names)
        words = {word for found in BOUND.finditer(self.body) for word in found.groups() if word}
        free = (word for word in sorted(words) if word != "_" and not in_string(self.body, word))
        return [chosen.get(word, word) for word in free]

    def with_variable(self, old: str, new: str) -> Subject:
        """Rename a variable of `variables()`."""
        first = next((word for word, now in self.local_names if now == old), old)
        others = tuple(pair for pair in self.local_names if pair[0] != first)
        return replace(self, local_names=(*others, (first, new)))

    def fresh_name(self, rng: random.Random) -> str:
        """A variable's name that the code does not use."""
        taken = self.item.words() | tasks.BUILTINS | {self.name, *self.arguments, *(new for _, new in self.local_names)}
        while (name := names.random_argument_name(rng)) in taken:
            pass
        return name


def draw_subject(
    rng: random.Random, suits: Callable[[Template], bool] | None = None, telling: bool = False, usual: bool = False
) -> Subject:
    """A function of the training split; `telling`: with its usual name; `usual`: as the assistant writes it if the
    request says no more than what it does."""
    while True:
        item = _draw_item(suits, rng)
        constants = tasks.allowed_constants(item, "train")
        if constants and not item.is_class and len(item.body) <= MAX_BODY:
            break
    constant = rng.choice(constants)
    tasks.require_correct(item, constant)
    if usual:
        return Subject(item, constant, name_with(item.names[0], constant), *(item.arguments[0],) * 2, item.body)
    name = _name(item, constant, telling, rng)
    arguments = tasks.draw_arguments(item, rng)
    bodies = [item.body, *(body for _, body in item.idioms if len(body) <= MAX_BODY)]
    subject = Subject(item, constant, name, arguments, arguments, rng.choice(bodies))
    for variable in subject.variables():
        if rng.random() < 0.25:
            subject = subject.with_variable(variable, subject.fresh_name(rng))
    return subject


def _draw_item(suits: Callable[[Template], bool] | None, rng: random.Random) -> Template:
    if suits:
        return rng.choice(items_that(suits))
    return rng.choice(_typed_first()) if rng.random() < TYPED_FIRST_SHARE else tasks.draw_template(rng, "train")


@cache
def _typed_first() -> tuple[Template, ...]:
    """The functions of what is typed first, each once."""
    items = {item.key: item for entry in ENTRIES if entry.program is None for item in (template_of(entry),)}
    return tuple(item for item in items.values() if not is_held_out_template(item.key))


def with_form(subject: Subject, rng: random.Random, share: float = 0.3) -> Subject:
    """Some functions have type hints or a docstring before anything is asked."""
    typed = bool(subject.item.types) and rng.random() < share / 2
    documented = rng.random() < share / 2
    return replace(subject, form=Form(typed, docstring(subject) if documented else ""))


def docstring(subject: Subject) -> str:
    return docstring_of(subject.phrase().replace("`", ""))


def docstring_of(phrase: str) -> str:
    return f"{phrase[0].upper()}{phrase[1:]}."


@cache
def items_that(suits: Callable[[Template], bool]) -> tuple[Template, ...]:
    short = (item for item in tasks.TEMPLATES if not item.is_class and len(item.body) <= MAX_BODY)
    found = tuple(item for item in short if tasks.allowed_constants(item, "train") and suits(item))
    assert found, suits
    return found


def conjugated(phrase: str) -> str:
    """ "sort a list and reverse it" -> "sorts a list and reverses it"."""
    if phrase.startswith("represent "):
        return tasks.third_person(phrase)  # the rest are names of methods
    first, *more = phrase.split(" and then ")
    steps = (third_person(step) if base_form(step.split()[0]) else step for step in more)
    text = " and then ".join((third_person(first), *steps))
    return SECOND_VERB.sub(r"\1s\2", text).replace("upper or lowers case", "upper or lower case")


def renamed(code: str, old: str, new: str) -> str:
    """Rename a variable, but neither attributes nor keywords of calls."""
    return re.sub(rf"(?<![\w.$]){old}\b(?!=[^=])", new, code)


def in_string(code: str, word: str) -> bool:
    return any(re.search(rf"\b{word}\b", text) for text in STRING.findall(code))


def _name(item: Template, constant: Constant, telling: bool, rng: random.Random) -> str:
    style = rng.random()
    if telling or style < 0.35:
        return name_with(item.names[0], constant)
    if style < 0.5:
        return name_with(rng.choice(item.names), constant)
    while (made_up := names.random_function_name(rng)) in item.words() | tasks.BUILTINS:
        pass
    return made_up


def _annotated(parameter: str, kind: str) -> str:
    name, equals, default = parameter.partition("=")
    return f"{name}: {kind} = {default}" if equals else f"{name}: {kind}"
