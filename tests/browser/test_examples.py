"""The page's examples: the shipped model answers them rightly, and the recorded one is what the page would show."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from app.settings import ROOT
from tests.browser.driving import code, eventually, seek
from tests.servers import Server

OpenPage = Callable[..., Any]
Json = dict[str, Any]


def check_rectangle(made: Json) -> None:
    shape = made["Rectangle"](3, 4)
    assert (shape.area(), shape.perimeter()) == (12, 14)


def check_stack(made: Json) -> None:
    stack = made["Stack"]()
    assert stack.is_empty()
    stack.push("a")
    stack.push("b")
    assert (stack.pop(), stack.is_empty(), stack.pop(), stack.is_empty()) == ("b", False, "a", True)


def check_factorial(made: Json) -> None:
    assert [made["factorial"](n) for n in (0, 1, 5)] == [1, 1, 120]


def check_counts(made: Json) -> None:
    count = made.get("word_count") or made["count_words" if "count_words" in made else "word_counts"]
    assert count("a b a") == {"a": 2, "b": 1}


def check_palindrome(made: Json) -> None:
    assert (made["is_palindrome"]("level"), made["is_palindrome"]("hello")) == (True, False)


def check_prime(made: Json) -> None:
    assert [n for n in range(12) if made["is_prime"](n)] == [2, 3, 5, 7, 11]


def check_filter(made: Json) -> None:
    assert made["keep_above_7"]([7, 8, 1, 9]) == [8, 9]
    assert made["keep_above_7"].__annotations__


def check_account(made: Json) -> None:
    account = made["BankAccount"]()
    account.deposit(5)
    account.withdraw(2)
    assert account.balance == 3


def check_sort(made: Json) -> None:
    assert made["bubble_sort"]([3, 1, 2]) == [1, 2, 3]


CHECKS = {
    "infill": [check_rectangle, check_stack, check_factorial, check_counts, check_palindrome],
    "chat": [check_prime, check_counts, check_filter, check_account, check_sort],
}


def requests_of(page: Any, task: str) -> list[Json]:
    """The requests that the page sends for its examples, as its "Copy as curl" has them."""
    page.locator(".segments").get_by_text({"infill": "Fill holes", "chat": "Ask"}[task]).click()
    requests = []
    for button in page.locator("#examples button").all():
        button.click()
        page.click("#curl")
        copied = page.evaluate("navigator.clipboard.readText()")
        requests.append(json.loads(re.findall(r"-d '(.*)'$", copied, re.DOTALL)[0].replace("'\\''", "'")))
    return requests


@pytest.mark.parametrize("task", ["infill", "chat"])
def test_the_shipped_model_answers_the_examples_rightly(embedded: Server, open_page: OpenPage, task: str) -> None:
    page = open_page(embedded, permissions=["clipboard-read", "clipboard-write"])
    requests = requests_of(page, task)

    assert len(requests) == len(CHECKS[task])
    for request, check in zip(requests, CHECKS[task], strict=True):
        route = "/v1/infill" if task == "infill" else "/v1/chat/completions"
        answer = embedded.post(route, **request).json()
        text = answer["text"] if task == "infill" else answer["choices"][0]["message"]["content"]
        check(run(re.sub(r"^```\w*$", "", text, flags=re.MULTILINE)))


def test_a_first_visit_sees_a_recorded_run_that_comes_out_right(embedded: Server, open_page: OpenPage) -> None:
    """app/web/example.json is of the first example; make examples records it again."""
    (recording,) = json.loads((ROOT / "app/web/example.json").read_text(encoding="utf-8"))["recordings"]
    page = open_page(embedded, permissions=["clipboard-read", "clipboard-write"])
    eventually(page, "document.querySelectorAll('.cell.final').length > 3")
    assert "recorded" in page.locator("#lead").inner_text()
    assert requests_of(page, "infill")[0]["segments"] == recording["request"]["segments"]

    page = open_page(embedded)
    eventually(page, "Number(document.querySelector('#scrub').max) > 20")
    seek(page, int(page.locator("#scrub").get_attribute("max")))
    check_rectangle(run(code(page)))
    steps = [event for event in recording["events"] if event["type"] == "step"]
    order = [token["position"] for step in steps for token in step["tokens"]]
    assert order != sorted(order)


def run(source: str) -> Json:
    ast.parse(source)
    made: Json = {}
    exec(source, made)  # short code by the model in this repository
    return made
