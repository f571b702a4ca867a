"""Infilling on a canvas: the length of a hole, its text, and the best candidate."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.messages.params import GenerationParams
from tests.api.infill_wire import fill, fill_streamed, reasons_of, texts_of
from tests.doubles.infill import CANVAS_MODEL, InfillEngine, always, seen

MakeClient = Callable[..., FlaskClient]
HOLE: dict[str, Any] = {"hole": {}}
ONE = ["x = ", HOLE, "\n"]
TWO = ["a = ", HOLE, "\nb = ", HOLE, "\n"]


@pytest.fixture
def make_canvas(make_client: MakeClient) -> MakeClient:
    """A client of a model that was trained on canvases."""
    return lambda engine, **options: make_client(engine, info=CANVAS_MODEL, **options)


def masks(engine: InfillEngine) -> list[int]:
    """How many masks each canvas began with."""
    return [window.num_masks for window in engine.canvases]


def test_all_holes_are_on_one_canvas(make_canvas: MakeClient) -> None:
    engine = InfillEngine(fills=always("first", "second"))

    answer = fill(make_canvas(engine), TWO)

    assert texts_of(answer) == ["first", "second"]
    assert reasons_of(answer) == ["stop", "stop"]
    assert (answer["infill_mode"], answer["filled"]) == ("canvas", "together")
    assert [seen(sequence) for sequence in engine.added] == ["a =" + "_" * 24 + "\nb =" + "_" * 24 + "\n"]


def test_the_answer_in_full(make_canvas: MakeClient) -> None:
    answer = fill(make_canvas(InfillEngine(fills=always("é1"))), ONE, seed=7)

    tokens = answer["holes"][0]["tokens"]
    assert [(token["text"], token["confidence"], token["step"]) for token in tokens] == [
        ("", 0.5, 0),  # a character of two tokens is sent with the second
        ("é", 0.5, 0),
        ("1", 0.5, 0),
    ]
    assert answer["model"] == "fake-model"
    assert answer["choices"][0]["score"] == round(math.log(0.5), 4)
    assert answer["usage"] == {
        "prompt_tokens": 4,
        "completion_tokens": 3,
        "total_tokens": 7,
        "prompt_tokens_details": {"cached_tokens": 0},
    }
    assert answer["elbarto"]["sequences"] == 1
    assert answer["elbarto"]["tpf"] == 3 / answer["elbarto"]["denoise_forwards"]
    assert answer["elbarto"]["params"]["seed"] == 7
    assert not {"steps", "gen_length"} & set(answer["elbarto"]["params"])  # each window has its own
    assert answer["elbarto"]["warnings"] == []


# Length


def test_a_hole_that_loses_no_position_begins_again_with_twice_the_masks(make_canvas: MakeClient) -> None:
    engine = InfillEngine(fills=always("x" * 50))

    answer = fill(make_canvas(engine), ONE)

    assert masks(engine) == [24, 48, 96]
    assert texts_of(answer) == ["x" * 50]
    assert reasons_of(answer) == ["stop"]


def test_the_other_holes_keep_what_they_have(make_canvas: MakeClient) -> None:
    engine = InfillEngine(fills=always("short", "x" * 30))

    answer = fill(make_canvas(engine), TWO)

    assert texts_of(answer) == ["short", "x" * 30]
    assert seen(engine.added[1]) == "a =short\nb =" + "_" * 48 + "\n"


def test_a_hole_has_at_most_max_tokens(make_canvas: MakeClient) -> None:
    engine = InfillEngine(fills=always("y" * 100, "x" * 100))

    answer = fill(make_canvas(engine), ["a", {"hole": {"max_tokens": 30}}, "b", {"hole": {"max_tokens": 5}}, "c"])

    assert [len(hole["tokens"]) for hole in answer["holes"]] == [30, 5]
    assert reasons_of(answer) == ["length", "length"]
    assert masks(engine) == [24 + 5, 30]


def test_what_just_fits_may_have_been_longer(make_canvas: MakeClient) -> None:
    client = make_canvas(InfillEngine(fills=always("xxx")))

    assert reasons_of(fill(client, ["a", {"hole": {"max_tokens": 3}}])) == ["length"]
    assert reasons_of(fill(client, ["a", {"hole": {"max_tokens": 4}}])) == ["stop"]


@pytest.mark.parametrize("asked", [None, 9, 10_000])
def test_the_operator_limits_every_hole(make_canvas: MakeClient, asked: int | None) -> None:
    engine = InfillEngine(fills=always("x" * 100))
    hole = {} if asked is None else {"max_tokens": asked}

    answer = fill(make_canvas(engine, infill_max_tokens=8), ["a", {"hole": hole}, "b"])

    assert texts_of(answer) == ["x" * 8]
    lowered = [] if asked is None else [f"max_tokens was lowered from {asked} to 8."]
    assert answer["elbarto"]["warnings"] == lowered


def test_exact_is_that_long(make_canvas: MakeClient) -> None:
    engine = InfillEngine(fills=always("x" * 100))

    answer = fill(make_canvas(engine), ["a", {"hole": {"max_tokens": 9}}, "b"], length_method="exact")

    assert texts_of(answer) == ["x" * 9]
    assert masks(engine) == [9]
    assert not engine.canvases[0].may_delete


def test_several_lengths_in_one_batch(make_canvas: MakeClient) -> None:
    """The most likely one, given the text after it, is taken."""
    engine = InfillEngine(
        fills=lambda hole, num_masks, params: "x" * num_masks,
        confidence=lambda params: 0.9 if params.window and params.window.num_masks == 8 else 0.5,
    )

    answer = fill(make_canvas(engine), ONE, length_method="several")

    assert masks(engine) == [4, 8, 16, 32]
    assert texts_of(answer) == ["x" * 8]
    assert reasons_of(answer) == ["stop"]
    assert answer["choices"][0]["score"] == round(math.log(0.9) + math.log(0.5), 4)


def test_the_text_behind_the_hole_decides_too(make_canvas: MakeClient) -> None:
    """All lengths are equally likely by themselves; the suffix is most likely after four letters."""
    engine = InfillEngine(
        fills=lambda hole, num_masks, params: "x" * num_masks,
        fit=lambda window: 0.9 if sum(token_id is not None for token_id in window.token_ids) == 4 else 0.1,
    )

    assert texts_of(fill(make_canvas(engine), ["abcd", HOLE, "\n"], length_method="several")) == ["xxxx"]


def test_a_model_without_deletes_tries_several_lengths(make_client: MakeClient) -> None:
    engine = InfillEngine()

    answer = fill(make_client(engine), ONE, infill_mode="canvas")

    assert masks(engine) == [4, 8, 16, 32]
    assert answer["elbarto"]["warnings"] == ["fake-model was not trained on canvases: its infills may be poor."]


def test_several_lengths_up_to_max_tokens(make_client: MakeClient) -> None:
    engine = InfillEngine()

    fill(make_client(engine), ["a", {"hole": {"max_tokens": 10}}], infill_mode="canvas")

    assert masks(engine) == [4, 8]


def test_a_time_budget_that_is_spent_ends_the_search_for_the_length(make_canvas: MakeClient) -> None:
    def slowly(hole: int, num_masks: int, params: GenerationParams) -> str:
        time.sleep(0.005)
        return "x" * 100

    engine = InfillEngine(fills=slowly)

    answer = fill(make_canvas(engine), ONE, time_budget_ms=1)

    assert reasons_of(answer) == ["deadline"]
    assert masks(engine) == [24]
    assert engine.added[0].params.time_budget_ms == 1


# Text


def test_a_stop_string_ends_the_text(make_canvas: MakeClient) -> None:
    client = make_canvas(InfillEngine(fills=always("1 + 2 # sum")))

    answer = fill(client, ["x = ", {"hole": {"max_tokens": 11}}, "\n"], stop=["#", "+ 2", "sum"])

    assert texts_of(answer) == ["1 "]
    assert reasons_of(answer) == ["stop"]
    assert "".join(token["text"] for token in answer["holes"][0]["tokens"]) == "1 + 2 # sum"


def test_what_repeats_the_suffix_is_cut_from_the_text_and_not_from_the_tokens(make_canvas: MakeClient) -> None:
    client = make_canvas(InfillEngine(fills=always("y = 1\n    return y")))

    answer = fill(client, ["def f():\n    ", HOLE, "\n    return y\n"])

    assert texts_of(answer) == ["y = 1"]
    assert "".join(token["text"] for token in answer["holes"][0]["tokens"]) == "y = 1\n    return y"


def test_a_hole_on_the_same_line_has_begun_it(make_canvas: MakeClient) -> None:
    """So the first line that repeats the suffix is the rest of that line."""
    client = make_canvas(InfillEngine(fills=always("a,", "1)\nreturn y")))

    assert texts_of(fill(client, ["y = f(", HOLE, " ", HOLE, ")\nreturn y\n"])) == ["a,", "1"]


def test_a_single_line_has_no_line_break(make_canvas: MakeClient) -> None:
    engine = InfillEngine(fills=always("one\ntwo"))

    answer = fill(make_canvas(engine), ["x = ", {"hole": {"single_line": True}}, "\n"])

    assert texts_of(answer) == ["one"]
    (ends,) = engine.canvases[0].ends
    assert set(map(chr, (token_id - 8 for token_id in ends))) == {"\n", "\r"}


@pytest.mark.parametrize(
    ("pinned", "canvas"),
    [
        (["ab"], "__ab__"),
        (["a", "b"], "_a_b_"),
        ([{"text": "ab", "at": "anywhere"}], "__ab__"),
        ([{"text": "for", "at": "start"}], "for___"),
        ([{"text": ":", "at": "end"}], "_____:"),
        ([{"text": "(", "at": "start"}, {"text": ")", "at": "end"}], "(____)"),
        ([{"text": "f", "at": "start"}, "in", {"text": ":", "at": "end"}], "f_in_:"),
    ],
)
def test_pinned_texts(make_canvas: MakeClient, pinned: list[Any], canvas: str) -> None:
    engine = InfillEngine(fills=always("x" * 10))
    hole = {"max_tokens": 6, "pinned": pinned}

    answer = fill(make_canvas(engine), ["<", {"hole": hole}, ">"], length_method="exact")

    assert seen(engine.added[0]) == f"<{canvas}>"
    assert texts_of(answer) == [canvas.replace("_", "x")]
    tokens = answer["holes"][0]["tokens"]
    assert [token["pinned"] for token in tokens] == [character != "_" for character in canvas]
    assert all(token["confidence"] == 1 and token["step"] is None for token in tokens if token["pinned"])


def test_the_gap_between_pinned_texts_is_for_the_model(make_canvas: MakeClient) -> None:
    answer = fill(
        make_canvas(InfillEngine(fills=always("abc"))),
        ["<", {"hole": {"pinned": [{"text": "(", "at": "start"}, {"text": ")", "at": "end"}]}}, ">"],
    )

    assert texts_of(answer) == ["(abc)"]
    assert answer["usage"]["completion_tokens"] == 3  # pinned ones are not counted


def test_a_hint_is_a_comment_above_the_holes_line_and_not_in_the_answer(make_canvas: MakeClient) -> None:
    engine = InfillEngine(fills=always("y"))
    segments = ["def f():\n    x = ", {"hole": {"hint": "adds one\nto it", "max_tokens": 2}}, "\n"]

    answer = fill(make_canvas(engine), segments)

    assert seen(engine.added[0]) == "def f():\n    # adds one\n    # to it\n    x =__\n"
    assert answer["text"] == "def f():\n    x = y\n"


def test_a_hint_in_another_language(make_canvas: MakeClient) -> None:
    engine = InfillEngine()

    fill(make_canvas(engine), ["f(", {"hole": {"hint": "sum", "max_tokens": 1}}, ")"], language="javascript")

    assert seen(engine.added[0]) == "// sum\nf(_)"


def test_other_files_stand_before_the_prefix(make_canvas: MakeClient) -> None:
    engine = InfillEngine(fills=always("y"))
    context = [{"filename": "a.py", "text": "A = 1\n"}, {"text": "B = 2"}]

    segments = ["x = ", {"hole": {"max_tokens": 1}}, "\n"]

    answer = fill(make_canvas(engine), segments, context=context, filename="b.py")

    assert seen(engine.added[0]) == "# a.py\nA = 1\n\nB = 2\n\n# b.py\nx =_\n"
    assert answer["text"] == "x = y\n"


def test_what_the_model_has_no_use_for_is_cut_at_line_ends_from_the_far_ends(make_canvas: MakeClient) -> None:
    engine = InfillEngine(fills=always("y"))
    before = "".join(f"a{number:03}\n" for number in range(300))
    after = "".join(f"\nb{number:03}" for number in range(300))

    answer = fill(make_canvas(engine), [before + "x = ", HOLE, after])

    read = seen(engine.added[0])
    head, tail = read.replace("_" * 24, "|").split("|")
    assert (before + "x =").endswith(head)
    assert (before + "x =")[: -len(head)].endswith("\n")
    assert len(head) > len(tail) > 100
    assert after.startswith(tail)
    assert len(read) <= 1024
    assert answer["text"] == before + "x = y" + after


# Candidates


def by_variant(hole: int, num_masks: int, params: GenerationParams) -> str:
    return f"{num_masks} {params.temperature}"


def test_candidates_are_ranked(make_canvas: MakeClient) -> None:
    def confidence(params: GenerationParams) -> float:
        assert params.window is not None
        return 0.1 if params.temperature else {12: 0.3, 24: 0.6, 48: 0.9}[params.window.num_masks]

    engine = InfillEngine(fills=by_variant, confidence=confidence)

    answer = fill(make_canvas(engine), ONE, n=3)

    assert masks(engine)[:3] == [24, 48, 12]
    assert [choice["holes"][0]["text"].split()[0] for choice in answer["choices"]] == ["48", "24", "12"]


def test_what_is_the_same_is_tried_again_warmer(make_canvas: MakeClient) -> None:
    """Greedy candidates are identical: the others are sampled, each with a different seed."""
    engine = InfillEngine(fills=lambda hole, num_masks, params: f"{params.seed}" if params.temperature > 1 else "same")

    answer = fill(make_canvas(engine), ONE, n=3, seed=1)

    assert len(answer["choices"]) == 3
    seeds = [sequence.params.seed for sequence in engine.added if sequence.params.temperature > 1]
    assert len(set(seeds)) == len(seeds) > 0


def test_fewer_where_there_are_no_more(make_canvas: MakeClient) -> None:
    answer = fill(make_canvas(InfillEngine(fills=always("same"))), ONE, n=3)

    assert len(answer["choices"]) == 1
    assert answer["elbarto"]["warnings"] == ["Only 1 of 3 candidates are distinct."]


# Streams


def test_events_come_in_the_order_in_which_things_happen(make_canvas: MakeClient) -> None:
    engine = InfillEngine(fills=always("first", "second"))

    started, *events, finished = fill_streamed(make_canvas(engine), TWO)

    assert started["object"] == "infill.event"
    assert (started["num_holes"], started["n"]) == (2, 1)
    assert events == [
        {"type": "delta", "choice": 0, "hole": 1, "text": "second"},
        {"type": "hole", "choice": 0, "hole": 1, "text": "second", "finish_reason": "stop"},
        {"type": "delta", "choice": 0, "hole": 0, "text": "first"},
        {"type": "hole", "choice": 0, "hole": 0, "text": "first", "finish_reason": "stop"},
    ]
    assert finished["text"] == "a = first\nb = second\n"


def test_choice_counts_the_candidates_as_they_were_begun(make_canvas: MakeClient) -> None:
    engine = InfillEngine(
        fills=by_variant, confidence=lambda params: 0.9 if params.window and params.window.num_masks == 48 else 0.5
    )

    _, *events, finished = fill_streamed(make_canvas(engine), ONE, n=2)

    texts = {event["choice"]: event["text"] for event in events if event["type"] == "hole"}
    assert texts[0].startswith("24")
    assert texts[1].startswith("48")
    assert finished["choices"][0]["text"] == f"x = {texts[1]}\n"


def test_several_lengths_are_one_answer_in_a_stream(make_canvas: MakeClient) -> None:
    """The best one is known only at the end."""
    engine = InfillEngine(fills=lambda hole, num_masks, params: "x" * num_masks)

    _, *events, finished = fill_streamed(make_canvas(engine), TWO, length_method="several")

    deltas = [event["text"] for event in events if event["type"] == "delta"]
    assert deltas == [hole["text"] for hole in finished["holes"]]


def test_a_hole_that_runs_on_to_the_next_one_ends_at_its_own_line(make_canvas: MakeClient) -> None:
    engine = InfillEngine(fills=always("a = 1\n    ", "return a"))

    answer = fill(make_canvas(engine), ["def f():\n    ", HOLE, "\n    ", HOLE, "\n"])

    assert answer["text"] == "def f():\n    a = 1\n    return a\n"
