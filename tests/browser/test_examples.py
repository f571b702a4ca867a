"""The page's examples: the requests that it sends for them, and the recorded one that a first visit sees."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from docs.page_examples import RECORDED, requests
from tests.browser.driving import code, eventually, seek
from tests.e2e.test_page_examples import CHECKS, run
from tests.servers import Server

OpenPage = Callable[..., Any]
Json = dict[str, Any]


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
def test_the_page_sends_its_examples(embedded: Server, open_page: OpenPage, task: str) -> None:
    """The requests that tests/e2e/test_page_examples.py sends, which runs what the model answers."""
    page = open_page(embedded, permissions=["clipboard-read", "clipboard-write"])

    assert requests_of(page, task) == requests()[task]


def test_a_first_visit_sees_a_recorded_run_that_comes_out_right(embedded: Server, open_page: OpenPage) -> None:
    """app/web/example.json is of the first example; make examples records it again."""
    (recording,) = json.loads(RECORDED.read_text(encoding="utf-8"))["recordings"]
    page = open_page(embedded, permissions=["clipboard-read", "clipboard-write"])
    eventually(page, "document.querySelectorAll('.cell.final').length > 3")
    assert "recorded" in page.locator("#lead").inner_text()
    assert requests_of(page, "infill")[0]["segments"] == recording["request"]["segments"]

    page = open_page(embedded)
    steps = sum(event["type"] == "step" for event in recording["events"])
    eventually(page, f"Number(document.querySelector('#scrub').max) >= {steps}")
    seek(page, int(page.locator("#scrub").get_attribute("max")))
    check, *_ = CHECKS["infill"]
    check(run(code(page)))
