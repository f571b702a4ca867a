"""The model answers the examples of the page rightly, the recorded one included: its code is run."""

from __future__ import annotations

import ast
import io
import json
import re
from contextlib import redirect_stdout
from typing import Any

import pytest

from docs.page_examples import RECORDED, requests
from tests.servers import Server

Json = dict[str, Any]


def check_search(made: Json) -> None:
    assert [made["binary_search"]([1, 3, 5, 7], n) for n in (1, 5, 7, 4)] == [0, 2, 3, -1]


def check_stack(made: Json) -> None:
    stack = made["Stack"]()
    assert stack.is_empty()
    stack.push("a")
    stack.push("b")
    assert (stack.pop(), stack.is_empty(), stack.pop(), stack.is_empty()) == ("b", False, "a", True)


def check_counts(made: Json) -> None:
    count = made.get("word_count") or made["count_words" if "count_words" in made else "word_counts"]
    assert count("a b a") == {"a": 2, "b": 1}


def check_palindrome(made: Json) -> None:
    assert (made["is_palindrome"]("level"), made["is_palindrome"]("hello")) == (True, False)


def check_fizzbuzz(made: Json) -> None:
    with redirect_stdout(io.StringIO()) as output:
        made["fizzbuzz"](15)
    assert output.getvalue().split()[:5] == ["1", "2", "Fizz", "4", "Buzz"]
    assert output.getvalue().split()[13:] == ["14", "FizzBuzz"]


def check_prime(made: Json) -> None:
    assert [n for n in range(12) if made["is_prime"](n)] == [2, 3, 5, 7, 11]


def check_filter(made: Json) -> None:
    assert made["keep_above_7"]([7, 8, 1, 9]) == [8, 9]
    assert made["keep_above_7"].__annotations__


def check_merge(made: Json) -> None:
    (merge,) = (made[name] for name in made if name.startswith("merge"))
    assert merge([1, 4], [2, 3, 5]) == [1, 2, 3, 4, 5]


def check_sort(made: Json) -> None:
    assert made["bubble_sort"]([3, 1, 2]) == [1, 2, 3]


CHECKS = {
    "infill": [check_fizzbuzz, check_stack, check_search, check_counts, check_palindrome],
    "chat": [check_prime, check_counts, check_filter, check_merge, check_sort],
}


@pytest.mark.parametrize("task", ["infill", "chat"])
def test_the_examples_are_answered_rightly(embedded: Server, task: str) -> None:
    for request, check in zip(requests()[task], CHECKS[task], strict=True):
        route = "/v1/infill" if task == "infill" else "/v1/chat/completions"
        answer = embedded.post(route, **request).json()
        text = answer["text"] if task == "infill" else answer["choices"][0]["message"]["content"]
        check(run(re.sub(r"^```\w*$", "", text, flags=re.MULTILINE)))


def test_the_recorded_run_is_right_and_not_filled_from_left_to_right() -> None:
    (recording,) = json.loads(RECORDED.read_text(encoding="utf-8"))["recordings"]
    CHECKS["infill"][0](run(recording["events"][-1]["choices"][0]["text"]))
    steps = [event for event in recording["events"] if event["type"] == "step"]
    order = [token["position"] for step in steps for token in step["tokens"]]
    assert order != sorted(order)


def run(source: str) -> Json:
    ast.parse(source)
    made: Json = {}
    exec(source, made)  # short code by the model in this repository
    return made
