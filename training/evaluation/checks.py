"""Checks answers: the code in the reply, its syntax, and the task's checks, run in separate processes."""

from __future__ import annotations

import ast
import warnings

from app.evaluation.sandbox import PASSED, SECONDS, Sandbox
from training.data.tasks import Task
from training.data.template import CHECK_PRELUDE


class Checker(Sandbox):
    """A worker process that runs one answer after another. Use it in a `with` block, which ends it."""

    def verdict(self, code: str, task: Task, seconds: float = SECONDS) -> str:
        """ "passed", or the failure: an exception's name, "timeout" or "died"."""
        data = {
            "setup": task.setup,
            "prelude": CHECK_PRELUDE,
            "name": task.name,
            "constant": task.constant,
            "checks": task.checks,
        }
        return self.run({"harness": "checks", "code": code, "data": data}, seconds)[0]

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
