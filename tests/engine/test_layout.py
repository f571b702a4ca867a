"""The row table of a forward: positions, places and limits."""

from __future__ import annotations

import pytest
import torch

from app.engine.layout import Forward, Rows, Span, visible

DENOISE = Forward("denoise", Span(2, 4, 3, (6, 6, 7)), (60, 61, 62), logit_rows=(0, 2), positions=(4, 6))
PREFILL = Forward("prefill", Span(0, 8, 2), (50, 51))


def test_one_row_per_token_of_all_forwards() -> None:
    rows = Rows.of([DENOISE, PREFILL])

    assert len(rows) == 5
    assert rows.token_ids == [60, 61, 62, 50, 51]
    assert rows.positions == rows.places == [4, 5, 6, 8, 9]
    assert rows.slots == [2, 2, 2, 0, 0]
    assert rows.limits == [6, 6, 7, 10, 10]
    assert rows.logit_rows == [0, 2]


def test_logit_rows_count_from_the_first_row_of_all() -> None:
    assert Rows.of([PREFILL, DENOISE]).logit_rows == [2, 4]


def test_a_row_need_not_stand_at_the_position_it_proposes_a_token_for() -> None:
    """As with token shift: the row before a position predicts its token."""
    shifted = Forward("denoise", Span(0, 3, 3), (40, 5, 5), logit_rows=(0, 1), positions=(4, 5))

    assert Rows.of([shifted]).logit_rows == [0, 1]


def test_a_place_is_not_a_position() -> None:
    span = Span(1, start=4, num_rows=4, first_place=12)

    rows = Rows.of([Forward("denoise", span, (5, 5, 5, 5))])

    assert (span.end, span.places, span.reach) == (8, range(12, 16), 16)
    assert rows.positions == [4, 5, 6, 7]
    assert rows.places == [12, 13, 14, 15]
    assert rows.limits == [16] * 4


def test_columns_reach_the_device_as_they_are() -> None:
    rows = Rows.of([DENOISE, PREFILL])

    tensors, logit_rows = rows.to(torch.device("cpu"))

    assert [column.tolist() for column in tensors] == list(rows.columns)
    fields = ("token_ids", "positions", "slots", "places", "limits", "hidden_starts", "hidden_stops")
    assert tensors._fields == fields
    assert (tensors.slots.tolist(), tensors.limits.tolist()) == (rows.slots, rows.limits)
    assert logit_rows.tolist() == [0, 2]


def test_a_grid_has_a_line_for_each_slot() -> None:
    rows = Rows.of([DENOISE, PREFILL])

    assert rows.grid(width=4) == [8, 9, 10, 0, 1]
    assert Rows.of([DENOISE]).grid(width=3, first_slot=2) == [0, 1, 2]


def test_a_row_sees_the_places_below_its_limit() -> None:
    tensors, _ = Rows.of([Forward("prefill", Span(0, 0, 2, (1, 2)), (50, 51))]).to(torch.device("cpu"))

    assert visible(tensors, 3).tolist() == [[True, False, False], [True, True, False]]


def test_a_draft_sees_the_prefix_and_its_own_rows() -> None:
    """Two drafts of the block [2, 4), after it."""
    root = Forward("denoise", Span(0, 2, 2), (50, 5))
    drafts = [
        Forward("denoise", Span(0, 2, 2, first_place=4, hidden=range(2, 4)), (50, 51)),
        Forward("denoise", Span(0, 2, 2, first_place=6, hidden=range(2, 6)), (50, 52)),
    ]
    rows = Rows.of([root, *drafts])
    (part,) = rows.parts

    assert rows.positions == [2, 3] * 3
    assert rows.places == [2, 3, 4, 5, 6, 7]
    assert (part.rows, part.places, part.reach, part.is_masked) == (range(6), range(2, 8), 8, True)
    seen = [[place for place, sees in enumerate(row) if sees] for row in visible(rows.to(torch.device("cpu"))[0], 8)]
    assert seen == [[0, 1, 2, 3]] * 2 + [[0, 1, 4, 5]] * 2 + [[0, 1, 6, 7]] * 2


def test_the_rows_of_a_slot_follow_one_another() -> None:
    with pytest.raises(AssertionError):
        Rows.of([Forward("denoise", Span(0, 2, 2), (50, 5)), Forward("denoise", Span(0, 6, 2), (50, 5))])
    with pytest.raises(AssertionError):
        Rows.of([PREFILL, DENOISE, PREFILL])


def test_every_row_has_a_token() -> None:
    with pytest.raises(AssertionError):
        Rows.of([Forward("prefill", Span(0, 0, 3), (50, 51))])
