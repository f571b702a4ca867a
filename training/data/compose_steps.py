"""Composed templates of two consecutive steps, and of orders, pairs and dictionaries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from training.data.compose_parts import ENDS, FEW, NUMBERS, SMALL, STARTS, WORDS
from training.data.template import Template, template

# How tightly an expression binds: determines whether it needs brackets inside another.
ADD, MULTIPLY, POWER, ATOM = 1, 2, 3, 4


@dataclass(frozen=True)
class Step:
    """One thing to do with a value. `{}` is "a string" or "it" in `do`, and the value's expression in `code`, where it
    must bind at least as tightly as `needs`. `check` computes the same, written differently if possible."""

    key: str
    do: str
    code: str
    needs: int = ATOM
    binds: int = ATOM
    constants: tuple[int | str, ...] = ()

    def of(self, inner: str, binds: int) -> str:
        return self.code.format(inner if binds >= self.needs else f"({inner})")


STRING_STEPS = (
    Step("reverse", "reverse {}", "{}[::-1]"),
    Step("upper", "convert {} to upper case", "{}.upper()"),
    Step("lower", "convert {} to lower case", "{}.lower()"),
    Step("strip", "strip the spaces around {}", "{}.strip()"),
    Step("title", "convert {} to title case", "{}.title()"),
    Step("no_spaces", "remove all spaces from {}", '{}.replace(" ", "")'),
    Step("underscores", "replace the spaces in {} with underscores", '{}.replace(" ", "_")'),
    Step("first", "take the first $k characters of {}", "{}[:$k]", constants=FEW),
    Step("last", "take the last $k characters of {}", "{}[-$k:]", constants=FEW),
    Step("prefix", 'add the prefix "$k" to {}', '"$k" + {}', ADD, ADD, STARTS),
    Step("suffix", 'add the suffix "$k" to {}', '{} + "$k"', ADD, ADD, ENDS),
    Step("repeat", "repeat {} $k times", "{} * $k", ATOM, MULTIPLY, FEW),
    Step("remove", 'remove every "$k" from {}', '{}.replace("$k", "")', constants=STARTS[:22]),
)

NUMBER_STEPS = (
    Step("double", "double {}", "{} * 2", MULTIPLY, MULTIPLY),
    Step("triple", "triple {}", "{} * 3", MULTIPLY, MULTIPLY),
    Step("square", "square {}", "{} ** 2", ATOM, POWER),
    Step("halve", "halve {}", "{} / 2", MULTIPLY, MULTIPLY),
    Step("negate", "negate {}", "-{}", POWER, POWER),
    Step("abs", "take the absolute value of {}", "abs({})", 0, ATOM),
    Step("add", "add $k to {}", "{} + $k", ADD, ADD, SMALL),
    Step("subtract", "subtract $k from {}", "{} - $k", ADD, ADD, SMALL),
    Step("times", "multiply {} by $k", "{} * $k", MULTIPLY, MULTIPLY, SMALL),
    Step("increment", "add 1 to {}", "{} + 1", ADD, ADD),
)

LIST_STEPS = (
    Step("sort", "sort {}", "sorted({})", 0),
    Step("sort_down", "sort {} in descending order", "sorted({}, reverse=True)", 0),
    Step("reverse", "reverse {}", "{}[::-1]"),
    Step("unique", "remove the duplicates from {}", "list(dict.fromkeys({}))", 0),
    Step("first", "take the first $k items of {}", "{}[:$k]", constants=FEW),
    Step("last", "take the last $k items of {}", "{}[-$k:]", constants=FEW),
    Step("skip", "skip the first $k items of {}", "{}[$k:]", constants=FEW),
    Step("every_second", "take every second item of {}", "{}[::2]"),
)

LIST_ENDS = (
    Step("sum", "add up {}", "sum({})", 0),
    Step("length", "count the items of {}", "len({})", 0),
    Step("largest", "return the largest item of {} or None", "max({}, default=None)", 0),
    Step("smallest", "return the smallest item of {} or None", "min({}, default=None)", 0),
)

CASES = {"upper", "lower", "title"}
PROBES = {
    "str": ('" Bart likes "', '"ab c"', '"x"'),
    "int": ("5", "-3", "0"),
    "list[int]": ("[3, 1, 2, 3, -5]", "list(range(25, 0, -1))", "[4]"),
}


def two_steps(first: Step, second: Step, noun: str, arguments: str, kind: str, outcome: str) -> Template:
    """Do one thing, then another with its result. The checks use two functions."""
    code = second.of(first.of("$a", ATOM), first.binds)
    one, two = (f"(lambda v: {step.of('v', ATOM)})".replace('"$k"', "k").replace("$k", "k") for step in (first, second))
    start, then = first.do, second.do.format("it")
    return template(
        f"compose/steps/{kind}/{first.key}/{second.key}",
        "|".join(
            (
                f"{start.format(noun)} and {then}",
                f"{start.format('$a')} and {then}",
                f"{start.format(noun)} and then {then}",
                f"{start.format('$a')}, then {second.do.format('the result')}",
            )
        ),
        f"{first.key}_and_{second.key}|{first.key}_then_{second.key}",
        arguments,
        f"return {code}",
        *(f"f({probe}) == {two}({one}({probe}))" for probe in PROBES[kind]),
        constants=first.constants or second.constants,
        types=f"{kind} -> {outcome}",
    )


def step_pairs(steps: tuple[Step, ...], ends: tuple[Step, ...]) -> Iterator[tuple[Step, Step]]:
    for first in steps:
        for second in ends:
            one_constant = not (first.constants and second.constants)
            if {first.key, second.key} <= CASES:
                continue  # the second would undo the first
            if first.key.split("_")[0] != second.key.split("_")[0] and one_constant:
                yield first, second


@dataclass(frozen=True)
class Key:
    """A key to sort, pick or group by. `code` uses `x` or `word`."""

    key: str
    words: str
    code: str
    constants: tuple[int | str, ...] = ()
    kind: str = "int"


NUMBER_KEYS = (
    Key("abs", "absolute value", "abs(x)"),
    Key("last_digit", "last digit", "abs(x) % 10"),
    Key("remainder", "remainder when divided by $k", "x % $k", SMALL),
    Key("distance", "distance from $k", "abs(x - $k)", SMALL),
    Key("digits", "number of digits", "len(str(abs(x)))"),
)
WORD_KEYS = (
    Key("length", "length", "len(word)"),
    Key("last_letter", "last letter", "word[-1:]", kind="str"),
    Key("first_letter", "first letter", "word[:1]", kind="str"),
    Key("lower_case", "lower case form", "word.lower()", kind="str"),
    Key("count", 'number of times "$k" occurs', 'word.count("$k")', STARTS[:22]),
    Key("reversed", "reversed text", "word[::-1]", kind="str"),
    Key("words", "number of words", "len(word.split())"),
    Key("distinct", "number of different letters", "len(set(word))"),
)
PAIR_KEYS = (
    Key("first", "first element", "pair[0]"),
    Key("second", "second element", "pair[1]"),
    Key("sum", "sum", "sum(pair)"),
    Key("difference", "difference of its elements", "abs(pair[0] - pair[1])"),
)


# Verb, phrases, names, body, result type, check, result for no elements; format strings over the parts of a key.
ORDERS = (
    (
        "sort_by",
        "sort a list of {n}s by their {w}|sort the {n}s in $a by {w}|return $a sorted by {w}|"
        "order $a by the {w} of each {n}",
        "sort_by_{s}",
        "return sorted($a, key={by})",
        "list[{e}]",
        "[{probe}.index(x) for x in f({probe})] == {order}",
        "[]",
    ),
    (
        "sort_down_by",
        "sort a list of {n}s by their {w} in descending order|sort the {n}s in $a by {w}, largest "
        "first|return $a sorted by {w} in descending order",
        "sort_by_{s}_descending",
        "return sorted($a, key={by}, reverse=True)",
        "list[{e}]",
        "[({by_k})(x) for x in f({probe})] == [({by_k})({probe}[i]) for i in {order}][::-1]",
        "[]",
    ),
    (
        "max_by",
        "find the {n} with the largest {w}, or None|return the {n} in $a with the largest {w}, "
        "or None|get the {n} with the greatest {w} in a list, or None",
        "max_by_{s}|largest_by_{s}",
        "return max($a, key={by}, default=None)",
        "{e} | None",
        "({by_k})(f({probe})) == max(({by_k})(x) for x in {probe})",
        "None",
    ),
    (
        "min_by",
        "find the {n} with the smallest {w}, or None|return the {n} in $a with the smallest {w}, "
        "or None|get the {n} with the least {w} in a list, or None",
        "min_by_{s}|smallest_by_{s}",
        "return min($a, key={by}, default=None)",
        "{e} | None",
        "({by_k})(f({probe})) == min(({by_k})(x) for x in {probe})",
        "None",
    ),
    (
        "group_by",
        "group the {n}s in $a by {w}|group a list of {n}s by their {w}|return a dictionary from "
        "each {w} to the {n}s in $a that have it",
        "group_by_{s}",
        "groups = {{}}\nfor {v} in $a:\n    groups.setdefault({c}, []).append({v})\nreturn groups",
        "dict[{kind}, list[{e}]]",
        "all(z == [x for x in {probe} if ({by_k})(x) == y] for y, z in f({probe}).items()) and "
        "len(f({probe})) == len(set(map({by_k}, {probe})))",
        "{}",
    ),
)
PROBE_LISTS = {
    "int": "[-31, 4, 25, -8, 100, 17, 0]",
    "str": '["pear", "Fig", "kiwi bar", "banana", "a", "plum"]',
    "tuple[int, int]": "[(3, 1), (1, 9), (2, 2), (9, -4)]",
}


def by_key(key: Key, variable: str, noun: str, arguments: str, element: str) -> Iterator[Template]:
    """Sort, pick and group by one key."""
    by_k = f"lambda {variable}: {key.code}".replace('"$k"', "k").replace("$k", "k")
    probe = PROBE_LISTS[element]
    parts = {
        "n": noun,
        "w": key.words,
        "s": f"{key.key}_$k" if key.constants else key.key,
        "by": "len" if key.code == "len(word)" else f"lambda {variable}: {key.code}",
        "e": element,
        "v": variable,
        "c": key.code,
        "kind": key.kind,
        "by_k": by_k,
        "probe": probe,
        "order": f"[y[1] for y in sorted((({by_k})(x), i) for i, x in enumerate({probe}))]",
    }
    for verb, says, name, body, outcome, check, empty in ORDERS:
        yield template(
            f"compose/{verb}/{noun}/{key.key}",
            says.format(**parts),
            name.format(**parts),
            arguments,
            body.format(**parts),
            check.format(**parts),
            f"f([]) == {empty}",
            constants=key.constants,
            types=f"list[{element}] -> {outcome.format(**parts)}",
        )


# (key, words for two numbers, code over x and y, words for one pair in a list)
OPERATIONS = (
    ("sum", "sum", "x + y"),
    ("difference", "difference", "x - y"),
    ("product", "product", "x * y"),
    ("larger", "larger", "max(x, y)"),
    ("smaller", "smaller", "min(x, y)"),
    ("distance", "absolute difference", "abs(x - y)"),
)
PAIR_TESTS = (
    ("sum_is", "whose sum is $k", "x + y == $k", SMALL),
    ("sum_above", "whose sum is greater than $k", "x + y > $k", SMALL),
    ("product_is", "whose product is $k", "x * y == $k", SMALL),
    ("difference_is", "whose difference is $k", "abs(x - y) == $k", SMALL),
    ("equal", "that are equal", "x == y", ()),
    ("sum_even", "whose sum is even", "(x + y) % 2 == 0", ()),
    ("sum_zero", "whose sum is zero", "x + y == 0", ()),
)
# Conditions that at most one of 500, -7 and 1000 meets, for any constant.
NEVER_THERE = {"sum_is", "product_is", "difference_is", "equal", "sum_zero"}


def on_two_lists() -> Iterator[Template]:
    """Combine two lists of the same length element by element."""
    for key, words, code in OPERATIONS:
        name = "elementwise" if key in ("sum", "difference", "product") else "pairwise"
        results = ", ".join(
            re.sub(r"\b[xy]\b", lambda found, pair=pair: pair[found[0] == "y"], code)  # type: ignore[misc]
            for pair in (("5", "2"), ("-1", "4"))
        )
        yield template(
            f"compose/two_lists/{key}",
            f"return the {words} of each pair of numbers in $a and $b|compute the {words} of two lists element by "
            f"element|return a list of the {words} of the numbers at each position of two lists",
            f"{name}_{key}|{key}_lists",
            "a b|first second|xs ys|left right",
            f"return [{code} for x, y in zip($a, $b)]",
            f"f([5, -1], [2, 4]) == [{results}]",
            "f([], []) == []",
            idioms={
                "using a loop": f"result = []\nfor x, y in zip($a, $b):\n    result.append({code})\nreturn result",
            },
            types="list[int]; list[int] -> list[int]",
        )


def on_pairs() -> Iterator[Template]:
    """Pairs of elements of one list that meet a condition."""
    loop = " for i, x in enumerate($a) for y in $a[i + 1:] if "
    for key, words, test, constants in PAIR_TESTS:
        reference = re.sub(r"\$k", "k", test)
        want = f"[p for p in __import__('itertools').combinations(v, 2) if (lambda x, y: {reference})(*p)]"
        probe = "[1, 5, -1, 5, 30, 1, 12, 6, 2]" + (" + [k - 1, k + 1, k, 0]" if constants else "")
        name = f"{key}_$k" if constants else key
        for verb, say, body, check, outcome in (
            (
                "count",
                "count the pairs of numbers in $a {w}|count the pairs {w} in a list|return the number "
                "of pairs in a list of numbers {w}",
                "return sum(1{l})",
                "len({r})",
                "int",
            ),
            (
                "list",
                "return the pairs of numbers in $a {w}|find all pairs {w} in a list|list the pairs "
                "in a list of numbers {w}",
                "return [(x, y){l}]",
                "{r}",
                "list[tuple[int, int]]",
            ),
            (
                "any",
                "check if any two numbers in $a form a pair {w}|check if a list has a pair of numbers "
                "{w}|return True if there is a pair of numbers in $a {w}",
                "return any({t} for i, x in enumerate($a) for y in $a[i + 1:])",
                "(len({r}) > 0)",
                "bool",
            ),
        ):
            yield template(
                f"compose/pairs/{verb}/{key}",
                say.format(w=words),
                f"{verb}_pairs_{name}" if verb != "any" else f"has_pair_{name}",
                NUMBERS,
                body.format(l=loop + test, t=test),
                f"(lambda v: f(v) == {check.format(r=want)})({probe})",
                *(["not f([])", "not f([500, -7, 1000])"] if verb == "any" and key in NEVER_THERE else []),
                f"f([1]) == {'0' if verb == 'count' else '[]' if verb == 'list' else 'False'}",
                constants=constants,
                types=f"list[int] -> {outcome}",
            )


MADE = (
    ("length", "word", "its length", "their lengths", "len(word)", '"abc": 3', '"abc"', "int"),
    ("upper", "word", "its upper case form", "their upper case forms", "word.upper()", '"abc": "ABC"', '"abc"', "str"),
    ("first", "word", "its first letter", "their first letters", "word[:1]", '"abc": "a"', '"abc"', "str"),
    ("reversed", "word", "its reverse", "their reverses", "word[::-1]", '"abc": "cba"', '"abc"', "str"),
    ("square", "number", "its square", "their squares", "x * x", "3: 9", "3", "int"),
    ("cube", "number", "its cube", "their cubes", "x ** 3", "3: 27", "3", "int"),
    ("double", "number", "its double", "their doubles", "x * 2", "3: 6", "3", "int"),
    ("negative", "number", "its negative", "their negatives", "-x", "3: -3", "3", "int"),
    ("is_even", "number", "whether it is even", "whether they are even", "x % 2 == 0", "3: False", "3", "bool"),
    ("text", "number", "its string", "their strings", "str(x)", '3: "3"', "3", "str"),
)


def on_dictionaries() -> Iterator[Template]:
    """A dictionary, or tuples, from each element to a value computed from it."""
    for key, noun, its, their, code, entry, given, kind in MADE:
        x, element = ("word", "str") if noun == "word" else ("x", "int")
        yield template(
            f"compose/dict/{noun}/{key}",
            f"map each {noun} in $a to {its}|return a dictionary from the {noun}s in $a to {their}|"
            f"create a dictionary that maps each {noun} in a list to {its}|make a dictionary of {noun}s and {their}",
            f"{noun}_to_{key}|map_{key}",
            WORDS if noun == "word" else NUMBERS,
            f"return {{{x}: {code} for {x} in $a}}",
            f"f([{given}]) == {{{entry}}}",
            "f([]) == {}",
            idioms={
                "using a loop": f"result = {{}}\nfor {x} in $a:\n    result[{x}] = {code}\nreturn result",
            },
            types=f"list[{element}] -> dict[{element}, {kind}]",
        )
        yield template(
            f"compose/tuples/{noun}/{key}",
            f"pair each {noun} in $a with {its}|return a list of tuples of each {noun} in $a and {its}|"
            f"make tuples of the {noun}s in a list and {their}",
            f"{noun}s_with_{key}|pair_with_{key}",
            WORDS if noun == "word" else NUMBERS,
            f"return [({x}, {code}) for {x} in $a]",
            f"f([{given}]) == [({entry.replace(':', ',')})]",
            "f([]) == []",
            types=f"list[{element}] -> list[tuple[{element}, {kind}]]",
        )


def templates() -> Iterator[Template]:
    strings, numbers = "text|s|string|line", "n|number|x|value"
    for first, second in step_pairs(STRING_STEPS, STRING_STEPS):
        yield two_steps(first, second, "a string", strings, "str", "str")
    for first, second in step_pairs(NUMBER_STEPS, NUMBER_STEPS):
        outcome = "float" if "halve" in (first.key, second.key) else "int"
        yield two_steps(first, second, "a number", numbers, "int", outcome)
    for first, second in step_pairs(LIST_STEPS, LIST_STEPS):
        yield two_steps(first, second, "a list", "items|values|numbers|lst", "list[int]", "list[int]")
    for first, second in step_pairs(LIST_STEPS, LIST_ENDS):
        if first.key not in ("sort", "sort_down", "reverse"):
            outcome = "int" if second.key in ("sum", "length") else "int | None"
            yield two_steps(first, second, "a list of numbers", NUMBERS, "list[int]", outcome)
    for keys, variable, noun, arguments, element in (
        (NUMBER_KEYS, "x", "number", NUMBERS, "int"),
        (WORD_KEYS, "word", "word", WORDS, "str"),
        (PAIR_KEYS, "pair", "tuple", "pairs|items|points|tuples", "tuple[int, int]"),
    ):
        for key in keys:
            yield from by_key(key, variable, noun, arguments, element)
    yield from on_two_lists()
    yield from on_pairs()
    yield from on_dictionaries()
