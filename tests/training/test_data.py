"""Generated tasks: the same for the same seed, right by their own checks, and with names kept apart."""

import random

import pytest

from training.data.names import held_out_function_name, is_held_out, random_function_name
from training.data.tasks import TEMPLATES, draw_task, third_person
from training.data.template import failed_checks
from training.evaluate import passes, unfenced


def test_same_seed_same_tasks():
    def draw():
        rng = random.Random(7)
        return [draw_task(rng) for _ in range(50)]

    assert draw() == draw()


@pytest.mark.parametrize("item", TEMPLATES, ids=lambda item: item.key)
def test_every_template_passes_its_own_checks(item):
    assert item.checks
    for constant in item.constant_choices():
        assert failed_checks(item, constant) == []


def test_drawn_code_passes_whatever_its_names():
    rng = random.Random(3)
    for _ in range(300):
        task = draw_task(rng)
        scope = {"k": task.constant}
        exec(task.code, scope)
        scope["f"] = scope[task.name]
        assert all(eval(check, scope) for check in task.checks), task.code


def test_an_answer_is_run_in_a_process():
    task = draw_task(random.Random(0), held_out_function_name)
    assert passes(task.code, task)
    assert not passes(f"def {task.name}(*_):\n    return 'wrong'", task)
    assert not passes("def (", task)


def test_held_out_names_are_never_trained_on():
    rng = random.Random(1)
    assert not any(is_held_out(random_function_name(rng)) for _ in range(200))
    assert all(is_held_out(held_out_function_name(rng)) for _ in range(20))


def test_wording():
    assert [third_person(text) for text in ("add x", "check x", "multiply x", "return x", "pass x", "play x")] == [
        "adds x",
        "checks x",
        "multiplies x",
        "returns x",
        "passes x",
        "plays x",
    ]
    assert unfenced("```python\ncode\n```") == "code"
