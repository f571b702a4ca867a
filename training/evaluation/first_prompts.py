"""What people type first: an evaluation set. Its held-out half is not looked at while the model is made.

Each prompt belongs to one half, by hash. `is_new_task` marks tasks that were
left aside when data was written for the others: some are kinds of function that training has anyway."""

from __future__ import annotations

from training.evaluation import (
    first_prompts_changes,
    first_prompts_functions,
    first_prompts_lists,
    first_prompts_programs,
    first_prompts_prose,
)
from training.evaluation.first_task import Prompt

TABLES = (
    first_prompts_functions,
    first_prompts_lists,
    first_prompts_programs,
    first_prompts_changes,
    first_prompts_prose,
)


def all_prompts() -> list[Prompt]:
    return [prompt for table in TABLES for prompt in table.prompts()]
