"""Checks answers: the code in the reply, its syntax, and the task's checks, run in separate processes."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from types import TracebackType
from typing import Self

from training.data.tasks import Task
from training.data.template import CHECK_PRELUDE

WORKER = Path(__file__).with_name("check_worker.py")
CHECK_SECONDS = 10.0  # wall time, generous for a busy machine; the worker allows 2 seconds of CPU time
PASSED = "passed"


class Checker:
    """A worker process that runs one answer after another. Use it in a `with` block, which ends it."""

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory()
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(WORKER)],
            cwd=self._folder.name,
            env={"TMPDIR": self._folder.name, "PYTHONHASHSEED": "0"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()
        self._folder.cleanup()

    def verdict(self, code: str, task: Task, seconds: float = CHECK_SECONDS) -> str:
        """ "passed", or the failure: an exception's name, "timeout" or "died"."""
        job = {
            "code": code,
            "setup": task.setup,
            "prelude": CHECK_PRELUDE,
            "name": task.name,
            "constant": task.constant,
            "checks": task.checks,
            "seconds": seconds,
        }
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(job), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process that runs checks ended with status {self._process.wait()}")
        return str(json.loads(line))

    def passes(self, code: str, task: Task) -> bool:
        return self.verdict(code, task) == PASSED


def unfenced(text: str) -> str:
    """The code between the first fence and the next one; the whole text if there is no fence."""
    return text.split("```python\n", 1)[-1].split("\n```", 1)[0]


def parses(code: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True
