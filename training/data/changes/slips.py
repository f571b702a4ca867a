"""Single slips that spoil right code: of syntax, of a name, of what is computed."""

from __future__ import annotations

import keyword
import random
import re
import warnings
from functools import cache

from training.data.changes.subject import STRING
from training.data.tasks import BUILTINS, allowed_constants
from training.data.template import Template, all_checks, holds, scope_of

Rule = tuple[str, str]  # a pattern, multi-line, and what replaces one of its matches
SYNTAX: tuple[Rule, ...] = (
    *((r":$", ""),) * 4,
    *((r"\)(?=:$)", ""), (r"\)$", ""), (r"\)", ""), (r"\]", ""), (r"\}", "")),
    *((r"\((?=.*:$)", ""), (r"\(", ""), (r"\[", "")),
    *((r'"', ""),) * 2,
    *((r" == ", " = "),) * 3,
    *((r"\breturn\b", wrong) for wrong in ("retrun", "retun", "reutrn", "returm", "retur")),
    *((r"^def\b", wrong) for wrong in ("dfe", "fed", "df", "function", "func", "fun", "define", "Def")),
    *((r"^def ", ""), (r":$", "::"), (r":$", ";"), (r":$", " {")),
    *((r"\bfor\b", wrong) for wrong in ("fro", "fr", "foreach")),
    *((r"\bif\b", wrong) for wrong in ("fi", "iff")),
    *((r"\bwhile\b", "whlie"), (r"\belse\b", "esle"), (r"\belif\b", "else if"), (r"\belif\b", "elseif")),
    *((r" in ", " "), (r" in ", " ni "), (r"\blambda\b", "lamda"), (r"\bimport\b", "improt")),
    *((r" and ", " && "), (r" or ", " || "), (r"\bnot ", "!"), (r" != ", " <> "), (r" \+= 1$", "++")),
    *((r", ", " "), (r"^    (?=\S)", ""), (r"^    (?=\S)", ""), (r"^(?=    \S)", "  "), (r"(?<=,) (?=\w+\):$)", " ,")),
)
LOGIC: tuple[Rule, ...] = (
    *((r" \+ ", " - "), (r" - ", " + "), (r" \* ", " + "), (r" / ", " * "), (r" // ", " % "), (r" % ", " // ")),
    *((r" < ", " > "), (r" > ", " < "), (r" <= ", " < "), (r" >= ", " > "), (r" < ", " <= "), (r" > ", " >= ")),
    *((r" == ", " != "), (r" != ", " == "), (r" and ", " or "), (r" or ", " and "), (r"\bnot ", "")),
    *((r" \+= ", " -= "), (r" \+= ", " = "), (r" \*= ", " += "), (r" == 0\b", " == 1")),
    *((r"\brange\(1, ", "range("), (r"\brange\(2, ", "range(1, "), (r"\brange\((\S+)\)", r"range(\1 - 1)")),
    *((r" \+ 1(?=\))", ""), (r" - 1\b", ""), (r" - 1\b", " + 1")),
    *((r"(?<= = )0$", "1"), (r"(?<= = )1$", "0"), (r"(?<=return )0$", "1"), (r"(?<=return )1$", "0")),
    *((r"\[1:\]", "[:1]"), (r"\[::-1\]", "[::1]"), (r"\[::-1\]", "[:-1]"), (r"\[0\]", "[1]"), (r"\[-1\]", "[0]")),
    *((r"\bmax\(", "min("), (r"\bmin\(", "max("), (r"\bsum\(", "len("), (r"\bany\(", "all("), (r"\ball\(", "any(")),
    *((r"\bTrue\b", "False"), (r"\bFalse\b", "True"), (r", reverse=True", ""), (r"\bupper\b", "lower")),
    *((r"\blower\b", "upper"), (r"\bstartswith\b", "endswith"), (r"\bendswith\b", "startswith")),
    *((r"\*\* 2\b", "* 2"), (r"\$a\b", "$b"), (r"\$b\b", "$a"), (r"^return (?=.*\Z)", "")),
    *((r"^(?=return .*\Z)", "    "), (r"^(?=return .*\Z)", "    ")),
    *((r"^    return ", "    "), (r" / 2\b", " // 2"), (r" // ", " / "), (r"(?<=\n)return \w+\Z", "return None")),
)
# What runs under no check: it may touch files, or run for long.
UNSAFE = re.compile(r"\bopen\(|\bwhile\b|\bos\.|\bshutil|\bPath|\bprint\(")
WORD = re.compile(r"(?<!for )\b[A-Za-z_]{4,}\b(?! = )(?!=)")


def syntax_slip(code: str, rng: random.Random) -> tuple[str, str] | None:
    """The code with a slip, and Python's message."""
    wrong = _slip(code, SYNTAX, rng)
    if wrong is None:
        return None
    try:
        with warnings.catch_warnings(action="ignore"):  # of a number that touches a word
            compile(wrong, "<slip>", "exec")
    except SyntaxError as error:
        return wrong, error.msg
    return None


def name_slip(code: str, rng: random.Random) -> str | None:
    """A misspelt name, whose right spelling follows from the rest of the code or is Python's."""
    places = [found for found in WORD.finditer(code) if _is_known(found, code)]
    if not places:
        return None
    chosen = rng.choice(places)
    place = rng.randrange(1, len(chosen[0]) - 1)
    letters = list(chosen[0])
    if rng.random() < 0.6:
        letters[place], letters[place + 1] = letters[place + 1], letters[place]
    else:
        del letters[place]
    typo = "".join(letters)
    if typo == chosen[0] or typo in BUILTINS or re.search(rf"\b{typo}\b", code):
        return None
    return code[: chosen.start()] + typo + code[chosen.end() :]


def logic_slip(item: Template, body: str, rng: random.Random) -> str | None:
    """A template body that runs, but computes something else."""
    if UNSAFE.search(body) or UNSAFE.search(item.imports):
        return None
    wrong = _slip(body, LOGIC, rng)
    return wrong if wrong and failing_check(item, wrong) else None


@cache
def failing_check(item: Template, body: str) -> str:
    """The first check that the body fails, with the first constant; none if it is not Python or passes all."""
    name, constant = item.names[0], allowed_constants(item, "train")[0]
    if "$b" in body and len(item.arguments[0]) < 2:
        return ""
    try:
        scope = scope_of(item.code(name, item.arguments[0], constant, body), name, constant)
    except SyntaxError:
        return ""
    return next((check for check in all_checks(item, constant) if not holds(check, scope)), "")


def _slip(code: str, rules: tuple[Rule, ...], rng: random.Random) -> str | None:
    """Apply a rule at one place outside strings; rules are drawn until one matches."""
    strings = [found.span() for found in STRING.finditer(code)]
    for pattern, wrong in rng.sample(rules, 20):
        places = [
            found
            for found in re.finditer(pattern, code, re.MULTILINE)
            if not any(start < found.start() < end - 1 for start, end in strings)
        ]
        if places:
            found = rng.choice(places)
            return code[: found.start()] + found.expand(wrong) + code[found.end() :]
    return None


def _is_known(found: re.Match[str], code: str) -> bool:
    word, start = found[0], found.start()
    if keyword.iskeyword(word) or any(begin < start < end for begin, end in (s.span() for s in STRING.finditer(code))):
        return False
    if word in BUILTINS or code[:start].endswith("."):
        return True
    # The name of an argument, or of a variable that has a value already.
    return len(re.findall(rf"\b{word}\b", code)) > 1 and start > code.index(":\n")
