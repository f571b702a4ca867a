"""What the page remembers, copies, and says in its own words."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from tests.api.sockets import listening
from tests.browser.driving import ask, code, eventually, hear, seek, status_has, wait_for_end
from tests.doubles.app import Loaded, close_client, fake_loaded, make_client
from tests.doubles.engine import FakeEngine
from tests.servers import PATIENCE_S, Server

OpenPage = Callable[..., Any]
CLIPBOARD = ["clipboard-read", "clipboard-write"]
SCHEMA = '{"type": "object", "properties": {"ok": {"enum": [true]}}, "required": ["ok"], "additionalProperties": false}'


def copied(page: Any, button: str) -> str:
    page.click(button)
    status_has(page, "Copied")
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def test_prompt_settings_and_the_last_run_survive_a_reload(embedded: Server, open_page: OpenPage) -> None:
    page = open_page(embedded)
    ask(page, "Write a Python function that adds two numbers.", max_tokens_a="32", temperature_a="0.5")
    wait_for_end(page)
    text = code(page)
    page.fill("#prompt", "something new")
    page.reload()

    status_has(page, "Your last run")
    assert page.input_value("#prompt") == "something new"
    assert (page.input_value("#max_tokens-a"), page.input_value("#temperature-a")) == ("32", "0.5")
    assert code(page) == text
    assert page.evaluate("document.querySelector('#form').elements.task.value") == "chat"
    assert page.input_value("#speed") == "0"


def test_earlier_runs_can_be_opened_and_forgotten(embedded: Server, open_page: OpenPage) -> None:
    page = open_page(embedded)
    for prompt in ("Write a function that adds two numbers.", "Write a function that reverses a string."):
        ask(page, prompt, max_tokens_a="32")
        wait_for_end(page)
    eventually(page, "document.querySelectorAll('#history-list li').length === 2")
    page.locator("#history summary").click()
    page.locator("#history-list button").last.click()

    status_has(page, "An earlier run")
    assert page.input_value("#prompt") == "Write a function that adds two numbers."
    page.click("#history-clear")
    eventually(page, "document.querySelector('#history').hidden")


def test_code_is_copied_without_its_fences_and_a_follow_up_has_the_turns_before_it(
    embedded: Server, open_page: OpenPage
) -> None:
    page = open_page(embedded, permissions=CLIPBOARD)
    ask(page, "Write a function that adds two numbers.", max_tokens_a="32")
    wait_for_end(page)
    text = copied(page, "#copy")
    assert text.startswith("def ")
    assert "```" not in text
    assert text in code(page)
    page.click("#follow-up")
    page.fill("#prompt", "Use type hints.")

    sent = copied(page, "#curl")
    assert '"role":"assistant"' in sent
    assert '"content":"Use type hints."' in sent
    assert page.locator("#turns li").count() == 2
    page.click("#run")
    wait_for_end(page)
    page.click("#start-over")
    assert '"role":"assistant"' not in copied(page, "#curl")


def test_finished_code_has_syntax_colours_and_an_unfinished_one_none(embedded: Server, open_page: OpenPage) -> None:
    page = open_page(embedded)
    ask(page)
    wait_for_end(page)
    last = int(page.locator("#scrub").get_attribute("max"))
    seek(page, last)
    words = set(page.locator(".syntax-keyword").all_inner_texts())
    assert {"def", "return", "for"} <= words
    assert "".join(page.locator(".syntax-name").all_inner_texts()) == "is_prime"
    seek(page, last - 1)
    assert page.locator("[class*=syntax]").count() == 0


def test_nothing_moves_when_one_points(embedded: Server, open_page: OpenPage) -> None:
    page = open_page(embedded)
    ask(page)
    wait_for_end(page)
    boxes = """[...document.querySelectorAll('.cell, .canvas, .transport')]
        .map(node => JSON.stringify(node.getBoundingClientRect())).join()"""
    page.mouse.move(1, 1)
    before = page.evaluate(boxes)
    page.locator(".cell.final").nth(5).hover()
    assert page.locator(".inspector").is_visible()
    assert page.evaluate(boxes) == before


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_the_opening_example_is_visible_at_once(embedded: Server, open_page: OpenPage, width: int, height: int) -> None:
    page = open_page(embedded, viewport={"width": width, "height": height}, has_touch=width < 500)
    eventually(page, "document.querySelectorAll('.cell.final').length > 3")
    for step in (1, 15, int(page.locator("#scrub").get_attribute("max"))):
        seek(page, step)
        frame = page.locator(".canvas").bounding_box()
        shown = page.evaluate(
            "[document.querySelector('.canvas').scrollHeight, document.querySelector('.canvas').clientHeight]"
        )
        assert shown[0] <= shown[1], f"the canvas is cut off after step {step}"
        assert frame["y"] + frame["height"] <= height
    assert page.locator("#run").bounding_box()["y"] < height


def test_replies_follow_a_schema_and_a_bad_one_is_said_at_its_field(embedded: Server, open_page: OpenPage) -> None:
    page = open_page(embedded)
    page.locator(".segments").get_by_text("Ask").click()
    page.fill("#schema", SCHEMA)
    ask(page, "Is it?")
    wait_for_end(page)
    assert code(page) == '{"ok": true}'

    problem = page.locator("#schema-problem")
    page.fill("#schema", '{"type": "obj')
    page.click("#run")
    assert "not JSON" in problem.inner_text()
    page.fill("#schema", '{"type": "object", "properties": {"age": {"type": "int"}}}')
    page.click("#run")
    eventually(page, "document.querySelector('#schema-problem').textContent.includes('at properties.age')")
    assert "response_format" not in problem.inner_text() + page.locator("#status").inner_text()
    page.fill("#schema", "")
    page.click("#run")
    wait_for_end(page)
    assert not problem.is_visible()


def test_refusals_are_in_plain_words_at_the_field_they_are_about(embedded: Server, open_page: OpenPage) -> None:
    page = open_page(embedded)
    page.evaluate("document.querySelector('#form').noValidate = true")
    ask(page, block_length_a="5000")
    status_has(page, "refused a setting")
    assert page.locator("#settings-problem").inner_text().startswith("Block length must be")
    assert page.get_attribute("#block_length-a", "aria-invalid") == "true"

    ask(page, "word " * 3000, block_length_a="4")
    status_has(page, "too long for the model")
    assert not page.locator("#settings-problem").is_visible()


def test_a_run_waits_for_the_model(open_page: OpenPage) -> None:
    gate = threading.Event()

    def load() -> Loaded:
        assert gate.wait(PATIENCE_S)
        return fake_loaded()

    client = make_client(load=load)
    with listening(client) as address:
        page = open_page(f"http://{address}", state="loading")
        ask(page)
        assert "begins as soon as" in page.locator("#status").inner_text()
        gate.set()
        page.wait_for_selector("#server[data-state=ok]")
        wait_for_end(page)
        assert code(page) == "Hello, world!"
    close_client(client)


def test_the_stage_shows_the_task_that_is_chosen(embedded: Server, open_page: OpenPage) -> None:
    page = open_page(embedded)
    ask(page, "Write a function that adds two numbers.", max_tokens_a="32")
    wait_for_end(page)
    written = code(page)
    page.locator(".segments").get_by_text("Fill holes").click()
    assert code(page).startswith("def fizzbuzz(")
    page.locator(".segments").get_by_text("Ask").click()
    assert code(page) == written


def test_a_long_run_of_underscores_is_one_hole(embedded: Server, open_page: OpenPage) -> None:
    page = open_page(embedded)
    ask(page, "def is_palindrome(text):\n    ______\n", task="Fill holes")
    wait_for_end(page)
    assert code(page).startswith("def is_palindrome(text):\n    return ")
    assert page.locator(".hole").count() == 1


def test_a_hole_shows_what_its_text_has_and_no_more(embedded: Server, open_page: OpenPage) -> None:
    """The model may write a blank that is there already, or begin another line: the canvas ends as the text does."""
    page = open_page(embedded)
    events = hear(page)
    ask(page, "def double(n):\n    return ___\n", task="Fill holes")
    wait_for_end(page)
    assert code(page) == events[-1]["text"]


def test_without_javascript_the_page_says_so(browser: Any, embedded: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for path in ("/", "/docs"):
        page.goto(embedded.url + path)
        assert "needs JavaScript" in page.locator("noscript").inner_text()
    context.close()


def test_the_model_and_the_words_are_explained(embedded: Server, open_page: OpenPage) -> None:
    page = open_page(embedded)
    page.click("#server-text")
    page.get_by_text("2,048 tokens").wait_for()
    assert "El Barto Serve" in page.locator("#model-facts").inner_text()
    page.keyboard.press("Escape")
    page.click("#help-open")
    for word in ("Forward", "Block", "Timeline", "Speculation", "Per second"):
        assert page.locator("#help-dialog dt", has_text=word).count() >= 1
    page.keyboard.press("Escape")
    assert page.get_attribute("nav a", "href") == "docs"


def test_the_page_works_below_a_path(open_page: OpenPage) -> None:
    client = make_client(FakeEngine())
    app = client.application
    inner = app.wsgi_app
    app.wsgi_app = DispatcherMiddleware(NotFound(), {"/models/mini": inner})  # type: ignore[method-assign]
    with listening(client) as address:
        page = open_page(f"http://{address}/models/mini/")
        ask(page)
        wait_for_end(page)
        assert code(page) == "Hello, world!"
        page.click("nav a")
        page.get_by_text("An OpenAI-compatible server").wait_for()
        page.locator('[id="link-post-/tokenize"]').click()
        page.locator('[id="post-/tokenize"]').get_by_role("button", name="TRY", exact=True).click()
        page.get_by_text('"count"').first.wait_for()
    close_client(client)
