"""What people do with the page, and what they see on it."""

from __future__ import annotations

import json
from typing import Any

from tests.servers import wait_for

# Everything below comes from playwright, which may not be installed: pages are Any.
AS_IT_HAPPENS = "0"
SELECTS = ("decode_mode", "speculation")  # the settings that are chosen from a list


def ask(page: Any, text: str | None = None, task: str = "Ask", speed: str = AS_IT_HAPPENS, **settings: str) -> None:
    """Fill the form and press Run. `settings` are named as the fields are: `threshold_b="0.9"`."""
    page.locator(".segments").get_by_text(task).click()
    if text is not None:
        page.fill("#prompt", text)
    page.select_option("#speed", speed)
    for name, value in settings.items():
        field = page.locator(f"#{name[:-2]}-{name[-1]}")
        field.select_option(value) if name[:-2] in SELECTS else field.fill(value)
    page.click("#run")


def ask_without_end(page: Any) -> None:
    """A run that only a stop ends: the small random model is soon done with a reply that may end."""
    page.evaluate(
        """() => {
            const send = WebSocket.prototype.send;
            WebSocket.prototype.send = function (data) {
                send.call(this, JSON.stringify({ ...JSON.parse(data), ignore_eos: true }));
            };
        }"""
    )
    ask(page, "hello", max_tokens_a="2000", steps_a="2000", block_length_a="1")
    eventually(page, "document.querySelectorAll('.cell.final').length >= 2")


def eventually(page: Any, condition: str, what: str | None = None) -> None:
    """Wait for a JavaScript condition. Playwright's own way needs `eval` in the page, which its policy forbids."""
    wait_for(lambda: page.evaluate(condition), what or condition)


def status_has(page: Any, words: str) -> None:
    wait_for(lambda: words in page.locator("#status").inner_text(), f"{words!r} in the status")


def wait_for_end(page: Any) -> None:
    page.wait_for_selector("#stop[disabled]", state="attached")
    eventually(page, "!document.querySelector('.lane.running') && Number(document.querySelector('#scrub').max) > 0")


def hear(page: Any) -> list[dict[str, Any]]:
    """A list that the events of all sockets are added to as they come."""
    events: list[dict[str, Any]] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: events.append(json.loads(frame))))
    return events


def seek(page: Any, step: int) -> None:
    page.evaluate(
        "step => { const s = document.querySelector('#scrub'); s.value = step; s.dispatchEvent(new Event('input')); }",
        step,
    )


def cells(page: Any, kind: str, lane: int = 0) -> dict[int, str]:
    """Position -> text of the cells of a kind ("final", "mask", "ghost", "fresh") that are shown."""
    found = page.locator(".canvas").nth(lane).locator(f".cell.{kind}:not([hidden])")
    pairs = found.evaluate_all("nodes => nodes.map(node => [Number(node.dataset.position), node.textContent])")
    return dict(pairs)


def code(page: Any, lane: int = 0) -> str:
    """The canvas as text, without the marks of line ends, special tokens and proposals."""
    script = """canvas => {
        const copy = canvas.cloneNode(true);
        copy.querySelectorAll('.newline, .special, .ghost, .rest, [hidden]').forEach(node => node.remove());
        return copy.textContent;
    }"""
    text: str = page.locator(".canvas").nth(lane).evaluate(script)
    return text


def meter(page: Any, name: str, lane: int = 0) -> str:
    text: str = page.locator(f"[data-meter={name}]").nth(lane).inner_text()
    return text
