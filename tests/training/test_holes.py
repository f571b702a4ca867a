"""Holes in code: the cut spans, and that no text is lost."""

import itertools
import random

import pytest

from training.data.holes import KINDS, draw_spans, line_spans, multi_line, rest_of_code, rest_of_line, single_line

CODE = "def f(a):\n    b = a + 1\n\n    if b:\n        return 1\n    return b\n"


def texts(spans):
    return [CODE[start:end] for start, end in spans]


def test_a_line_is_its_text_without_indent_and_newline():
    assert texts(line_spans(CODE)) == ["def f(a):", "b = a + 1", "if b:", "return 1", "return b"]


@pytest.mark.parametrize("seed", range(20))
def test_kinds_of_holes(seed):
    def cut(kind):
        start, end = kind(CODE, random.Random(seed))
        return CODE[start:end]

    assert cut(single_line) in {"b = a + 1", "if b:", "return 1", "return b"}
    assert 1 <= cut(multi_line).count("\n") <= 4
    assert cut(rest_of_code).endswith("return b")
    assert "\n" not in cut(rest_of_line)


def test_code_of_one_line_can_be_cut_in_every_way():
    for _, cut in KINDS:
        for seed in range(20):
            start, end = cut("x = 1", random.Random(seed))
            assert 0 <= start < end <= 5


@pytest.mark.parametrize("seed", range(50))
def test_several_holes_stand_apart_and_in_order(seed):
    spans = draw_spans(CODE, 3, random.Random(seed))
    assert 1 <= len(spans) <= 3
    assert all(end < start for (_, end), (start, _) in itertools.pairwise(spans))
