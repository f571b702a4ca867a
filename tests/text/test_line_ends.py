from __future__ import annotations

import pytest

from app.text.indentation import IndentationLimit
from app.text.line_ends import LineEnds, with_lf


@pytest.mark.parametrize(
    ("texts", "restored"),
    [
        (["a\r\n", "b"], "x\r\n\r\ny"),
        (["a\r\nb\r\n", "c\n"], "x\r\n\r\ny"),  # most of them
        (["a\n", "b\n", "c\r\n"], "x\n\ny"),
        (["a", "b"], "x\n\ny"),
        (["a\r", "b\r"], "x\n\ny"),
    ],
)
def test_the_files_line_ends_come_back(texts: list[str], restored: str) -> None:
    assert LineEnds(texts).restore("x\n\ny") == restored


def test_what_has_them_already_stays() -> None:
    assert LineEnds(["\r\n"]).restore("a\r\nb\rc\n") == "a\r\nb\rc\r\n"
    assert LineEnds(["\r\n"]).restore("\nb\n", before="a\r") == "\nb\r\n"


def test_kept_texts_come_back_as_they_were() -> None:
    mixed = "a\nb\r\nc"

    assert LineEnds(["\r\n", mixed], kept=[mixed]).restore(with_lf(mixed)) == mixed


def test_the_limit_of_indentation_cuts_before_either_line_end() -> None:
    for end in ("\n", "\r\n"):
        limit = IndentationLimit(4)
        assert limit.add(f"x{end}    y{end}z") + limit.flush() == f"x{end}    y"
