"""POST /v1/edits: rewrite, redenoise, polish; text outside the spans is unchanged."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app.messages.params import Window
from tests.api.infill_wire import EDITS, edit
from tests.api.wire import error_of, events_in, post
from tests.doubles.engine import says
from tests.doubles.infill import CANVAS_MODEL, InfillEngine, always, seen
from tests.doubles.tokenizer import EOS, FimTokenizer, byte_ids

MakeClient = Callable[..., FlaskClient]
END = FimTokenizer.END


@pytest.fixture
def make_canvas(make_client: MakeClient) -> MakeClient:
    return lambda engine, **options: make_client(engine, info=CANVAS_MODEL, **options)


def doubts(*letters: str) -> Callable[[Window], float]:
    """A model unsure only of these tokens and those probed with them (a probe masks every fourth token)."""

    def fit(window: Window) -> float:
        masked = [target for target, item in zip(window.targets, window.token_ids, strict=True) if item is None]
        return 0.2 if any(byte_ids(letter)[0] in masked for letter in letters) else 0.9

    return fit


# Rewriting


def test_a_span_is_written_anew(make_canvas: MakeClient) -> None:
    engine = InfillEngine(fills=always("new"))

    answer = edit(make_canvas(engine), "x = old\n", [[4, 7]])

    assert seen(engine.added[0]) == "x =" + "_" * 24 + "\n"
    assert answer["text"] == "x = new\n"
    (one,) = answer["edits"]
    assert (one["start"], one["end"], one["text"], one["finish_reason"]) == (4, 7, "new", "stop")
    assert [token["text"] for token in one["tokens"]] == list("new")
    assert answer["usage"]["completion_tokens"] == 3
    assert answer["infill_mode"] == "canvas"


def test_a_long_span_begins_with_more_masks_than_it_had_tokens(make_canvas: MakeClient) -> None:
    engine = InfillEngine(fills=always("new"))

    edit(make_canvas(engine), "x" * 40, [[0, 40]])

    assert engine.canvases[0].num_masks == 60


def test_max_tokens_of_each_span(make_canvas: MakeClient) -> None:
    engine = InfillEngine(fills=always("abcdef", "ghijkl"))

    answer = edit(make_canvas(engine), "x = old\n", [[0, 1], [4, 7]], max_tokens=2)

    assert answer["text"] == "ab = gh\n"
    assert [one["finish_reason"] for one in answer["edits"]] == ["length", "length"]


def test_offsets_are_code_points_and_spans_come_back_in_the_texts_order(make_canvas: MakeClient) -> None:
    text = "😀é\r\n日 = 1\t\u2028\n"

    answer = edit(make_canvas(InfillEngine(fills=always("A", "B"))), text, [[8, 9], [1, 2]])

    assert answer["text"] == "😀A\r\n日 = B\t\u2028\n"


def test_an_empty_span_is_an_insertion(make_canvas: MakeClient) -> None:
    client = make_canvas(InfillEngine(fills=always("A", "B", "C")))

    assert edit(client, "xy", [[0, 0], [1, 1], [2, 2]])["text"] == "AxByC"
    assert edit(client, "", [[0, 0]])["text"] == "A"


def test_models_with_sentinels_rewrite_one_span_after_another(make_client: MakeClient) -> None:
    engine = InfillEngine(says([*byte_ids("1"), END], [*byte_ids("2"), EOS]))
    client = make_client(engine, tokenizer=FimTokenizer())

    answer = edit(client, "a = x\nb = y\n", [[4, 5], [10, 11]])

    assert answer["text"] == "a = 1\nb = 2\n"
    assert answer["infill_mode"] == "fim"
    assert seen(engine.added[1]) == "<S>\n<P>a = 1\nb = <M>"


# Redenoising


def test_what_the_model_doubts_is_filled_again(make_canvas: MakeClient) -> None:
    engine = InfillEngine(fills=always("XY"), fit=doubts("b"))

    answer = edit(make_canvas(engine), "<abcdefgh>", [[1, 9]], mode="redenoise")

    assert answer["text"] == "<aXcdeYgh>"  # b and f were masked together
    (canvas,) = engine.canvases
    assert canvas.num_masks == 2
    assert not canvas.may_delete
    tokens = answer["edits"][0]["tokens"]
    assert [token["confidence"] for token in tokens] == [0.9, 0.5, 0.9, 0.9, 0.9, 0.5, 0.9, 0.9]
    assert answer["usage"]["completion_tokens"] == 2  # those that were filled
    assert answer["elbarto"]["sequences"] == 5  # four probes and a canvas


@pytest.mark.parametrize(("threshold", "text"), [(0.2, "<abcdefgh>"), (0.21, "<aXcdeYgh>"), (1, "<XXXXXXXX>")])
def test_threshold_says_what_is_doubtful(make_canvas: MakeClient, threshold: float, text: str) -> None:
    fills = "X" * 8 if threshold == 1 else "XY"
    client = make_canvas(InfillEngine(fills=always(fills), fit=doubts("b")))

    assert edit(client, "<abcdefgh>", [[1, 9]], mode="redenoise", threshold=threshold)["text"] == text


@pytest.mark.parametrize("mode", ["redenoise", "polish"])
def test_of_several_spans_each_keeps_its_place(make_canvas: MakeClient, mode: str) -> None:
    engine = InfillEngine(fills=lambda hole, num_masks, params: "XY"[hole] * num_masks, fit=doubts("a", "b", "c", "d"))

    answer = edit(make_canvas(engine), "a\r\nb|c\td", [[0, 1], [5, 6]], mode=mode, threshold=0.5, steps=4)

    assert answer["text"] == "X\r\nb|Y\td"


@pytest.mark.parametrize("mode", ["redenoise", "polish"])
def test_spans_without_text_are_left_alone(make_canvas: MakeClient, mode: str) -> None:
    engine = InfillEngine()
    client = make_canvas(engine)

    answer = edit(client, "xy", [[0, 0], [1, 1]], mode=mode)

    assert answer["text"] == "xy"
    assert [one["finish_reason"] for one in answer["edits"]] == ["stop", "stop"]
    assert not engine.added


# Polishing


def test_the_least_confident_tokens_are_filled_over_and_over(make_canvas: MakeClient) -> None:
    """In each round a probe and a fill: two forwards."""
    count = iter(range(10))
    engine = InfillEngine(fills=lambda hole, num_masks, params: str(next(count)), fit=doubts("b", "0", "1", "2"))

    answer = edit(make_canvas(engine), "<abcd>", [[1, 5]], mode="polish", steps=6)

    assert [canvas.num_masks for canvas in engine.canvases] == [1, 1, 1]
    assert answer["text"] == "<a2cd>"


def test_polishing_ends_when_nothing_changes(make_canvas: MakeClient) -> None:
    engine = InfillEngine(fills=always("b"), fit=doubts("b"))

    answer = edit(make_canvas(engine), "<abcd>", [[1, 5]], mode="polish", steps=100)

    assert answer["text"] == "<abcd>"
    assert len(engine.canvases) == 1


@pytest.mark.parametrize("mode", ["redenoise", "polish"])
def test_a_time_budget_that_is_spent_leaves_the_rest_as_it_was(make_canvas: MakeClient, mode: str) -> None:
    def slowly(window: Window) -> float:
        time.sleep(0.005)
        return 0.1

    client = make_canvas(InfillEngine(fills=always("X" * 9), fit=slowly))

    answer = edit(client, "<abcd>", [[1, 5]], mode=mode, time_budget_ms=1)

    assert answer["text"] == "<abcd>"
    assert answer["edits"][0]["finish_reason"] == "deadline"


@pytest.mark.parametrize("mode", ["redenoise", "polish"])
def test_a_model_without_canvases_cannot(make_client: MakeClient, mode: str) -> None:
    client = make_client(InfillEngine(), tokenizer=FimTokenizer())

    error = error_of(post(client, EDITS, text="abc", spans=[[0, 1]], mode=mode), 400)

    assert error["param"] == "mode"
    assert error["message"] == f"mode must be rewrite for this model: {mode} needs one that was trained on canvases."


# Streams


@pytest.mark.parametrize("mode", ["rewrite", "redenoise", "polish"])
def test_a_stream_is_the_whole_answer(make_canvas: MakeClient, mode: str) -> None:
    client = make_canvas(InfillEngine(fills=always("XY", "Z"), fit=doubts("a")))
    body = {"text": "<abcd|a>", "spans": [[1, 5], [6, 7]], "mode": mode, "seed": 1}
    whole = post(client, EDITS, **body).json

    started, *events, finished, done = events_in(post(client, EDITS, stream=True, **body))

    assert done == "[DONE]"
    assert (started["type"], started["object"], started["num_holes"]) == ("started", "edit.event", 2)
    assert finished["type"] == "finished"
    assert (finished["text"], finished["edits"]) == (whole["text"], whole["edits"])
    for number, one in enumerate(finished["edits"]):
        own = [event for event in events if event["hole"] == number]
        assert "".join(event["text"] for event in own if event["type"] == "delta") == one["text"]
        assert own[-1]["type"] == "hole"
        assert (own[-1]["text"], own[-1]["finish_reason"]) == (one["text"], one["finish_reason"])
