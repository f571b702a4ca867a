"""The generator's held-out tasks used for evaluation: always the same, all different."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import islice

from training.data.holdout import is_held_out_template
from training.data.tasks import TEMPLATES, Task, draw_task

SEED = 1_000_003
COMPOSED = "compose/"
MAX_FRUITLESS = 5_000  # draws in a row without a new task


def held_out_tasks(
    split: str, count: int, seed: int = SEED, wanted: Callable[[Task], bool] = lambda task: True
) -> list[Task]:
    """Raises ValueError if the split has fewer."""
    tasks = list(islice(distinct_tasks(split, seed, wanted), count))
    if len(tasks) < count:
        raise ValueError(f"split {split!r} has only {len(tasks)} of {count} such tasks")
    return tasks


def distinct_tasks(split: str, seed: int, wanted: Callable[[Task], bool] = lambda task: True) -> Iterator[Task]:
    """Function tasks of one split whose requests differ; ends when no more are found."""
    assert split != "train"
    rng, seen, fruitless = random.Random(f"{seed}/{split}"), set(), 0
    while fruitless < MAX_FRUITLESS:
        task = draw_task(rng, split)
        fruitless += 1
        if task.request not in seen and wanted(task):
            seen.add(task.request)
            fruitless = 0
            yield task


def is_composed(task: Task) -> bool:
    return task.key.startswith(COMPOSED)


def is_hand_written(task: Task) -> bool:
    return not is_composed(task)


def composed_are_held_out() -> bool:
    """Whether the generator composes templates and holds some of them out."""
    return any(item.key.startswith(COMPOSED) and is_held_out_template(item.key) for item in TEMPLATES)
