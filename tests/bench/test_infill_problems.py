"""Problems in the public benchmarks' formats, the shipped ones, and the sandbox that runs them."""

from __future__ import annotations

import gzip
import json
import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.errors import ConfigError
from bench.infill.held_out import calibration_holes, load_holes
from bench.infill.problems import SHIPPED, Harness, Problem, by_group, load_problems
from bench.infill.sandbox import Sandbox

HUMANEVAL = {
    "task_id": "SingleLineInfilling/HumanEval/3/L1",
    "entry_point": "double",
    "prompt": "def double(x):\n",
    "suffix": "",
    "canonical_solution": "    return x * 2\n",
    "test": "\n\nMETADATA = {}\n\n\ndef check(candidate):\n    assert candidate(2) == 4\n",
}
SANTACODER = {"name": "HumanEval_3", "language": "js", "prompt": "f = ", "suffix": ";\n", "canonical_solution": " 1\n"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def write(path: Path, *problems: Any) -> Path:
    path.write_text("\n".join(json.dumps(problem) for problem in problems) + "\n\n")
    return path


def test_humaneval_infilling_comes_with_its_test(tmp_path: Path, sandbox: Sandbox) -> None:
    (problem,) = load_problems(write(tmp_path / "HumanEval-SingleLineInfilling.jsonl", HUMANEVAL))

    assert problem.group == "HumanEval-SingleLineInfilling, SingleLineInfilling"
    assert (problem.prefix, problem.middle, problem.suffix) == ("def double(x):\n", "    return x * 2\n", "")
    assert not problem.is_single_line  # the middle includes the line end
    assert problem.is_exact("    return x * 2\n")
    assert not problem.is_exact("    return x * 2")
    assert sandbox.passes(problem, "    return x + x\n")
    assert sandbox.verdict(problem, "    return x + 1\n") == "AssertionError"


def test_santacoder_counts_no_blanks_around_and_runs_nothing(tmp_path: Path, sandbox: Sandbox) -> None:
    (problem,) = load_problems(write(tmp_path / "santacoder.jsonl", SANTACODER))

    assert (problem.group, problem.language, problem.is_single_line) == ("santacoder, javascript", "javascript", True)
    assert problem.is_exact("1")
    assert not problem.is_exact("2")
    assert sandbox.passes(problem, "1") is None


def test_compressed_files_are_read_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "holes.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(HUMANEVAL).encode()))

    assert [problem.middle for problem in load_problems(path)] == ["    return x * 2\n"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("", r"the file contains no problem"),
        ("{", r":1: not JSON"),
        ("[]", r":1: a problem must be an object, got list"),
        (json.dumps(HUMANEVAL) + '\n{"task_id": "x"}', r":2: the field 'entry_point' is missing"),
        (json.dumps(HUMANEVAL | {"suffix": None}), r":1: 'suffix' must be a string, got NoneType"),
        (json.dumps(HUMANEVAL | {"canonical_solution": " \n"}), r":1: 'canonical_solution' is blank"),
        (json.dumps(SANTACODER | {"canonical_solution": ""}), r":1: 'canonical_solution' is blank"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(lines: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "holes.jsonl"
    path.write_text(lines)

    with pytest.raises(ConfigError, match=r"holes\.jsonl.*" + message):
        load_problems(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.jsonl: No such file"):
        load_problems(tmp_path / "nowhere.jsonl")


def test_what_claims_to_be_compressed_and_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"holes\.jsonl\.gz: "):
        load_problems(write(tmp_path / "holes.jsonl.gz", HUMANEVAL))


def test_the_shipped_problems_are_thirty_of_three_kinds() -> None:
    kinds = Counter(problem.group.split(", ")[1] for problem in load_problems(SHIPPED))

    assert kinds == {"SingleLineInfilling": 10, "MultiLineInfilling": 10, "RandomSpanInfilling": 10}


def test_every_shipped_solution_passes_and_nothing_at_all_does_not(sandbox: Sandbox) -> None:
    for problem in load_problems(SHIPPED):
        assert sandbox.verdict(problem, problem.middle) == "passed", problem.prefix
        assert sandbox.verdict(problem, "") != "passed", problem.prefix


def test_held_out_holes_are_whole_functions_whose_checks_hold(sandbox: Sandbox) -> None:
    problems = load_holes(2)

    assert len({problem.group for problem in problems}) == 4
    assert len(problems) == 8
    assert all(sandbox.passes(problem, problem.middle) for problem in problems)


def test_calibration_does_not_see_what_is_measured() -> None:
    measured = {problem.program(problem.middle) for problem in load_holes(30)}

    assert len(calibration_holes(5)) == 5
    assert not measured & {problem.program(problem.middle) for problem in calibration_holes(20)}


def test_a_group_gives_its_limit_the_same_for_the_same_seed() -> None:
    problems = [Problem(group, "", str(number), "") for group in "ab" for number in range(20)]

    first, again, other = by_group(problems, 5, 0), by_group(problems, 5, 0), by_group(problems, 5, 1)

    assert {name: len(found) for name, found in first.items()} == {"a": 5, "b": 5}
    assert first == again
    assert first != other
    assert by_group(problems, 50, 0) == {"a": problems[:20], "b": problems[20:]}


RUN = Problem("run", "def f():\n    ", "return 1", "\n", Harness("f", "\nassert f() == 1\n"))


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("return 1", "passed"),
        ("return", "AssertionError"),
        ("return (", "SyntaxError"),
        ("raise KeyError", "KeyError"),
        ("import os; os._exit(0)", "died"),
        ("return [0] * 10**12", "MemoryError"),
        ("open('f', 'wb').write(bytes(2 << 20))", "OSError"),
    ],
)
def test_a_program_ends_by_itself_or_at_its_limits(text: str, verdict: str, sandbox: Sandbox) -> None:
    assert sandbox.verdict(RUN, text) == verdict


def test_a_program_that_waits_is_given_up(sandbox: Sandbox) -> None:
    assert sandbox.verdict(RUN, "import time; time.sleep(60)", seconds=0.5) == "timeout"
    assert sandbox.verdict(RUN, "return 1  # and the next one is run") == "passed"


def test_a_program_that_attacks_its_parent_spoils_only_itself(sandbox: Sandbox) -> None:
    assert sandbox.verdict(RUN, "import os, signal; os.kill(os.getppid(), signal.SIGKILL)") != "passed"
    assert sandbox.verdict(RUN, "return 1  # once more") == "passed"


def test_a_program_has_no_network(sandbox: Sandbox) -> None:
    if "network" not in sandbox.kept_from:
        pytest.skip("this system lets nobody start a program without network")
    with socket.create_server(("127.0.0.1", 0)) as server:
        call = f"import socket; socket.create_connection({server.getsockname()!r}, 1); return 1"

        assert sandbox.verdict(RUN, call) == "OSError"  # unreachable
