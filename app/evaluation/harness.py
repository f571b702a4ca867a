"""How a program is checked: each function runs `code` with the problem's `data` and raises unless it passes.

Part of sandbox_worker.py: standard library only, no imports of `app`. A program has its own globals.
"""

from __future__ import annotations

import ast
import copy
import io
import math
import os
import sys
import types
import unittest
import warnings
from collections.abc import Callable, Mapping
from typing import Any

Data = Mapping[str, Any]
RELATIVE_TOLERANCE = 1e-7
FLOAT_TOLERANCE = 1e-6  # evalplus': where a problem has none and floats are expected


def run_checks(code: str, data: Data) -> None:
    """Expressions of `f`, the function `name`, that must be true: `f`, `k` and the prelude's names are theirs alone."""
    scope = _scope()
    exec(data["setup"], scope)
    exec(code, scope)
    checks = dict(scope)
    exec(data["prelude"], checks)
    checks["f"], checks["k"] = scope[data["name"]], data["constant"]
    for check in data["checks"]:
        if not eval(check, checks):
            raise AssertionError(check)


def run_test(code: str, data: Data) -> None:
    """HumanEval and MBPP: a text of code that follows the program's."""
    scope = _scope()
    exec(code, scope)
    exec(data["test"], scope)


def run_unit_tests(code: str, data: Data) -> None:
    """BigCodeBench: a class TestCases, in the program's module, which is sys.modules["__test__"]."""
    warnings.simplefilter("ignore")
    name = "__test__"
    module = types.ModuleType(name)
    module.__dict__.update({"__file__": f"{name}.py", "sys": sys, "os": os, "environ": os.environ})
    sys.modules[name] = module
    exec(compile(f"{code}\n{data['test']}", f"{name}.py", "exec"), module.__dict__)
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(module.__dict__["TestCases"])
    result = unittest.TextTestRunner(io.StringIO()).run(suite)
    if result.testsRun == 0:
        raise AssertionError("there is no test")
    for test, trace in [*result.errors, *result.failures]:
        raise AssertionError(f"{test.id().rpartition('.')[2]}: {trace.strip().splitlines()[-1]}")


def run_inputs(code: str, data: Data) -> None:
    """evalplus: the same results as the published solution on all inputs."""
    name = data["entry_point"]
    cases = _expected(data, name)
    scope = _scope()
    exec(code, scope)
    for arguments, expected in cases:
        result = scope[name](*copy.deepcopy(arguments))
        if not _is_accepted(name, arguments, result, expected, data["atol"]):
            raise AssertionError(f"{name}{_shown(tuple(arguments))} is {_shown(result)}, not {_shown(expected)}")


def run_examples(code: str, data: Data) -> None:
    """A docstring's examples, each a source and the text of its value; an explanation may follow the value."""
    scope = _scope()
    exec(code, scope)
    for source, text in data["examples"]:
        try:
            expression = compile(source, "<example>", "eval")
        except SyntaxError:
            exec(source, scope)  # a statement, which has no value
            continue
        result = eval(expression, scope)
        lines = text.strip().splitlines()
        if not any(_matches(result, want) for want in ("\n".join(lines), *lines[:1])):
            raise AssertionError(f"{source.strip()} is {_shown(result)}, not {_shown(text.strip())}")


HARNESSES: Mapping[str, Callable[[str, Data], None]] = {
    "checks": run_checks,
    "test": run_test,
    "unit tests": run_unit_tests,
    "inputs": run_inputs,
    "examples": run_examples,
}


def _scope() -> dict[str, Any]:
    warnings.simplefilter("ignore")
    return {"__name__": "answer"}


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


# --- Examples in docstrings ---


def _matches(result: object, text: str) -> bool:
    if repr(result) == text:
        return True
    try:
        expected = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False
    return bool(result == expected) or _is_close(result, expected, 1e-5)  # as some of the docstrings demand


# --- evalplus' inputs ---

# Accepted by evalplus although the published solution gives something else.
SAME_SETS = {"similar_elements", "find_char_long", "common_in_nested_lists", "extract_singly", "larg_nnum"}
SAME_SETS |= {"intersection_array", "find_dissimilar", "Diff"}
SOMETHING_FOUND = {"check_str", "text_match_three", "text_starta_endb"}  # a match counts as True


def _expected(data: Data, name: str) -> list[tuple[list[Any], Any]]:
    """Arguments and the published solution's results; an input on which it fails is left out."""
    scope = _scope()
    exec(data["reference"], scope)
    examples = _arguments_in(data.get("assertion", ""), name)
    cases = []
    for arguments in data["inputs"]:
        arguments = [_like(value, _at(examples, place)) for place, value in enumerate(arguments)]
        try:
            cases.append((arguments, scope[name](*copy.deepcopy(arguments))))
        except Exception:
            continue
    if not cases:
        raise RuntimeError("the published solution fails on every input")
    return cases


def _arguments_in(assertion: str, name: str) -> list[Any]:
    """The arguments of the first call of `name` that are literals."""
    try:
        calls = [node for node in ast.walk(ast.parse(assertion)) if isinstance(node, ast.Call)]
    except SyntaxError:
        return []
    for call in calls:
        if isinstance(call.func, ast.Name) and call.func.id == name:
            try:
                return [ast.literal_eval(argument) for argument in call.args]
            except (ValueError, TypeError):
                continue
    return []


def _like(value: Any, example: Any) -> Any:
    """JSON has neither tuples nor sets nor complex numbers; `example` is of the type that is meant."""
    if isinstance(value, list) and isinstance(example, list | tuple | set | frozenset):
        inner = list(example)
        alike = len({type(item) for item in inner}) == 1
        items = [_like(item, inner[0] if alike else _at(inner, place)) for place, item in enumerate(value)]
        return type(example)(items)
    if isinstance(value, dict) and isinstance(example, dict) and example:
        inner_value = next(iter(example.values()))
        return {key: _like(item, inner_value) for key, item in value.items()}
    if isinstance(value, str) and isinstance(example, complex):
        return complex(value)
    return value


def _at(values: list[Any], place: int) -> Any:
    return values[place] if place < len(values) else None


def _is_accepted(name: str, arguments: list[Any], result: Any, expected: Any, atol: float) -> bool:
    if name == "find_zero":  # any root of the polynomial
        value = sum(factor * math.pow(result, power) for power, factor in enumerate(arguments[0]))
        return bool(abs(value) <= (atol or 1e-4))
    if name == "are_equivalent" or (name == "sum_div" and result == 0):
        return True
    if name in SAME_SETS:
        return bool(set(result) == set(expected))
    if name in SOMETHING_FOUND:
        return bool((result if isinstance(result, bool) else result is not None) == _found(expected))
    if name in ALSO_RIGHT and result == ALSO_RIGHT[name](*arguments):
        return True
    if result == expected:
        return True
    atol = atol or (FLOAT_TOLERANCE if _is_floats(expected) else 0)
    return atol != 0 and type(result) is type(expected) and _is_close(result, expected, atol)


def _found(value: Any) -> bool:
    return value if isinstance(value, bool) else value is not None


def _is_floats(value: Any) -> bool:
    if isinstance(value, list | tuple) and value:
        return all(isinstance(item, float) for item in value)
    return isinstance(value, float)


def _is_close(result: Any, expected: Any, atol: float) -> bool:
    if isinstance(result, list | tuple) and isinstance(expected, list | tuple):
        pairs = zip(result, expected, strict=False)
        return len(result) == len(expected) and all(_is_close(one, other, atol) for one, other in pairs)
    if isinstance(result, int | float | complex) and isinstance(expected, int | float | complex):
        return bool(result == expected or abs(result - expected) <= atol + RELATIVE_TOLERANCE * abs(expected))
    return bool(result == expected)


def _surface_area(base: float, height: float) -> int:
    """Of a square pyramid of this height; the published solution takes the slant height."""
    slant = math.sqrt((base / 2) ** 2 + height**2)
    return round(base**2 + 4 * (base * slant) / 2)


def _digit_distance(one: int, other: int) -> int:
    """Place by place; the published solution takes the digits of the difference."""
    length = max(len(str(one)), len(str(other)))
    digits = zip(str(one).zfill(length), str(other).zfill(length), strict=True)
    return sum(abs(int(left) - int(right)) for left, right in digits)


# Two problems are ambiguous: these readings count as well.
ALSO_RIGHT: Mapping[str, Callable[..., Any]] = {
    "surface_Area": _surface_area,
    "digit_distance_nums": _digit_distance,
}
