"""Are the replies right, and how much does a model know? Held-out tasks of the training data's generator.

Their checks are executed, and their answers are scored in bits per byte.
"""

from __future__ import annotations

import importlib
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

SPLITS = ("name", "constant")
SCORED_BLOCK = 4  # all ways to fill a block of four can be counted out
ANSWERS = 300  # that training.evaluation.bits scores in full


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


def load_bits(folder: str, count: int) -> Callable[[Any], float] | None:
    """A function from transformers' model, on the CPU, to its bits per byte over about `count` held-out answers.

    The model must have the vocabulary of the embedded one. None where `load_quality` gives None.
    """
    try:
        bits = importlib.import_module("training.evaluation.bits")
        context = importlib.import_module("training.evaluation.context")
        nelbo = importlib.import_module("training.evaluation.nelbo")
    except ModuleNotFoundError as error:
        if error.name not in ("training", "training.evaluation"):
            raise
        return None
    texts = bits.answers(context.Context(Path(folder), share=count / ANSWERS))

    def score(model: Any) -> float:
        result = nelbo.bits_per_byte(nelbo.model_scorer(model), texts, SCORED_BLOCK, 0, random.Random(0))
        return float(result.value)

    return score
