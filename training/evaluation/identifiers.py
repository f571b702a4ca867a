"""Invented names: those in an answer's code that nobody asked for and that are not made of known words.

A name is split at underscores, digits and capitals: `find_bary` into `find` and `bary`. Each part must be in the
request, a name of Python's own (a keyword, a builtin, or a name in one of `MODULES`), one or two letters, or a known
word: one that is in at least `MIN_FILES` files of the corpus, that the authors of the data wrote (in a template or in
small talk), or one of `OTHERS`; these may end in "s", "ed", "er" and so on. Made-up names of the training data are no
known words. A name is invented if one of its parts is none of these.
"""

# ruff: noqa: SIM905 (lists would take one line per word)

from __future__ import annotations

import ast
import builtins
import importlib
import keyword
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

from training.data.corpus import load_corpus
from training.data.names import WORDS
from training.data.talk import REPLIES
from training.data.tasks import TEMPLATES

MIN_FILES = 8
PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
WORD = re.compile(r"[A-Za-z]+")
NAME = re.compile(r"\b[A-Za-z_]\w*")
TEXT = re.compile(r"\"\"\".*?\"\"\"|'''.*?'''|\"[^\"\n]*\"|'[^'\n]*'|#.*", re.DOTALL)
OTHERS = (
    "armstrong binsearch bst caesar cipher collatz deque dfs bfs eratosthenes euclid fibo fibonacci hanoi inorder "
    "kadane levenshtein memo numeral pangram pascal preorder quicksort mergesort sieve singleton slug std subarray "
    "advice arabic assembly bash cannot chess chinese cooking css django docker english essay excel facts fastapi "
    "flask french german github haskell html italian japanese java javascript kotlin kubernetes latex lua matlab movie "
    "news numpy pandas php poem poetry portuguese powershell pygame pytorch react recipe regex ruby russian rust scala "
    "spanish sql story swift tensorflow tkinter translate translation typescript weather website"
).split()
ENDINGS = ("s", "es", "ed", "d", "er", "r", "ing", "ly")
MODULES = (
    "abc argparse array asyncio bisect calendar collections contextlib copy csv dataclasses datetime decimal "
    "enum fractions functools glob heapq io itertools json logging math operator os os.path pathlib random re shutil "
    "sqlite3 statistics string subprocess sys tempfile textwrap threading time types typing unittest"
).split()


def invented_names(code: str, request: str) -> tuple[str, ...]:
    """The invented names of the code, in order."""
    said = parts(request)
    return tuple(
        name for name in dict.fromkeys(names_in(code)) if not all(is_known(part, said) for part in parts(name))
    )


def unknown_words(text: str, request: str) -> tuple[str, ...]:
    """The words of a text that are neither in the request nor known."""
    said = parts(request)
    return tuple(word for word in dict.fromkeys(WORD.findall(text)) if not is_known(word.lower(), said))


def names_in(code: str) -> list[str]:
    """Of all kinds; without texts and comments. From the tokens' spelling, where the code has no syntax tree."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return NAME.findall(TEXT.sub(" ", code))
    fields = ("name", "id", "arg", "attr", "module", "asname")
    values = [getattr(node, field, None) for node in ast.walk(tree) for field in fields]
    return [value for value in values if isinstance(value, str)]


def parts(text: str) -> frozenset[str]:
    return frozenset(part.lower() for part in PART.findall(text))


def is_known(part: str, said: frozenset[str]) -> bool:
    bases = [part, *(part[: -len(ending)] for ending in ENDINGS if part.endswith(ending))]
    known = (said, python_words(), known_words())
    return len(part) <= 2 or any(base in words for words in known for base in bases)


@cache
def python_words() -> frozenset[str]:
    names = [*keyword.kwlist, *dir(builtins), "self", "cls", "args", "kwargs"]
    for kind in (str, list, dict, set, tuple, int, float, bytes, object, BaseException):
        names += dir(kind)
    for module in MODULES:
        names += [module, *dir(importlib.import_module(module))]
    return frozenset(part for name in names for part in parts(name))


@cache
def known_words() -> frozenset[str]:
    """Takes a few seconds."""
    counts: Counter[str] = Counter()
    for file in load_corpus("train"):
        counts.update(parts(file.text))
    common = {word for word, count in counts.items() if count >= MIN_FILES}
    return frozenset(common) | parts(" ".join(_written()))


def _written() -> Iterable[str]:
    """What the data's authors wrote by hand."""
    yield from (*WORDS, *OTHERS)
    for item in TEMPLATES:
        yield " ".join((*item.says, *item.names, *(name for group in item.arguments for name in group), item.body))
    for ways, reply in REPLIES:
        yield " ".join((*ways, reply))
