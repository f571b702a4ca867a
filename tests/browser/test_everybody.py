"""The page for everybody: small screens, keyboards, low vision, motion sickness."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.driving import ask, cells, eventually, seek, wait_for_end
from tests.servers import Server

OpenPage = Callable[..., Any]
CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [320, 390, 768])
def test_nothing_sticks_out_of_a_narrow_screen(embedded: Server, open_page: OpenPage, width: int) -> None:
    page = open_page(embedded, viewport={"width": width, "height": 800}, has_touch=True)
    page.locator("#settings summary").click()
    page.check("#compare")
    ask(page)
    wait_for_end(page)

    assert page.evaluate("document.documentElement.scrollWidth") == width
    for name in ("#play", "#scrub", "#position", "#speed"):
        box = page.locator(name).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    page.locator(".cell.final").nth(3).tap()
    assert "sure" in page.locator(".inspector").first.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(embedded: Server, open_page: OpenPage, scheme: str) -> None:
    """WCAG 2.2 AA: 4.5 to 1, 3 to 1 for large text; and 3 to 1 for the outlines of masks and fields."""
    page = open_page(embedded, color_scheme=scheme, reduced_motion="reduce")
    assert page.evaluate(CONTRAST) == []
    page.check("#compare")
    ask(page, decode_mode_b="threshold", block_length_b="16")
    wait_for_end(page)
    for step in (1, 8, 40):
        seek(page, step)
        page.locator(".cell.final").first.hover()
        assert page.evaluate(CONTRAST) == []
    ask(page, task="Fill holes")
    wait_for_end(page)
    assert page.evaluate(CONTRAST) == []
    page.evaluate("document.querySelector('#key-dialog').showModal()")
    assert page.evaluate(CONTRAST) == []


def test_the_theme_can_be_chosen_and_stays(embedded: Server, open_page: OpenPage) -> None:
    page = open_page(embedded, color_scheme="light")
    background = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(background)
    page.click("#theme")
    page.click("#theme")
    dark = page.evaluate(background)
    assert page.locator("#theme").inner_text() == "Theme: dark"
    page.reload()
    assert dark != light
    assert page.evaluate(background) == dark


def test_everything_works_from_the_keyboard(embedded: Server, open_page: OpenPage) -> None:
    page = open_page(embedded)
    page.locator(".segments").get_by_text("Ask").click()
    page.locator("#prompt").focus()
    page.keyboard.press("Control+Enter")
    wait_for_end(page)
    page.locator(".canvas").focus()
    page.keyboard.press("Home")
    assert "position 1" in page.locator(".inspector").inner_text()
    page.keyboard.press("ArrowRight")
    assert "position 2" in page.locator(".inspector").inner_text()
    eventually(page, "document.querySelector('#play').getAttribute('aria-label') === 'Play'")
    page.keyboard.press("Space")
    eventually(page, "document.querySelector('#play').getAttribute('aria-label') === 'Pause'")


def test_every_control_has_a_name_and_is_reached_with_the_tab_key(embedded: Server, open_page: OpenPage) -> None:
    page = open_page(embedded)
    ask(page)
    wait_for_end(page)
    wanted = "button:not([disabled]), input:not([type=radio]), select, textarea, summary, .canvas"
    seen: set[str] = set()
    page.locator("body").click(position={"x": 1, "y": 1})
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.add(
            page.evaluate(
                "document.activeElement.id || document.activeElement.tagName + document.activeElement.className"
            )
        )
    shown = [element for element in page.locator(wanted).all() if element.is_visible()]
    for element in shown:
        name = element.evaluate("node => node.id || node.tagName + node.className")
        assert name in seen, f"Tab does not reach {name}"
        label = "node => node.getAttribute('aria-label') || node.textContent.trim() || node.labels?.[0]?.textContent"
        assert element.evaluate(label), f"{name} has no name"


def test_who_wants_no_motion_sees_the_end_at_once(embedded: Server, open_page: OpenPage) -> None:
    page = open_page(embedded, reduced_motion="reduce")
    page.click("#run")
    wait_for_end(page)

    assert page.input_value("#speed") == "0"
    assert page.locator("#scrub").input_value() == page.locator("#scrub").get_attribute("max")
    assert cells(page, "final")
    moving = (
        "[...document.querySelectorAll('*')].filter(n => parseFloat(getComputedStyle(n).transitionDuration) > 0).length"
    )
    assert page.evaluate(moving) == 0
