"""Infill options that only callers inside the server have: holes of a known length."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.serving.generation import SILENCE
from app.serving.infill.hole_text import moves_trailing_space
from app.serving.infill.infill import Infill
from app.serving.infill.requests import Hole, HoleDelta, HoleDone, InfillRequest, Pin
from app.serving.service import Service
from tests.doubles.infill import CANVAS_MODEL, DELETE, InfillEngine, always, seen
from tests.doubles.tokenizer import FimTokenizer, byte_ids

MakeService = Callable[..., Service]


def run(service: Service, *holes: Hole, **call: Any) -> Infill:
    texts = [f"{number}<" if number == 0 else f">{number}<" for number in range(len(holes))]
    infill = service.infill(InfillRequest(texts=[*texts, ">"], holes=holes, **call))
    for event in infill:
        assert event is SILENCE or isinstance(event, HoleDelta | HoleDone)
    assert infill.is_complete
    return infill


def test_a_hole_of_a_known_length_has_no_other(make_service: MakeService) -> None:
    engine = InfillEngine(fills=always("abcdefgh", "x"))

    infill = run(make_service(engine, **CANVAS_MODEL), Hole(length=5), Hole(max_tokens=9))

    first, second = infill.candidates[0].holes
    assert (first.text, first.finish_reason) == ("abcde", "stop")
    assert (second.text, second.finish_reason) == ("x", "stop")
    assert seen(engine.added[0]) == "0<_____>1<_________>"
    assert engine.canvases[0].ends[0] == ()


def test_no_delete_and_no_line_break_shortens_it(make_service: MakeService) -> None:
    engine = InfillEngine(fills=always("abc"))

    run(make_service(engine, FimTokenizer(), **CANVAS_MODEL), Hole(length=3, single_line=True))

    (banned,) = engine.canvases[0].banned
    assert {DELETE, *byte_ids("\r\n")} <= set(banned)


@pytest.mark.parametrize(("start", "masks"), [(0, 24), (10, 24), (40, 40), (1000, 128)])
def test_a_hole_may_begin_with_more_masks(make_service: MakeService, start: int, masks: int) -> None:
    engine = InfillEngine()

    run(make_service(engine, **CANVAS_MODEL), Hole(start=start))

    assert engine.canvases[0].num_masks == masks


def test_an_aborted_infill_has_no_candidates(make_service: MakeService) -> None:
    engine = InfillEngine(gated=True)
    infill = make_service(engine, **CANVAS_MODEL).infill(InfillRequest(texts=["a", "b"], holes=[Hole()]))

    infill.abort()
    engine.allow()

    assert not [event for event in infill if event is not None]
    assert infill.candidates == ()
    infill.abort()  # again is no harm


def test_many_holes_have_room_for_their_canvases_in_any_case(make_service: MakeService) -> None:
    """If twice the masks do not fit into all holes, all start with what fits, and grow only that far."""
    engine = InfillEngine(fills=always(*["x" * 200] * 10))
    service = make_service(engine, max_model_len=512, **CANVAS_MODEL)

    infill = run(service, *[Hole() for _ in range(10)], n=2, seed=1)

    assert all(len(canvas.token_ids) <= 512 for canvas in engine.canvases)
    assert {hole.finish_reason for hole in infill.candidates[0].holes} == {"length"}


@pytest.mark.parametrize(
    ("text", "pinned", "is_lent"),
    [
        ("return ", (), True),
        ("x = ", (Pin("y", "anywhere"),), True),
        ("x = ", (Pin("y", "start"),), False),
        ("return", (), False),
        ("def f():\n    ", (), False),
        ("x =  ", (), False),
        ("x\t ", (), False),
        ("\n ", (), False),
        (" ", (), False),
        ("", (), False),
    ],
)
def test_a_single_blank_behind_a_word_is_left_to_the_hole(text: str, pinned: tuple[Pin, ...], is_lent: bool) -> None:
    assert moves_trailing_space(text, Hole(pinned=pinned)) == is_lent
