"""Composed templates that choose elements by a condition: keep, drop, count, check, find, sort, add, join."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from training.data.compose_parts import NUMBER_TESTS, NUMBERS, WORD_TESTS, WORDS, Predicate
from training.data.template import Template, template


@dataclass(frozen=True)
class Subject:
    """The source of the elements. `here` names it with its argument, `there` without; `probe` turns a list expression
    into an argument."""

    key: str
    noun: str
    variable: str
    source: str
    here: str
    there: str
    arguments: str
    given: str
    element: str
    probe: str = "{}"


NUMBER_LIST = Subject("numbers", "number", "x", "$a", "in $a", "in a list of numbers", NUMBERS, "list[int]", "int")
WORD_LIST = Subject("words", "word", "word", "$a", "in $a", "in a list of words", WORDS, "list[str]", "str")
SENTENCE = Subject(
    "sentence",
    "word",
    "word",
    "$a.split()",
    "in the text $a",
    "in a sentence",
    "text|sentence|s|line",
    "str",
    "str",
    '" ".join({})',
)


@dataclass(frozen=True)
class Family:
    """One thing to do with the elements that meet a condition: format strings over the parts of subject and condition.

    `expected` is the result for two values that meet the condition and two that do not, `empty` the result for no
    elements; `more` are additional checks, over `{only_yes}` and `{only_no}`."""

    verb: str
    says: tuple[str, ...]
    names: str
    body: str
    outcome: str
    expected: str
    empty: str
    idioms: dict[str, str] = field(default_factory=dict)
    more: tuple[str, ...] = ()


LOOP = "result = []\nfor {x} in {source}:\n    if {test}:\n        result.append({x})\nreturn result"

BASIC = (
    Family(
        "keep",
        (
            "return the {many} {here}",
            "return a list of the {which} {here}",
            "keep only the {many} {there}",
            "find all {many} {there}",
            "get the {which} {there}",
            "filter the {many} {here}",
        ),
        "keep_{name}|get_{name}|filter_{name}",
        "return [{x} for {x} in {source} if {test}]",
        "list[{element}]",
        "[{yes0}, {yes1}]",
        "[]",
        {"using a loop": LOOP, "using filter": "return list(filter(lambda {x}: {test}, {source}))"},
    ),
    Family(
        "count",
        (
            "count the {many} {here}",
            "count the {which} {there}",
            "count how many {many} are {here}",
            "return the number of {many} {there}",
            "find out how many {which} are {here}",
        ),
        "count_{name}|num_{name}",
        "return sum(1 for {x} in {source} if {test})",
        "int",
        "2",
        "0",
        {
            "using a loop": "count = 0\nfor {x} in {source}:\n    if {test}:\n        count += 1\nreturn count",
            "using len": "return len([{x} for {x} in {source} if {test}])",
        },
        ("f({only_yes}) == 2", "f({only_no}) == 0"),
    ),
    Family(
        "any",
        (
            "check if any {noun} {here} {one_is}",
            "check if any {noun} {there} {one_is}",
            "return True if any {noun} {here} {one_is}",
            "check whether at least one {noun} {there} {one_is}",
        ),
        "any_{name}|has_{name}",
        "return any({test} for {x} in {source})",
        "bool",
        "True",
        "False",
        {"using a loop": "for {x} in {source}:\n    if {test}:\n        return True\nreturn False"},
        ("not f({only_no})",),
    ),
    Family(
        "every",
        (
            "check if all {noun}s {here} {all_are}",
            "check if all {noun}s {there} {all_are}",
            "return True if every {noun} {here} {one_is}",
            "check whether every {noun} {there} {one_is}",
        ),
        "all_{name}|every_{name}",
        "return all({test} for {x} in {source})",
        "bool",
        "False",
        "True",
        {"using a loop": "for {x} in {source}:\n    if {opposite}:\n        return False\nreturn True"},
        ("f({only_yes})",),
    ),
    Family(
        "first",
        (
            "return the first {one} {here}, or None",
            "find the first {one} {there}, or None",
            "get the first {one} {here} or None if there is none",
        ),
        "first_{name}",
        "return next(({x} for {x} in {source} if {test}), None)",
        "{element} | None",
        "{yes0}",
        "None",
        {"using a loop": "for {x} in {source}:\n    if {test}:\n        return {x}\nreturn None"},
    ),
)

ON_LISTS = (
    Family(
        "drop",
        (
            "remove the {many} from $a",
            "remove all {which} from a list",
            "drop the {many} {there}",
            "return $a without the {many}",
            "return a list without the {which} {here}",
        ),
        "remove_{name}|drop_{name}|without_{name}",
        "return [{x} for {x} in {source} if {opposite}]",
        "list[{element}]",
        "[{no0}, {no1}]",
        "[]",
        {"using a loop": LOOP.replace("{test}", "{opposite}")},
    ),
    Family(
        "none",
        (
            "check if no {noun} {here} {one_is}",
            "check that no {noun} {there} {one_is}",
            "return True if none of the {noun}s {here} {one_is}",
        ),
        "no_{name}|none_{name}",
        "return not any({test} for {x} in {source})",
        "bool",
        "False",
        "True",
        {"using a loop": "for {x} in {source}:\n    if {test}:\n        return False\nreturn True"},
        ("f({only_no})",),
    ),
    Family(
        "last",
        (
            "return the last {one} {here}, or None",
            "find the last {one} {there}, or None",
            "get the last {one} {here} or None if there is none",
        ),
        "last_{name}",
        "return next(({x} for {x} in reversed({source}) if {test}), None)",
        "{element} | None",
        "{yes1}",
        "None",
    ),
    Family(
        "positions",
        (
            "return the positions of the {many} {here}",
            "find the indexes of the {many} {there}",
            "list the positions of all {which} {here}",
        ),
        "positions_of_{name}|{name}_positions",
        "return [i for i, {x} in enumerate({source}) if {test}]",
        "list[int]",
        "[1, 3]",
        "[]",
        {"using a loop": LOOP.replace("for {x} in {source}", "for i, {x} in enumerate($a)").replace("d({x})", "d(i)")},
    ),
    Family(
        "index",
        (
            "return the position of the first {one} {here}, or -1",
            "find the index of the first {one} {there}, or -1",
        ),
        "index_of_{name}|first_{name}_index",
        "for i, {x} in enumerate({source}):\n    if {test}:\n        return i\nreturn -1",
        "int",
        "1",
        "-1",
    ),
    Family(
        "partition",
        (
            "split $a into the {many} and the others",
            "split a list into the {many} and the rest",
            "separate the {which} {here} from the others",
        ),
        "split_{name}|partition_{name}",
        "chosen = [{x} for {x} in {source} if {test}]\nothers = [{x} for {x} in {source} if {opposite}]\n"
        "return chosen, others",
        "tuple[list[{element}], list[{element}]]",
        "([{yes0}, {yes1}], [{no0}, {no1}])",
        "([], [])",
    ),
    Family(
        "set",
        (
            "return the set of the {many} {here}",
            "collect the {many} {there} in a set",
            "make a set of the {which} {here}",
        ),
        "set_of_{name}|{name}_set",
        "return {{{x} for {x} in {source} if {test}}}",
        "set[{element}]",
        "{{{yes0}, {yes1}}}",
        "set()",
    ),
    Family(
        "sort",
        (
            "sort the {many} {here}",
            "return the {many} {there} in sorted order",
            "return the {which} {here}, sorted",
        ),
        "sort_{name}|sorted_{name}",
        "return sorted({x} for {x} in {source} if {test})",
        "list[{element}]",
        "sorted([{yes1}, {yes0}])",
        "[]",
    ),
    Family(
        "sort_down",
        (
            "sort the {many} {here} in descending order",
            "return the {many} {there} in descending order",
        ),
        "sort_{name}_descending",
        "return sorted(({x} for {x} in {source} if {test}), reverse=True)",
        "list[{element}]",
        "sorted([{yes1}, {yes0}])[::-1]",
        "[]",
    ),
)

ON_NUMBERS = (
    Family(
        "sum",
        (
            "return the sum of the {many} {here}",
            "add the {many} {there}",
            "sum the {which} {here}",
            "compute the sum of the {many} {there}",
        ),
        "sum_{name}|add_{name}",
        "return sum(x for x in $a if {test})",
        "int",
        "{yes0} + {yes1}",
        "0",
        {"using a loop": "total = 0\nfor x in $a:\n    if {test}:\n        total += x\nreturn total"},
    ),
    Family(
        "product",
        (
            "return the product of the {many} {here}",
            "multiply the {many} {there}",
            "compute the product of the {which} {here}",
        ),
        "product_of_{name}|multiply_{name}",
        "result = 1\nfor x in $a:\n    if {test}:\n        result *= x\nreturn result",
        "int",
        "({yes0}) * ({yes1})",
        "1",
    ),
    Family(
        "average",
        (
            "return the average of the {many} {here}, or 0",
            "compute the mean of the {many} {there}, or 0 if there are none",
            "compute the average of the {which} {here} or 0",
        ),
        "average_{name}|mean_{name}",
        "chosen = [x for x in $a if {test}]\nif not chosen:\n    return 0\nreturn sum(chosen) / len(chosen)",
        "float",
        "({yes0} + {yes1}) / 2",
        "0",
    ),
    Family(
        "largest",
        (
            "return the largest {one} {here}, or None",
            "find the largest {one} {there}, or None",
            "find the biggest {one} {here} or None if there is none",
        ),
        "largest_{name}|max_{name}",
        "return max((x for x in $a if {test}), default=None)",
        "int | None",
        "max({yes0}, {yes1})",
        "None",
        {
            "using a loop": "largest = None\nfor x in $a:\n    if ({test}) and (largest is None or x > largest):\n"
            "        largest = x\nreturn largest"
        },
    ),
    Family(
        "smallest",
        (
            "return the smallest {one} {here}, or None",
            "find the smallest {one} {there}, or None",
            "find the minimum of the {many} {here} or None if there are none",
        ),
        "smallest_{name}|min_{name}",
        "return min((x for x in $a if {test}), default=None)",
        "int | None",
        "min({yes0}, {yes1})",
        "None",
    ),
    Family(
        "zero",
        (
            "replace the {many} {here} with 0",
            "set the {many} {there} to 0",
            "replace all {which} {here} by zero",
        ),
        "zero_{name}|clear_{name}",
        "return [0 if {test} else x for x in $a]",
        "list[int]",
        "[{no0}, 0, {no1}, 0]",
        "[]",
    ),
)

ON_WORDS = (
    Family(
        "join",
        (
            "join the {many} {here} with spaces",
            "join the {which} {there} with spaces",
            "return the {many} {here} as one string with spaces between them",
        ),
        "join_{name}",
        'return " ".join(word for word in {source} if {test})',
        "str",
        '{yes0} + " " + {yes1}',
        '""',
    ),
    Family(
        "total_length",
        (
            "sum the lengths of the {many} {here}",
            "return the total length of the {many} {there}",
            "add the lengths of the {which} {here}",
        ),
        "total_length_{name}|length_of_{name}",
        "return sum(len(word) for word in {source} if {test})",
        "int",
        "len({yes0}) + len({yes1})",
        "0",
        {"using a loop": "total = 0\nfor word in {source}:\n    if {test}:\n        total += len(word)\nreturn total"},
    ),
    Family(
        "longest",
        (
            "return the longest {one} {here}, or None",
            "find the longest {one} {there}, or None",
            "get the longest of the {many} {here} or None if there are none",
        ),
        "longest_{name}",
        "return max((word for word in {source} if {test}), key=len, default=None)",
        "str | None",
        "max({yes0}, {yes1}, key=len)",
        "None",
    ),
    Family(
        "shortest",
        (
            "return the shortest {one} {here}, or None",
            "find the shortest {one} {there}, or None",
        ),
        "shortest_{name}",
        "return min((word for word in {source} if {test}), key=len, default=None)",
        "str | None",
        "min({yes0}, {yes1}, key=len)",
        "None",
    ),
    Family(
        "map_length",
        (
            "map the {many} {here} to their lengths",
            "return a dictionary of the {many} {there} and their lengths",
        ),
        "lengths_of_{name}|{name}_lengths",
        "return {{word: len(word) for word in {source} if {test}}}",
        "dict[str, int]",
        "{{{yes0}: len({yes0}), {yes1}: len({yes1})}}",
        "{{}}",
    ),
)


def member(family: Family, subject: Subject, test: Predicate) -> Template:
    """The template for one family, subject and condition."""
    parts = {
        "x": subject.variable,
        "source": subject.source,
        "here": subject.here,
        "there": subject.there,
        "noun": subject.noun,
        "element": subject.element,
        "name": test.name,
        "many": test.plural[0],
        "which": test.plural[1],
        "one": test.singular,
        "one_is": test.one_is,
        "all_are": test.all_are,
        "test": test.test,
        "opposite": test.opposite,
        "yes0": test.yes[0],
        "yes1": test.yes[1],
        "no0": test.no[0],
        "no1": test.no[1],
    }
    parts["only_yes"] = subject.probe.format(f"[{test.yes[0]}, {test.yes[1]}]")
    parts["only_no"] = subject.probe.format(f"[{test.no[0]}, {test.no[1]}]")
    probe = subject.probe.format("[{no0}, {yes0}, {no1}, {yes1}]".format(**parts))
    return template(
        f"compose/{family.verb}/{subject.key}/{test.key}",
        "|".join(dict.fromkeys(say.format(**parts) for say in family.says)),
        family.names.format(**parts),
        subject.arguments,
        family.body.format(**parts),
        f"f({probe}) == {family.expected.format(**parts)}",
        f"f({subject.probe.format('[]')}) == {family.empty.format(**parts)}",
        *(check.format(**parts) for check in family.more),
        constants=test.constants,
        idioms={words: body.format(**parts) for words, body in family.idioms.items()},
        types=f"{subject.given} -> {family.outcome.format(**parts)}",
    )


def product(families: Iterable[Family], subject: Subject, tests: Iterable[Predicate]) -> Iterator[Template]:
    tests = tuple(tests)
    for family in families:
        for test in tests:
            yield member(family, subject, test)


def both(first: Predicate, second: Predicate) -> Predicate:
    """Numbers that meet two conditions, of which the first is an adjective."""
    return Predicate(
        f"{first.key}_and_{second.key}",
        f"{first.name}_and_{second.name}",
        (f"{first.key} {second.plural[0]}", f"{second.plural[1]} and {first.key}"),
        f"{first.key} {second.singular}",
        f"{first.one_is} and {second.one_is.removeprefix('is ')}",
        f"{first.all_are} and {second.all_are.removeprefix('are ')}",
        f"{first.test} and {second.test}",
        f"not ({first.test} and {second.test})",
        ("0", "0"),
        ("0", "0"),
        second.constants,
    )


def pairs_of_conditions() -> Iterator[Template]:
    """ "count the even numbers greater than $k". The check selects twice, one condition after the other."""
    chosen = {"keep", "count", "sum", "any"}
    families = [family for family in (*BASIC, *ON_NUMBERS) if family.verb in chosen]
    whole = {"keep": "both", "count": "len(both)", "sum": "sum(both)", "any": "len(both) > 0"}
    for first in NUMBER_TESTS[:4]:
        for second in (*NUMBER_TESTS[2:4], *NUMBER_TESTS[5:11]):
            if first.key in ("positive", "negative") and "divisible" not in second.key:
                continue  # contradictory or redundant
            for family in families:
                item = member(family, NUMBER_LIST, both(first, second))
                probe = "[-60, -7, -4, -3, 0, 1, 2, 3, 6, 9, 30, 31, 70, 100, 101, k, 2 * k, 3 * k, 1 - k, k + 1]"
                if not second.constants:
                    probe = probe.replace("k", "5")
                each = f"[x for x in [x for x in {probe} if {first.test}] if {second.test.replace('$k', 'k')}]"
                check = f"f({probe}) == ({whole[family.verb].replace('both', each)})"
                yield Template(
                    item.key,
                    item.says,
                    item.names,
                    item.arguments,
                    item.body,
                    (check, item.checks[1]),
                    item.constants,
                    item.idioms,
                    item.types,
                )


def templates() -> Iterator[Template]:
    yield from product((*BASIC, *ON_LISTS, *ON_NUMBERS), NUMBER_LIST, NUMBER_TESTS)
    yield from product((*BASIC, *ON_LISTS, *ON_WORDS), WORD_LIST, WORD_TESTS)
    yield from product((*BASIC, *ON_WORDS), SENTENCE, WORD_TESTS)
    yield from pairs_of_conditions()
