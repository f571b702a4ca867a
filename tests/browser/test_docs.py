"""/docs in a browser: it shows the document, asks nobody else, and its requests work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.api.openapi.routes import ROUTES
from tests.servers import Server

OpenPage = Callable[..., Any]


def test_every_operation_is_shown_and_can_be_tried(server: Server, open_page: OpenPage) -> None:
    page = open_page(server)
    page.goto(f"{server.url}/docs")
    page.get_by_text("An OpenAI-compatible server").wait_for()
    for summary in {route.summary for route in ROUTES}:
        assert page.get_by_text(summary, exact=True).count() >= 1, summary

    page.locator('[id="link-post-/tokenize"]').click()
    section = page.locator('[id="post-/tokenize"]')
    section.get_by_role("button", name="TRY", exact=True).click()
    section.get_by_text('"count"').first.wait_for()
    server.wait_for_log("route=POST /tokenize status=200")


def test_the_page_follows_the_system_into_the_dark(server: Server, open_page: OpenPage) -> None:
    page = open_page(server, color_scheme="dark")
    page.goto(f"{server.url}/docs")

    page.wait_for_selector("rapi-doc[theme=dark]")
