"""Are the replies right? Held-out tasks of the training data's generator, whose checks are executed."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

SPLITS = ("name", "constant")


class Quality:
    """`requests` to answer, and the share of answers that pass."""

    def __init__(self, questions: Any, checks: Any, count: int) -> None:
        share = -(-count // len(SPLITS))
        self._tasks = [task for split in SPLITS for task in questions.held_out_tasks(split, share)]
        self._checks = checks

    @property
    def requests(self) -> list[str]:
        return [task.request for task in self._tasks]

    def passed(self, replies: Sequence[str]) -> float:
        """In per cent."""
        with self._checks.Checker() as checker:
            passed = [
                checker.passes(self._checks.unfenced(reply), task)
                for reply, task in zip(replies, self._tasks, strict=True)
            ]
        return 100 * float(sum(passed)) / len(passed)


def load_quality(count: int) -> Quality | None:
    """None where this copy of the program has no training.evaluation: the tasks and their checks live there."""
    try:
        questions = importlib.import_module("training.evaluation.questions")
        checks = importlib.import_module("training.evaluation.checks")
    except ModuleNotFoundError as error:
        if error.name not in ("training", "training.evaluation"):
            raise
        return None
    return Quality(questions, checks, count)
