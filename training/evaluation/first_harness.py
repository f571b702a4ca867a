"""Runs an answer to a first prompt with its checks. Its text is sent to the sandbox: standard library only.

People do not say how they want a result, so that checks are lenient: a function may have any name, return its result,
print it or change its argument; an iterator counts as a list, and a float is rounded.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import inspect
import io
import itertools
import sys
import tokenize
import types
import unittest
from collections.abc import Callable, Iterable, Iterator
from typing import Any

MAX_ITEMS = 200  # of an iterator
DIGITS = 3
ANSWER = "__main__"  # so that `if __name__ == "__main__"` holds
STDIN = "5\n7\n9\n" * 5


def judge(code: str, checks: Iterable[str], name: str = "", given: str = "", stdin: str = STDIN) -> None:
    """Raises unless the checks hold for the function or class `name`, or, without a name, for one in the answer.

    Each check is an expression that must be true, or a statement. `f` is the function, `C` the class; they may use
    what `tools` returns. `given` is code that runs before the answer's."""
    answer = Answer(code, given, stdin)
    failure: BaseException | None = None
    for scope in answer.candidates(name):
        try:
            return hold(checks, scope)
        except Exception as error:
            failure = error
    raise failure or AssertionError("the answer defines nothing that could be checked")


def hold(checks: Iterable[str], scope: dict[str, Any]) -> None:
    for check in checks:
        try:
            expression = compile(check, "<check>", "eval")
        except SyntaxError:
            exec(check, scope)
            continue
        if not eval(expression, scope):
            raise AssertionError(check)


class Answer:
    """The code after it has run, statement by statement."""

    def __init__(self, code: str, given: str, stdin: str) -> None:
        self.code, self.given, self.stdin = code, given, stdin
        self.tree = ast.parse(code)
        self.module = types.ModuleType(ANSWER)
        self.scope = self.module.__dict__
        sys.modules[ANSWER] = self.module
        exec(given, self.scope)
        self.values: list[Any] = []  # of expressions at top level
        self.first: dict[str, Any] = {}  # each variable's first value
        with captured(stdin) as output:
            for node in self.tree.body:
                self._run(node)
        self.output = output.getvalue()

    def _run(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Expr):
            self.values.append(
                eval(compile(ast.Expression(node.value), "<answer>", "eval", dont_inherit=True), self.scope)
            )
        else:
            exec(compile(ast.Module([node], []), "<answer>", "exec", dont_inherit=True), self.scope)
        for name, value in self.scope.items():
            self.first.setdefault(name, value)

    def candidates(self, name: str) -> Iterator[dict[str, Any]]:
        """A scope for the checks per function and class, and one without either."""
        tools = {**self.scope, **self.tools()}
        if name:
            chosen = self.scope[name]
            yield {**tools, "f": lenient(chosen, self.stdin), "C": chosen}
            return
        functions, classes = self.functions(), self.classes()
        chosen_from: list[Callable[..., Any]] = [*functions, *classes]
        for function in chosen_from:
            yield {**tools, "f": lenient(function, self.stdin), "C": function}
        if not functions and not classes:
            yield {**tools, "f": missing, "C": missing}

    def functions(self) -> list[Callable[..., Any]]:
        return [value for value in self.own() if inspect.isfunction(value)]

    def classes(self) -> list[type]:
        return [value for value in self.own() if isinstance(value, type) and value.__module__ == ANSWER]

    def own(self) -> list[Any]:
        """What the answer has defined, and of what was given what it has defined again."""
        stored = {
            node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        return [self.scope[name] for name in sorted(stored | self.defined()) if name in self.scope]

    def tools(self) -> dict[str, Any]:
        names = ("printed", "results", "swapped", "typed", "documented", "defined", "names", "has", "is_recursive")
        own = {name: getattr(self, name) for name in (*names, "num_comments", "num_lines", "finds", "classes")}
        return {**own, "got": got, "get": get, "tmp": tmp, "read": read, "numbers": numbers}

    # --- What a program does ---

    def printed(self, *arguments: Any) -> str:
        """What the program prints; if nothing, what its first function prints or returns (lists: an item a line)."""
        if self.output.strip() or not self.functions():
            return self.output.strip()
        function = self.functions()[-1]
        try:
            inspect.signature(function).bind()
        except TypeError:
            pass
        else:
            arguments = ()
        return as_text(lenient(function, self.stdin)(*arguments))

    def results(self, *arguments: Any) -> list[Any]:
        """Values of variables, of expressions, of printed literals and of a function."""
        found = [*self.values, *(value for name, value in self.scope.items() if not name.startswith("__"))]
        for line in self.output.splitlines():
            with contextlib.suppress(ValueError, SyntaxError):
                found.append(ast.literal_eval(line.strip()))
        for function in self.functions():
            for given in ((), arguments):
                with contextlib.suppress(Exception):
                    found.append(lenient(function, self.stdin)(*given))
        return [plain(value) for value in found] + [self.output.strip()]

    def swapped(self) -> bool:
        """Whether two variables end with each other's first value."""
        plain_names = [name for name in self.first if not name.startswith("__")]
        return any(
            self.first[one] != self.first[other]
            and (self.scope[one], self.scope[other]) == (self.first[other], self.first[one])
            for one, other in itertools.permutations(plain_names, 2)
        )

    # --- How the code looks ---

    def typed(self) -> bool:
        """Whether every argument and every result has a type; that of `__init__` may be left out."""
        functions = [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)]
        return bool(functions) and all(
            (node.returns or node.name == "__init__")
            and all(item.annotation for item in node.args.args if item.arg not in ("self", "cls"))
            for node in functions
        )

    def documented(self) -> bool:
        kinds = (ast.FunctionDef, ast.ClassDef)
        top = [node for node in self.tree.body if isinstance(node, kinds)]
        return bool(top) and all(ast.get_docstring(node) for node in top)

    def defined(self) -> set[str]:
        kinds = (ast.FunctionDef, ast.ClassDef)
        return {node.name for node in ast.walk(self.tree) if isinstance(node, kinds)}

    def names(self) -> set[str]:
        """Of functions, arguments, variables and attributes."""
        fields = ("id", "arg", "attr", "name")
        return {
            value for node in ast.walk(self.tree) for key in fields if isinstance(value := getattr(node, key, 0), str)
        }

    def has(self, *kinds: str) -> bool:
        """Whether the code has a node of one of these kinds, such as "ListComp"."""
        return any(type(node).__name__ in kinds for node in ast.walk(self.tree))

    def is_recursive(self) -> bool:
        functions = [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)]
        return any(
            isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id == node.name
            for node in functions
            for inner in ast.walk(node)
        )

    def num_comments(self) -> int:
        tokens = tokenize.generate_tokens(io.StringIO(self.code).readline)
        return sum(token.type == tokenize.COMMENT for token in tokens)

    def num_lines(self) -> int:
        return sum(bool(line.strip()) for line in self.code.splitlines())

    def finds(self, *wrong: str) -> bool:
        """Whether the answer, a test of what was given, passes for it and fails for each of the wrong ones."""
        return self._test(self.given) and not any(self._test(code) for code in wrong)

    def _test(self, tested: str) -> bool:
        """Run all tests; False if there is none or one fails. What the answer repeats of the given code is left out."""
        skipped = {node.name for node in ast.parse(self.given).body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        body = [node for node in self.tree.body if getattr(node, "name", None) not in skipped]
        scope: dict[str, Any] = {"__name__": "tests"}
        try:
            with captured():
                exec(tested, scope)
                exec(compile(ast.Module(body, []), "<answer>", "exec"), scope)
                tests = [value for name, value in scope.items() if name.startswith("test") and callable(value)]
                for test in tests:
                    test()
        except Exception:
            return False
        cases = [value for value in scope.values() if isinstance(value, type) and issubclass(value, unittest.TestCase)]
        for case in cases:
            result = unittest.defaultTestLoader.loadTestsFromTestCase(case).run(unittest.TestResult())
            if not result.wasSuccessful() or not result.testsRun:
                return False
        return bool(tests or cases or any(isinstance(node, ast.Assert) for node in body))


# --- Lenient results ---


def missing(*_: Any) -> None:
    raise AssertionError("the answer has no function and no class")


def lenient(function: Callable[..., Any], stdin: str = STDIN) -> Callable[..., Any]:
    """The function's result; if there is none, what it printed; if nothing, the argument that it changed."""

    def call(*given: Any) -> Any:
        arguments = copy.deepcopy(given)
        with captured(stdin) as output:
            result = plain(function(*arguments))
        if result is not None:
            return result
        if output.getvalue().strip():
            return output.getvalue().strip()
        changed = [one for one, other in zip(arguments, given, strict=True) if plain(one) != plain(other)]
        return plain(changed[0]) if changed else None

    return call


def got(method: Callable[..., Any], *arguments: Any) -> Any:
    """As with a lenient function, on the arguments themselves."""
    with captured() as output:
        result = plain(method(*arguments))
    return output.getvalue().strip() if result is None and output.getvalue().strip() else result


def get(thing: object, *names: str) -> Any:
    """The first of these attributes that there is, called if it can be."""
    for name in names:
        if hasattr(thing, name):
            value = getattr(thing, name)
            return got(value) if callable(value) else plain(value)
    raise AttributeError(names[0])


def plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple) or (
        isinstance(value, Iterable) and not isinstance(value, str | bytes | set | type)
    ):
        if isinstance(value, frozenset) or type(value).__module__ == ANSWER:
            return value
        return [plain(item) for item in itertools.islice(value, MAX_ITEMS)]
    return value


def as_text(value: Any) -> str:
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


def numbers(text: object) -> list[float]:
    """The numbers in a text."""
    words = str(text).replace(",", " ").replace("[", " ").replace("]", " ").split()
    found = []
    for word in words:
        with contextlib.suppress(ValueError):
            found.append(float(word))
    return found


def tmp(text: str, name: str = "file.txt") -> str:
    """A file with that text in a new folder."""
    import pathlib
    import tempfile

    path = pathlib.Path(tempfile.mkdtemp()) / name
    path.write_text(text)
    return str(path)


def read(path: str) -> str:
    with open(path) as file:
        return file.read()


@contextlib.contextmanager
def captured(stdin: str = STDIN) -> Iterator[io.StringIO]:
    output, before = io.StringIO(), (sys.stdin, sys.stdout)
    sys.stdin, sys.stdout = io.StringIO(stdin), output
    try:
        yield output
    finally:
        sys.stdin, sys.stdout = before
