"""Holes inside a line: every kind of part is found, and cut where it begins and ends."""

import itertools
import random

import pytest

from training.data.expression_holes import KINDS, draw_expression_cut, draw_expression_spans, expression_cuts
from training.data.samples import canvas_parts
from training.data.snippet_texts import TEXTS
from training.data.snippets import draw_snippet, filled, is_held_out_snippet

CODE = """\
import json


def greet(name, greeting="Hello"):
    # Say it politely.
    text = f"{greeting}, {name!r}: {len(name):>3}"
    for letter in text.lower()[1:]:
        if letter == "é" and name:
            print(letter, end="")
    with open(name) as file:
        return json.load(file)


class Box:
    def size(self, wide: int) -> int:
        try:
            return self.width * wide
        except KeyError:
            return [0, wide]
"""
FOUND = {
    "arguments": {"letter, end=\"\"", "name", "file", ""},
    "argument": {"letter", '""', "name", "file"},
    "condition": {'letter == "é" and name'},
    "iterable": {"text.lower()[1:]"},
    "right side": {'f"{greeting}, {name!r}: {len(name):>3}"'},
    "return value": {"json.load(file)", "self.width * wide", "[0, wide]"},
    "operand": {'letter == "é"', "name", "letter", '"é"', "self.width", "wide"},
    "operator": {"==", "and", "*"},
    "field": {"greeting", "name", "len(name)"},
    "text in a string": {"", ", ", ": "},
    "string": {"{greeting}, {name!r}: {len(name):>3}", "é", "", "Hello"},
    "comment": {"Say it politely."},
    "subscript": {"1:"},
    "attribute": {"lower", "load", "width"},
    "method call": {"lower()", "load(file)"},
    "default": {'"Hello"'},
    "annotation": {"int"},
    "parameters": {'name, greeting="Hello"', "self, wide: int"},
    "defined name": {"greet", "Box", "size"},
    "target": {"text", "letter"},
    "import": {"json"},
    "context": {"open(name)"},
    "exception": {"KeyError"},
}  # fmt: skip


@pytest.mark.parametrize("kind", FOUND)
def test_a_part_of_each_kind(kind):
    assert {CODE[start:end] for found, (start, end) in expression_cuts(CODE) if found == kind} == FOUND[kind]


def test_every_kind_is_drawn_and_stays_in_its_line():
    rng = random.Random(0)
    drawn = [draw_expression_cut(CODE, rng) for _ in range(3000)]
    assert {kind for kind, _ in drawn} == set(KINDS)
    assert all(CODE[start:end] and "\n" not in CODE[start:end] for _, (start, end) in drawn)


def test_names_that_nothing_tells_are_not_cut():
    rng = random.Random(0)
    drawn = [draw_expression_cut("def brool(x):\n    return x\n", rng, names_tell=False) for _ in range(500)]
    assert "defined name" not in {kind for kind, _ in drawn}
    assert "name" in {kind for kind, _ in drawn}  # x occurs twice


@pytest.mark.parametrize("code", ["if x:\n", "\n", "a = (\n"])
def test_what_does_not_parse_is_cut_by_tokens(code):
    kind, (start, end) = draw_expression_cut(code, random.Random(1))
    assert kind == "tokens"
    assert 0 <= start < end <= len(code)


@pytest.mark.parametrize("seed", range(20))
def test_several_holes_stand_apart_and_in_order(seed):
    spans = draw_expression_spans(CODE, 4, random.Random(seed))
    assert all(end < start for (_, end), (start, _) in itertools.pairwise(spans))


def test_a_space_before_a_hole_is_part_of_it_as_in_a_server():
    assert canvas_parts("a = b + c\n    d\n", [(4, 9), (14, 15)]) == (["a =", "\n    ", "\n"], [" b + c", "d"])


@pytest.mark.parametrize("text", TEXTS)
def test_every_snippet_runs(text, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    snippet = filled(text, random.Random(2))
    exec(snippet.program, {"__name__": "snippet"})
    assert "$" not in snippet.text
    assert "# run" not in snippet.text


def test_held_out_snippets_are_not_drawn():
    assert 0.15 < sum(map(is_held_out_snippet, TEXTS)) / len(TEXTS) < 0.4
    lines = {text.split("\n")[-1] for text in TEXTS if is_held_out_snippet(text) and "$" not in text.split("\n")[-1]}
    kept = {text.split("\n")[-1] for text in TEXTS if not is_held_out_snippet(text)}
    rng = random.Random(0)
    assert not {draw_snippet(rng).text.split("\n")[-2] for _ in range(300)} & (lines - kept)
