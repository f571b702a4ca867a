"""All entries, and which of them are drawn more often."""

from training.data.first import (
    arithmetic,
    classes,
    contrasts,
    conversions,
    dicts_files,
    functions,
    language,
    list_changes,
    list_structures,
    lists,
    numbers,
    programs,
    text,
    text_checks,
)
from training.data.first.entry import Entry
from training.data.template import Template

ENTRIES: tuple[Entry, ...] = (
    *numbers.ENTRIES,
    *arithmetic.ENTRIES,
    *conversions.ENTRIES,
    *text.ENTRIES,
    *text_checks.ENTRIES,
    *lists.ENTRIES,
    *list_changes.ENTRIES,
    *list_structures.ENTRIES,
    *dicts_files.ENTRIES,
    *classes.ENTRIES,
    *contrasts.ENTRIES,
    *functions.ENTRIES,
    *programs.ENTRIES,
    *language.ENTRIES,
)
# For `groups`, whose requests do not always say that a function is wanted: without those whose phrases alone ask for a
# program.
TEMPLATES: tuple[Template, ...] = tuple(
    entry.template for entry in ENTRIES if entry.template is not None and not entry.only_function
)
MOST_TYPED = frozenset(
    (
        "fizz_buzz",
        "prime",
        "fibonacci",
        "factorial",
        "palindrome",
        "text_reverse",
        "program/hello_world",
        "list/bubble",
        "list/binary",
        "list/quick",
        "gcd",
        "count_vowels",
        "remove_vowels",
        "anagram",
        "list/max_plain",
        "list/unique",
        "class/linked_list",
        "class/stack_full",
        "even",
        "add",
    )
)
