"""The page and its server: stopping, keys, and servers that go away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.browser.driving import ask, ask_without_end, cells, eventually, status_has, wait_for_end
from tests.servers import API_KEY, Server, running

OpenPage = Callable[..., Any]


def test_stop_ends_the_work_on_the_server(server: Server, open_page: OpenPage) -> None:
    page = open_page(server)
    ask_without_end(page)
    assert server.queue == (1, 0)
    page.click("#stop")

    server.wait_for_queue(0, 0)
    status_has(page, "Stopped")
    assert cells(page, "mask")
    assert "stopped" in page.locator(".outcome").inner_text()
    server.wait_for_log("route=GET /v1/steps status=499")


def test_leaving_the_page_ends_the_work_too(server: Server, open_page: OpenPage) -> None:
    page = open_page(server)
    ask_without_end(page)
    page.goto("about:blank")

    server.wait_for_queue(0, 0)


def test_the_key_is_asked_for_where_one_is_wanted(guarded: Server, server: Server, open_page: OpenPage) -> None:
    page = open_page(guarded)
    assert not page.locator("#key-dialog").is_visible()
    ask(page, "hello", max_tokens_a="8")
    page.wait_for_selector("#key-dialog[open]")
    assert "Ask whoever runs the server" in page.locator("#key-why").inner_text()
    page.fill("#key", "wrong")
    page.keyboard.press("Enter")
    eventually(page, "document.querySelector('#key-why').textContent.includes('not accepted')")
    page.wait_for_selector("#key-dialog[open]")
    page.fill("#key", API_KEY)
    page.keyboard.press("Enter")
    wait_for_end(page)
    assert cells(page, "final")

    free = open_page(server)
    ask(free, "hello", max_tokens_a="8")
    wait_for_end(free)
    assert not free.locator("#key-dialog").is_visible()


def test_a_server_that_restarts_is_found_again(open_page: OpenPage, tmp_path: Path) -> None:
    with running(tmp_path / "first", ELBARTO_SHUTDOWN_S="0") as first:
        first.wait_until_ready()
        port = first.port
        page = open_page(first)
        ask_without_end(page)
        first.stop()
    page.wait_for_selector("#server[data-state=away]")
    status_has(page, "Reconnecting")
    assert "connection lost" in page.locator(".outcome").inner_text()
    with running(tmp_path / "second", ELBARTO_PORT=str(port)) as second:
        status_has(page, "Reconnected")
        page.reload()  # without the change that makes runs endless
        ask(page, "hello", max_tokens_a="8", steps_a="8", block_length_a="4")
        wait_for_end(page)
        assert second.queue == (0, 0)
        second.stop()
