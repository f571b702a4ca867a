"""Whether two holes agree on a name that the surrounding text does not contain: filled together, and separately."""

from __future__ import annotations

import ast
import builtins
import keyword
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from tqdm import tqdm

from app.messages.decoding import Decoding
from app.messages.options import overrides
from app.serving.infill.infill import Infill
from app.serving.infill.requests import Hole, InfillRequest
from app.serving.service import Service
from bench.context import Context
from bench.infill.held_out import held_out_functions
from bench.infill.scores import share, share_figure
from bench.measure import Figure

COUNT = 60  # per kind
SEED = 5_000_011
WORD = re.compile(r"[^\W\d]\w*")
KNOWN = frozenset((*dir(builtins), *keyword.kwlist))


@dataclass(frozen=True)
class Pair:
    """Code with a hole at each of the two uses of a variable: the remaining text does not contain its name."""

    kind: str
    name: str
    before: str
    between: str
    after: str

    def agrees(self, first: str, second: str) -> bool:
        """Whether both holes begin with the same name, and the remaining text does not contain it. Anything after the
        name is ignored."""
        names = [WORD.match(text.lstrip()) for text in (first, second)]
        new_names = {name.group() if name else "" for name in names}
        return len(new_names) == 1 and not new_names & {"", *words(self.before + self.between + self.after), *KNOWN}


def words(text: str) -> set[str]:
    return set(WORD.findall(text))


def measure_consistency(context: Context, service: Service) -> list[Figure]:
    """On a canvas only: other routes fill one hole after the other."""
    if "canvas" not in service.infill_capabilities.modes:
        context.note("infill: agreement of two holes was not measured: it needs a model trained on canvases")
        return []
    pairs = draw_pairs(held_out_functions(SEED), context.size(COUNT, 2))
    encode = service.tokenizer.encode_plain
    agreed: dict[tuple[str, str], list[tuple[bool, bool]]] = {}
    for pair in tqdm(pairs, desc="infill: two holes", unit="pair", leave=False, disable=None):
        holes = {"any length": Hole(), "told the name's length": Hole(length=len(encode(pair.name)))}
        begun = {length: begin(service, pair, hole) for length, hole in holes.items()}  # all in one batch
        for length, infills in begun.items():
            for kind in ("all", pair.kind):
                agreed.setdefault((kind, length), []).append(infills.agree)
    return [figure(f"two holes agree, {kind}, {length}", found) for (kind, length), found in sorted(agreed.items())]


def figure(label: str, agreed: Sequence[tuple[bool, bool]]) -> Figure:
    together, alone = [both for both, _ in agreed], [both for _, both in agreed]
    facts: dict[str, str | float] = {"n": str(len(agreed)), "each alone": "{:.1f} ± {:.1f}%".format(*share(alone))}
    if any(alone):
        facts["times as often as alone"] = share(together)[0] / share(alone)[0]
    return share_figure(f"{label}: filled together", "one name in both", together, facts)


@dataclass(frozen=True)
class Begun:
    """A pair's running infills: both holes on one canvas, and each hole alone, with the other left empty."""

    pair: Pair
    together: Infill
    alone: tuple[Infill, Infill]

    @cached_property
    def agree(self) -> tuple[bool, bool]:
        """(together, alone)"""
        first, second = (texts_of(infill)[0] for infill in self.alone)
        return self.pair.agrees(*texts_of(self.together)), self.pair.agrees(first, second)


def begin(service: Service, pair: Pair, hole: Hole) -> Begun:
    def fill(*texts: str) -> Infill:
        holes = [hole for _ in texts[1:]]
        return service.infill(
            InfillRequest(
                texts=texts, holes=holes, mode="canvas", seed=0, decoding=overrides(Decoding, temperature=0.0)
            )
        )

    together = fill(pair.before, pair.between, pair.after)
    alone = fill(pair.before, pair.between + pair.after), fill(pair.before + pair.between, pair.after)
    return Begun(pair, together, alone)


def texts_of(infill: Infill) -> list[str]:
    for _ in infill:
        pass
    return [filled.text for filled in infill.candidates[0].holes]


def draw_pairs(functions: Iterable[str], count: int) -> list[Pair]:
    """`count` pairs of each kind, at most one of a kind per function."""
    drawn: dict[str, list[Pair]] = {"argument": [], "local variable": []}
    rng = random.Random(SEED)
    for code in islice(functions, 400 * count):
        for pair in find_pairs(code, rng):
            if len(drawn[pair.kind]) < count:
                drawn[pair.kind].append(pair)
        if all(len(pairs) == count for pairs in drawn.values()):
            break
    return [pair for pairs in drawn.values() for pair in pairs]


def find_pairs(code: str, rng: random.Random) -> list[Pair]:
    """At most one pair of each kind."""
    function = next((node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef)), None)
    if function is None:
        return []
    arguments = {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)}
    names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)} - arguments
    pairs = []
    for kind, candidates in (("argument", arguments), ("local variable", bound)):
        cut = [pair for name in sorted(candidates) if (pair := cut_pair(kind, code, name))]
        if cut:
            pairs.append(rng.choice(cut))
    return pairs


def cut_pair(kind: str, code: str, name: str) -> Pair | None:
    """None unless the name occurs exactly twice, both times as the variable."""
    places = [match.start() for match in re.finditer(rf"\b{name}\b", code)]
    if len(places) != 2 or count_uses(code, name) != 2:
        return None
    first, second = places
    size = len(name)
    return Pair(kind, name, code[:first], code[first + size : second], code[second + size :])


def count_uses(code: str, name: str) -> int:
    """Uses as a variable: not as an attribute, a keyword argument, or part of a string."""
    nodes = list(ast.walk(ast.parse(code)))
    uses = sum(isinstance(node, ast.Name) and node.id == name for node in nodes)
    return uses + sum(isinstance(node, ast.arg) and node.arg == name for node in nodes)
