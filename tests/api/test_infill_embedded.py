"""Infills and edits with the embedded model, in this process: properties that need a real model."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.engine.engine import Engine
from app.messages.params import ModelSource
from app.serving.backend import load_backend
from app.settings import ROOT
from tests.api.infill_wire import EDITS, INFILL, edit, fill, fill_streamed, reasons_of, texts_of
from tests.api.wire import post
from tests.doubles import app as fake_app
from tests.waiting import wait_until

HOLE: dict[str, Any] = {"hole": {}}
LINE: dict[str, Any] = {"hole": {"single_line": True}}
NAME: dict[str, Any] = {"hole": {"max_tokens": 1}}
MEAN = ["def mean(values):\n    ", LINE, "\n    return total / len(values)\n"]
MODES = ("both", "canvas", "fim", "chat")
# Text that tokenizers, line splitters and careless servers change.
AWKWARD = [
    "\r\n",
    "\r",
    "\n",
    "\t",
    "  ",
    " ",
    "\x0c",
    "\u2028",
    "\x85",
    "é",
    "e\u0301",
    "日",
    "😀",
    "\ufeff",
    "\x00",
    "<[fim-suffix]>",
]
AWKWARD += ["```", "<FILL_HERE>", "def f(x):", "return x", "# ", '"""', "\\n", "_"]


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    source = ModelSource(
        path=str(ROOT / "weights" / "elbarto-mini"),
        revision=None,
        device="cpu",
        dtype="float32",
        num_threads=1,
        max_model_len=None,
        max_sequences=4,
        prefix_cache_bytes=2**24,
    )
    backend, frontend = load_backend(source)
    client = fake_app.make_client(load=lambda: (backend, frontend))
    fake_app.service_of(client).wait_until_ready()
    yield client
    fake_app.close_client(client)
    assert isinstance(backend.engine, Engine)
    assert backend.engine.kv_cache.slots_held == 0
    backend.engine.prefix_cache.check_integrity()


def without_times(answer: dict[str, Any]) -> dict[str, Any]:
    """The part of an answer that is the same for equal requests."""
    return {name: answer[name] for name in ("text", "holes", "choices", "infill_mode")}


def test_the_model_says_what_it_can(client: FlaskClient) -> None:
    (card,) = client.get("/v1/models").json["data"]

    assert (card["infill_modes"], card["infill_context"]) == (["both", "canvas", "fim", "chat"], 208)


@pytest.mark.process  # the parser's
def test_a_candidate_that_parses_comes_first(client: FlaskClient) -> None:
    before = "import math\n\n\ndef area(radius):\n    "
    segments = ["result = ", {"hole": {"max_tokens": 8}}, "\n    return result\n"]

    answer = fill(client, segments, n=3, seed=5, temperature=1.5, syntax={"language": "python", "before": before})

    parses = [choice["parses"] for choice in answer["choices"]]
    assert parses == sorted(parses, reverse=True)
    for choice in answer["choices"]:
        code = before + choice["text"]
        assert is_python(code) <= choice["parses"], code


def is_python(code: str) -> bool:
    try:
        compile(code, "", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


# Holes


def test_a_name_that_is_chosen_in_one_hole_appears_in_the_other(client: FlaskClient) -> None:
    """Filled separately, the holes of some do not agree."""
    agree_alone = []
    for function, builtin in (("largest", "max"), ("length", "len"), ("unique", "set")):
        parts = [f"def {function}(", f"):\n    return {builtin}(", ")\n"]
        first, second = texts_of(fill(client, [parts[0], NAME, parts[1], NAME, parts[2]], length_method="exact"))
        assert first == second
        assert first.isidentifier()
        alone = [
            texts_of(fill(client, [parts[0], NAME, parts[1] + parts[2]], length_method="exact")),
            texts_of(fill(client, [parts[0] + parts[1], NAME, parts[2]], length_method="exact")),
        ]
        agree_alone.append(alone[0] == alone[1])

    assert not all(agree_alone)


@pytest.mark.parametrize("mode", MODES)
def test_each_route_fills_a_line(client: FlaskClient, mode: str) -> None:
    answer = fill(client, MEAN, infill_mode=mode)

    assert answer["infill_mode"] == mode
    assert answer["holes"][0]["text"].strip()
    assert "\n" not in answer["holes"][0]["text"]
    assert answer["elbarto"]["denoise_forwards"] > 1


@pytest.mark.parametrize("method", ["delete", "several", "exact"])
@pytest.mark.parametrize("max_tokens", [1, 5, 30])
def test_no_method_goes_beyond_max_tokens(client: FlaskClient, method: str, max_tokens: int) -> None:
    segments = ["def f(a):\n    ", {"hole": {"max_tokens": max_tokens}}, "\n    return a\n"]

    (hole,) = fill(client, segments, length_method=method)["holes"]

    assert len(hole["tokens"]) <= max_tokens
    assert hole["finish_reason"] in ("stop", "length")


@pytest.mark.parametrize("method", ["delete", "several", "exact"])
def test_pinned_texts_are_there_in_their_order(client: FlaskClient, method: str) -> None:
    pins = [{"text": "for ", "at": "start"}, " in ", {"text": ":", "at": "end"}]
    hole = {"hole": {"max_tokens": 16, "pinned": pins}}

    answer = fill(client, ["def f(numbers):\n    ", hole, "\n        print(x)\n"], length_method=method, stop=[])

    tokens = answer["holes"][0]["tokens"]
    pinned = "".join(token["text"] for token in tokens if token["pinned"])
    assert pinned == "for  in :"
    assert tokens[0]["pinned"]
    assert tokens[-1]["pinned"]
    assert re.fullmatch(r"for .+ in .+:", "".join(token["text"] for token in tokens), re.DOTALL)


def test_a_hint_changes_what_is_filled_in(client: FlaskClient) -> None:
    segments = ["def f(items):\n    return ", LINE, "\n"]
    hinted = ["def f(items):\n    return ", {"hole": {"single_line": True, "hint": "the largest number"}}, "\n"]

    plain, answer = fill(client, segments), fill(client, hinted)

    assert texts_of(plain) != texts_of(answer)
    assert "largest number" not in answer["text"]
    assert answer["usage"]["prompt_tokens"] > plain["usage"]["prompt_tokens"]


@pytest.mark.parametrize("mode", ["static", "threshold", "greedy", "adaptive", "factor", "entropy"])
def test_decode_modes(client: FlaskClient, mode: str) -> None:
    answer = fill(client, MEAN, decode_mode=mode)

    assert answer["elbarto"]["params"]["decode_mode"] == mode


def test_steps_are_the_canvases(client: FlaskClient) -> None:
    segments = ["def f(a):\n    ", {"hole": {"max_tokens": 8}}, "\n    return a\n"]

    taken = [
        fill(client, segments, length_method="exact", steps=steps)["elbarto"]["denoise_forwards"] for steps in (1, 2, 4)
    ]

    assert taken == [1, 2, 4]


# Candidates


@pytest.mark.parametrize("mode", MODES)
def test_candidates_are_distinct_and_ranked(client: FlaskClient, mode: str) -> None:
    segments = ["def f(a):\n    ", LINE, "\n    return a\n"]

    answer = fill(client, segments, infill_mode=mode, n=3, seed=1, temperature=1.5)

    assert len(answer["choices"]) == 3  # `fill` checks the rest


@pytest.mark.parametrize("mode", MODES)
def test_a_stream_ends_with_the_whole_answer(client: FlaskClient, mode: str) -> None:
    hole = {"hole": {"single_line": True, "max_tokens": 16}}
    segments = ["def f(a):\n    x = ", hole, "\n    y = ", hole, "\n    return x\n"]
    body = {"infill_mode": mode, "n": 2, "seed": 3, "temperature": 0.8}

    whole = fill(client, segments, **body)
    started, *events, finished = fill_streamed(client, segments, **body)

    assert without_times(finished) == without_times(whole)
    assert (started["num_holes"], started["n"]) == (2, 2)
    told = {}
    for event in events:
        key = (event["choice"], event["hole"])
        if event["type"] == "hole":
            deltas = [one["text"] for one in events if one["type"] == "delta" and (one["choice"], one["hole"]) == key]
            assert "".join(deltas) == event["text"]
            told[key] = event["text"]
    candidates = [[hole["text"] for hole in choice["holes"]] for choice in finished["choices"]]
    numbers = {choice for choice, _ in told}
    assert all(one in [[told[number, 0], told[number, 1]] for number in numbers] for one in candidates)


# Seeds


@pytest.mark.parametrize("mode", MODES)
def test_a_seed_says_the_same_alone_and_in_a_batch(client: FlaskClient, mode: str) -> None:
    hole = {"hole": {"max_tokens": 12, "single_line": True}}

    def ask(seed: int) -> str:
        own = client.application.test_client()
        return fill(own, ["def f(a):\n    ", hole, "\n    return a\n"], infill_mode=mode, seed=seed, temperature=1.0)[
            "text"
        ]

    alone = [ask(seed) for seed in (1, 2, 3)]
    with ThreadPoolExecutor(5) as pool:
        together = list(pool.map(ask, [3, 1, 4, 2, 1]))

    assert len(set(alone)) > 1
    assert [together[1], together[3], together[0]] == alone
    assert together[4] == alone[0]


# Keystrokes


@pytest.mark.parametrize("mode", ["canvas", "fim"])
def test_the_next_keystroke_finds_its_prefix_in_the_cache(client: FlaskClient, mode: str) -> None:
    """On a canvas, the whole blocks before the window; with sentinels, the suffix, which comes first."""
    before = f"def keystroke_{mode}(numbers, limit):\n    found = [n for n in numbers if n > limit]\n    "
    cached = []
    for typed in ("", "r", "ret", "return "):
        hole = {"hole": {"single_line": True, "max_tokens": 8}}
        answer = fill(client, [before + typed, hole, "\n\n\nx = 1\n"], infill_mode=mode)
        cached.append(answer["usage"]["prompt_tokens_details"]["cached_tokens"])

    assert cached[0] < 8
    assert all(each >= 16 and each % 4 == 0 for each in cached[1:])


# Time


def test_a_time_budget_that_is_spent_fills_each_canvas_at_once(client: FlaskClient) -> None:
    answer = fill(client, ["def f(a):\n    ", HOLE, "\n    x = ", LINE, "\n    return a\n"], time_budget_ms=1)

    assert answer["elbarto"]["denoise_forwards"] == 1
    assert set(reasons_of(answer)) <= {"stop", "deadline"}


@pytest.mark.parametrize("mode", ["fim", "chat"])
def test_a_time_budget_ends_a_reply(client: FlaskClient, mode: str) -> None:
    segments = ["def f(a):\n    ", HOLE, "\n\n\ndef g(a):\n    ", HOLE]

    answer = fill(client, segments, time_budget_ms=1, infill_mode=mode)

    assert reasons_of(answer) == ["deadline", "deadline"]
    assert answer["elbarto"]["denoise_forwards"] <= 4


def test_a_stream_that_is_left_leaves_the_engine(client: FlaskClient) -> None:
    response = post(client, INFILL, segments=["", HOLE], n=4, stream=True, buffered=False)
    assert b'"started"' in next(response.iter_encoded())

    response.close()

    wait_until(lambda: fake_app.service_of(client).engine.queue_lengths == (0, 0))
    fill(client, MEAN)


# Unchanged text


def awkward_text(choose: random.Random, most: int) -> str:
    return "".join(choose.choices(AWKWARD, k=choose.randrange(most)))


@pytest.mark.parametrize("seed", range(12))
def test_what_stands_around_holes_comes_back_byte_for_byte(client: FlaskClient, seed: int) -> None:
    """`fill` compares the bytes."""
    choose = random.Random(seed)
    mode = MODES[seed % 3]
    segments: list[Any] = [awkward_text(choose, 20)]
    for _ in range(choose.randint(1, 3)):
        hole = {"max_tokens": choose.randint(1, 6), "single_line": choose.random() < 0.5}
        segments += [{"hole": hole}, awkward_text(choose, 12) + choose.choice(AWKWARD)]

    fill(client, segments, infill_mode=mode, temperature=1.0, seed=seed)


@pytest.mark.parametrize("seed", range(12))
def test_what_stands_outside_of_spans_comes_back_byte_for_byte(client: FlaskClient, seed: int) -> None:
    """`edit` compares the bytes; what a span keeps, it keeps byte for byte as well."""
    choose = random.Random(seed)
    text = awkward_text(choose, 30) + "x"
    marks = sorted(choose.sample(range(len(text) + 1), k=min(len(text) + 1, 2 * choose.randint(1, 3))))
    spans = [marks[at : at + 2] for at in range(0, len(marks) - 1, 2)]
    mode = ("rewrite", "redenoise", "polish")[seed % 3]

    edit(client, text, spans, mode=mode, max_tokens=4, temperature=1.0, seed=seed, steps=4)
    assert edit(client, text, spans, mode="redenoise", threshold=0)["text"] == text


@pytest.mark.parametrize("mode", ["rewrite", "redenoise", "polish"])
def test_edits_of_code(client: FlaskClient, mode: str) -> None:
    text = "def mean(values):\r\n    return sum(values) - len(values)\r\n"

    answer = edit(client, text, [[23, 55]], mode=mode)
    again = post(client, EDITS, text=text, spans=[[23, 55]], mode=mode).json

    assert answer["text"].startswith("def mean(values):\r\n    return ")
    assert answer["text"] != text
    assert again["edits"] == answer["edits"]


COUNTING = """
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    return counts
"""


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        ("def fibonacci(n):\n    a, b = 0, 1\n    for _ in range(n):\n        a, b = ", "b, a + b", "\n    return a\n"),
        ("def count_words(text):\n    counts = ", "{}", COUNTING),
    ],
)
def test_a_blank_before_a_hole_does_no_harm(client: FlaskClient, before: str, text: str, after: str) -> None:
    """The tokenizer makes the space part of the next token."""
    answer = fill(client, [before, LINE, after])

    assert texts_of(answer) == [text]
    assert answer["text"] == before + text + after
    assert "".join(token["text"] for token in answer["holes"][0]["tokens"]) == text
