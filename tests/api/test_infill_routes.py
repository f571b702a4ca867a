"""Which route a model takes, and the two that use a prompt: sentinels and an instruction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.messages.defaults import Defaults
from app.messages.options import overrides
from tests.api.infill_wire import INFILL, fill, fill_streamed, reasons_of, texts_of
from tests.api.wire import error_of, post
from tests.doubles import app as fake_app
from tests.doubles.engine import says
from tests.doubles.infill import CANVAS_MODEL, InfillEngine, always, seen
from tests.doubles.tokenizer import EOS, MASK, ByteTokenizer, FimTokenizer, byte_ids

MakeClient = Callable[..., FlaskClient]
HOLE: dict[str, Any] = {"hole": {}}
ONE = ["x = ", HOLE, "\n"]
TWO = ["a = ", HOLE, "\nb = ", HOLE, "\n"]
END = FimTokenizer.END


def modes(client: FlaskClient) -> list[str]:
    found: list[str] = client.get("/v1/models").json["data"][0]["infill_modes"]
    return found


# Which route


@pytest.mark.parametrize(
    ("tokenizer", "info", "expected"),
    [
        (FimTokenizer(), CANVAS_MODEL, ["canvas", "fim", "chat", "both"]),
        (FimTokenizer(), {}, ["fim", "chat"]),
        (FimTokenizer(chat_template=None), {}, ["fim"]),
        (ByteTokenizer(), CANVAS_MODEL, ["canvas", "chat"]),
        (ByteTokenizer(), {}, ["chat"]),
    ],
)
def test_the_first_of_a_models_routes_is_the_default(
    make_client: MakeClient, tokenizer: ByteTokenizer, info: dict[str, int], expected: list[str]
) -> None:
    client = make_client(InfillEngine(), tokenizer=tokenizer, info=info)

    assert modes(client) == expected
    assert fill(client, ONE)["infill_mode"] == expected[0]
    for mode in expected:
        assert fill(client, ONE, infill_mode=mode)["infill_mode"] == mode


def test_the_checkpoint_may_prefer_another() -> None:
    backend = fake_app.fake_backend(InfillEngine(), **CANVAS_MODEL)
    defaults = overrides(Defaults, infill_mode="fim", infill_context=77)
    frontend = fake_app.fake_frontend(FimTokenizer(), defaults)
    client = fake_app.make_client(load=lambda: (backend, frontend))
    fake_app.service_of(client).wait_until_ready()

    assert modes(client) == ["fim", "canvas", "chat", "both"]
    assert client.get("/v1/models").json["data"][0]["infill_context"] == 77
    assert fill(client, ONE)["infill_mode"] == "fim"
    fake_app.close_client(client)


def test_a_model_that_cannot_infill(make_client: MakeClient) -> None:
    client = make_client(InfillEngine(), tokenizer=ByteTokenizer(chat_template=None))

    assert modes(client) == []
    for asked in ({}, {"infill_mode": "fim"}, {"infill_mode": "chat"}):
        error = error_of(post(client, INFILL, segments=ONE, **asked), 400)
        assert error["param"] == "infill_mode"
        assert error["message"].startswith("This model cannot infill: it was not trained on canvases")


def test_any_model_can_be_put_before_a_canvas(make_client: MakeClient) -> None:
    client = make_client(InfillEngine(), tokenizer=ByteTokenizer(chat_template=None))

    answer = fill(client, ONE, infill_mode="canvas")

    assert answer["filled"] == "together"
    assert answer["elbarto"]["warnings"] == ["fake-model was not trained on canvases: its infills may be poor."]


def test_a_route_that_the_model_has_not(make_client: MakeClient) -> None:
    error = error_of(post(make_client(), INFILL, segments=ONE, infill_mode="fim"), 400)

    assert error["message"] == "infill_mode must be one of chat, canvas for this model, got fim."


# Sentinels


@pytest.fixture
def make_fim(make_client: MakeClient) -> MakeClient:
    return lambda engine, **options: make_client(engine, tokenizer=FimTokenizer(), **options)


def test_both_sides_are_between_sentinels_and_an_end_token_ends_the_hole(make_fim: MakeClient) -> None:
    engine = InfillEngine(says([*byte_ids("1 + 2"), END, *byte_ids("junk")]))

    answer = fill(make_fim(engine), ONE)

    assert [seen(sequence) for sequence in engine.added] == ["<S>\n<P>x = <M>"]
    assert texts_of(answer) == ["1 + 2"]
    assert reasons_of(answer) == ["stop"]
    assert (answer["infill_mode"], answer["filled"]) == ("fim", "in order")
    assert answer["usage"] == {
        "prompt_tokens": 8,
        "completion_tokens": 5,
        "total_tokens": 13,
        "prompt_tokens_details": {"cached_tokens": 0},
    }


def test_each_hole_sees_those_before_it(make_fim: MakeClient) -> None:
    engine = InfillEngine(says([*byte_ids("1"), END], [*byte_ids("2"), EOS]))

    answer = fill(make_fim(engine), TWO)

    assert [seen(sequence) for sequence in engine.added] == ["<S>\nb = \n<P>a = <M>", "<S>\n<P>a = 1\nb = <M>"]
    assert answer["text"] == "a = 1\nb = 2\n"
    assert reasons_of(answer) == ["stop", "stop"]


def test_candidates_follow_their_own_holes(make_fim: MakeClient) -> None:
    """Each candidate sees its own first hole, not the best one's."""
    engine = InfillEngine(lambda prompt, params: [*byte_ids(f"{params.seed}{len(prompt)}"), END])

    answer = fill(make_fim(engine), TWO, n=2, seed=5)

    first, second = engine.added[2:]
    assert seen(first) == "<S>\n<P>a = 513\nb = <M>"
    assert seen(second) == "<S>\n<P>a = 613\nb = <M>"
    assert {choice["text"] for choice in answer["choices"]} == {"a = 513\nb = 516\n", "a = 613\nb = 616\n"}
    assert (first.params.temperature, second.params.temperature) == (0, 0.7)


def test_sentinels_in_the_code_stay_text(make_fim: MakeClient) -> None:
    engine = InfillEngine(says([*byte_ids("y"), END]))

    answer = fill(make_fim(engine), ["A = '<[fim-suffix]>'\nx = ", HOLE, "\n# <eos><mask>\n"])

    (sequence,) = engine.added
    assert sequence.prompt_ids.count(FimTokenizer.SUFFIX) == 1
    assert {EOS, MASK}.isdisjoint(sequence.prompt_ids)
    assert answer["text"] == "A = '<[fim-suffix]>'\nx = y\n# <eos><mask>\n"


@pytest.mark.parametrize(
    ("hole", "said", "text", "reason"),
    [
        ({"max_tokens": 3}, "abcdef", "abc", "length"),
        ({"max_tokens": 6}, "abcdef", "abcdef", "stop"),
        ({"max_tokens": 4, "single_line": True}, "a\nb", "a", "stop"),
        ({"single_line": True}, "a\r\nb", "a", "stop"),
    ],
)
def test_where_a_hole_ends(make_fim: MakeClient, hole: dict[str, Any], said: str, text: str, reason: str) -> None:
    engine = InfillEngine(says([*byte_ids(said), END]))

    answer = fill(make_fim(engine), ["x = ", {"hole": hole}, "\n"])

    assert texts_of(answer) == [text]
    assert reasons_of(answer) == [reason]


def test_stop_strings(make_fim: MakeClient) -> None:
    answer = fill(make_fim(InfillEngine(says([*byte_ids("1 # one"), END]))), ONE, stop="#")

    assert (texts_of(answer), reasons_of(answer)) == (["1 "], ["stop"])


def test_what_these_routes_cannot_do_is_said(make_fim: MakeClient) -> None:
    client = make_fim(InfillEngine(says([*byte_ids("y"), END])))

    answer = fill(client, ["x = ", {"hole": {"pinned": ["z"], "max_tokens": 1000}}], length_method="several")

    assert answer["elbarto"]["warnings"] == [
        "max_tokens was lowered from 1000 to 128.",
        "pinned is ignored: the route fim cannot keep tokens in place.",
        "length_method is ignored: on the route fim an end token ends a hole.",
    ]


def test_hints_and_files_are_in_the_prefix(make_fim: MakeClient) -> None:
    engine = InfillEngine(says([*byte_ids("y"), END]))
    context = [{"filename": "a.py", "text": "A = 1"}]

    answer = fill(make_fim(engine), ["    x = ", {"hole": {"hint": "sum"}}, "\n"], context=context)

    assert seen(engine.added[0]) == "<S>\n<P># a.py\nA = 1\n\n    # sum\n    x = <M>"
    assert answer["text"] == "    x = y\n"


def test_a_stream_of_tokens(make_fim: MakeClient) -> None:
    engine = InfillEngine(says([*byte_ids("abcdefgh"), END], [*byte_ids("é日"), END]))

    _, *events, finished = fill_streamed(make_fim(engine), TWO)

    assert [(event["type"], event["hole"]) for event in events if event["type"] == "hole"] == [("hole", 0), ("hole", 1)]
    deltas = [[event["text"] for event in events if event["type"] == "delta" and event["hole"] == n] for n in (0, 1)]
    assert len(deltas[0]) > 1
    assert ["".join(deltas[0]), "".join(deltas[1])] == texts_of(finished) == ["abcdefgh", "é日"]


# An instruction


def test_an_instruct_model_is_asked_and_its_answer_cleaned_up(make_client: MakeClient) -> None:
    engine = InfillEngine(says("Here it is:\n```python\nx = 1 + 2\n```\nIt adds."))

    client = make_client(engine, info={"eos_token_ids": (EOS,)})

    answer = fill(client, ["def f():\n    x = ", {"hole": {"hint": "adds"}}, "\n    return x\n"])

    (sequence,) = engine.added
    prompt = seen(sequence)
    assert "def f():\n    x = <FILL_HERE>\n    return x\n" in prompt
    assert "What belongs there: adds" in prompt
    assert texts_of(answer) == ["1 + 2"]
    assert answer["filled"] == "in order"
    tokens = "".join(token["text"] for token in answer["holes"][0]["tokens"])
    assert tokens == "Here it is:\n```python\nx = 1 + 2\n```\nIt adds."


def test_what_an_instruct_model_says_comes_at_once_in_a_stream(make_client: MakeClient) -> None:
    """Fences and echoes are recognized only at the end."""
    engine = InfillEngine(says("```\n1\n```", "2"))

    _, *events, _ = fill_streamed(make_client(engine), TWO)

    assert [event["text"] for event in events if event["type"] == "delta"] == ["1", "2"]


def test_other_files_are_told_as_far_as_there_is_room(make_client: MakeClient) -> None:
    engine = InfillEngine(says("1"))
    context = [{"filename": "big.py", "text": "A = 1\n" * 500}, {"filename": "small.py", "text": "B = 2\n"}]

    fill(make_client(engine), ONE, context=context)

    prompt = seen(engine.added[0])
    assert "For reference, small.py:\n\n```\nB = 2\n" in prompt
    assert "big.py" not in prompt


def test_the_routes_do_the_same_to_one_hole_as_to_the_text(make_client: MakeClient) -> None:
    """On every route, the text around the holes is unchanged."""
    segments = ["\tif x:\r\n\t\ty = ", HOLE, "\r\n\u2028é日😀\x0c", HOLE, "\r\n"]
    engine = InfillEngine(says([*byte_ids("1"), END]), fills=always("1", "1"))
    client = make_client(engine, tokenizer=FimTokenizer(), info=CANVAS_MODEL)

    answers = [fill(client, segments, infill_mode=mode)["text"] for mode in ("canvas", "fim")]

    assert answers == ["\tif x:\r\n\t\ty = 1\r\n\u2028é日😀\x0c1\r\n"] * 2
