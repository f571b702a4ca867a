"""Held-out holes for the embedded model, cut by training.evaluation, and whole held-out functions."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice

from bench.infill.problems import Harness, Problem
from training.data.template import CHECK_PRELUDE
from training.evaluation import infill
from training.evaluation.context import SEED
from training.evaluation.questions import distinct_tasks

# Group -> the cutter in training.evaluation.infill, and whether the function keeps its descriptive name.
KINDS = {
    "held-out, one line, the name tells": ("single_line", True),
    "held-out, one line": ("single_line", False),
    "held-out, 2 to 4 lines": ("multi_line", False),
    "held-out, span": ("random_span", False),
}
CALIBRATION_SEED = 9_000_011


def load_holes(count: int) -> list[Problem]:
    """`count` holes of each kind, the first of those that training.evaluation measures."""
    problems = []
    for group, (cutter, is_telling) in KINDS.items():
        find = infill.cut_telling_holes if is_telling else infill.cut_holes
        kind = "telling" if is_telling else cutter.replace("_", "-")
        holes = find(getattr(infill, cutter), count, random.Random(f"{SEED}/holes/{kind}"))
        problems += [_problem(group, hole, cutter == "single_line") for hole in holes]
    return problems


def held_out_functions(seed: int) -> Iterator[str]:
    """Code of distinct functions that are not in the training data."""
    return (task.code + "\n" for split in ("name", "constant") for task in distinct_tasks(split, seed))


def calibration_holes(count: int) -> list[Problem]:
    """One-line holes of held-out functions that are not measured."""
    rng = random.Random("calibration")
    holes = (hole for task in distinct_tasks("name", CALIBRATION_SEED) if (hole := infill.single_line(task, rng)))
    return [_problem("calibration", hole, True) for hole in islice(holes, count)]


def _problem(group: str, hole: infill.Hole, is_single_line: bool) -> Problem:
    task = hole.task
    harness = Harness(task.name, "", task.setup, CHECK_PRELUDE, task.constant, tuple(task.checks))
    return Problem(group, hole.prefix, hole.middle, hole.suffix, harness, is_single_line)
