"""Templates over the characters of a string: five things to do with each kind of character."""

from __future__ import annotations

from training.data.template import Template, template

TEXT = "text|s|string|word|value"
VOWEL = 'ch.lower() in "aeiou"'
SAMPLE = "Banana 12!"
# Their name, another wording, the test for one, the test for all others, those in the sample.
KINDS = (
    ("vowels", "vowels", VOWEL, 'ch.lower() not in "aeiou"', "aaa"),
    ("consonants", "consonants", 'ch.isalpha() and ch.lower() not in "aeiou"', f"not ch.isalpha() or {VOWEL}", "Bnn"),
    ("digits", "numeric characters", "ch.isdigit()", "not ch.isdigit()", "12"),
    ("letters", "alphabetic characters", "ch.isalpha()", "not ch.isalpha()", "Banana"),
    ("uppercase letters", "capital letters", "ch.isupper()", "not ch.isupper()", "B"),
    ("lowercase letters", "small letters", "ch.islower()", "not ch.islower()", "anana"),
    ("letters and digits", "alphanumeric characters", "ch.isalnum()", "not ch.isalnum()", "Banana12"),
)


def _count(kind: str, also: str, test: str, found: str) -> Template:
    slug = kind.replace(" ", "_")
    return template(
        f"count_{slug}",
        f"count the {kind} in a string|return the number of {kind} in the string $a|"
        f"count how many {kind} the string $a has|"
        f"find the number of {also} in a string|count {kind} in a string",
        f"count_{slug}|num_{slug}",
        TEXT,
        f"return sum(1 for ch in $a if {test})",
        f"f({SAMPLE!r}) == {len(found)}",
        'f("") == 0',
        types="str -> int",
        idioms={
            "using a loop": f"count = 0\nfor ch in $a:\n    if {test}:\n        count += 1\nreturn count",
            "using len": f"return len([ch for ch in $a if {test}])",
        },
    )


def _keep(kind: str, also: str, test: str, found: str) -> Template:
    slug = kind.replace(" ", "_")
    return template(
        f"keep_{slug}",
        f"keep only the {kind} of a string|return a string with only the {kind} of $a|keep only the {also} of $a|"
        f"remove everything but the {kind} from a string",
        f"keep_{slug}|only_{slug}",
        TEXT,
        f'return "".join(ch for ch in $a if {test})',
        f"f({SAMPLE!r}) == {found!r}",
        'f("") == ""',
        types="str -> str",
        idioms={"using a loop": f'result = ""\nfor ch in $a:\n    if {test}:\n        result += ch\nreturn result'},
    )


def _remove(kind: str, also: str, test: str, found: str) -> Template:
    slug = kind.replace(" ", "_")
    return template(
        f"remove_{slug}",
        f"remove the {kind} from a string|return $a without {kind}|remove all {kind} from $a|"
        f"delete the {also} of a string|strip {kind} from a string",
        f"remove_{slug}|without_{slug}",
        TEXT,
        f'return "".join(ch for ch in $a if {test})',
        f"f({SAMPLE!r}) == {''.join(ch for ch in SAMPLE if ch not in found)!r}",
        'f("") == ""',
        types="str -> str",
        idioms={"using a loop": f'result = ""\nfor ch in $a:\n    if {test}:\n        result += ch\nreturn result'},
    )


def _any(kind: str, also: str, test: str) -> Template:
    slug = kind.replace(" ", "_")
    return template(
        f"has_{slug}",
        f"check if a string has any {kind}|return True if $a contains {kind}|check whether $a has any {also}|"
        f"tell whether there are {kind} in a string",
        f"has_{slug}|contains_{slug}",
        TEXT,
        f"return any({test} for ch in $a)",
        f"f({SAMPLE!r})",
        'f(" . ") is False',
        'f("") is False',
        types="str -> bool",
        idioms={"using a loop": f"for ch in $a:\n    if {test}:\n        return True\nreturn False"},
    )


def _list(kind: str, also: str, test: str, found: str) -> Template:
    slug = kind.replace(" ", "_")
    return template(
        f"list_{slug}",
        f"return a list of the {kind} in a string|list the {kind} of the string $a|"
        f"collect the {also} of a string in a list|"
        f"get a list of all {kind} in $a",
        f"list_{slug}|find_{slug}",
        TEXT,
        f"return [ch for ch in $a if {test}]",
        f"f({SAMPLE!r}) == {list(found)!r}",
        'f("") == []',
        types="str -> list[str]",
        idioms={
            "using a loop": f"result = []\nfor ch in $a:\n    if {test}:\n        result.append(ch)\nreturn result"
        },
    )


def _templates() -> list[Template]:
    made = []
    for kind, also, test, others, found in KINDS:
        made += [_count(kind, also, test, found), _keep(kind, also, test, found), _remove(kind, also, others, found)]
        made += [_any(kind, also, test), _list(kind, also, test, found)]
    return made


TEMPLATES = tuple(_templates())
