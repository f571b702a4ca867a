"""Whole runs in this process, with a scripted server; tests/e2e/test_evaluation.py runs the command."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from app.evaluation import checking, sampling
from app.evaluation.store import Store
from tests.doubles import openai_server
from tests.doubles.openai_server import ScriptedServer, answer
from tests.evaluation.problem_lines import HUMANEVAL, MHPP, QUESTION

RIGHT = answer("```python\ndef double(x):\n    return 2 * x\n```")
WRONG = answer("```python\ndef double(x):\n    return x\n```")
TOO_LONG = (400, b'{"error": {"message": "Too long.", "code": "context_length_exceeded"}}')


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with openai_server.running() as server:
        yield server


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings of the user's, and no file of theirs either."""
    monkeypatch.setattr(sampling, "FIRST_PAUSE_S", 0.01)
    monkeypatch.chdir(tmp_path)


def write(name: str, *problems: dict[str, Any]) -> str:
    Path(name).write_text("".join(json.dumps(problem) + "\n" for problem in problems))
    return name


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path("run", name).read_text().splitlines()]


def evaluate(server: ScriptedServer, suite: str, data: str, *more: str) -> int:
    return main(["eval", suite, "--data", data, "--out", "run", "--url", server.url, "--concurrency", "1", *more])


def two() -> str:
    return write("two.jsonl", HUMANEVAL, {**HUMANEVAL, "task_id": "HumanEval/4"})


def test_a_run(server: ScriptedServer, capsys: pytest.CaptureFixture[str]) -> None:
    server.answers += [RIGHT, WRONG]

    assert evaluate(server, "humaneval", two(), "--threshold", "0.5", "--steps", "8", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["pass_at"]["1"]["value"] == 0.5
    assert report["failures"] == {"AssertionError": 1}
    assert report["run"]["fields"] == {"temperature": 0, "max_tokens": 768, "threshold": 0.5, "steps": 8}
    assert [(request["threshold"], request["steps"], request["model"]) for request in server.requests] == [
        (0.5, 8, "scripted")
    ] * 2


def test_what_could_not_be_answered_is_wrong_and_is_asked_again(server: ScriptedServer) -> None:
    server.answers += [RIGHT, TOO_LONG]
    assert evaluate(server, "humaneval", two()) == 0
    report = json.loads(Path("run/report.json").read_text())
    assert (report["failures"], report["pass_at"]["1"]["value"]) == ({"not answered": 1}, 0.5)

    server.answers += [RIGHT]
    assert evaluate(server, "humaneval", two(), "--resume") == 0
    report = json.loads(Path("run/report.json").read_text())
    assert (report["failures"], report["pass_at"]["1"]["value"]) == ({}, 1.0)
    assert len(server.requests) == 3


def test_a_continued_run_may_be_larger(server: ScriptedServer) -> None:
    options = ("--temperature", "0.5")
    server.answers += [RIGHT]
    assert evaluate(server, "humaneval", two(), *options, "--limit", "1") == 0
    server.answers += [WRONG] * 3
    assert evaluate(server, "humaneval", two(), *options, "--n", "2", "--resume") == 0

    assert [(line["task_id"], line["sample"]) for line in lines("samples.jsonl")] == [
        *(("HumanEval/3", 0), ("HumanEval/4", 0)),
        *(("HumanEval/3", 1), ("HumanEval/4", 1)),
    ]
    assert [request["seed"] for request in server.requests] == [0, 0, 1, 1]
    report = json.loads(Path("run/report.json").read_text())
    assert {k: each["value"] for k, each in report["pass_at"].items()} == {"1": 0.25, "2": 0.5}


def test_an_answer_without_a_program_is_a_failure_of_its_own(server: ScriptedServer) -> None:
    server.answers += [answer(""), answer("I cannot.")]
    assert evaluate(server, "humaneval", two()) == 0

    assert {line["task_id"]: line["verdict"] for line in lines("verdicts.jsonl")} == {
        "HumanEval/3": "no program",
        "HumanEval/4": "SyntaxError",
    }


def test_mhpps_own_scorer_gets_its_fields(server: ScriptedServer, capsys: pytest.CaptureFixture[str]) -> None:
    unchecked = {**MHPP, "id": 6, "question": QUESTION.replace(">>> ", "")}
    half = answer("```python\ndef half(x):\n    return x / 2\n```")
    server.answers += [half, half]

    assert evaluate(server, "mhpp", write("mhpp.jsonl", MHPP, unchecked)) == 0
    assert (
        lines("responses.jsonl")
        == [
            {
                "function_name": "half",
                "prompt": MHPP["prompt"],
                "difficulty_types": 2,
                "response": "```python\ndef half(x):\n    return x / 2\n```",
            }
        ]
        * 2
    )
    printed = capsys.readouterr().out
    assert "problems, answers   1, 1" in printed
    assert "not checked         1" in printed


def test_published_solutions_that_fail_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    data = write("data.jsonl", HUMANEVAL, {**HUMANEVAL, "task_id": "HumanEval/4", "canonical_solution": "    pass\n"})

    assert main(["eval", "humaneval", "--data", data, "--reference"]) == 1
    assert capsys.readouterr().out == "HumanEval/4: AssertionError\n1/2 published solutions pass\n"
    assert main(["eval", "mhpp", "--data", write("mhpp.jsonl", MHPP), "--reference"]) == 1
    assert capsys.readouterr().out == "0/0 published solutions pass\n"


def test_without_isolation_nothing_runs_unless_it_is_said(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checking, "EVERYTHING", frozenset({"network", "files", "processes", "the moon"}))
    server.answers += [RIGHT, RIGHT]

    assert evaluate(server, "humaneval", two()) == 2
    assert "does not let programs be kept from the moon" in capsys.readouterr().err
    assert server.requests == []
    assert evaluate(server, "humaneval", two(), "--unisolated") == 0


def test_a_full_disk_is_one_line(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def append(store: Store, name: str, record: dict[str, Any]) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Store, "append", append)
    server.answers += [RIGHT]

    assert evaluate(server, "humaneval", write("one.jsonl", HUMANEVAL)) == 2
    assert capsys.readouterr().err.endswith("elbarto: error: run: No space left on device\n")
