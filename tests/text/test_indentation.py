"""Text is cut before the first line that is indented too little."""

from __future__ import annotations

import pytest

from app.text.indentation import IndentationLimit


def limited(text: str, minimum: int, size: int) -> tuple[str, bool]:
    """The text passed on, when it arrives in pieces, and whether it was cut."""
    limit = IndentationLimit(minimum)
    shown = "".join(limit.add(text[start : start + size]) for start in range(0, len(text), size)) + limit.flush()
    return shown, limit.is_over


@pytest.mark.parametrize("size", [1, 2, 3, 100])
@pytest.mark.parametrize(
    ("text", "minimum", "expected"),
    [
        ("a\nb\n", 0, "a\nb\n"),
        ("a\nb\n", 1, "a"),
        ("a\n  b\n c", 2, "a\n  b"),
        ("a\n\tb\nc", 1, "a\n\tb"),
        ("a\n\n    b\n\n\nc", 4, "a\n\n    b\n\n"),
        ("  a", 4, "  a"),
        ("\n    a\n  b", 4, "\n    a"),
        ("a\n    b\n\n", 4, "a\n    b\n\n"),
        ("a\n   ", 4, "a\n   "),
        ("", 4, ""),
    ],
)
def test_where_it_ends(text: str, minimum: int, expected: str, size: int) -> None:
    assert limited(text, minimum, size) == (expected, expected != text)


def test_blank_lines_wait_for_what_follows() -> None:
    limit = IndentationLimit(2)

    assert [limit.add(piece) for piece in ("a\n", "\n", "  ", "b")] == ["a", "", "", "\n\n  b"]
    assert not limit.is_over
