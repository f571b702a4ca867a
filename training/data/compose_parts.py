"""The parts of composed templates: conditions on one element and transforms of one element.

Code uses one variable: `x` for numbers, `word` for strings. The same words always mean the same code.
"""

from __future__ import annotations

from dataclasses import dataclass

NUMBERS = "numbers|nums|values|items|xs"
WORDS = "words|names|strings|items"
SMALL = tuple(range(2, 100))
FEW = tuple(range(2, 21))
STARTS = (*"abcdefghijklmnoprstuvw", "re", "un", "pre", "th", "st", "con", "in", "sh", "de", "mis", "ch", "tr")
ENDS = (*"abcdefghijklmnoprstuvwy", "ing", "ed", "er", "ly", "es", "tion", "al", "est", "ful", "ch", "ty", "on")


@dataclass(frozen=True)
class Predicate:
    """A condition. `yes` and `no` are expressions (of `k`) for values that meet it and values that do not."""

    key: str
    name: str
    plural: tuple[str, str]
    singular: str
    one_is: str
    all_are: str
    test: str
    opposite: str
    yes: tuple[str, str]
    no: tuple[str, str]
    constants: tuple[int | str, ...] = ()


@dataclass(frozen=True)
class Transform:
    """A change of one element. `{}` in the phrases is its object: one element in `each`, several in `many` and `noun`.
    `sample` is a value and its result, as expressions of `k`."""

    key: str
    name: str
    each: str
    many: str
    noun: str
    code: str
    sample: tuple[str, str]
    kind: str
    constants: tuple[int | str, ...] = ()


def _adjective(key: str, test: str, opposite: str, yes: tuple[str, str], no: tuple[str, str]) -> Predicate:
    plural = (f"{key} numbers", f"numbers that are {key}")
    return Predicate(key, key, plural, f"{key} number", f"is {key}", f"are {key}", test, opposite, yes, no)


def _relation(
    key: str, words: str, test: str, opposite: str, yes: tuple[str, str], no: tuple[str, str], name: str = ""
) -> Predicate:
    plural = (f"numbers {words}", f"numbers that are {words}")
    constants = SMALL if "$k" in words else ()
    name = name or f"{key}_$k"
    one_is, all_are = f"is {words}", f"are {words}"
    return Predicate(key, name, plural, f"number {words}", one_is, all_are, test, opposite, yes, no, constants)


NUMBER_TESTS = (
    _adjective("even", "x % 2 == 0", "x % 2 != 0", ("2", "-4"), ("3", "-1")),
    _adjective("odd", "x % 2 != 0", "x % 2 == 0", ("3", "-1"), ("2", "0")),
    _adjective("positive", "x > 0", "x <= 0", ("5", "1"), ("0", "-2")),
    _adjective("negative", "x < 0", "x >= 0", ("-5", "-1"), ("0", "3")),
    _relation("nonzero", "different from zero", "x != 0", "x == 0", ("4", "-1"), ("0", "0"), "nonzero"),
    _relation("above", "greater than $k", "x > $k", "x <= $k", ("k + 1", "k + 50"), ("k", "-k")),
    _relation("below", "less than $k", "x < $k", "x >= $k", ("k - 1", "-k"), ("k", "k + 9")),
    _relation("at_least", "greater than or equal to $k", "x >= $k", "x < $k", ("k", "k + 1"), ("k - 1", "-k")),
    _relation("at_most", "less than or equal to $k", "x <= $k", "x > $k", ("k", "-k"), ("k + 1", "k + 9")),
    _relation("divisible_by", "divisible by $k", "x % $k == 0", "x % $k != 0", ("k", "-3 * k"), ("1", "k + 1")),
    _relation("not_divisible_by", "not divisible by $k", "x % $k != 0", "x % $k == 0", ("1", "k + 1"), ("k", "0")),
    _relation("different_from", "different from $k", "x != $k", "x == $k", ("k + 1", "0"), ("k", "k")),
    _relation(
        "up_to", "between 1 and $k", "1 <= x <= $k", "x < 1 or x > $k", ("1", "k"), ("0", "k + 1"), "between_1_and_$k"
    ),
)


def _word_test(
    key: str,
    verbs: tuple[str, str],
    plural: str,
    codes: tuple[str, str],
    yes: tuple[str, str],
    no: tuple[str, str],
    constants: tuple[int | str, ...] = (),
) -> Predicate:
    """`verbs` are for one word and for several; `plural` is another name for several."""
    one, several = verbs
    return Predicate(
        key,
        f"{key}_$k" if constants else key,
        (f"words that {several}", plural),
        f"word that {one}",
        one,
        several,
        *codes,
        yes,
        no,
        constants,
    )


def _length_test(key: str, words: str, codes: tuple[str, str], yes: tuple[str, str], no: tuple[str, str]) -> Predicate:
    return _word_test(
        key,
        (f"has {words} characters", f"have {words} characters"),
        f"words with {words} characters",
        codes,
        yes,
        no,
        FEW,
    )


WORD_TESTS = (
    _word_test(
        "starting_with",
        ('starts with "$k"', 'start with "$k"'),
        'words starting with "$k"',
        ('word.startswith("$k")', 'not word.startswith("$k")'),
        ('k + "q"', 'k + "Z"'),
        ('"Z"', '"Z" + k'),
        STARTS,
    ),
    _word_test(
        "ending_with",
        ('ends with "$k"', 'end with "$k"'),
        'words ending with "$k"',
        ('word.endswith("$k")', 'not word.endswith("$k")'),
        ('"q" + k', '"Z" + k'),
        ('"Z"', 'k + "Z"'),
        ENDS,
    ),
    _word_test(
        "containing",
        ('contains "$k"', 'contain "$k"'),
        'words containing "$k"',
        ('"$k" in word', '"$k" not in word'),
        ("k", '"Q" + k + "Q"'),
        ('"Z"', '"QQ"'),
        STARTS,
    ),
    _length_test(
        "longer_than",
        "more than $k",
        ("len(word) > $k", "len(word) <= $k"),
        ('"x" * (k + 1)', '"y" * (k + 4)'),
        ('"x" * k', '"y"'),
    ),
    _length_test(
        "shorter_than",
        "fewer than $k",
        ("len(word) < $k", "len(word) >= $k"),
        ('"x" * (k - 1)', '"y"'),
        ('"x" * k', '"y" * (k + 3)'),
    ),
    _length_test(
        "of_length",
        "exactly $k",
        ("len(word) == $k", "len(word) != $k"),
        ('"x" * k', '"y" * k'),
        ('"x" * (k + 1)', '"y"'),
    ),
    _word_test(
        "uppercase",
        ("is upper case", "are upper case"),
        "uppercase words",
        ("word.isupper()", "not word.isupper()"),
        ('"A"', '"BC"'),
        ('"b"', '"Bc"'),
    ),
    _word_test(
        "lowercase",
        ("is lower case", "are lower case"),
        "lowercase words",
        ("word.islower()", "not word.islower()"),
        ('"a"', '"bc"'),
        ('"B"', '"Bc"'),
    ),
    _word_test(
        "capitalized",
        ("starts with a capital letter", "start with a capital letter"),
        "capitalized words",
        ("word[:1].isupper()", "not word[:1].isupper()"),
        ('"Bart"', '"A"'),
        ('"lisa"', '"a"'),
    ),
    _word_test(
        "palindromes",
        ("is a palindrome", "are palindromes"),
        "palindromes",
        ("word == word[::-1]", "word != word[::-1]"),
        ('"level"', '"a"'),
        ('"word"', '"ab"'),
    ),
    _word_test(
        "numeric",
        ("contains only digits", "contain only digits"),
        "words made of digits only",
        ("word.isdigit()", "not word.isdigit()"),
        ('"42"', '"007"'),
        ('"x1"', '"1.5"'),
    ),
    _word_test(
        "alphabetic",
        ("contains only letters", "contain only letters"),
        "words made of letters only",
        ("word.isalpha()", "not word.isalpha()"),
        ('"abc"', '"É"'),
        ('"x1"', '"-"'),
    ),
)

NUMBER_TRANSFORMS = (
    Transform("double", "doubles", "double {}", "double {}", "the doubles of {}", "x * 2", ("3", "6"), "int"),
    Transform("triple", "triples", "triple {}", "triple {}", "the triples of {}", "x * 3", ("3", "9"), "int"),
    Transform("square", "squares", "square {}", "square {}", "the squares of {}", "x * x", ("-3", "9"), "int"),
    Transform("cube", "cubes", "cube {}", "cube {}", "the cubes of {}", "x ** 3", ("-2", "-8"), "int"),
    Transform("halve", "halves", "halve {}", "halve {}", "the halves of {}", "x / 2", ("3", "1.5"), "float"),
    Transform("negate", "negated", "negate {}", "negate {}", "the negated values of {}", "-x", ("3", "-3"), "int"),
    Transform(
        "abs",
        "absolute_values",
        "take the absolute value of {}",
        "take the absolute values of {}",
        "the absolute values of {}",
        "abs(x)",
        ("-3", "3"),
        "int",
    ),
    Transform(
        "add",
        "plus_$k",
        "add $k to {}",
        "add $k to {}",
        "{} with $k added to each",
        "x + $k",
        ("3", "3 + k"),
        "int",
        SMALL,
    ),
    Transform(
        "subtract",
        "minus_$k",
        "subtract $k from {}",
        "subtract $k from {}",
        "{} with $k subtracted from each",
        "x - $k",
        ("3", "3 - k"),
        "int",
        SMALL,
    ),
    Transform(
        "times",
        "times_$k",
        "multiply {} by $k",
        "multiply {} by $k",
        "{} each multiplied by $k",
        "x * $k",
        ("3", "3 * k"),
        "int",
        SMALL,
    ),
    Transform(
        "string",
        "strings",
        "convert {} to a string",
        "convert {} to strings",
        "{} as strings",
        "str(x)",
        ("3", '"3"'),
        "str",
    ),
)

WORD_TRANSFORMS = (
    Transform(
        "upper",
        "upper",
        "convert {} to upper case",
        "convert {} to upper case",
        "{} in upper case",
        "word.upper()",
        ('"aB"', '"AB"'),
        "str",
    ),
    Transform(
        "lower",
        "lower",
        "convert {} to lower case",
        "convert {} to lower case",
        "{} in lower case",
        "word.lower()",
        ('"aB"', '"ab"'),
        "str",
    ),
    Transform(
        "capitalize",
        "capitalized",
        "capitalize {}",
        "capitalize {}",
        "{} capitalized",
        "word.capitalize()",
        ('"bart"', '"Bart"'),
        "str",
    ),
    Transform(
        "reverse", "reversed", "reverse {}", "reverse {}", "{} spelled backwards", "word[::-1]", ('"ab"', '"ba"'), "str"
    ),
    Transform(
        "length",
        "lengths",
        "get the length of {}",
        "get the lengths of {}",
        "the lengths of {}",
        "len(word)",
        ('"abc"', "3"),
        "int",
    ),
    Transform(
        "first_letter",
        "first_letters",
        "get the first letter of {}",
        "get the first letters of {}",
        "the first letters of {}",
        "word[:1]",
        ('"abc"', '"a"'),
        "str",
    ),
    Transform(
        "last_letter",
        "last_letters",
        "get the last letter of {}",
        "get the last letters of {}",
        "the last letters of {}",
        "word[-1:]",
        ('"abc"', '"c"'),
        "str",
    ),
    Transform(
        "strip",
        "stripped",
        "strip the spaces around {}",
        "strip the spaces around {}",
        "{} without the spaces around them",
        "word.strip()",
        ('" a "', '"a"'),
        "str",
    ),
    Transform(
        "suffix",
        "with_suffix_$k",
        'add the suffix "$k" to {}',
        'add the suffix "$k" to {}',
        '{} with the suffix "$k" added to each',
        'word + "$k"',
        ('"Q"', '"Q" + k'),
        "str",
        ENDS,
    ),
    Transform(
        "prefix",
        "with_prefix_$k",
        'add the prefix "$k" to {}',
        'add the prefix "$k" to {}',
        '{} with the prefix "$k" added to each',
        '"$k" + word',
        ('"Q"', 'k + "Q"'),
        "str",
        STARTS,
    ),
    Transform(
        "cut",
        "first_$k_letters",
        "shorten {} to $k characters",
        "shorten {} to $k characters",
        "{} shortened to $k characters",
        "word[:$k]",
        ('"x" * (k + 1)', '"x" * k'),
        "str",
        FEW,
    ),
)
