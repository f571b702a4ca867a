"""A hole filled by two routes at once, of which the surer answer is returned."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.messages.params import GenerationParams, Window
from app.serving.infill.both_routes import certainty
from app.serving.infill.requests import Candidate, FilledHole, Hole, HoleDelta, HoleToken, InfillRequest, WindowSnapshot
from tests.api.infill_wire import INFILL, edit, fill, fill_streamed, reasons_of, texts_of
from tests.api.wire import error_of, post
from tests.doubles import app as fake_app
from tests.doubles.engine import says
from tests.doubles.infill import CANVAS_MODEL, InfillEngine, always, seen
from tests.doubles.tokenizer import FIRST_BYTE, FimTokenizer, byte_ids
from tests.waiting import wait_until

MakeClient = Callable[..., FlaskClient]
HOLE: dict[str, Any] = {"hole": {}}
ONE = ["x = ", HOLE, "\n"]
TWO = ["a = ", HOLE, "\nb = ", HOLE, "\n"]
ENDED = [*byte_ids("fim"), FimTokenizer.END]


@pytest.fixture
def make_both(make_client: MakeClient) -> MakeClient:
    return lambda engine: make_client(engine, tokenizer=FimTokenizer(), info=CANVAS_MODEL)


def two_texts(canvas: float = 0.5, fim: float = 0.5, **options: Any) -> InfillEngine:
    """The canvas gets "canvas", and suffix first "fim", with these confidences."""

    def confidence(params: GenerationParams) -> float:
        return fim if params.window is None else canvas

    return InfillEngine(**{"script": says(ENDED), "fills": always("canvas"), "confidence": confidence, **options})


@pytest.mark.parametrize(("canvas", "fim", "expected"), [(0.9, 0.8, "canvas"), (0.8, 0.9, "fim")])
def test_the_surer_answer_is_returned(make_both: MakeClient, canvas: float, fim: float, expected: str) -> None:
    engine = two_texts(canvas, fim)

    answer = fill(make_both(engine), ONE, infill_mode="both")

    assert [seen(sequence) for sequence in engine.added[:2]] == [f"x ={'_' * 24}\n", "<S>\n<P>x = <M>"]
    assert texts_of(answer) == [expected]
    assert (answer["infill_mode"], answer["filled"]) == ("both", "together")
    assert answer["elbarto"]["warnings"] == []


def test_the_least_certain_token_counts(make_both: MakeClient) -> None:
    """A long answer is not worse for its length alone."""
    engine = two_texts(0.6, 0.7, fills=always("c"), script=says([*byte_ids("f" * 20), FimTokenizer.END]))

    assert texts_of(fill(make_both(engine), ONE, infill_mode="both")) == ["f" * 20]


@pytest.mark.parametrize("expected", ["canvas", "fim"])
def test_the_text_after_the_hole_must_be_likely(make_both: MakeClient, expected: str) -> None:
    def fit(window: Window) -> float:
        ids, wanted = [token_id for token_id in window.token_ids if token_id is not None], byte_ids(expected)
        return 0.9 if any(ids[at : at + len(wanted)] == wanted for at in range(len(ids))) else 0.1

    answer = fill(make_both(two_texts(fit=fit)), ONE, infill_mode="both")

    assert texts_of(answer) == [expected]


def test_where_they_disagree_a_canvas_of_the_other_length_is_filled(make_both: MakeClient) -> None:
    """Suffix first has found the length, and the canvas the text."""
    engine = two_texts(
        fills=lambda hole, num_masks, params: " abc" if num_masks == 4 else "canvas",
        confidence=lambda params: 0.9 if params.window and params.window.num_masks == 4 else 0.4,
    )

    answer = fill(make_both(engine), ONE, infill_mode="both")

    assert [window.num_masks for window in engine.canvases] == [24, len(" fim")]
    assert texts_of(answer) == ["abc"]


def test_where_they_agree_nothing_more_is_tried(make_both: MakeClient) -> None:
    engine = two_texts(fills=always("fim"))

    fill(make_both(engine), ONE, infill_mode="both")

    assert len(engine.added) == 2


def test_without_a_delete_token_too_it_is_one_canvas(make_client: MakeClient) -> None:
    engine = two_texts(fills=lambda hole, num_masks, params: "canvas"[:num_masks])
    client = make_client(engine, tokenizer=FimTokenizer(), info={"attention": "full"})

    fill(client, ONE, infill_mode="both")

    assert [window.num_masks for window in engine.canvases] == [4, 8, 16, 32, len(" fim")]


def test_an_answer_that_was_cut_short_comes_last(make_both: MakeClient) -> None:
    engine = two_texts(0.2, 0.9, script=says("never ends"))

    answer = fill(make_both(engine), ["x = ", {"hole": {"max_tokens": 7}}, "\n"], infill_mode="both", n=2)

    assert [choice["text"] for choice in answer["choices"]] == ["x = canvas\n", "x = never e\n"]
    assert reasons_of(answer) == ["stop"]


def test_an_empty_answer_comes_last(make_both: MakeClient) -> None:
    """There is no text after the hole that could speak against it."""
    engine = two_texts(0.2, 0.9, script=says([FimTokenizer.END]))

    assert texts_of(fill(make_both(engine), ["x = ", HOLE], infill_mode="both")) == ["canvas"]


def test_tokens_that_are_cut_off_do_not_count() -> None:
    """Of the rest of the line, which the text repeated, the model was not sure."""
    tokens = (HoleToken(1, "x", 0.9, 0), HoleToken(2, ":", 0.1, 1))
    candidate = Candidate(0, (FilledHole("x", tokens, "stop"),), "if x:", 0.0)

    assert certainty(candidate) == pytest.approx(math.log(0.9))


@pytest.mark.parametrize(
    ("canvas", "fim", "text", "shown"),
    [(0.8, 0.9, "canvas", [" fim"]), (0.9, 0.8, "canvas", [" canvas"]), (0.9, 0.8, "fim", [])],
)
def test_who_watches_sees_what_is_returned_at_last(
    make_both: MakeClient, canvas: float, fim: float, text: str, shown: list[str]
) -> None:
    """Unless that is what is there already: one canvas was filled with another text, or two were."""
    request = InfillRequest(texts=["x = ", "\n"], holes=[Hole()], mode="both")
    infill = fake_app.service_of(make_both(two_texts(canvas, fim, fills=always(text)))).infill(request)
    with infill.publisher.subscribe() as subscriber:
        for _ in infill:
            pass
        snapshots = [item.event.tokens for item in subscriber if isinstance(item, WindowSnapshot)]

    whole = ["".join(chr(token.id - FIRST_BYTE) for token in tokens if token) for tokens in snapshots if all(tokens)]
    assert [each.removeprefix("x =").removesuffix("\n") for each in whole if each] == shown


def test_a_text_that_fills_the_context(make_client: MakeClient) -> None:
    """The answer suffix first is longer than the canvas for which the text was cut."""

    class Strict(InfillEngine):
        def add(self, prompt_ids: Any, params: GenerationParams, *rest: Any) -> int:
            assert len(prompt_ids) + params.gen_length <= 64
            return super().add(prompt_ids, params, *rest)

    engine = Strict(script=says([*byte_ids("f" * 30), FimTokenizer.END]), fills=always("canvas"))
    client = make_client(engine, tokenizer=FimTokenizer(), info={**CANVAS_MODEL, "max_model_len": 64})

    answer = fill(client, ["a = 1\n" * 40 + "x = ", HOLE, "\n" + "b = 2\n" * 40], infill_mode="both", n=2)

    assert {hole["text"] for choice in answer["choices"] for hole in choice["holes"]} == {"canvas", "f" * 30}


def test_every_candidate_keeps_its_own_score(make_both: MakeClient) -> None:
    """Of five on a canvas, the canvas route returns the last three; the others follow them."""
    engine = two_texts(
        fills=lambda hole, num_masks, params: f"c{params.seed}/{num_masks}",
        confidence=lambda params: 0.9 if params.window and params.temperature else 0.2,
    )

    answer = fill(make_both(engine), ONE, infill_mode="both", n=3, seed=5)

    surest = [{token["confidence"] for token in choice["holes"][0]["tokens"]} for choice in answer["choices"]]
    assert surest[:2] == [{0.9}, {0.9}]
    assert [choice["score"] for choice in answer["choices"][:2]] == pytest.approx(
        [math.log(0.9) + math.log(0.5) / 4] * 2, abs=1e-4
    )


def test_equal_answers_are_one_candidate(make_both: MakeClient) -> None:
    engine = two_texts(fills=always("fim"))

    answer = fill(make_both(engine), ONE, infill_mode="both", n=2)

    assert [choice["text"] for choice in answer["choices"]] == ["x = fim\n"]


def test_all_answers_are_candidates(make_both: MakeClient) -> None:
    engine = two_texts(0.9, 0.8, fills=lambda hole, num_masks, params: " abc" if num_masks == 4 else "canvas")

    answer = fill(make_both(engine), ONE, infill_mode="both", n=3)

    assert [choice["text"] for choice in answer["choices"]] == ["x = canvas\n", "x = abc\n", "x = fim\n"]


def test_the_text_is_streamed_once_it_is_known(make_both: MakeClient) -> None:
    events = fill_streamed(make_both(two_texts(0.8, 0.9)), ONE, infill_mode="both")

    assert [event["type"] for event in events] == ["started", "delta", "hole", "finished"]
    assert [event.get("text") for event in events[1:3]] == ["fim", "fim"]
    assert events[-1]["usage"]["completion_tokens"] == 3


@pytest.mark.parametrize(
    ("segments", "body", "reason"),
    [
        (TWO, {}, "2 holes are filled together"),
        (["a", {"hole": {"pinned": ["b"]}}, "c"], {}, "pinned texts are kept in place"),
        (ONE, {"length_method": "exact"}, "length_method applies"),
    ],
)
def test_what_only_a_canvas_can_do(
    make_both: MakeClient, segments: list[Any], body: dict[str, Any], reason: str
) -> None:
    engine = two_texts(fills=always("b", "b"))

    answer = fill(make_both(engine), segments, infill_mode="both", **body)

    assert answer["infill_mode"] == "canvas"
    warning = f"infill_mode is canvas instead of both: {reason} on a canvas only."
    assert answer["elbarto"]["warnings"] == [warning]
    assert all(sequence.params.window for sequence in engine.added)


@pytest.mark.parametrize("options", [{"watch": True}, {"soft_budget_ms": 1000}, {"holes": [Hole(length=3)]}])
def test_what_only_a_canvas_can_do_for_callers_in_the_server(make_both: MakeClient, options: dict[str, Any]) -> None:
    request = InfillRequest(**{"texts": ["x = ", "\n"], "holes": [Hole()], "mode": "both", **options})

    infill = fake_app.service_of(make_both(two_texts())).infill(request)

    assert infill.mode == "canvas"
    infill.abort()


def test_an_edit_of_tokens_needs_a_canvas(make_both: MakeClient) -> None:
    answer = edit(make_both(two_texts()), "abc", [[1, 2]], mode="redenoise", infill_mode="both")

    assert answer["infill_mode"] == "canvas"
    warning = "infill_mode is canvas instead of both: redenoise works on a canvas only."
    assert answer["elbarto"]["warnings"] == [warning]


def test_an_unknown_language_is_refused_before_anything_begins(make_both: MakeClient) -> None:
    engine = two_texts()

    error = error_of(post(make_both(engine), INFILL, segments=ONE, infill_mode="both", syntax="klingon"), 400)

    assert (error["param"], engine.added) == ("syntax", [])


def test_an_aborted_one_leaves_no_sequence(make_both: MakeClient) -> None:
    engine = two_texts(gated=True)
    infill = fake_app.service_of(make_both(engine)).infill(
        InfillRequest(texts=["x = ", "\n"], holes=[Hole()], mode="both")
    )

    infill.abort()
    engine.allow()

    assert not [event for event in infill if isinstance(event, HoleDelta)]
    assert infill.candidates == ()
    wait_until(lambda: not engine.has_work)
