"""Quality of a model on held-out tasks of the training data's generator.

Replies are run against the tasks' checks; the reference answers are scored in bits per byte.
"""

from __future__ import annotations

import importlib
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

SPLITS = ("name", "constant")
SCORED_BLOCK = 4  # small enough to enumerate all ways to fill a block
ANSWERS = 300  # scored in full by training.evaluation.bits


class Quality:
    """`requests` to answer, and the share of replies that pass."""

    def __init__(self, questions: Any, checks: Any, count: int) -> None:
        share = -(-count // len(SPLITS))
        self._tasks = [task for split in SPLITS for task in questions.held_out_tasks(split, share)]
        self._checks = checks

    @property
    def requests(self) -> list[str]:
        return [task.request for task in self._tasks]

    def passed(self, replies: Sequence[str]) -> float:
        """Replies that pass, in per cent."""
        with self._checks.Checker() as checker:
            passed = [
                checker.passes(self._checks.unfenced(reply), task)
                for reply, task in zip(replies, self._tasks, strict=True)
            ]
        return 100 * float(sum(passed)) / len(passed)


def load_quality(count: int) -> Quality | None:
    """The tasks; None if this copy of the program lacks training.evaluation, which has them."""
    try:
        questions = importlib.import_module("training.evaluation.questions")
        checks = importlib.import_module("training.evaluation.checks")
    except ModuleNotFoundError as error:
        if error.name not in ("training", "training.evaluation"):
            raise
        return None
    return Quality(questions, checks, count)


def load_bits(folder: str, count: int) -> Callable[[Any], float] | None:
    """A function from a transformers model, on the CPU, to its bits per byte over about `count` held-out answers.

    The model must have the embedded model's vocabulary. None if `load_quality` returns None.
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
