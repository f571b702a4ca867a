"""The embedded model's held-out holes, which training.evaluation cuts, and held-out functions as they are."""

from __future__ import annotations

import importlib
import random
from collections.abc import Iterator
from itertools import islice
from types import ModuleType
from typing import Any

from bench.infill.problems import Harness, Problem

# Group -> the cutter in training.evaluation.infill, and whether the function's usual name says what it does.
KINDS = {
    "held-out, one line, the name tells": ("single_line", True),
    "held-out, one line": ("single_line", False),
    "held-out, 2 to 4 lines": ("multi_line", False),
    "held-out, span": ("random_span", False),
}


def load(name: str) -> ModuleType | None:
    """A module of training; None where it, or a package that it needs, is not in this copy of the program."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return None


def load_holes(count: int) -> list[Problem] | None:
    """`count` of each kind, the same as training.evaluation measures. None where `load` gives None."""
    infill = load("training.evaluation.infill")
    if infill is None:
        return None
    seed = importlib.import_module("training.evaluation.context").SEED
    problems = []
    for group, (cutter, is_telling) in KINDS.items():
        cut = getattr(infill, cutter)
        find = infill.cut_telling_holes if is_telling else infill.cut_holes
        kind = "telling" if is_telling else cutter.replace("_", "-")
        rng = random.Random(f"{seed}/holes/{kind}")
        problems += [_problem(group, hole, cutter == "single_line") for hole in find(cut, count, rng)]
    return problems


def held_out_functions(seed: int) -> Iterator[str] | None:
    """Code of distinct functions that training never saw. None where `load` gives None."""
    questions = load("training.evaluation.questions")
    if questions is None:
        return None
    return (task.code + "\n" for split in ("name", "constant") for task in questions.distinct_tasks(split, seed))


def calibration_holes(count: int) -> list[Problem]:
    """Holes of other held-out functions than those that are measured: one line of each. Empty without training."""
    infill, questions = load("training.evaluation.infill"), load("training.evaluation.questions")
    if infill is None or questions is None:
        return []
    rng = random.Random("calibration")
    tasks = questions.distinct_tasks("name", 9_000_011)
    holes = (hole for task in tasks if (hole := infill.single_line(task, rng)))
    return [_problem("calibration", hole, True) for hole in islice(holes, count)]


def _problem(group: str, hole: Any, is_single_line: bool) -> Problem:
    task = hole.task
    prelude = importlib.import_module("training.data.template").CHECK_PRELUDE
    harness = Harness(task.name, "", task.setup, prelude, task.constant, task.checks)
    return Problem(group, hole.prefix, hole.middle, hole.suffix, harness, is_single_line)
