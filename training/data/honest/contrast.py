"""The same wordings with Python, or no language, and a task that it knows: these get code."""

from __future__ import annotations

import random
from collections import Counter

from training.data.honest.fillers import KNOWN, say
from training.data.honest.language_words import ORDER_PATTERNS
from training.data.honest.languages import BARE_PATTERNS, TASK_PATTERNS
from training.data.honest.manner import politely
from training.data.patterns import draw_wording
from training.data.tasks import allowed_constants, require_correct, third_person
from training.data.template import Template

PYTHON = ("Python", "Python", "python", "Python 3", "python3", "plain Python")
IN_LANGUAGE = " in {subject}"
DO_PATTERNS = (*(p for p in TASK_PATTERNS if "{name}" not in p and not p.startswith("//")), *ORDER_PATTERNS)
NAME_PATTERNS = (
    *(p for p in BARE_PATTERNS if "{bare}" in p and " but " not in p),
    "[simple|basic|short|small] {bare} [function|code|program|in {subject}]",
    "[write|make|code|create] a [|simple|small|basic] {bare} [function|program|script] [|in {subject}|for me|please]",
    "{bare} [|code|function|program|please|source code]",
    "[code|python code|function|program] for {bare}",
    "how [do i|to] [make|code|program] {bare}",
    "[please|can you] [write|code|do|make] {bare} [|for me]",
)
_USES = Counter(item.names[0] for item in KNOWN)
# Tasks whose usual name says everything.
NAMED = tuple(item for item in KNOWN if _USES[item.names[0]] == 1 and not item.constants)


def draw_contrast(rng: random.Random) -> tuple[str, str]:
    """A request, and the code (to be fenced)."""
    by_name = rng.random() < 0.4
    item = rng.choice(NAMED if by_name else KNOWN)
    constant = rng.choice(allowed_constants(item, "train"))
    require_correct(item, constant)
    wording = draw_wording(NAME_PATTERNS if by_name else DO_PATTERNS, rng)
    if rng.random() < 0.4:
        wording = wording.removesuffix(IN_LANGUAGE)
    do = say(item, constant, rng)
    request = (
        wording.replace("{subject}", rng.choice(PYTHON))
        .replace("{bare}", name_as_words(item, rng))
        .replace("{does}", third_person(do))
        .replace("{do}", do)
    )
    if constant is None or str(constant).lower() == str(constant):  # else the case of a letter in the request matters
        request = politely(request, rng)
    return request, item.code(item.names[0], item.arguments[0], constant)


def name_as_words(item: Template, rng: random.Random) -> str:
    return item.names[0].replace("_", rng.choice((" ", " ", "_")))
