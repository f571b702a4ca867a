"""Cuts holes inside a line: arguments, conditions, operands, names and other parts that editors ask for.

The parts come from Python's parser. Where a text does not parse (a piece of a real file), runs of its tokens are cut.
Texts within f-strings are found here and not by the parser, whose offsets in them differ between versions.
"""

from __future__ import annotations

import ast
import random
import re
import warnings
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

from training.data.holes import Span, apart

Cut = tuple[str, Span]  # kind, span

MAX_CUT = 90  # characters
MAX_TOKENS = 20  # of a run
PART_SHARE, REST_SHARE = 0.1, 0.08  # cuts that begin in the middle of a part, or go on to the end of its line
LEXEME = re.compile(r"\w+|\*\*|//|->|:=|[-+*/%=<>!&|^]=|[^\w\s]")
STRING = re.compile(r"(?P<prefix>[A-Za-z]*)(?P<quote>\"\"\"|'''|\"|')(?P<text>.*?)(?P=quote)", re.DOTALL)
FIELD = re.compile(r"\{(?P<value>[^{}!:]+)(?P<format>[!:][^{}]*)?\}")
COMMENT = re.compile(r"(?m)^[^\"'\n#]*# ?(?P<text>\S.*)$")
# How often each kind is cut, among those that a text has.
KINDS = {
    "arguments": 0.13,
    "argument": 0.1,
    "condition": 0.1,
    "iterable": 0.09,
    "right side": 0.13,
    "return value": 0.13,
    "operand": 0.09,
    "operator": 0.03,
    "field": 0.08,
    "text in a string": 0.03,
    "string": 0.04,
    "comment": 0.03,
    "subscript": 0.07,
    "attribute": 0.05,
    "method call": 0.06,
    "default": 0.03,
    "annotation": 0.02,
    "parameters": 0.05,
    "name": 0.04,
    "defined name": 0.02,
    "target": 0.04,
    "element": 0.06,
    "import": 0.03,
    "context": 0.05,
    "exception": 0.04,
    "tokens": 0.12,
}


def draw_expression_cut(code: str, rng: random.Random, names_tell: bool = True) -> Cut:
    """The kind of a hole inside a line, and its span; never the name of a definition unless names tell what they do."""
    cuts = _cuts_by_kind(code)
    kinds = [kind for kind in KINDS if kind in cuts and (names_tell or kind != "defined name")]
    kind = rng.choices(kinds, [KINDS[kind] for kind in kinds])[0] if kinds else "tokens"
    if kind == "tokens":
        return kind, _run_of_tokens(code, rng)
    start, end = rng.choice(cuts[kind])
    style = rng.random()
    if style < PART_SHARE:
        return kind, (rng.choice(_lexeme_starts(code, start, end)), end)
    if style < PART_SHARE + REST_SHARE:
        return kind, (start, _line_end(code, end))
    return kind, (start, end)


def draw_expression_spans(code: str, count: int, rng: random.Random, names_tell: bool = True) -> list[Span]:
    """One to `count` spans inside lines that neither overlap nor touch, in order."""
    return apart((draw_expression_cut(code, rng, names_tell)[1] for _ in range(count * 3)), count)


@lru_cache(maxsize=8)
def _cuts_by_kind(code: str) -> dict[str, list[Span]]:
    """The cuts inside lines; only "tokens", which is always there, if the text does not parse."""
    cuts: dict[str, list[Span]] = {"tokens": []}
    for kind, (start, end) in expression_cuts(code):
        if 0 < end - start <= MAX_CUT and "\n" not in code[start:end]:
            cuts.setdefault(kind, []).append((start, end))
    return cuts


def expression_cuts(code: str) -> Iterator[Cut]:
    """Every cut that the parser finds, of any length."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the code's escapes
            tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return
    yield from _Cutter(code).cuts(tree)
    yield from (("comment", match.span("text")) for match in COMMENT.finditer(code))


class _Cutter:
    """The cuts of one text."""

    def __init__(self, code: str) -> None:
        self._code = code
        self._lines = code.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def cuts(self, node: ast.AST) -> Iterator[Cut]:
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            yield from self._in_string(node)
            return
        yield from self._of(node)
        for child in ast.iter_child_nodes(node):
            yield from self.cuts(child)

    def _of(self, node: ast.AST) -> Iterator[Cut]:
        """The cuts of this node itself."""
        match node:
            case ast.Call():
                yield from self._of_call(node)
            case ast.FunctionDef() | ast.ClassDef():
                yield from self._of_definition(node)
            case ast.BinOp(left=left, right=right):
                yield from self._of_operation([left, right])
            case ast.Compare(left=left, comparators=others):
                yield from self._of_operation([left, *others])
            case ast.BoolOp(values=values):
                yield from self._of_operation(values)
            case ast.Attribute(attr=name):
                _, end = self._span(node)
                yield "attribute", (end - len(name), end)
            case ast.Name(id=name) if len(re.findall(rf"\b{name}\b", self._code)) > 1:
                yield "name", self._span(node)
            case ast.ImportFrom(names=names) | ast.Import(names=names):
                yield from self._all("import", names)
            case _:
                yield from self._of_parts(node)

    def _of_parts(self, node: ast.AST) -> Iterator[Cut]:
        """Of a node whose parts are cut as they are."""
        match node:
            case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) | ast.Assert(test=test):
                yield "condition", self._span(test)
            case ast.For(target=target, iter=values):
                yield from (("iterable", self._span(values)), ("target", self._span(target)))
            case ast.comprehension(target=target, iter=values, ifs=conditions):
                yield from (("iterable", self._span(values)), ("target", self._span(target)))
                yield from self._all("condition", conditions)
            case ast.Assign(targets=[target, *_], value=value):
                yield from (("right side", self._span(value)), ("target", self._span(target)))
            case ast.AugAssign(value=value) | ast.AnnAssign(value=ast.expr() as value):
                yield "right side", self._span(value)
            case ast.Return(value=ast.expr() as value) | ast.Yield(value=ast.expr() as value):
                yield "return value", self._span(value)
            case ast.Subscript(slice=part):
                yield "subscript", self._span(part)
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
                yield from self._all("element", parts)
            case ast.Dict(keys=keys, values=values):
                yield from self._all("element", [*(key for key in keys if key), *values])
            case ast.ListComp(elt=part) | ast.SetComp(elt=part) | ast.GeneratorExp(elt=part) | ast.Lambda(body=part):
                yield "element", self._span(part)
            case ast.DictComp(key=key, value=value):
                yield from self._all("element", [key, value])
            case ast.withitem(context_expr=context):
                yield "context", self._span(context)
            case ast.ExceptHandler(type=ast.expr() as error) | ast.Raise(exc=ast.expr() as error):
                yield "exception", self._span(error)

    def _of_call(self, node: ast.Call) -> Iterator[Cut]:
        (start, end), (_, function_end) = self._span(node), self._span(node.func)
        if self._code[function_end : function_end + 1] == "(":
            yield "arguments", (function_end + 1, end - 1)
        if isinstance(node.func, ast.Attribute):
            yield "method call", (function_end - len(node.func.attr), end)
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        # A generator expression alone has the call's own brackets.
        yield from (cut for cut in self._all("argument", arguments) if cut[1][0] > function_end)
        if isinstance(node.func, ast.Name):
            yield "element", (start, end)

    def _of_definition(self, node: ast.FunctionDef | ast.ClassDef) -> Iterator[Cut]:
        start, _ = self._span(node)
        keyword = "def " if isinstance(node, ast.FunctionDef) else "class "
        start += len(keyword)
        kind = "name" if len(re.findall(rf"\b{node.name}\b", self._code)) > 1 else "defined name"
        yield kind, (start, start + len(node.name))
        if isinstance(node, ast.FunctionDef):
            given = node.args
            places = [self._span(part) for part in (*given.args, *given.defaults)]
            if places and not (given.vararg or given.kwonlyargs or given.kwarg):
                yield "parameters", (places[0][0], max(end for _, end in places))
            yield from self._all("default", given.defaults)
            annotations = [argument.annotation for argument in given.args] + [node.returns]
            yield from self._all("annotation", [part for part in annotations if part])

    def _of_operation(self, operands: list[ast.expr]) -> Iterator[Cut]:
        spans = [self._span(operand) for operand in operands]
        yield from (("operand", span) for span in spans)
        for (_, before), (after, _) in pairwise(spans):
            operator = self._code[before:after]
            if "(" not in operator and ")" not in operator and operator.strip():
                start = before + operator.index(operator.strip())
                yield "operator", (start, start + len(operator.strip()))

    def _in_string(self, node: ast.expr) -> Iterator[Cut]:
        """The string without its quotes; of an f-string, its fields and the texts between them."""
        start, end = self._span(node)
        match = STRING.fullmatch(self._code, start, end)
        if match is None or match["quote"] in match["text"]:
            return  # several strings after one another
        yield "string", match.span("text")
        if "f" not in match["prefix"].lower():
            return
        before = match.start("text")
        for field in FIELD.finditer(self._code, *match.span("text")):
            yield from (("field", field.span("value")), ("text in a string", (before, field.start())))
            before = field.end()
        yield "text in a string", (before, match.end("text"))

    def _all(self, kind: str, nodes: Iterable[ast.AST]) -> Iterator[Cut]:
        return ((kind, self._span(node)) for node in nodes)

    def _span(self, node: ast.AST) -> Span:
        assert isinstance(node, ast.expr | ast.stmt | ast.arg | ast.alias | ast.keyword)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._place(node.lineno, node.col_offset), self._place(node.end_lineno, node.end_col_offset)

    def _place(self, line: int, column: int) -> int:
        """The parser counts bytes."""
        text = self._lines[line - 1]
        if not text.isascii():
            column = len(text.encode()[:column].decode())
        return self._starts[line - 1] + column


def _run_of_tokens(code: str, rng: random.Random) -> Span:
    """1 to 20 tokens of one line; the whole text if it has none."""
    lines = [match.span() for match in re.finditer(r"[^\n]*\S[^\n]*", code)]
    if not lines:
        return 0, len(code)
    places = [match.span() for match in LEXEME.finditer(code, *rng.choice(lines))]
    first = rng.randrange(len(places))
    last = min(first + rng.choice((1, 2, 3, 4, 6, 10, MAX_TOKENS)), len(places)) - 1
    return places[first][0], places[last][1]


def _lexeme_starts(code: str, start: int, end: int) -> list[int]:
    return [match.start() for match in LEXEME.finditer(code, start, end)] or [start]


def _line_end(code: str, start: int) -> int:
    end = code.find("\n", start)
    return len(code) if end < 0 else end
