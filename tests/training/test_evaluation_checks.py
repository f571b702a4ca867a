"""Executed checks, isolated from each other, and the copying rates of hand-written answers."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.waiting import wait_until
from training.data.tasks import Task
from training.evaluation.checks import Checker, parses, unfenced
from training.evaluation.copying import argument_names, arguments_copied, constant_copied, name_copied
from training.evaluation.questions import held_out_tasks


def a_task(code="def add(a, b):\n    return a + b + 7", checks=("f(1, 2) == 3 + k",), constant=7, **others):
    given = {"name": "add", "arguments": ("a", "b"), "name_given": True, "signature_given": True, **others}
    return Task(key="add", kind="function", request="Add.", code=code, constant=constant, checks=checks, **given)


@pytest.fixture(scope="module")
def checker():
    with Checker() as checker:
        yield checker


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("def add(a, b):\n    return a + b + 7", "passed"),
        ("def add(a, b):\n    return a + b", "AssertionError"),
        ("def add(a, b):\n    return a +", "SyntaxError"),
        ("def sub(a, b):\n    return a", "KeyError"),
        ("def add(a, b):\n    return c", "NameError"),
        ("def add(a, b):\n    return add(a, b)", "RecursionError"),
        ("import sys\nsys.exit(0)", "SystemExit"),
        ("import os\nos._exit(0)", "died"),
        ("def add(a, b):\n    return [0] * 10**12", "MemoryError"),
        ("import os\nprint(1, flush=True)\nos.write(1, b'passed')\nadd = len", "TypeError"),
        ("import builtins\nbuiltins.len = None\ndef add(a, b):\n    return a + b + 7", "passed"),
    ],
)
def test_verdict(checker, code, verdict):
    assert checker.verdict(code, a_task()) == verdict
    assert checker.passes("def add(a, b):\n    return a + b + len('1234567')", a_task())  # no file is left


def test_an_endless_loop_is_ended_with_what_it_has_started(checker):
    leave_the_group = "os.setsid()" if "processes" in checker.kept_from else "pass"
    mark = f"{10**6 + os.getpid()}.5"
    code = f"""
import os
if os.fork() == 0:
    {leave_the_group}
    os.execv("/bin/sleep", ["sleep", "{mark}"])
while True:
    pass
"""
    with ThreadPoolExecutor(1) as threads:
        verdict = threads.submit(checker.verdict, code, a_task(), 1.5)
        wait_until(lambda: is_running(mark))
        assert verdict.result() == "timeout"
    wait_until(lambda: not is_running(mark))


def is_running(mark):
    done = subprocess.run(["ps", "-A", "-o", "args="], capture_output=True, text=True, check=True)
    return f"sleep {mark}" in done.stdout


def test_environment_is_clean_and_files_are_gone(checker, monkeypatch):
    monkeypatch.setenv("SECRET", "1")
    code = (
        "import os\ndef add(a, b):\n    open('left', 'w').close()\n    return os.listdir('.'), os.environ.get('SECRET')"
    )
    for _ in range(2):
        assert checker.verdict(code, a_task(checks=("f(1, 2) == (['left'], None)",))) == "passed"
    assert "SECRET" in os.environ


def test_checks_may_write_a_file_and_tests_get_their_setup(checker):
    assert checker.passes("def add(a):\n    return open(a).read()", a_task(checks=('f(tmp("text")) == "text"',)))
    tested = a_task(checks=("f() is None",), setup="def double(x):\n    return 2 * x", name="test_double")
    assert checker.passes("def test_double():\n    assert double(2) == 4", tested)
    assert not checker.passes("def test_double():\n    assert double(2) == 5", tested)


@pytest.mark.parametrize("split", ["name", "constant", "template"])
def test_right_answers_pass_and_copy_everything(checker, split):
    tasks = held_out_tasks(split, 25)
    assert len({task.request for task in tasks}) == 25
    assert tasks == held_out_tasks(split, 25)
    for task in tasks:
        assert checker.verdict(task.code, task) == "passed", task.code
        assert name_copied(task.code, task) in (True, None), task.code
        assert arguments_copied(task.code, task) in (True, None), task.code
        assert constant_copied(task.code, task) in (True, None), task.code


def test_a_split_with_too_few_tasks_says_so(monkeypatch):
    monkeypatch.setattr("training.evaluation.questions.MAX_FRUITLESS", 30)
    with pytest.raises(ValueError, match="only 1 of 2"):
        held_out_tasks("name", 2, wanted=lambda task, first=[]: not first and not first.append(task))


@pytest.mark.parametrize(
    ("code", "name", "arguments", "constant"),
    [
        ("def add(a, b):\n    return a + b + 7", True, True, True),
        ("import re\n\n\ndef add(a: list[int] = (1, 2), b=[3]) -> int:\n    return 7", True, True, True),
        ("def add(b, a):\n    return a + b + 17", True, False, False),
        ("def add(a):\n    return a + 7.5", True, False, False),
        ("def add_all(a, b):\n    return a * 70 - x7", False, True, False),
        ("class add:\n    x = 7", True, False, False),
        ("add(a, b) 7", False, False, False),
        ("", False, False, False),
    ],
)
def test_copying(code, name, arguments, constant):
    found = name_copied(code, a_task()), arguments_copied(code, a_task()), constant_copied(code, a_task())
    assert found == (name, arguments, constant)


def test_copying_of_what_nobody_asked_for_is_not_judged():
    task = a_task("def add(a, b):\n    return a", name_given=False, signature_given=False)
    assert name_copied(task.code, task) is None
    assert arguments_copied(task.code, task) is None
    assert constant_copied(task.code, task) is None
    assert constant_copied(task.code, a_task(constant=None)) is None


@pytest.mark.parametrize(
    ("body", "copied"),
    [("return a + ' - '", True), ('return a + " - "', True), ("return a - b", False), ("return '-'", False)],
)
def test_text_constants_stand_between_quotes(body, copied):
    task = a_task('def add(a, b):\n    return " - ".join((a, b))', constant=" - ")
    assert constant_copied(f"def add(a, b):\n    {body}", task) is copied


def test_words_of_code():
    assert argument_names("a, b: dict[str, int] = {1: 2}, *c, d=(1, 2)") == ("a", "b", "*c", "d")
    assert unfenced("Sure.\n```python\ncode\n```\nmore") == "code"
    assert unfenced("code") == "code"
    assert parses("x = 1")
    assert not parses("x =")
    assert not parses("x = \0")
