"""Holes in held-out functions, filled by each route and, as the oracle, with the true length."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice

from training.data.holes import MAX_SPAN, Span, line_spans
from training.data.tasks import Task
from training.decode import fill_canvas, fill_suffix_first
from training.evaluation.answers import percent, percent_error
from training.evaluation.checks import Checker
from training.evaluation.context import Context, progress
from training.evaluation.questions import distinct_tasks
from training.evaluation.report import Column, Measurement, Section, Values

CANVAS_LENGTH = 24
HOLE_SEED = 2_000_003


@dataclass(frozen=True)
class Hole:
    task: Task
    prefix: str
    middle: str
    suffix: str


@dataclass(frozen=True)
class Filled:
    """`length_error` is absolute, in tokens."""

    is_exact: bool
    similarity: float
    passes: bool
    length_error: int


# Prefix, middle and suffix as ids -> ids. Only the oracle and the baseline use the middle, for its length.
ByTokens = Callable[[list[int], list[int], list[int]], list[int]]
# A hole -> its text, and how many tokens it has.
Route = Callable[[Hole], tuple[str, int]]
Cutter = Callable[[Task, random.Random], Hole | None]


def sections(context: Context) -> list[Section]:
    kinds: dict[str, tuple[str, Cutter, int]] = {
        "telling": ("one line, the name tells", single_line, 300),
        "single-line": ("one line", single_line, 300),
        "multi-line": ("2 to 4 lines", multi_line, 150),
        "random-span": ("a span of characters", random_span, 150),
    }

    @cache
    def holes(kind: str) -> list[Hole]:
        _, cut, count = kinds[kind]
        find = cut_telling_holes if kind == "telling" else cut_holes
        return find(cut, context.count(count), context.rng(f"holes/{kind}"))

    @cache
    def known() -> dict[str, Route]:
        return routes(context)

    def row(kind: str, route: str) -> Values:
        return rates([fill(context, hole, known()[route]) for hole in progress(holes(kind), route)])

    measurements = [
        Measurement(f"infill/{kind} {route}", f"{label}: {route}", partial(row, kind, route))
        for kind, (label, _, _) in kinds.items()
        for route in ROUTES
    ]
    return [Section("Filling holes in functions", NOTE, COLUMNS, tuple(measurements))]


ROUTES = ("canvas", "suffix first", "server, both", "canvas of the true length", "trigram")
NOTE = (
    f"Held-out generated functions, greedy, one token per forward, without cleanup. `canvas`: {CANVAS_LENGTH} masks "
    "between the two sides, of which the model deletes the surplus; `suffix first`: both sides in the prompt; `server, "
    "both`: a server's `/v1/infill` with its defaults, which returns the surer one of the two. The "
    "trigram gets the prefix and the true length. Passes: the completed function's checks hold. Most functions have a "
    "random name that does not describe them; those of the first rows have unseen constants and their usual name."
)
COLUMNS = (
    Column("n", "n", "{:.0f}"),
    Column("exact", "exact %", "{:.0f}"),
    Column("similarity", "edit similarity", "{:.0f}"),
    Column("passes", "passes %", "{:.0f}"),
    Column("length_error", "length error, tokens", "{:.1f}"),
)


def routes(context: Context) -> dict[str, Route]:
    def server(hole: Hole) -> tuple[str, int]:
        single_line = "\n" not in hole.middle.rstrip("\n")
        text = context.endpoint.infill(hole.prefix, hole.suffix, single_line=single_line, infill_mode="both")
        return text, len(context.encode(text))

    def by_tokens(route: ByTokens, hole: Hole) -> tuple[str, int]:
        ids = route(*(context.encode(text) for text in (hole.prefix, hole.middle, hole.suffix)))
        return str(context.tokenizer.decode(ids)), len(ids)

    return {"server, both": server, **{name: partial(by_tokens, route) for name, route in _decoders(context).items()}}


def _decoders(context: Context) -> dict[str, ByTokens]:
    block_length = context.model.config.block_length
    return {
        "canvas": lambda prefix, middle, suffix: fill_canvas(
            context.model, prefix, suffix, CANVAS_LENGTH, block_length
        ),
        "suffix first": lambda prefix, middle, suffix: fill_suffix_first(
            context.model, prefix, suffix, block_length=block_length
        ),
        "canvas of the true length": lambda prefix, middle, suffix: fill_canvas(
            context.model, prefix, suffix, len(middle), block_length, may_delete=False
        ),
        "trigram": lambda prefix, middle, suffix: context.trigram.generate(prefix, len(middle)),
    }


def cut_telling_holes(cut: Cutter, count: int, rng: random.Random) -> list[Hole]:
    """One hole in each of `count` functions with an unseen constant and their usual, descriptive name."""
    tasks = distinct_tasks("constant", HOLE_SEED, lambda task: not task.name_given)
    holes = list(islice((hole for task in tasks if (hole := cut(task, rng))), count))
    if len(holes) < count:
        raise ValueError(f"only {len(holes)} of {count} holes found")
    return holes


def cut_holes(cut: Cutter, count: int, rng: random.Random) -> list[Hole]:
    """One hole in each of `count` held-out functions, half with an unseen name and half with an unseen constant."""
    halves = {"name": -(-count // 2), "constant": count // 2}
    holes = []
    for split, wanted in halves.items():
        tasks = distinct_tasks(split, HOLE_SEED)
        cut_out = (hole for task in tasks if (hole := cut(task, rng)))
        holes += list(islice(cut_out, wanted))
    if len(holes) < count:
        raise ValueError(f"only {len(holes)} of {count} holes found")
    return holes


def single_line(task: Task, rng: random.Random) -> Hole | None:
    """The text of a line after the `def` line, without its indent."""
    spans = body_spans(task)
    return _cut_out(task, *rng.choice(spans)) if spans else None


def multi_line(task: Task, rng: random.Random) -> Hole | None:
    """From the text of a line to the end of the next one, or of the second or third after it."""
    spans = body_spans(task)
    if len(spans) < 2:
        return None
    first = rng.randrange(len(spans) - 1)
    last = rng.randint(first + 1, min(first + 3, len(spans) - 1))
    return _cut_out(task, spans[first][0], spans[last][1])


def random_span(task: Task, rng: random.Random) -> Hole | None:
    """Up to 40 characters after the `def` line, starting or ending anywhere, but not only whitespace."""
    code, spans = task.code + "\n", body_spans(task)
    if not spans:
        return None
    start = rng.randrange(spans[0][0], len(code))
    end = min(len(code), start + rng.randint(1, MAX_SPAN))
    return _cut_out(task, start, end) if code[start:end].strip() else None


def body_spans(task: Task) -> list[Span]:
    """The spans of the lines after the first `def` line."""
    code = task.code + "\n"
    spans = line_spans(code)
    heads = [place for place, (start, _) in enumerate(spans) if code.startswith("def ", start)]
    return spans[heads[0] + 1 :] if heads else []


def _cut_out(task: Task, start: int, end: int) -> Hole:
    code = task.code + "\n"
    return Hole(task, code[:start], code[start:end], code[end:])


def fill(context: Context, hole: Hole, route: Route) -> Filled:
    text, length = route(hole)
    return judge(text, abs(length - len(context.encode(hole.middle))), hole, context.checker)


def judge(text: str, length_error: int, hole: Hole, checker: Checker) -> Filled:
    passes = checker.passes(hole.prefix + text + hole.suffix, hole.task)
    return Filled(text == hole.middle, edit_similarity(text, hole.middle), passes, length_error)


def edit_similarity(one: str, other: str) -> float:
    """The share of both texts' characters that a longest common subsequence covers, from 0 to 100."""
    row = [0] * (len(other) + 1)
    for character in one:
        before = 0
        for place, match in enumerate(other, 1):
            before, row[place] = row[place], before + 1 if character == match else max(row[place], row[place - 1])
    return 200 * row[-1] / (len(one) + len(other)) if one or other else 100.0


def rates(filled: Sequence[Filled]) -> Values:
    return {
        "n": len(filled),
        "exact": percent([item.is_exact for item in filled]),
        "similarity": sum(item.similarity for item in filled) / len(filled),
        "passes": percent([item.passes for item in filled]),
        "passes_error": percent_error([item.passes for item in filled]),
        "length_error": sum(item.length_error for item in filled) / len(filled),
    }
