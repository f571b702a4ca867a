"""Held-out generator tasks: does the model parse, copy the name, pass the checks, and stop by itself?"""

from __future__ import annotations

import ast
import random
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from itertools import islice, repeat

from transformers import PreTrainedTokenizerFast, Qwen3ForCausalLM

from training.data.names import held_out_function_name
from training.data.tasks import Task, draw_task
from training.decode import generate
from training.tokenizer import EOS, EOS_ID, chat_prompt

CHECK_SECONDS = 5


@dataclass(frozen=True)
class Answer:
    task: Task
    text: str
    ended: bool
    parses: bool
    name_copied: bool
    passes: bool


def held_out_tasks(count: int, seed: int = 1_000_003) -> list[Task]:
    """Function tasks (no classes) whose signature holds a name that training never sees."""
    rng = random.Random(seed)
    drawn = (draw_task(rng, held_out_function_name) for _ in repeat(None))
    return list(islice((task for task in drawn if not task.code.startswith("class ")), count))


def plain_tasks(count: int, seed: int = 1_000_003) -> list[Task]:
    """Requests that name no function, as people ask. Training has seen nearly all of them: this measures recall."""
    rng = random.Random(seed)
    drawn = (draw_task(rng) for _ in repeat(None))
    return list(islice((task for task in drawn if not task.name_given), count))


def answer(model: Qwen3ForCausalLM, tokenizer: PreTrainedTokenizerFast, task: Task) -> Answer:
    ids = generate(model, tokenizer.encode(chat_prompt(task.request)))
    text = str(tokenizer.decode(ids)).split(EOS)[0]
    code = unfenced(text)
    return Answer(task, text, ids[-1] == EOS_ID, parses(code), f"def {task.name}(" in code, passes(code, task))


def unfenced(text: str) -> str:
    """The code between the first fence and the next one; all of it where there is no fence."""
    return text.split("```python\n", 1)[-1].split("\n```", 1)[0]


def parses(code: str) -> bool:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError):
        return False
    return True


def passes(code: str, task: Task) -> bool:
    """Run the answer with the task's checks in a process of its own, under a time limit."""
    script = f"{code}\nf = {task.name}\nk = {task.constant!r}\n" + "\n".join(f"assert {check}" for check in task.checks)
    if not parses(script):
        return False
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-S", "-c", script],
                cwd=folder,
                env={},
                capture_output=True,
                timeout=CHECK_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False
    return done.returncode == 0


def rates(answers: list[Answer]) -> dict[str, float]:
    """Percentages over all answers."""
    return {
        name: 100 * sum(getattr(answer, name) for answer in answers) / len(answers)
        for name in ("ended", "parses", "name_copied", "passes")
    }
