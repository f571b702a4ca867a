"""Requests and answers from real code: a function's docstring is the request, its body the answer."""

from __future__ import annotations

import ast
import builtins
import itertools
import random
import re
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from training.data.corpus import Split, load_corpus
from training.data.phrases import imperative, third_person
from training.data.sources import SourceFile

Kind = Literal["function", "method"]
BODY_LINES = range(2, 21)
MAX_LINE_CHARS = 110
MAX_SIGNATURE_CHARS = 90
MAX_UNKNOWN_NAMES = 3  # names of its module, which the request does not mention
MAX_ATTRIBUTES = 2  # attributes of a method's object
KNOWN_NAMES = frozenset(dir(builtins)) | sys.stdlib_module_names | {"np", "nx", "torch"}
# Decorators that can be dropped without changing what the function does.
DROPPED_DECORATORS = re.compile(
    r"staticmethod|(functools\.)?(lru_)?cache(\(.*\))?|nx\._dispatchable(\(.*\))?|(not_implemented_for|set_module)\(.*\)"
)
UNWANTED = re.compile(r"NotImplemented|[Dd]eprecat|__file__|_\(\"|>>>")
WITH_SIGNATURE = (
    "Write a Python function `{sig}` that {does}.",
    "Write a function `{sig}` that {does}.",
    "Write a Python function `{sig}` to {do}.",
    "Implement `{sig}`: {do}.",
    "Define a Python function `{sig}` to {do}.",
    "Write `{sig}`, which {does}.",
    "Please write a function `{sig}` that {does}.",
    "Complete `def {sig}:`. It should {do}.",
    "def {sig}: {do}",
)
WITH_NAME = (
    "Write a Python function called `{name}` that {does}.",
    "Write a function named {name} that {does}.",
    "Write a Python function `{name}` to {do}.",
    "Implement `{name}`, a function that {does}.",
)
WITHOUT_NAME = (
    "Write a Python function that {does}.",
    "Write a function to {do}.",
    "{Do} in Python.",
    "I need a function that {does}.",
    "How do I {do} in Python?",
)
DOCSTRING_SHARE = 0.25
DOCSTRING_WISHES = ("Include a docstring.", "Give it a docstring.", "Add a docstring.", "Write a docstring too.")


@dataclass(frozen=True)
class Pair:
    """`task` is an imperative phrase without a full stop; `arguments` is as in the code, `names` without types."""

    package: str
    path: str
    kind: Kind
    name: str
    arguments: str
    names: str
    task: str
    header: str
    body: str

    def code(self, documented: bool = False) -> str:
        """The code; with `documented`, the task is its docstring."""
        indent = re.match(r"\s*", self.body.split("\n")[0])
        assert indent
        summary = f'{indent[0]}"""{self.task[0].upper()}{self.task[1:]}."""\n' if documented else ""
        return f"{self.header}\n{summary}{self.body}"


@cache
def load_pairs(split: Split) -> tuple[Pair, ...]:
    """The pairs from the files of one split, in order. "train" has no name or body of another split."""
    held_out = pairs_of([*load_corpus("held_out"), *load_corpus("held_out_package")])
    if split == "train":
        return tuple(pairs_of(load_corpus("train"), held_out))
    places = {(file.package, file.path) for file in load_corpus(split)}
    return tuple(pair for pair in held_out if (pair.package, pair.path) in places)


def pairs_of(files: Sequence[SourceFile], taken: Sequence[Pair] = ()) -> list[Pair]:
    """Pairs with distinct names and bodies, none of them in `taken`."""
    names = {pair.name for pair in taken}
    bodies = {_without_spaces(pair.body) for pair in taken}
    pairs = []
    for file in files:
        for pair in _pairs_in(file):
            body = _without_spaces(pair.body)
            if pair.name not in names and body not in bodies:
                names.add(pair.name)
                bodies.add(body)
                pairs.append(pair)
    return pairs


def draw_pair(pairs: Sequence[Pair], rng: random.Random) -> tuple[str, str]:
    """(request, code) of a random pair in a random wording. The code has a docstring only if the request wants one."""
    pair = rng.choice(pairs)
    arguments = pair.arguments if rng.random() < 0.3 else pair.names
    style = rng.random()
    if style < 0.65 and len(pair.name) + len(arguments) <= MAX_SIGNATURE_CHARS:
        wording = rng.choice(WITH_SIGNATURE)
    else:
        wording = rng.choice(WITH_NAME if style < 0.85 else WITHOUT_NAME)
    request = wording.replace("function", pair.kind).format(
        sig=f"{pair.name}({arguments})",
        name=pair.name,
        do=pair.task,
        does=third_person(pair.task),
        Do=pair.task[0].upper() + pair.task[1:],
    )
    if rng.random() < DOCSTRING_SHARE:
        return f"{request} {rng.choice(DOCSTRING_WISHES)}", pair.code(documented=True)
    return request, pair.code()


def _without_spaces(text: str) -> str:
    return "".join(text.split())


def _pairs_in(file: SourceFile) -> Iterator[Pair]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes in other people's code
        tree = ast.parse(file.text)
        lines = file.text.split("\n")  # lines as the parser counts them; `splitlines` also splits at form feeds
        for kind, node in _functions(tree):
            task = imperative(ast.get_docstring(node) or "")
            if task and _stands_alone(kind, node) and (cut := _cut(node, lines)):
                names = _without_types(node.args)
                yield Pair(file.package, file.path, kind, node.name, ast.unparse(node.args), names, task, *cut)


def _functions(tree: ast.Module) -> Iterator[tuple[Kind, ast.FunctionDef]]:
    """The functions of the module and of its classes; a static method counts as a function."""
    for node in tree.body:
        for part in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(part, ast.FunctionDef):
                decorators = [ast.unparse(decorator) for decorator in part.decorator_list]
                if all(map(DROPPED_DECORATORS.fullmatch, decorators)):
                    is_method = isinstance(node, ast.ClassDef) and "staticmethod" not in decorators
                    yield "method" if is_method else "function", part


def _stands_alone(kind: Kind, node: ast.FunctionDef) -> bool:
    body = node.body[1:]
    if node.name.startswith(("__", "test", "visit")):
        return False
    if all(isinstance(part, ast.Raise | ast.Pass | ast.Expr) for part in body):
        return False
    if kind == "method" and not _is_plain_method(node):
        return False
    unknown = _unknown_names(node)
    return len(unknown) <= MAX_UNKNOWN_NAMES and not any(name.startswith("_") for name in unknown)


def _is_plain_method(node: ast.FunctionDef) -> bool:
    """Whether a method uses its object, but only a few attributes, none of them private."""
    if not node.args.args or node.args.args[0].arg != "self" or node.name.startswith("_"):
        return False
    attributes = {
        part.attr
        for part in ast.walk(node)
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "self"
    }
    return len(attributes) in range(1, MAX_ATTRIBUTES + 1) and not any(name.startswith("_") for name in attributes)


def _unknown_names(node: ast.FunctionDef) -> set[str]:
    """Names that are defined only in the function's module."""
    used: set[str] = set()
    bound = {node.name, *(part.arg for part in ast.walk(node.args) if isinstance(part, ast.arg))}
    for part in itertools.chain.from_iterable(map(ast.walk, node.body)):
        if isinstance(part, ast.Name):
            (used if isinstance(part.ctx, ast.Load) else bound).add(part.id)
        elif isinstance(part, ast.arg):
            bound.add(part.arg)
        elif isinstance(part, ast.alias):
            bound.add(part.asname or part.name.split(".")[0])
        elif isinstance(part, ast.FunctionDef | ast.ClassDef | ast.ExceptHandler):
            bound.add(part.name or "")
    return used - bound - KNOWN_NAMES


def _cut(node: ast.FunctionDef, lines: list[str]) -> tuple[str, str] | None:
    """Header and body at the left margin, without the docstring; None if the body's length is out of range or it reads
    badly."""
    docstring = node.body[0]
    header = [line[node.col_offset :].rstrip() for line in lines[node.lineno - 1 : docstring.lineno - 1]]
    body = [line[node.col_offset :].rstrip() for line in lines[docstring.end_lineno : node.end_lineno]]
    while body and not body[0]:
        del body[0]
    code = "\n".join((*header, *body))
    if len(body) not in BODY_LINES or UNWANTED.search(code) or not code.isascii():
        return None
    if max(map(len, (*header, *body))) > MAX_LINE_CHARS or not _is_same(code, node):
        return None
    return "\n".join(header), "\n".join(body)


def _is_same(code: str, node: ast.FunctionDef) -> bool:
    """Whether cutting lines kept the code's meaning: it fails for oddities such as a docstring on the line of `def`."""
    try:
        (found,) = ast.parse(code).body
    except (SyntaxError, ValueError):
        return False
    return isinstance(found, ast.FunctionDef) and [*map(ast.dump, found.body)] == [*map(ast.dump, node.body[1:])]


def _without_types(arguments: ast.arguments) -> str:
    bare = ast.parse(f"def f({ast.unparse(arguments)}): pass").body[0]
    for part in ast.walk(bare):
        if isinstance(part, ast.arg):
            part.annotation = None
    assert isinstance(bare, ast.FunctionDef)
    return ast.unparse(bare.args)
