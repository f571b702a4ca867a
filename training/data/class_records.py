"""Templates of classes with plain attributes: combinations of a thing and its attributes."""

from __future__ import annotations

from collections.abc import Iterator

from training.data.class_parts import class_text
from training.data.template import Template, template

# A thing and its attributes: strings in lower case, numbers in upper case.
THINGS = (
    ("Car", "make model YEAR color"),
    ("Book", "title author YEAR PAGES"),
    ("Person", "name AGE email city"),
    ("Student", "name AGE school GRADE"),
    ("Teacher", "name subject school AGE"),
    ("Employee", "name job SALARY city"),
    ("Product", "name PRICE AMOUNT category"),
    ("Movie", "title director YEAR RATING"),
    ("Song", "title artist LENGTH album"),
    ("City", "name country POPULATION mayor"),
    ("Country", "name capital POPULATION continent"),
    ("House", "address ROOMS PRICE owner"),
    ("Animal", "name species AGE sound"),
    ("Dog", "name breed AGE owner"),
    ("Cat", "name color AGE owner"),
    ("Computer", "brand model MEMORY PRICE"),
    ("Phone", "brand model PRICE color"),
    ("Game", "title genre YEAR PLAYERS"),
    ("Player", "name team SCORE LEVEL"),
    ("Team", "name city coach POINTS"),
    ("Order", "customer product AMOUNT PRICE"),
    ("Customer", "name email city AGE"),
    ("User", "name email password AGE"),
    ("Message", "sender receiver text DATE"),
    ("Event", "title place DATE MINUTE"),
    ("Task", "title owner PRIORITY status"),
    ("Recipe", "title author SERVINGS MINUTES"),
    ("Planet", "name MASS RADIUS MOONS"),
    ("Flight", "origin target NUMBER SEATS"),
    ("Train", "line origin target SPEED"),
    ("Ticket", "event seat PRICE owner"),
    ("Course", "title teacher HOURS room"),
    ("Color", "RED GREEN BLUE name"),
    ("Coin", "VALUE country YEAR metal"),
    ("File", "name SIZE owner path"),
    ("Robot", "name model BATTERY SPEED"),
    ("Ship", "name captain SPEED SEATS"),
    ("Plant", "name HEIGHT color AGE"),
    ("Invoice", "NUMBER customer TOTAL DATE"),
    ("Item", "name WEIGHT PRICE color"),
)
# Which of the thing's four attributes are used.
CHOICES = ((0,), (0, 1), (0, 1, 2), (0, 1, 2, 3), (0, 2), (0, 1, 3), (1, 2), (0, 3), (1, 3), (0, 2, 3))


def listed(words: tuple[str, ...]) -> str:
    """ "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def with_article(word: str) -> str:
    if word.endswith("s") and not word.endswith(("ss", "us", "ies")):
        return f"a number of {word}"
    return f"{'an' if word[0] in 'aeio' else 'a'} {word}"


def init(fields: tuple[str, ...]) -> str:
    lines = "".join(f"\n    self.{field} = {field}" for field in fields)
    return f"def __init__(self, {', '.join(fields)}):{lines}"


def samples(marked: tuple[str, ...]) -> tuple[str, ...]:
    """A literal for each attribute: a string or a number, by the case of its name."""
    return tuple(str(place * 7) if field.isupper() else f'"v{place}"' for place, field in enumerate(marked))


def plain(key: str, thing: str, fields: tuple[str, ...], values: tuple[str, ...]) -> Template:
    what, given = with_article(thing.lower()), ", ".join(values)
    says = (
        f"represent {what} with the attributes {listed(fields)}|represent {what} with {listed(fields)}|"
        f"store the {listed(fields)} of {what}|model {what} that has {listed(tuple(map(with_article, fields)))}"
    )
    checks = (f"f({given}).{field} == {value}" for field, value in zip(fields, values, strict=True))
    return template(f"class/record/{key}", says, thing, "", class_text(init(fields)), *checks)


def shown(key: str, thing: str, fields: tuple[str, ...], values: tuple[str, ...]) -> Template:
    """Classes with `__repr__`."""
    inside = ", ".join(f"{{self.{field}!r}}" for field in fields)
    method = f'def __repr__(self):\n    return f"$f({inside})"'
    what, given = with_article(thing.lower()), ", ".join(values)
    says = (
        f"represent {what} with {listed(fields)} and a __repr__|"
        f"store the {listed(fields)} of {what} and define __repr__|"
        f"represent {what} with the attributes {listed(fields)} and a repr method"
    )
    wanted = ", ".join(repr(value.strip('"')) if value.startswith('"') else value for value in values)
    check = f'repr(f({given})) == f.__name__ + "({wanted})"'
    return template(f"class/repr/{key}", says, thing, "", class_text(init(fields), method), check)


def compared(key: str, thing: str, fields: tuple[str, ...], values: tuple[str, ...]) -> Template:
    """Classes with `__eq__`."""
    tests = " and ".join(f"self.{field} == other.{field}" for field in fields)
    method = f"def __eq__(self, other):\n    return {tests}"
    what, given = with_article(thing.lower()), ", ".join(values)
    says = (
        f"represent {what} with {listed(fields)} that can be compared with ==|"
        f"store the {listed(fields)} of {what} and define __eq__|"
        f"represent {what} with the attributes {listed(fields)} and an equality method"
    )
    others = (", ".join((*values[:place], '"else"', *values[place + 1 :])) for place in range(len(values)))
    checks = (f"f({given}) == f({given})", *(f"not f({given}) == f({other})" for other in others))
    return template(f"class/eq/{key}", says, thing, "", class_text(init(fields), method), *checks)


def described(key: str, thing: str, fields: tuple[str, ...], values: tuple[str, ...]) -> Template:
    """Classes with a method `describe`."""
    inside = ", ".join(f"{{self.{field}}}" for field in fields)
    method = f'def describe(self):\n    return f"{inside}"'
    what, given = with_article(thing.lower()), ", ".join(values)
    says = (
        f"represent {what} with {listed(fields)} and a method describe|"
        f"store the {listed(fields)} of {what} and describe it|"
        f"represent {what} with the attributes {listed(fields)} and a describe method that joins them with commas"
    )
    wanted = ", ".join(value.strip('"') for value in values)
    return template(
        f"class/describe/{key}",
        says,
        thing,
        "",
        class_text(init(fields), method),
        f'f({given}).describe() == "{wanted}"',
    )


def ordered(key: str, thing: str, field: str, number: str) -> Template:
    """Classes with `__lt__`, which compares a number."""
    what = with_article(thing.lower())
    says = (
        f"represent {what} with {field} and {number} that is ordered by {number}|"
        f"store the {field} and {number} of {what} and define __lt__ by {number}"
    )
    method = f"def __lt__(self, other):\n    return self.{number} < other.{number}"
    checks = (
        f'[x.{number} for x in sorted([f("a", 2), f("b", 0), f("c", 1)])] == [0, 1, 2]',
        'not f("a", 1) < f("b", 1)',
    )
    return template(f"class/lt/{key}", says, thing, "", class_text(init((field, number)), method), *checks)


def templates() -> Iterator[Template]:
    for turn, (thing, words) in enumerate(THINGS):
        for place, choice in enumerate(CHOICES):
            marked = tuple(words.split()[index] for index in choice)
            fields, key = tuple(field.lower() for field in marked), f"{thing.lower()}/{'_'.join(marked).lower()}"
            values = samples(marked)
            part = (turn * 2 + place) % 9
            if part % 3 == 0:
                yield plain(key, thing, fields, values)
            for build, share in ((shown, 1), (compared, 4), (described, 7)):
                if part == share and len(fields) <= 3:
                    yield build(key, thing, fields, values)
        texts, numbers = ([w for w in words.split() if w.isupper() == upper] for upper in (False, True))
        if texts and numbers:
            yield ordered(thing.lower(), thing, texts[0], numbers[0].lower())


TEMPLATES = tuple(templates())
