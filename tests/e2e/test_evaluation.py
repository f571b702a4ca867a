"""`elbarto eval` as a command, with the embedded model and the problems that are shipped."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from app.evaluation.problems import SAMPLE
from app.evaluation.sandbox import EVERYTHING, Sandbox
from app.settings import ROOT
from docs.outputs import is_shown
from docs.printed import commands
from tests.doubles import openai_server
from tests.doubles.openai_server import answer
from tests.servers import PATIENCE_S, Server, running, wait_for

EVAL = (sys.executable, "-m", "app", "eval", "humaneval")
NOWHERE = "http://127.0.0.1:9"  # nobody listens there


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("ELBARTO_")}


def arguments(out: Path, url: str, *more: str) -> list[str]:
    return [*EVAL, "--data", "sample", "--out", str(out), "--url", url, "--max-tokens", "96", *more]


def run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=240)


def lines(out: Path, name: str = "samples.jsonl") -> list[dict[str, Any]]:
    path = out / name
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def texts(out: Path) -> dict[str, str]:
    return {line["task_id"]: line["text"] for line in lines(out)}


@pytest.fixture(scope="module")
def whole(embedded: Server, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a run from beginning to end, and what it printed."""
    out = tmp_path_factory.mktemp("whole") / "run"
    done = run(arguments(out, embedded.url))
    assert done.returncode == 0, done.stderr
    return out, done.stdout


def test_the_embedded_model_solves_some_of_the_sample(whole: tuple[Path, str]) -> None:
    out, printed = whole
    report = json.loads((out / "report.json").read_text())
    passed = [line["task_id"] for line in lines(out, "verdicts.jsonl") if line["verdict"] == "passed"]

    assert (report["problems"], report["samples"], report["unchecked"]) == (10, 10, 0)
    assert {"Sample/2", "Sample/5"} <= set(passed), "a string reversed, and factorial"
    assert report["pass_at"]["1"]["value"] == pytest.approx(len(passed) / 10)
    assert sum(report["failures"].values()) == 10 - len(passed)
    assert report["tpf"] > 0.5
    assert report["tokens_per_s"] > 0
    assert report["run"]["model"] == "elbarto-mini"
    assert printed.startswith("humaneval, elbarto-mini, chat: temperature 0, max_tokens 96\n")
    assert re.search(rf"^  pass@1 +{10 * len(passed)}\.0% ± [\d.]+$", printed, re.MULTILINE)


def test_the_guide_shows_what_is_printed(whole: tuple[Path, str]) -> None:
    guide = (ROOT / "docs" / "guides" / "evaluate.md").read_text(encoding="utf-8")
    (command,) = [command for command in commands(guide) if "--data sample --max-tokens 96" in command.text]

    assert is_shown(command.shown, whole[1]), "make examples renews it"


def test_its_samples_are_what_evalplus_reads(whole: tuple[Path, str]) -> None:
    problems = {line["task_id"]: line for line in map(json.loads, SAMPLE.read_text().splitlines())}
    samples = {line["task_id"]: line for line in lines(whole[0])}

    assert samples.keys() == problems.keys()
    assert samples["Sample/1"]["solution"].startswith("def add(")


def test_a_run_is_not_overwritten_and_a_complete_one_needs_no_server(whole: tuple[Path, str]) -> None:
    out, printed = whole
    again = run(arguments(out, NOWHERE))
    assert (again.returncode, again.stdout) == (2, "")
    assert f"{out} has a run already; continue it with --resume" in again.stderr

    resumed = run(arguments(out, NOWHERE, "--resume"))
    assert (resumed.returncode, resumed.stdout) == (0, printed), resumed.stderr
    other = run([*arguments(out, NOWHERE, "--resume"), "--steps", "8"])
    assert (other.returncode, "choose another --out" in other.stderr) == (2, True)


def test_an_interrupted_run_is_continued(whole: tuple[Path, str], embedded: Server, tmp_path: Path) -> None:
    out = tmp_path / "run"
    command = arguments(out, embedded.url, "--concurrency", "2")
    process = subprocess.Popen(command, cwd=ROOT, env=environment(), stderr=subprocess.PIPE, text=True)
    wait_for(lambda: len(lines(out)) >= 2, "two answers", unless=lambda: process.poll() is not None)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE_S)
    num_before = len(lines(out))

    assert process.returncode == 130
    assert re.fullmatch(rf"elbarto: stopped; answers in \S+: {num_before}\. --resume continues\n", said)
    assert 2 <= num_before < 10
    embedded.wait_for_queue(0, 0)  # what was running is stopped
    with (out / "samples.jsonl").open("a") as file:
        file.write('{"task_id": "Samp')  # as if it had been killed while it wrote
    done = run([*command, "--resume"])
    assert done.returncode == 0, done.stderr
    assert len(lines(out)) == len(lines(out, "verdicts.jsonl")) == 10
    assert texts(out) == texts(whole[0])


def test_a_server_that_dies_ends_the_run_and_another_one_continues_it(
    whole: tuple[Path, str], embedded: Server, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    with running(tmp_path / "log", ELBARTO_MODEL_PATH="", in_new_group=True) as server:
        server.wait_until_ready()
        command = arguments(out, server.url, "--concurrency", "2", "--patience", "1")
        process = subprocess.Popen(command, cwd=ROOT, env=environment(), stderr=subprocess.PIPE, text=True)
        wait_for(lambda: lines(out), "an answer", unless=lambda: process.poll() is not None)
        os.killpg(server.process.pid, signal.SIGKILL)
        _, said = process.communicate(timeout=PATIENCE_S)
    num_kept = len(lines(out))

    assert process.returncode == 2
    assert said.startswith("elbarto: error: the server has not answered any request for ")
    assert said.endswith(f"({num_kept} of 10 answers are kept; --resume continues)\n")
    assert 1 <= num_kept < 10
    done = run(arguments(out, embedded.url, "--resume"))
    assert done.returncode == 0, done.stderr
    assert texts(out).keys() == texts(whole[0]).keys()


def test_several_answers_of_a_base_model(embedded: Server, tmp_path: Path) -> None:
    out = tmp_path / "run"
    options = ("--mode", "completion", "--limit", "2", "--n", "3", "--temperature", "0.8", "--json")
    done = run(arguments(out, embedded.url, *options, "--max-tokens", "24", "--block-length", "8"))
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)

    assert (report["problems"], report["samples"]) == (2, 6)
    assert report["pass_at"].keys() == {"1", "3"}
    assert report["run"]["fields"] == {"temperature": 0.8, "max_tokens": 24, "block_length": 8}
    assert {(line["task_id"], line["sample"]) for line in lines(out)} == {
        (f"Sample/{number}", sample) for number in range(2) for sample in range(3)
    }
    assert {line["params"]["seed"] for line in lines(out)} == {0, 1, 2}
    assert all(line["solution"].startswith("def ") for line in lines(out))


def test_hostile_answers_are_contained(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        if sandbox.kept_from != EVERYTHING:
            pytest.skip("this system does not let programs be isolated")
    target = tmp_path / "target"
    target.mkdir(mode=0o777)
    with openai_server.running() as server, socket.create_server(("127.0.0.1", 0)) as listener:
        hostile = [
            ("timeout", "while True: pass"),
            ("MemoryError", "x = bytearray(10**12)"),
            ("OSError", f"open({str(target / 'evil')!r}, 'w')"),
            ("OSError", "open('/etc/evil', 'w')"),
            ("OSError", f"import socket; socket.create_connection({listener.getsockname()!r}, 1)"),
            ("BlockingIOError", "import os\nwhile True: os.fork() or os.setsid()"),
            ("died", "import os; os._exit(0)"),
            ("SystemExit", "raise SystemExit(0)"),
        ]
        codes = ["pass", "def add(a, b): return a + b", *(code for _, code in hostile)]  # in the problems' order
        server.answers += [answer(f"```python\n{code}\n```") for code in codes]
        done = run(arguments(tmp_path / "run", server.url, "--concurrency", "1", "--timeout", "3"))
    verdicts = {line["task_id"]: line["verdict"] for line in lines(tmp_path / "run", "verdicts.jsonl")}

    assert done.returncode == 0, done.stderr
    assert [verdicts[f"Sample/{number}"] for number in range(1, 10)] == ["passed", *(kind for kind, _ in hostile)]
    assert list(target.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--n", "2"), "--n above 1 needs a --temperature above 0"),
        (("--temperature", "9"), "--temperature on the command line is '9'; allowed: "),
        (("--url", "127.0.0.1:8000"), "--url must be a URL"),
        (("--data", "/nowhere.jsonl"), "/nowhere.jsonl: No such file or directory"),
        (("--python", "/nowhere/python"), "programs cannot be run with /nowhere/python"),
        (("--url", NOWHERE), f"cannot reach a server at {NOWHERE}/v1: "),
    ],
)
def test_what_cannot_be_run_is_one_line(options: tuple[str, ...], message: str, tmp_path: Path) -> None:
    done = run([*arguments(tmp_path / "run", NOWHERE), *options])

    assert done.returncode == 2
    assert re.search(rf"^elbarto: error: .*{re.escape(message)}", done.stderr, re.MULTILINE), done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "run").exists()
