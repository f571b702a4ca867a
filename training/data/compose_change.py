"""Composed templates that change elements: all, those that meet a condition, single values, ranges."""

from __future__ import annotations

import re
from collections.abc import Iterator

from training.data.compose_parts import (
    NUMBER_TESTS,
    NUMBER_TRANSFORMS,
    WORD_TESTS,
    WORD_TRANSFORMS,
    Predicate,
    Transform,
)
from training.data.compose_select import NUMBER_LIST, SENTENCE, WORD_LIST, Subject
from training.data.template import Template, template

NUMBER = "n|number|x|value"
LIMIT = "n|limit|end|stop"
X = re.compile(r"\bx\b")


def every(s: Subject, t: Transform) -> Template:
    """Change every element."""
    x, plural = s.variable, f"{s.noun}s"
    head = f"for {x} in {s.source}:"
    return template(
        f"compose/map/{s.key}/{t.key}",
        "|".join(
            (
                t.each.format(f"every {s.noun} {s.here}"),
                t.each.format(f"each {s.noun} {s.there}"),
                t.many.format(f"all {plural} {s.here}"),
                f"return {t.noun.format(f'the {plural} {s.here}')}",
                f"return a list of {t.noun.format(f'all {plural} {s.there}')}",
            )
        ),
        f"{t.name}|all_{t.name}|{t.name}_of_{plural}",
        s.arguments,
        f"return [{t.code} for {x} in {s.source}]",
        f"f({s.probe.format(f'[{t.sample[0]}]')}) == [{t.sample[1]}]",
        f"f({s.probe.format('[]')}) == []",
        constants=t.constants,
        idioms={
            "using a loop": f"result = []\n{head}\n    result.append({t.code})\nreturn result",
            "using map": f"return list(map(lambda {x}: {t.code}, {s.source}))",
        },
        types=f"{s.given} -> list[{t.kind}]",
    )


def chosen(s: Subject, t: Transform, p: Predicate) -> Template:
    """Change the elements that meet a condition, and drop the others."""
    x = s.variable
    some, those = f"the {p.plural[0]} {s.here}", f"the {p.plural[0]} {s.there}"
    results = ", ".join(re.sub(rf"\b{x}\b", f"({value})", t.code).replace('"$k"', "k") for value in p.yes)
    results = results.replace("$k", "k")
    probe = f"[{p.no[0]}, {p.yes[0]}, {p.no[1]}, {p.yes[1]}]"
    return template(
        f"compose/map_chosen/{s.key}/{t.key}/{p.key}",
        "|".join(
            (
                f"return {t.noun.format(some)}",
                f"return a list of {t.noun.format(those)}",
                f"get {t.noun.format(f'the {p.plural[1]} {s.here}')}",
            )
        ),
        f"{t.name}_of_{p.name}",
        s.arguments,
        f"return [{t.code} for {x} in {s.source} if {p.test}]",
        f"f({s.probe.format(probe)}) == [{results}]",
        f"f({s.probe.format('[]')}) == []",
        constants=t.constants or p.constants,
        idioms={
            "using a loop": f"result = []\nfor {x} in {s.source}:\n    if {p.test}:\n        result.append({t.code})\n"
            "return result"
        },
        types=f"{s.given} -> list[{t.kind}]",
    )


def added(t: Transform, p: Predicate) -> Template:
    """Add the changed numbers that meet a condition."""
    results = " + ".join(X.sub(f"({value})", f"({t.code})") for value in p.yes).replace("$k", "k")
    some = f"the {p.plural[0]}"
    return template(
        f"compose/sum/{t.key}/{p.key}",
        "|".join(
            (
                f"return the sum of {t.noun.format(f'{some} in $a')}",
                f"add {t.noun.format(f'{some} in a list of numbers')}",
                f"sum {t.noun.format(f'the {p.plural[1]} in $a')}",
                f"compute the sum of {t.noun.format(f'{some} in a list')}",
            )
        ),
        f"sum_{t.name}_of_{p.name}",
        NUMBER_LIST.arguments,
        f"return sum({t.code} for x in $a if {p.test})",
        f"f([{p.no[0]}, {p.yes[0]}, {p.no[1]}, {p.yes[1]}]) == {results}",
        "f([]) == 0",
        constants=t.constants or p.constants,
        idioms={"using a loop": f"total = 0\nfor x in $a:\n    if {p.test}:\n        total += {t.code}\nreturn total"},
        types=f"list[int] -> {t.kind}",
    )


def added_all(t: Transform) -> Template:
    """Add all numbers, each changed."""
    low, high = t.sample
    return template(
        f"compose/sum_all/{t.key}",
        "|".join(
            (
                f"return the sum of {t.noun.format('the numbers in $a')}",
                f"add {t.noun.format('the numbers in a list')}",
                f"sum {t.noun.format('all numbers in $a')}",
            )
        ),
        f"sum_{t.name}|sum_of_{t.name}",
        NUMBER_LIST.arguments,
        f"return sum({t.code} for x in $a)",
        f"f([{low}, {low}]) == 2 * ({high})",
        "f([]) == 0",
        constants=t.constants,
        idioms={"using a loop": f"total = 0\nfor x in $a:\n    total += {t.code}\nreturn total"},
        types=f"list[int] -> {t.kind}",
    )


def changed_in_place(t: Transform, p: Predicate) -> Template:
    """Change the numbers that meet a condition, and keep the others as they are."""
    some = f"the {p.plural[0]}"
    first, second = (X.sub(f"({value})", t.code).replace("$k", "k") for value in p.yes)
    return template(
        f"compose/change/{t.key}/{p.key}",
        "|".join(
            (
                f"{t.many.format(f'{some} in $a')} and keep the others",
                f"{t.many.format(f'{some} in a list')} and leave the other numbers unchanged",
                f"{t.many.format(f'only the {p.plural[1]} in $a')} and keep the rest",
            )
        ),
        f"{t.key}_{p.name}",
        NUMBER_LIST.arguments,
        f"return [{t.code} if {p.test} else x for x in $a]",
        f"f([{p.no[0]}, {p.yes[0]}, {p.no[1]}, {p.yes[1]}]) == [{p.no[0]}, {first}, {p.no[1]}, {second}]",
        "f([]) == []",
        constants=t.constants or p.constants,
        types="list[int] -> list[int]",
    )


def if_number(t: Transform, p: Predicate) -> Template:
    """Change one number if it meets a condition."""
    test, code = X.sub("$a", p.test), X.sub("$a", t.code)
    results = [X.sub(f"({value})", t.code).replace("$k", "k") for value in p.yes]
    return template(
        f"compose/if/{t.key}/{p.key}",
        "|".join(
            (
                f"{t.each.format('a number')} if it {p.one_is}, else return it unchanged",
                f"{t.each.format('$a')} if it {p.one_is}, else return $a",
                f"{t.each.format('a number')} only if it {p.one_is} and return it unchanged otherwise",
            )
        ),
        f"{t.key}_if_{p.name}",
        NUMBER,
        f"if {test}:\n    return {code}\nreturn $a",
        f"f({p.yes[0]}) == {results[0]}",
        f"f({p.no[0]}) == {p.no[0]}",
        constants=t.constants or p.constants,
        idioms={"in one line": f"return {code} if {test} else $a"},
        types="int -> int",
    )


def check_number(first: Predicate, second: Predicate, word: str) -> Template:
    """Check one number against two conditions, with `and` or `or`."""
    test = X.sub("$a", f"{first.test} {word} {second.test}")
    condition = f"{first.one_is} {word} {second.one_is.removeprefix('is ')}"
    both = [f"(({p.test}) is True)".replace("$k", "k") for p in (first, second)]
    probe = "[-30, -7, -2, -1, 0, 1, 2, 3, 5, 6, 30, 31, 99, 100, k, k + 1, 2 * k, k - 1]"
    if not (first.constants or second.constants):
        probe = probe.replace("k", "8")
    joined = f"{both[0]} {'*' if word == 'and' else '+'} {both[1]} > 0"
    return template(
        f"compose/{word}/{first.key}/{second.key}",
        f"check if a number {condition}|check if $a {condition}|return True if $a {condition}|"
        f"check whether a given number {condition}",
        f"is_{first.name}_{word}_{second.name}",
        NUMBER,
        f"return {test}",
        f"all(f(x) == ({joined}) for x in {probe})",
        "f(0) in (True, False)",
        constants=first.constants or second.constants,
        types="int -> bool",
    )


def in_range(p: Predicate, verb: str) -> Template:
    """Numbers from 1 to a limit that meet a condition."""
    says, name, body, expected, empty = {
        "list": (
            "return the {} from 1 to $a|list all {} up to $a|list the {} from 1 to a limit",
            "{}_up_to",
            "[x{}]",
            "{}",
            "[]",
        ),
        "count": (
            "count the {} from 1 to $a|count how many {} there are up to $a|count the {} from 1 to a limit",
            "count_{}_up_to",
            "sum(1{})",
            "len({})",
            "0",
        ),
        "sum": (
            "add the {} from 1 to $a|return the sum of the {} up to $a|sum the {} from 1 to a limit",
            "sum_{}_up_to",
            "sum(x{})",
            "sum({})",
            "0",
        ),
    }[verb]
    tail = f" for x in range(1, $a + 1) if {p.test}"
    first, second = f"[x for x in range(1, 41) if {p.test}]".replace("$k", "k"), p.plural[0]
    loop = {"list": "result.append(x)", "count": "result += 1", "sum": "result += x"}[verb]
    return template(
        f"compose/range_{verb}/{p.key}",
        says.replace("{}", second),
        name.format(p.name),
        LIMIT,
        f"return {body.format(tail)}",
        f"f(40) == {expected.format(first)}",
        f"f(0) == {empty}",
        constants=p.constants,
        idioms={
            "using a loop": f"result = {empty}\nfor x in range(1, $a + 1):\n    if {p.test}:\n        {loop}\n"
            "return result"
        },
        types=f"int -> {'list[int]' if verb == 'list' else 'int'}",
    )


def range_changed(t: Transform) -> Iterator[Template]:
    """Change the numbers from 1 to a limit; list or add them."""
    first = "1, 2, 3"
    results = ", ".join(X.sub(value, t.code) for value in first.split(", ")).replace("$k", "k")
    noun = t.noun.format("the numbers from 1 to $a"), t.noun.format("all numbers from 1 to a limit")
    yield template(
        f"compose/range_map/{t.key}",
        f"return {noun[0]}|return a list of {noun[1]}|list {noun[0]}",
        f"{t.name}_up_to",
        LIMIT,
        f"return [{t.code} for x in range(1, $a + 1)]",
        f"f(3) == [{results}]",
        "f(0) == []",
        constants=t.constants,
        types=f"int -> list[{t.kind}]",
    )
    if t.kind != "str":
        yield template(
            f"compose/range_map_sum/{t.key}",
            f"return the sum of {noun[0]}|add {noun[1]}|compute the sum of {noun[0]}",
            f"sum_of_{t.name}_up_to",
            LIMIT,
            f"return sum({t.code} for x in range(1, $a + 1))",
            f"f(3) == sum([{results}])",
            "f(0) == 0",
            constants=t.constants,
            types=f"int -> {t.kind}",
        )


def fits(t: Transform, p: Predicate) -> bool:
    """Whether the template has at most one constant."""
    return not (t.constants and p.constants)


def templates() -> Iterator[Template]:
    numeric = [t for t in NUMBER_TRANSFORMS if t.kind != "str"]
    whole = [t for t in numeric if t.kind == "int" and t.key != "abs"]
    adjectives, relations = NUMBER_TESTS[:4], NUMBER_TESTS[5:11]
    for subject, transforms, tests in (
        (NUMBER_LIST, NUMBER_TRANSFORMS, NUMBER_TESTS[:11]),
        (WORD_LIST, WORD_TRANSFORMS, WORD_TESTS),
    ):
        yield from (every(subject, t) for t in transforms)
        yield from (chosen(subject, t, p) for t in transforms for p in tests if fits(t, p))
    yield from (every(SENTENCE, t) for t in WORD_TRANSFORMS if t.key != "strip")
    # "The sum of the numbers with $k added" could mean two things.
    clear = [t for t in numeric if not t.constants]
    yield from (added_all(t) for t in clear)
    yield from (added(t, p) for t in clear for p in NUMBER_TESTS[:11])
    yield from (changed_in_place(t, p) for t in whole for p in NUMBER_TESTS[:11] if fits(t, p))
    yield from (if_number(t, p) for t in whole for p in NUMBER_TESTS[:11] if fits(t, p))
    for word in ("and", "or"):
        yield from (check_number(p, q, word) for p in adjectives for q in relations)
    yield from (in_range(p, verb) for verb in ("list", "count", "sum") for p in (*adjectives[:2], *relations[4:]))
    for t in numeric[:5]:
        yield from range_changed(t)
