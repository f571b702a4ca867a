"""Files with "\\r\\n": the same fills as with "\\n", with the file's own line ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.wire import events_in, post
from tests.doubles.infill import CANVAS_MODEL, InfillEngine, always

PLACES = [
    ("def fibonacci(n):\n    a, b = 0, 1\n    for _ in range(n):\n        ", "\n    return a\n"),
    ("class Account:\n    def __init__(self):\n        self.balance = 0\n\n    def deposit(self, amount):\n",
     "\n    def show(self):\n        print(self.balance)\n"),
]  # fmt: skip


def crlf(text: str) -> str:
    return text.replace("\n", "\r\n")


def filled(client: FlaskClient, before: str, after: str, single_line: bool) -> list[str]:
    def fim(**more: Any) -> str:
        prompt = f"<|fim_prefix|>{before}<|fim_suffix|>{after}<|fim_middle|>"
        return str(post(client, "/v1/completions", prompt=prompt, max_tokens=24, **more).json["choices"][0]["text"])

    common = {"input_prefix": before, "input_suffix": after, "n_predict": 24}
    segments = [before, {"hole": {"max_tokens": 24, "single_line": single_line}}, after]
    stop = {"stop": ["\r\n" if "\r\n" in before else "\n"]} if single_line else {}
    suffix = {"prompt": before, "suffix": after, "max_tokens": 24, "logprobs": 1}
    scored = post(client, "/v1/completions", **suffix, **stop).json["choices"][0]
    assert "".join(scored["logprobs"]["tokens"]).startswith(scored["text"].replace("\r\n", "\n"))
    return [
        scored["text"],
        post(client, "/v1/infill", segments=segments).json["holes"][0]["text"],
        post(client, "/infill", **common, **stop).json["content"],
        fim(**stop),
    ]


@pytest.mark.parametrize("single_line", [False, True])
@pytest.mark.parametrize("place", PLACES)
def test_a_hole_is_filled_alike(embedded: FlaskClient, place: tuple[str, str], single_line: bool) -> None:
    before, after = place

    expected = filled(embedded, before, after, single_line)

    assert filled(embedded, crlf(before), crlf(after), single_line) == [crlf(text) for text in expected]


def test_answers_and_streams_of_several_lines_have_them(make_client: Callable[..., FlaskClient]) -> None:
    client = make_client(InfillEngine(fills=always("x\ny\n")), info=CANVAS_MODEL)
    segments = ["\na\r\nb\r\n", {"hole": {"max_tokens": 24}}, "c\r\n"]

    events = events_in(post(client, "/v1/infill", segments=segments, stream=True))

    delta = "".join(event["text"] for event in events if isinstance(event, dict) and event["type"] == "delta")
    done = next(event for event in events if isinstance(event, dict) and event["type"] == "finished")
    assert delta == done["holes"][0]["text"] == "x\r\ny\r\n"
    assert done["text"] == "\na\r\nb\r\nx\r\ny\r\nc\r\n"  # what was sent stays as it was
    answer = post(client, "/v1/completions", prompt="a\r\nb\r\n", suffix="c\r\n", max_tokens=24).json
    assert answer["choices"][0]["text"] == "x\r\ny\r\n"


def test_an_edit_that_changes_nothing_gives_back_every_byte(embedded: FlaskClient) -> None:
    text = "def f(x):\r\n    y = x\n    return y\r\n"

    answer = post(embedded, "/v1/edits", text=text, spans=[[4, 30]], mode="redenoise", threshold=0).json

    assert answer["text"] == text
