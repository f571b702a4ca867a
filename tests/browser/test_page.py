"""The page at /, in a browser: running, scrubbing, looking closer, comparing, infilling."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.api.sockets import listening
from tests.browser.driving import ask, cells, code, eventually, hear, meter, seek, status_has, wait_for_end
from tests.doubles.app import close_client, make_client
from tests.doubles.engine import FakeEngine
from tests.servers import Server

OpenPage = Callable[..., Any]
PRIME = """```python
def is_prime(n):
    if n < 2:
        return False
    for i in range(2, int(n ** 0.5) + 1):
        if n % i == 0:
            return False
    return True
```"""
HOLES = """class BankAccount:
    def __init__(self, balance=0):
        ___

    def deposit(self, amount):
        ___
"""


def test_tokens_unmask_in_the_order_in_which_they_are_told(embedded: Server, open_page: OpenPage) -> None:
    page = open_page(embedded)
    events = hear(page)
    ask(page)
    wait_for_end(page)

    steps = [event for event in events if event["type"] == "step"]
    final: set[int] = set()
    assert page.locator("#scrub").get_attribute("max") == str(len(steps))
    for number, step in enumerate(steps, start=1):
        seek(page, number)
        fresh = {token["position"] for token in step["tokens"]}
        final |= fresh
        assert set(cells(page, "final")) == final
        assert set(cells(page, "fresh")) == fresh
        assert set(cells(page, "ghost")) == {token["position"] for token in step["proposals"]}
    assert code(page) == PRIME
    assert meter(page, "steps") == str(len(steps))
    assert meter(page, "forwards") == str(events[-1]["elbarto"]["denoise_forwards"])
    assert meter(page, "tokens") == str(events[-1]["usage"]["completion_tokens"])


def test_a_run_can_be_watched_while_it_plays(embedded: Server, open_page: OpenPage) -> None:
    page = open_page(embedded)
    ask(page, speed="4")

    eventually(page, "document.querySelectorAll('.cell.final').length >= 2")
    early = len(cells(page, "final"))
    assert cells(page, "mask")
    page.select_option("#speed", "30")
    eventually(page, f"document.querySelectorAll('.cell.final').length > {early}")
    wait_for_end(page)
    eventually(page, "document.querySelector('#play').getAttribute('aria-label') === 'Play'")
    assert code(page) == PRIME


def test_the_timeline_goes_back_and_plays_again(embedded: Server, open_page: OpenPage) -> None:
    page = open_page(embedded)
    ask(page)
    wait_for_end(page)

    page.locator("#scrub").focus()
    page.keyboard.press("Home")
    assert cells(page, "final") == {}
    page.keyboard.press("ArrowRight")
    assert len(cells(page, "final")) == 1
    page.click("#forth")
    assert len(cells(page, "final")) == 2
    page.click("#back")
    assert len(cells(page, "final")) == 1
    assert page.locator("#position").inner_text().startswith("step 1 of ")
    page.select_option("#speed", "30")
    page.click("#play")
    eventually(page, "document.querySelector('#scrub').value === document.querySelector('#scrub').max")
    assert code(page) == PRIME


def test_a_token_tells_how_sure_the_model_was(embedded: Server, open_page: OpenPage) -> None:
    page = open_page(embedded)
    events = hear(page)
    ask(page)
    wait_for_end(page)

    told = {token["position"]: token for event in events if event["type"] == "step" for token in event["tokens"]}
    doubtful = min(told.values(), key=lambda token: token["confidence"])
    page.locator(f".cell[data-position='{doubtful['position']}']").hover()
    inspector = page.locator(".inspector")
    assert doubtful["text"].strip() in inspector.locator(".what code").inner_text()
    assert f"{100 * doubtful['confidence']:.1f}% sure" in inspector.inner_text()
    assert inspector.locator(".others li").count() == 5
    assert "unmasked in step" in inspector.inner_text()


def test_two_settings_side_by_side(embedded: Server, open_page: OpenPage) -> None:
    page = open_page(embedded)
    page.check("#compare")
    ask(page, decode_mode_b="threshold", threshold_b="0.95")
    wait_for_end(page)

    one, several = int(meter(page, "steps", 0)), int(meter(page, "steps", 1))
    assert page.locator(".lane").count() == 2
    assert code(page, 0) == code(page, 1) == PRIME
    assert several < one
    assert "threshold, at 0.95" in page.locator(".recipe").nth(1).inner_text()
    seek(page, several)
    assert code(page, 1) == PRIME
    assert cells(page, "mask", 0)


@pytest.fixture
def drafting() -> Iterator[Any]:
    """A model that says "Hello, world!" in blocks of two steps, both in one forward, which evaluates 5 drafts."""
    client = make_client(FakeEngine(drafts=5))
    with listening(client) as address:
        yield SimpleNamespace(url=f"http://{address}")
    close_client(client)


def test_steps_that_share_a_forward_are_not_counted_as_forwards(drafting: Any, open_page: OpenPage) -> None:
    page = open_page(drafting)
    events = hear(page)
    ask(page)
    wait_for_end(page)

    steps, made = [event for event in events if event["type"] == "step"], events[-1]["elbarto"]
    num_tokens, num_forwards = events[-1]["usage"]["completion_tokens"], made["denoise_forwards"]
    assert num_forwards < len(steps)
    for number, step in enumerate(steps[:-1], start=1):
        seek(page, number)
        assert (meter(page, "steps"), meter(page, "forwards")) == (str(number), str(step["forwards"]))
        assert meter(page, "tpf") == f"{int(meter(page, 'tokens')) / step['forwards']:.2f}"
        assert meter(page, "drafts") == "–"
    seek(page, len(steps))
    assert meter(page, "forwards") == str(num_forwards)
    assert meter(page, "drafts") == f"{made['drafts']['accepted']} of {made['drafts']['tried']}"
    counts = f"{num_tokens} tokens · {len(steps)} steps · {num_forwards} forwards · {made['tpf']:.1f} tokens a forward"
    assert f"{counts} · drafts {meter(page, 'drafts')} reached · " in page.locator("#status").inner_text()


def test_speculation_can_be_turned_off_for_comparison(drafting: Any, open_page: OpenPage) -> None:
    page = open_page(drafting)
    page.check("#compare")
    ask(page, speculation_b="off")
    wait_for_end(page)

    forwards, steps = ([int(meter(page, name, lane)) for lane in (0, 1)] for name in ("forwards", "steps"))
    assert code(page, 0) == code(page, 1) == "Hello, world!"
    assert steps[0] == steps[1] == forwards[1] > forwards[0]
    assert meter(page, "drafts", 1) == "–"
    assert "no speculation" in page.locator(".recipe").nth(1).inner_text()
    assert "speculation" not in page.locator(".recipe").nth(0).inner_text()


def test_a_saved_run_keeps_its_forwards_and_drafts(drafting: Any, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(drafting)
    ask(page)
    wait_for_end(page)
    with page.expect_download() as download:
        page.click("#save")
    file = tmp_path / "run.json"
    download.value.save_as(file)

    other = open_page(drafting)
    other.set_input_files("#file", file)
    status_has(other, "Opened")
    last = int(page.locator("#scrub").get_attribute("max"))
    for step in (1, 2, last):
        seek(page, step)
        seek(other, step)
        for name in ("steps", "forwards", "tpf", "drafts"):
            assert meter(other, name) == meter(page, name)
    assert " of " in meter(other, "drafts")


def test_a_long_reply_is_followed_to_where_it_is_filled(embedded: Server, open_page: OpenPage) -> None:
    page = open_page(embedded, viewport={"width": 1360, "height": 700})
    ask(page, "Write a class to represent a bank account.")
    wait_for_end(page)

    frame = page.locator(".canvas").bounding_box()
    for step in (1, 40, 70, 5):
        seek(page, step)
        fresh = page.locator(".cell.fresh").bounding_box()
        assert frame["y"] <= fresh["y"]
        assert fresh["y"] + fresh["height"] <= frame["y"] + frame["height"]


def test_two_holes_are_filled(embedded: Server, open_page: OpenPage) -> None:
    page = open_page(embedded)
    ask(page, HOLES, task="Fill holes")
    wait_for_end(page)

    filled = HOLES.replace("___", "self.balance = balance", 1).replace("___", "self.balance += amount")
    assert page.locator(".hole").all_inner_texts() == ["self.balance = balance", "self.balance += amount"]
    assert code(page) == filled
    seek(page, 1)
    assert len(cells(page, "mask")) > 20
    page.locator(".cell.final:not([hidden])").first.click()
    assert "hole 1" in page.locator(".inspector").inner_text()


def test_a_saved_run_opens_elsewhere(embedded: Server, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(embedded)
    page.check("#compare")
    ask(page, decode_mode_b="threshold", threshold_b="0.8", max_tokens_b="64")
    wait_for_end(page)
    with page.expect_download() as download:
        page.click("#save")
    file = tmp_path / "run.json"
    download.value.save_as(file)

    other = open_page(embedded)
    events = hear(other)
    other.set_input_files("#file", file)
    status_has(other, "Opened")
    seek(other, int(other.locator("#scrub").get_attribute("max")))
    assert [code(other, lane) for lane in (0, 1)] == [code(page, lane) for lane in (0, 1)]
    assert [meter(other, "total", lane) for lane in (0, 1)] == [meter(page, "total", lane) for lane in (0, 1)]
    assert other.input_value("#threshold-b") == "0.8"
    assert events == []


def test_files_that_hold_no_run_are_refused_in_words(embedded: Server, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(embedded)
    for content, words in (
        ("{", "not JSON"),
        ("{}", "not contain a saved run"),
        ('{"format": "elbarto-run", "version": 9}', "version 9"),
    ):
        file = tmp_path / "bad.json"
        file.write_text(content)
        page.set_input_files("#file", file)
        status_has(page, words)


def test_what_cannot_be_run_is_said_before_anything_is_asked(embedded: Server, open_page: OpenPage) -> None:
    page = open_page(embedded)
    events = hear(page)
    ask(page, "  ")
    assert "Write a prompt" in page.locator("#status").inner_text()
    ask(page, "def f():\n    pass\n", task="Fill holes")
    assert "three underscores" in page.locator("#status").inner_text()
    assert events == []
