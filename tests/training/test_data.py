"""Generated tasks: deterministic, correct by their own checks, and without held-out ones in training."""

import random

import pytest

from training.data.groups import GROUPS
from training.data.holdout import is_held_out_cell, is_held_out_name, is_held_out_template
from training.data.inputs import argument_lists, values
from training.data.names import held_out_function_name, random_function_name
from training.data.tasks import SPLITS, TEMPLATES, allowed_constants, draw_task, third_person
from training.data.template import Form, all_checks, failed_checks, scope_of, template

TABLES = [templates for _, templates in GROUPS]
CONSTANTS_TRIED = 3


def some_constants(item):
    """The first, a middle one and the last: all of them would take minutes."""
    constants = item.constant_choices()
    return [constants[index * (len(constants) - 1) // (CONSTANTS_TRIED - 1)] for index in range(CONSTANTS_TRIED)]


def test_same_seed_same_tasks():
    def draw():
        rng = random.Random(7)
        return [draw_task(rng) for _ in range(50)]

    assert draw() == draw()


@pytest.mark.parametrize("table", range(len(TABLES)))
def test_every_body_of_every_template_passes_its_checks(table):
    """A third of a large table: all of a small one."""
    items = TABLES[table] if len(TABLES[table]) < 300 else TABLES[table][table % 3 :: 3]
    for item in items:
        assert item.checks
        for constant in dict.fromkeys(some_constants(item)):
            assert failed_checks(item, constant) == [], (item.key, constant)


def test_keys_and_phrases_are_unique():
    keys = [item.key for item in TEMPLATES]
    assert len(keys) == len(set(keys))
    phrases = [(say, item.is_class) for item in TEMPLATES for say in item.says]
    assert len(phrases) == len(set(phrases))


def test_shares_of_the_tables_add_up():
    assert sum(share for share, _ in GROUPS) == pytest.approx(1)


def test_drawn_code_passes_whatever_its_names():
    rng = random.Random(3)
    for _ in range(300):
        task = draw_task(rng)
        scope = scope_of(f"{task.setup}\n{task.code}", task.name, task.constant)
        assert all(eval(check, scope) for check in task.checks), task.code


def test_tasks_of_all_kinds_are_drawn():
    rng = random.Random(11)
    tasks = [draw_task(rng) for _ in range(400)]
    assert {task.kind for task in tasks} == {"function", "class", "test"}
    assert any('"""' in task.code for task in tasks)
    assert any("->" in task.code for task in tasks)


@pytest.mark.parametrize("split", SPLITS)
def test_splits_hold_nothing_of_one_another(split):
    rng = random.Random(13)
    count = {item.key: len(item.constants) for item in TEMPLATES}
    for _ in range(100):
        task = draw_task(rng, split)
        assert is_held_out_template(task.key) == (split == "template")
        if split in ("train", "name", "constant"):
            assert is_held_out_cell(task.key, task.constant, count[task.key]) == (split == "constant")
        if split == "name":
            assert is_held_out_name(task.name)
            assert task.signature_given


def test_held_out_names_are_never_drawn_for_training():
    rng = random.Random(1)
    assert not any(is_held_out_name(random_function_name(rng)) for _ in range(200))
    assert all(is_held_out_name(held_out_function_name(rng)) for _ in range(20))


def test_no_template_loses_all_its_constants():
    for item in TEMPLATES:
        if not is_held_out_template(item.key):
            assert allowed_constants(item, "train"), item.key


@pytest.mark.parametrize(
    ("kind", "some"),
    [
        ("int", {"0", "-1"}),
        ("list[int]", {"[]"}),
        ("dict[str, int]", {"{}"}),
        ("tuple[int, str]", {'(0, "",)'}),
        ("set[int]", {"set()"}),
        ("Path", set()),
    ],
)
def test_boundary_values(kind, some):
    assert some <= set(values(kind))
    for text in values(kind):
        eval(text)


def test_constants_bring_the_values_around_them():
    assert {"6", "7", "8"} <= set(values("int", 7))
    assert "[], 7" in argument_lists(("list[int]", "int"), 7)


def test_checks_are_generated_from_what_the_body_gives():
    item = template("t", "double", "f", "x", "return 2 * $a", "f(1) == 2", types="int -> int")
    assert "f(-1) == -2" in all_checks(item, None)


def test_an_idiom_that_differs_is_found():
    item = template(
        "t", "double", "f", "x", "return 2 * $a", "f(2) == 4", types="int -> int", idioms={"wrongly": "return $a * $a"}
    )
    assert failed_checks(item, None)


def test_a_body_that_never_ends_is_no_danger(monkeypatch):
    monkeypatch.setattr("training.data.template.CHECK_SECONDS", 0.02)
    item = template("t", "count", "f", "x", "while $a != 1:\n    $a += 1\nreturn $a", "f(1) == 1", types="int -> int")
    assert "f(1) == 1" in all_checks(item, None)
    assert not any("f(2)" in check for check in all_checks(item, None))


def test_forms_of_code():
    item = template("t", "add", "f", "x y", "return $a + $b", "f(1, 2) == 3", types="int; int -> int")
    code = item.code("plus", ("a", "b"), form=Form(typed=True, docstring="Add."))
    assert code == 'def plus(a: int, b: int) -> int:\n    """Add."""\n    return a + b'


def test_wording():
    verbs = ("add x", "check x", "multiply x", "return x", "pass x", "play x", "sort x and then square it")
    assert [third_person(text) for text in verbs] == [
        "adds x",
        "checks x",
        "multiplies x",
        "returns x",
        "passes x",
        "plays x",
        "sorts x and then squares it",
    ]
