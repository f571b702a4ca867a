"""Runs completed holes with their tests, in the sandbox of `elbarto eval`."""

from __future__ import annotations

from app.evaluation import sandbox
from app.evaluation.sandbox import PASSED, SECONDS
from bench.infill.problems import Problem


class Sandbox(sandbox.Sandbox):
    """Checks one program after another, each only once. Use it in a `with` block."""

    def __init__(self) -> None:
        super().__init__()
        self._verdicts: dict[tuple[Problem, str], str] = {}

    def passes(self, problem: Problem, text: str) -> bool | None:
        """Whether the completed program passes; None without a harness."""
        return self.verdict(problem, text) == PASSED if problem.harness else None

    def verdict(self, problem: Problem, text: str, seconds: float = SECONDS) -> str:
        """ "passed", an exception's name, "timeout" or "died"."""
        if (problem, text) not in self._verdicts:
            self._verdicts[problem, text] = self.run(_job(problem, text), seconds)[0]
        return self._verdicts[problem, text]


def _job(problem: Problem, text: str) -> dict[str, object]:
    harness = problem.harness
    assert harness is not None
    data = {
        "setup": harness.setup,
        "prelude": harness.prelude,
        "name": harness.name,
        "constant": harness.constant,
        "checks": harness.checks,
    }
    return {"harness": "checks", "code": problem.program(text) + harness.tail, "data": data}
