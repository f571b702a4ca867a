"""Do two holes agree on a name that stands in none of the given texts? Filled together on a canvas, and each alone."""

from __future__ import annotations

import ast
import builtins
import io
import keyword
import random
import re
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from tqdm import tqdm

from app.serving.infill.calls import Hole, InfillCall
from app.serving.service import Service
from bench.context import Context
from bench.infill.held_out import held_out_functions
from bench.infill.scores import share, share_figure
from bench.measure import Figure

COUNT = 120  # of each kind
SEED = 5_000_011
MAX_SECOND = 80  # characters of the second hole
SYLLABLES = ("zor", "quib", "vex", "mip", "thal", "gru", "wend", "plof", "jask", "nyr")
WORD = re.compile(r"[^\W\d]\w*")
KNOWN = frozenset((*dir(builtins), *keyword.kwlist))


@dataclass(frozen=True)
class Pair:
    """Code cut at two holes. A variable, under a rare name, stands in these only: first where it is bound, as the whole
    of the first hole; the second begins and ends with its other places."""

    kind: str
    before: str
    first: str
    between: str
    second: str
    after: str

    @property
    def code(self) -> str:
        return self.before + self.first + self.between + self.second + self.after

    def agrees(self, first: str, second: str) -> bool:
        """The first hole brings names that the given text does not have, and the second uses all of them."""
        new = words(first) - words(self.before + self.between + self.after) - KNOWN
        return bool(new) and new <= words(second)


def words(text: str) -> set[str]:
    return set(WORD.findall(text))


def measure_consistency(context: Context, service: Service) -> list[Figure]:
    """On a canvas only: other routes fill holes one after another."""
    functions = held_out_functions(SEED)
    if "canvas" not in service.infill_support.modes or functions is None:
        context.note(
            "infill: agreement of two holes was not measured: it needs a canvas model and training's functions"
        )
        return []
    pairs = draw_pairs(functions, context.size(COUNT, 2))
    agreed: dict[str, list[tuple[bool, bool]]] = {"all": []}
    for pair in tqdm(pairs, desc="infill: two holes", unit="pair", leave=False, disable=None):
        found = pair.agrees(*fill_together(service, pair)), pair.agrees(*fill_alone(service, pair))
        for kind in (pair.kind, "all"):
            agreed.setdefault(kind, []).append(found)
    return [figure for kind, found in agreed.items() for figure in figures(kind, found)]


def figures(kind: str, agreed: Sequence[tuple[bool, bool]]) -> Iterator[Figure]:
    together, alone = [both for both, _ in agreed], [both for _, both in agreed]
    facts: dict[str, str | float] = {"n": str(len(agreed))}
    if any(alone):
        facts["times as often as alone"] = share(together)[0] / share(alone)[0]
    yield share_figure(f"two holes agree, {kind}: filled together", "one name in both", together, facts)
    yield share_figure(f"two holes agree, {kind}: each alone", "one name in both", alone, {"n": str(len(agreed))})


def fill_together(service: Service, pair: Pair) -> tuple[str, str]:
    first, second = _fill(service, [pair.before, pair.between, pair.after])
    return first, second


def fill_alone(service: Service, pair: Pair) -> tuple[str, str]:
    """Each with nothing in the other's place."""
    (first,) = _fill(service, [pair.before, pair.between + pair.after])
    (second,) = _fill(service, [pair.before + pair.between, pair.after])
    return first, second


def _fill(service: Service, texts: Sequence[str]) -> list[str]:
    holes = [Hole() for _ in texts[1:]]
    infill = service.infill(InfillCall(texts, holes, mode="canvas", seed=0, sampling={"temperature": 0.0}))
    for _ in infill:
        pass
    assert infill.outcome is not None
    return [hole.text for hole in infill.outcome.candidates[0].holes]


def draw_pairs(functions: Iterable[str], count: int) -> list[Pair]:
    """`count` of each kind, one a function and kind."""
    found: dict[str, list[Pair]] = {"argument": [], "local variable": []}
    rng = random.Random(SEED)
    for code in islice(functions, 400 * count):
        for pair in find_pairs(code, rng):
            if len(found[pair.kind]) < count:
                found[pair.kind].append(pair)
        if all(len(pairs) == count for pairs in found.values()):
            break
    return [pair for pairs in found.values() for pair in pairs]


def find_pairs(code: str, rng: random.Random) -> list[Pair]:
    """At most one of each kind."""
    function = next((node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef)), None)
    if function is None:
        return []
    arguments = {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)}
    names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)} - arguments
    pairs = []
    for kind, found in (("argument", arguments), ("local variable", bound)):
        cut = [pair for name in sorted(found) if (pair := cut_pair(kind, code, name, rng))]
        if cut:
            pairs.append(rng.choice(cut))
    return pairs


def cut_pair(kind: str, code: str, name: str, rng: random.Random) -> Pair | None:
    """None where the name stands once, also means something else, or its places are too far from each other."""
    places, meant = name_places(code, name), count_uses(code, name)
    rare = "_".join(rng.choices(SYLLABLES, k=2))
    if len(places) < 2 or len(places) != meant or rare in code or places[-1] - places[1] > MAX_SECOND:
        return None
    size = len(name)
    first, start, end = places[0], places[1], places[-1] + size
    parts = (code[:first], name, code[first + size : start], code[start:end], code[end:])
    before, head, between, second, after = (re.sub(rf"\b{name}\b", rare, part) for part in parts)
    return Pair(kind, before, head, between, second, after)


def name_places(code: str, name: str) -> list[int]:
    """Offsets of the name where it stands as a word of the language, in order."""
    lines = [0]
    for line in code.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    return [lines[token.start[0] - 1] + token.start[1] for token in tokens if token.string == name]


def count_uses(code: str, name: str) -> int:
    """As a variable: not as an attribute, a keyword of a call, or a part of a text."""
    nodes = list(ast.walk(ast.parse(code)))
    uses = sum(isinstance(node, ast.Name) and node.id == name for node in nodes)
    uses += sum(isinstance(node, ast.arg) and node.arg == name for node in nodes)
    return uses if len(re.findall(rf"\b{name}\b", code)) == uses else -1
