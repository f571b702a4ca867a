"""Holes inside a line for the evaluation: held out, short, and judged by what the completed text does."""

from __future__ import annotations

import json
import random
from itertools import islice

import httpx
import pytest

from training.data.expression_holes import KINDS
from training.data.holdout import is_held_out_name
from training.data.snippet_texts import TEXTS
from training.data.snippets import Snippet, is_held_out_snippet
from training.evaluation.checks import Checker
from training.evaluation.endpoint import Endpoint
from training.evaluation.infill import Filled, Hole, judge
from training.evaluation.inside_line import GROUP_OF, SOURCES, as_task


def holes(source: str, count: int = 30) -> list[Hole]:
    _, find = SOURCES[source]
    return [each.hole for each in islice(find(random.Random(0)), count)]


def test_every_kind_of_hole_is_counted():
    assert set(GROUP_OF) == set(KINDS)


@pytest.mark.parametrize("source", SOURCES)
def test_holes_are_short_and_inside_a_line(source):
    found = holes(source)
    assert len(found) == 30
    for hole in found:
        assert hole.middle.strip()
        assert "\n" not in hole.middle
        assert source == "snippets" or f"def {hole.task.name}(" in hole.prefix
        assert hole.prefix + hole.middle + hole.suffix == hole.task.code + "\n" * (source != "snippets")


def test_what_the_holes_are_in_is_held_out():
    assert all(is_held_out_name(hole.task.name) for hole in holes("random"))
    assert not any(hole.task.name_given for hole in holes("telling"))
    kept = {text.split("\n")[-1] for text in TEXTS if not is_held_out_snippet(text)}
    held_out = [text.split("\n")[-1] for text in TEXTS if is_held_out_snippet(text)]
    plain = {line for line in held_out if "$" not in line and not line.startswith("# run")} - kept
    last_lines = {hole.task.code.rstrip("\n").split("\n")[-1] for hole in holes("snippets", 200)}
    assert plain & last_lines
    assert not last_lines & {line for line in kept if "$" not in line} - set(held_out)


def test_a_program_passes_if_it_prints_the_same():
    task = as_task(Snippet("total = a + 1\nprint(total)\n", "a = 2", "print(total * 2)"))
    hole = Hole(task, "total = ", "a + 1", "\nprint(total)\n")
    with Checker() as checker:
        assert judge("a + 1", 0, hole, checker) == Filled(True, 100.0, True, 0)
        assert judge("1 + a", 0, hole, checker).passes
        assert not judge("a", 0, hole, checker).passes
        assert not judge("(", 0, hole, checker).passes


def test_a_hole_over_http():
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        return httpx.Response(200, json={"holes": [{"text": "x"}]})

    endpoint = Endpoint(httpx.Client(base_url="http://test", transport=httpx.MockTransport(answer)))
    assert endpoint.infill("a = ", "\n", 5, length_method="exact") == "x"
    assert endpoint.infill("", "\n") == "x"
    hole = {"hole": {"single_line": True, "max_tokens": 5}}
    assert asked[0] == {"segments": ["a = ", hole, "\n"], "temperature": 0, "length_method": "exact"}
    assert asked[1]["segments"] == [{"hole": {"single_line": True}}, "\n"]
