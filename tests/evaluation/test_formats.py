"""Problems from files in the published formats: what is asked, what is run, and what a bad file says."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.errors import ConfigError
from app.evaluation.formats import BENCHMARKS
from app.evaluation.problems import INSTRUCTION, SAMPLE, Problem, load_problems
from app.evaluation.sandbox import Sandbox
from tests.evaluation.problem_lines import BIGCODEBENCH, HUMANEVAL, LINES, MBPP, MHPP, PROMPT, QUESTION

FENCED = "```python\ndef {name}({arguments}):\n    return {value}\n```"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(with_packages=True) as sandbox:
        yield sandbox


def load(tmp_path: Path, suite: str, *lines: Any, **more: Any) -> list[Problem]:
    path = tmp_path / "problems.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return load_problems(BENCHMARKS[suite], path, **more)


def run(sandbox: Sandbox, problem: Problem, program: str) -> tuple[str, str]:
    return sandbox.run({"harness": problem.harness, "code": program, "data": problem.data, "memory_bytes": 4 << 30})


@pytest.mark.parametrize("name", LINES)
def test_the_published_solution_passes_and_nothing_does_not(name: str, tmp_path: Path, sandbox: Sandbox) -> None:
    suite, line = LINES[name]
    (problem,) = load(tmp_path, suite, line)
    assert problem.reference is not None

    assert run(sandbox, problem, problem.reference) == ("passed", "")
    assert run(sandbox, problem, f"def {problem.entry_point}(*arguments):\n    return 0\n")[0] == "AssertionError"
    assert run(sandbox, problem, "")[0] in ("NameError", "KeyError", "AssertionError")


@pytest.mark.parametrize("name", LINES)
def test_a_published_solution_in_an_answer_passes(name: str, tmp_path: Path, sandbox: Sandbox) -> None:
    suite, line = LINES[name]
    (problem,) = load(tmp_path, suite, line)
    solution = line.get("canonical_solution", line.get("code"))
    completion = problem.program("completion", f"{solution}\nprint(1)\n")
    chat = problem.program("chat", f"Sure.\n```python\n{problem.reference}\n\nassert False\n```")

    assert run(sandbox, problem, completion) == ("passed", "")
    assert run(sandbox, problem, chat) == ("passed", "")


def test_chats_are_asked_as_evalplus_asks(tmp_path: Path) -> None:
    (problem,) = load(tmp_path, "humaneval", HUMANEVAL)

    assert problem.prompt("chat") == f"{INSTRUCTION}\n```python\n{PROMPT.strip()}\n```"
    assert problem.prompt("completion") == PROMPT


def test_helpers_of_the_prompt_need_not_be_repeated(tmp_path: Path, sandbox: Sandbox) -> None:
    (problem,) = load(tmp_path, "humaneval", HUMANEVAL)

    for text in (FENCED.format(name="double", arguments="x: int", value="helper(x) * 2"), "return helper(x) * 2"):
        assert run(sandbox, problem, problem.program("chat", text)) == ("passed", "")


def test_mbpp_shows_its_tests(tmp_path: Path) -> None:
    (problem,) = load(tmp_path, "mbpp", MBPP)

    assert (problem.task_id, problem.entry_point) == ("MBPP/11", "double")
    assert problem.completion_prompt == f'"""\n{MBPP["text"]}\nassert double(2) == 4\nassert double(Z) == 0\n"""\n'


def test_bigcodebench_has_two_kinds_of_prompts(tmp_path: Path) -> None:
    (instruct,) = load(tmp_path, "bigcodebench", BIGCODEBENCH, instruction="Please:")
    (complete,) = load(tmp_path, "bigcodebench", BIGCODEBENCH, instruction="Please:", is_complete=True)

    assert instruct.prompt("chat") == f"Please:\n{BIGCODEBENCH['instruct_prompt']}\n"
    assert complete.prompt("chat") == f"Please:\n```python\n{BIGCODEBENCH['complete_prompt'].strip()}\n```"
    assert instruct.prompt("completion") == BIGCODEBENCH["complete_prompt"]


def test_bigcodebenchs_own_head_runs_before_an_answer(tmp_path: Path, sandbox: Sandbox) -> None:
    (problem,) = load(tmp_path, "bigcodebench", BIGCODEBENCH)
    answer = FENCED.format(name="task_func", arguments="x", value="K * x, math.sqrt(x)")
    no_patch = FENCED.format(name="task_func", arguments="x", value="K * x, x**0.5")

    assert run(sandbox, problem, problem.program("chat", answer)) == ("passed", "")
    verdict, message = run(sandbox, problem, problem.program("chat", no_patch))
    assert (verdict, message.partition(":")[0]) == ("AssertionError", "test_patched")


@pytest.mark.parametrize(
    ("value", "verdict"), [("x / 2", "passed"), ("x / 2 + 1e-7", "passed"), ("x", "AssertionError")]
)
def test_mhpp_is_checked_with_its_examples(value: str, verdict: str, tmp_path: Path, sandbox: Sandbox) -> None:
    (problem,) = load(tmp_path, "mhpp", MHPP)
    answer = FENCED.format(name="half", arguments="x", value=value)

    assert problem.prompt("chat") == MHPP["prompt"]
    assert problem.extra == {"function_name": "half", "prompt": MHPP["prompt"], "difficulty_types": 2}
    assert run(sandbox, problem, problem.program("chat", answer))[0] == verdict


def test_mhpp_without_examples_is_not_checked(tmp_path: Path) -> None:
    none, tested = load(
        tmp_path,
        "mhpp",
        {**MHPP, "question": QUESTION.replace(">>> half(1.0)", "half(1.0) is")},
        {**MHPP, "id": 6, "test": "def check(candidate):\n    assert candidate(4) == 2\n"},
    )

    assert (none.harness, tested.harness) == (None, "test")


@pytest.mark.parametrize(
    ("entry_point", "solution", "inputs", "answer", "is_right"),
    [
        ("f", "return x / 3", [[1]], "return x / 3 + 1e-8", True),
        ("f", "return x / 3", [[1]], "return x / 3 + 1e-3", False),
        ("f", "return [x / 3]", [[1]], "return (x / 3 + 1e-8,)", False),
        ("f", "return x", [[1]], "return 1.0", True),
        ("f", "x.append(1); return x", [[[0]]], "x.append(1); return x", True),
        ("similar_elements", "return (1, 2)", [[0]], "return [2, 1, 1]", True),
        ("check_str", "return None", [[0]], "return False", True),
        ("check_str", "return object()", [[0]], "return True", True),
        ("check_str", "return object()", [[0]], "return None", False),
        ("sum_div", "return 7", [[0]], "return 0", True),
        ("find_zero", "return 0.5", [[[-1, 2]]], "return 0.50000001", True),
        ("find_zero", "return 0.5", [[[-1, 2]]], "return 0.6", False),
        ("f", "return len(x)", [[[1]], [3]], "return 1 if x == [1] else 0", True),  # no solution for 3: not an input
    ],
)
def test_results_are_compared_as_evalplus_does(
    entry_point: str, solution: str, inputs: list[Any], answer: str, is_right: bool, tmp_path: Path, sandbox: Sandbox
) -> None:
    head = f"def {entry_point}(x):\n    "
    line = {"task_id": "x", "prompt": head, "entry_point": entry_point, "canonical_solution": solution}
    (problem,) = load(tmp_path, "humaneval", {**line, "base_input": inputs, "plus_input": {}, "atol": 0})

    assert (run(sandbox, problem, head + answer)[0] == "passed") is is_right


def test_a_solution_that_fails_on_every_input_is_not_a_pass(tmp_path: Path, sandbox: Sandbox) -> None:
    line = {"task_id": "x", "prompt": "def f(x):\n", "entry_point": "f", "canonical_solution": "    return x.y"}
    (problem,) = load(tmp_path, "humaneval", {**line, "base_input": [[1]], "plus_input": [], "atol": 0})

    assert run(sandbox, problem, "def f(x):\n    return x")[0] == "RuntimeError"


def test_files_may_be_compressed_and_arrays(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(json.dumps(HUMANEVAL).encode()))
    (tmp_path / "b.json").write_text(json.dumps([MBPP, {**MBPP, "task_id": 12}]))

    assert [problem.task_id for problem in load_problems(BENCHMARKS["humaneval"], tmp_path / "a.jsonl.gz")] == [
        "HumanEval/3"
    ]
    assert [problem.task_id for problem in load_problems(BENCHMARKS["mbpp"], tmp_path / "b.json")] == [
        "MBPP/11",
        "MBPP/12",
    ]


@pytest.mark.parametrize(
    ("suite", "name", "content", "message"),
    [
        ("humaneval", "a.jsonl", "", "the file contains no problem"),
        ("humaneval", "a.jsonl", "{", "a.jsonl:1: not JSON"),
        ("humaneval", "a.jsonl", "[" * 100_000, "a.jsonl:1: not JSON"),
        ("humaneval", "a.jsonl", json.dumps(MBPP), ":1: the field 'prompt' is missing"),
        ("humaneval", "a.jsonl", "\n".join([json.dumps(HUMANEVAL)] * 2), ":2: HumanEval/3 is a second problem"),
        ("humaneval", "a.jsonl", json.dumps({**HUMANEVAL, "base_input": [1]}), "the inputs must be lists of arguments"),
        ("humaneval", "a.jsonl.gz", "{}", "Not a gzipped file"),
        ("humaneval", "a.parquet", "PAR1", r'read_parquet\("a.parquet"\).to_json\("a.jsonl"'),
        ("mbpp", "a.json", "{}", "must contain one array of problems, got dict"),
        ("mbpp", "a.json", "[1]", r"a.json\[0\]: a problem must be an object, got int"),
        ("mbpp", "a.jsonl", json.dumps({**MBPP, "test_list": [1]}), "'test_list' must be a list of strings"),
        ("mbpp", "a.jsonl", json.dumps({**MBPP, "code": "x = 1"}), "no test calls a function of 'code'"),
        ("mbpp", "a.jsonl", json.dumps({**MBPP, "task_id": None}), "the field 'task_id' is missing"),
        ("bigcodebench", "a.jsonl", json.dumps(HUMANEVAL), "the field 'complete_prompt' is missing"),
    ],
)
def test_a_bad_file_is_one_sentence(suite: str, name: str, content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)

    with pytest.raises(ConfigError, match=message):
        load_problems(BENCHMARKS[suite], tmp_path / name)


def test_the_sample_has_ten_problems_whose_solutions_pass(sandbox: Sandbox) -> None:
    problems = load_problems(BENCHMARKS["humaneval"], SAMPLE)

    assert len(problems) == 10
    assert [run(sandbox, problem, str(problem.reference)) for problem in problems] == [("passed", "")] * 10
    assert {run(sandbox, problem, f"{problem.prompt('completion')}    pass\n")[0] for problem in problems} == {
        "AssertionError"
    }
