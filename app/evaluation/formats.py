"""The benchmarks' published file formats. docs/guides/evaluate.md says which files these are, and where they are from.

A field that a file may lack is a difference between its releases.
"""

from __future__ import annotations

import ast
import doctest
import re
from collections.abc import Mapping
from typing import Any

from app.errors import ConfigError
from app.evaluation import answers
from app.evaluation.data_files import Line
from app.evaluation.problems import Benchmark, Problem

# Where a base model has gone on to something else than the function; evalplus' and BigCodeBench's lists.
ALWAYS_STOP = ("\nif __name__", "\ndef main(", "\nprint(", "\n```")
FUNCTION_STOP = ("\ndef ", "\nclass ", "\nimport ", "\nfrom ", "\nassert ", *ALWAYS_STOP)
DOCSTRING_STOP = ('\n"""', "\nassert", *ALWAYS_STOP)
GIB = 1 << 30


def read_humaneval(line: Line, instruction: str, is_complete: bool) -> Problem:
    """HumanEval; HumanEval+ with `test` (Hugging Face, "OriginFmt") or with inputs (evalplus' releases)."""
    prompt, entry_point, solution = (line.text(name) for name in ("prompt", "entry_point", "canonical_solution"))
    reference = prompt + solution
    harness, data = _inputs(line, reference) if line.has("base_input") else _check(line, entry_point)
    return Problem(
        task_id=line.text("task_id"),
        chat_prompt=_in_a_block(instruction, prompt),
        completion_prompt=f"{prompt.rstrip()}\n",
        stop=FUNCTION_STOP,
        entry_point=entry_point,
        preamble=_before_function(prompt, entry_point),
        harness=harness,
        data=data,
        reference=reference,
    )


def read_mbpp(line: Line, instruction: str, is_complete: bool) -> Problem:
    """MBPP (JSONL), the sanitized MBPP (one JSON array), and MBPP+ in both of its formats."""
    if line.has("base_input"):
        prompt, entry_point = line.text("prompt"), line.text("entry_point")
        reference = prompt + line.text("canonical_solution")
        harness, data = _inputs(line, reference)
    else:
        reference = line.text("code")
        tests = line.texts("test_list")
        entry_point = _tested(reference, tests, line)
        prompt = '"""\n{}\n{}\n"""\n'.format(line.text("text" if line.has("text") else "prompt"), "\n".join(tests))
        imports = line.texts("test_imports") if line.has("test_imports") else []
        setup = line.text("test_setup_code") if line.has("test_setup_code") else ""
        harness, data = (
            "test",
            {"test": line.text("test") if line.has("test") else "\n".join([*imports, setup, *tests])},
        )
    return Problem(
        task_id=_task_id(line, "MBPP"),
        chat_prompt=_in_a_block(instruction, prompt),
        completion_prompt=f"{prompt.rstrip()}\n",
        stop=DOCSTRING_STOP,
        entry_point=entry_point,
        harness=harness,
        data=data,
        reference=reference,
    )


def read_mhpp(line: Line, instruction: str, is_complete: bool) -> Problem:
    """MHPP, whose tests are not published: what can be checked here are the examples in its docstrings.

    A file with a field `test` in HumanEval's format is checked with that.
    """
    question, entry_point = line.text("question"), line.text("function_name")
    examples = _examples(question)
    harness: str | None = "examples" if examples else None
    data: dict[str, Any] = {"examples": examples}
    if line.has("test"):
        harness, data = _check(line, entry_point)
    return Problem(
        task_id=_task_id(line, "MHPP"),
        chat_prompt=line.text("prompt"),
        completion_prompt=f"{question.rstrip()}\n",
        stop=FUNCTION_STOP,
        entry_point=entry_point,
        preamble=_before_function(question, entry_point),
        harness=harness,
        data=data,
        extra={name: line.values.get(name) for name in ("function_name", "prompt", "difficulty_types")},
    )


def read_bigcodebench(line: Line, instruction: str, is_complete: bool) -> Problem:
    """BigCodeBench and its hard subset; chats are asked for `instruct_prompt`, or with `is_complete` the docstring."""
    prompt, head = line.text("complete_prompt"), line.text("code_prompt") if line.has("code_prompt") else ""
    asked = f"{instruction}\n{line.text('instruct_prompt').strip()}\n"
    return Problem(
        task_id=line.text("task_id"),
        chat_prompt=_in_a_block(instruction, prompt) if is_complete else asked,
        completion_prompt=f"{prompt.rstrip()}\n",
        stop=FUNCTION_STOP,
        entry_point=line.text("entry_point"),
        preamble=f"{head.rstrip()}\n    pass\n\n" if head else "",  # "calibrated", as the leaderboard has it
        harness="unit tests",
        data={"test": line.text("test")},
        reference=prompt + line.text("canonical_solution"),
    )


BENCHMARKS: Mapping[str, Benchmark] = {
    benchmark.name: benchmark
    for benchmark in (
        Benchmark(name="humaneval", read=read_humaneval, max_tokens=768, seconds=10, memory_bytes=4 * GIB),
        Benchmark(name="mbpp", read=read_mbpp, max_tokens=768, seconds=10, memory_bytes=4 * GIB),
        Benchmark(name="mhpp", read=read_mhpp, max_tokens=1024, seconds=10, memory_bytes=4 * GIB),
        Benchmark(name="bigcodebench", read=read_bigcodebench, max_tokens=1280, seconds=240, memory_bytes=30 * GIB),
    )
}


def _in_a_block(instruction: str, prompt: str) -> str:
    return f"{instruction}\n```python\n{prompt.strip()}\n```"


def _check(line: Line, entry_point: str) -> tuple[str, dict[str, Any]]:
    """HumanEval's rule: `check` of the test, called with the function."""
    return "test", {"test": f"{line.text('test')}\ncheck({entry_point})\n"}


def _inputs(line: Line, reference: str) -> tuple[str, dict[str, Any]]:
    plus = line.values.get("plus_input")
    inputs = [*line.array("base_input"), *(plus if isinstance(plus, list) else [])]
    atol = line.values.get("atol") or 0
    if not all(isinstance(arguments, list) for arguments in inputs) or not isinstance(atol, int | float):
        raise ConfigError(f"{line.place}: the inputs must be lists of arguments, and 'atol' a number")
    data = {"reference": reference, "entry_point": line.text("entry_point"), "inputs": inputs, "atol": atol}
    return "inputs", {**data, "assertion": str(line.values.get("assertion") or "")}


def _task_id(line: Line, name: str) -> str:
    """Numbers get the benchmark's name in front."""
    value = line.values.get("task_id", line.values.get("id"))
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ConfigError(f"{line.place}: the field 'task_id' is missing")
    return value if isinstance(value, str) else f"{name}/{value}"


def _before_function(prompt: str, entry_point: str) -> str:
    found = re.search(rf"^(?:async )?def {re.escape(entry_point)}\b", prompt, re.MULTILINE)
    return prompt[: found.start()] if found else ""


def _tested(code: str, tests: list[str], line: Line) -> str:
    """The function that the first test calls."""
    tree = answers.parse(code)
    names = [node.name for node in (tree.body if tree else ()) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    called = [name for name in names if any(re.search(rf"\b{re.escape(name)}\b", test) for test in tests)]
    if not called:
        raise ConfigError(f"{line.place}: no test calls a function of 'code'")
    return called[-1]


def _examples(question: str) -> list[tuple[str, str]]:
    """Sources and values of the examples in the docstring; none if they are not in doctest's format."""
    tree = answers.parse(question)
    functions = [node for node in (tree.body if tree else ()) if isinstance(node, ast.FunctionDef)]
    try:
        examples = doctest.DocTestParser().get_examples((ast.get_docstring(functions[-1]) if functions else "") or "")
    except ValueError:
        return []
    return [(example.source, example.want) for example in examples]
