"""Fills holes inside a line: arguments, conditions, operands and other parts, in functions and in short programs."""

from __future__ import annotations

import contextlib
import io
import os
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice
from typing import Any

from training.data.expression_holes import draw_expression_cut
from training.data.samples import canvas_parts
from training.data.snippets import Snippet, draw_snippet
from training.data.tasks import Task
from training.decode import fill_canvas, fill_suffix_first
from training.evaluation.answers import percent
from training.evaluation.context import Context, progress
from training.evaluation.infill import CANVAS_LENGTH, HOLE_SEED, Filled, Hole, Route, body_spans, fill, rates
from training.evaluation.questions import distinct_tasks
from training.evaluation.report import Column, Measurement, Section, Values

COUNT = 150  # of each source
MAX_HOLE_TOKENS = 20
# The kinds of `draw_expression_cut`, for the columns.
GROUPS = {
    "arguments": ("arguments", "argument", "parameters", "default", "annotation"),
    "conditions": ("condition", "iterable", "target", "context", "exception"),
    "values": ("right side", "return value", "element", "import"),
    "operands": ("operand", "operator"),
    "strings": ("field", "text in a string", "string", "comment"),
    "members": ("subscript", "attribute", "method call"),
    "names": ("name", "defined name"),
    "tokens": ("tokens",),
}
GROUP_OF = {kind: group for group, kinds in GROUPS.items() for kind in kinds}


@dataclass(frozen=True)
class LineHole:
    group: str
    hole: Hole


Sources = dict[str, tuple[str, Callable[[random.Random], Iterator[LineHole]]]]


def sections(context: Context) -> list[Section]:
    known = routes(context)

    @cache
    def filled(source: str, route: str) -> list[tuple[str, Filled]]:
        _, find = SOURCES[source]
        holes = list(islice(find(context.rng(f"inside/{source}")), context.count(COUNT)))
        return [(each.group, fill(context, each.hole, known[route])) for each in progress(holes, route)]

    def row(sources: Sequence[str], route: str) -> Values:
        items = [item for source in sources for item in filled(source, route)]
        return {**rates([each for _, each in items]), **_exact_by_group(items)}

    rows = {"all": ("all", list(SOURCES)), **{name: (label, [name]) for name, (label, _) in SOURCES.items()}}
    measurements = [
        Measurement(f"inside/{name} {route}", f"{label}: {route}", partial(row, sources, route))
        for name, (label, sources) in rows.items()
        for route in known
    ]
    return [Section("Filling holes inside a line", NOTE, COLUMNS, tuple(measurements))]


NOTE = (
    f"One hole of at most {MAX_HOLE_TOKENS} tokens in each held-out text, greedy. `canvas` ({CANVAS_LENGTH} masks), "
    "`suffix first` and `true length` decode one token a forward, without cleanup; the others are a server's "
    "`/v1/infill` with its defaults, for one line, by route and `length_method` (`exact` is told the length). Passes: "
    "the function's checks hold, or the program prints the same. The last columns are exact % of the kinds of holes."
)
COLUMNS = (
    Column("n", "n", "{:.0f}"),
    Column("exact", "exact %", "{:.0f}"),
    Column("passes", "passes %", "{:.0f}"),
    Column("length_error", "length error, tokens", "{:.1f}"),
    *(Column(f"exact_{group}", group, "{:.0f}") for group in GROUPS),
)


def routes(context: Context) -> dict[str, Route]:
    def canvas(hole: Hole, knows_length: bool = False) -> tuple[str, int]:
        text = hole.prefix + hole.middle + hole.suffix
        span = (len(hole.prefix), len(hole.prefix) + len(hole.middle))
        (prefix, suffix), (middle,) = canvas_parts(text, [span])
        length = len(context.encode(middle)) if knows_length else CANVAS_LENGTH
        block_length = context.model.config.block_length
        ids = fill_canvas(
            context.model, context.encode(prefix), context.encode(suffix), length, block_length, not knows_length
        )
        filled = str(context.tokenizer.decode(ids))
        return filled.removeprefix(" ") if prefix != hole.prefix else filled, len(ids)

    def suffix_first(hole: Hole) -> tuple[str, int]:
        prefix, suffix = context.encode(hole.prefix), context.encode(hole.suffix)
        ids = fill_suffix_first(context.model, prefix, suffix, block_length=context.model.config.block_length)
        return str(context.tokenizer.decode(ids)), len(ids)

    def server(mode: str, method: str | None, hole: Hole) -> tuple[str, int]:
        options: dict[str, Any] = {"length_method": method} if method else {}
        limit = len(context.encode(hole.middle)) if method == "exact" else None
        text = context.endpoint.infill(hole.prefix, hole.suffix, limit, infill_mode=mode, **options)
        return text, len(context.encode(text))

    return {
        "canvas": canvas,
        "suffix first": suffix_first,
        "true length": partial(canvas, knows_length=True),
        "server, delete": partial(server, "canvas", "delete"),
        "server, several": partial(server, "canvas", "several"),
        "server, exact": partial(server, "canvas", "exact"),
        "server, fim": partial(server, "fim", None),
        "server, both": partial(server, "both", None),
    }


def telling_holes(rng: random.Random) -> Iterator[LineHole]:
    """In functions with an unseen constant and their usual name."""
    return _in_tasks(distinct_tasks("constant", HOLE_SEED, lambda task: not task.name_given), True, rng)


def random_holes(rng: random.Random) -> Iterator[LineHole]:
    """In functions with an unseen name."""
    return _in_tasks(distinct_tasks("name", HOLE_SEED), False, rng)


def snippet_holes(rng: random.Random) -> Iterator[LineHole]:
    """In held-out short programs."""
    while True:
        snippet = draw_snippet(rng, held_out=True)
        kind, (start, end) = draw_expression_cut(snippet.text, rng)
        if _is_short(snippet.text[start:end]):
            hole = Hole(as_task(snippet), snippet.text[:start], snippet.text[start:end], snippet.text[end:])
            yield LineHole(GROUP_OF[kind], hole)


SOURCES: Sources = {
    "telling": ("functions, the name tells", telling_holes),
    "random": ("functions with unseen names", random_holes),
    "snippets": ("short programs", snippet_holes),
}


def as_task(snippet: Snippet) -> Task:
    """A task whose check is that the program prints what the snippet prints."""
    check = f"exec({snippet.probe!r}) is None and f.getvalue() == {printed(snippet)!r}"
    setup = f"import io, sys\ncaptured = sys.stdout = io.StringIO()\n{snippet.setup}"
    return Task(snippet.text, "program", "", snippet.text, "captured", (), None, False, False, (check,), setup)


def printed(snippet: Snippet) -> str:
    """What it prints, run as an imported module, in a new folder. The program is one of ours."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as output:
        os.chdir(folder)
        try:
            exec(snippet.program, {"__name__": "program"})
        finally:
            os.chdir(before)
    return output.getvalue()


def _in_tasks(tasks: Iterator[Task], names_tell: bool, rng: random.Random) -> Iterator[LineHole]:
    """One hole in each, behind the first `def` line, if there is any code behind it."""
    for task in tasks:
        code, spans = task.code + "\n", body_spans(task)
        for _ in range(20 if spans else 0):
            kind, (start, end) = draw_expression_cut(code, rng, names_tell)
            if start >= spans[0][0] and _is_short(code[start:end]):
                yield LineHole(GROUP_OF[kind], Hole(task, code[:start], code[start:end], code[end:]))
                break


def _is_short(text: str) -> bool:
    """Judged by characters, so that every model gets the same holes."""
    return len(text) <= 3 * MAX_HOLE_TOKENS and bool(text.strip())


def _exact_by_group(items: Sequence[tuple[str, Filled]]) -> dict[str, float]:
    exact = {group: [each.is_exact for found, each in items if found == group] for group in GROUPS}
    return {f"exact_{group}": percent(values) for group, values in exact.items() if values}
