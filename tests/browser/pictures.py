"""Takes the pictures of docs/images: `python -m tests.browser.pictures`, on a quiet machine, for they show speeds."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from app.settings import ROOT
from tests.browser.conftest import NAMES
from tests.browser.driving import ask, seek, wait_for_end
from tests.servers import running

IMAGES = ROOT / "docs" / "images"


def chat(page: Any) -> None:
    """A reply half done, and a token that was not certain."""
    ask(page, "Write a Python function that checks whether a number is prime.")
    wait_for_end(page)
    seek(page, 27)
    page.locator(".cell.final").get_by_text("def").first.click()


def compare(page: Any) -> None:
    page.check("#compare")
    ask(page, "Write a Python function that checks whether a number is prime.", decode_mode_b="threshold")
    wait_for_end(page)
    seek(page, 15)


def infill(page: Any) -> None:
    page.locator(".segments").get_by_text("Fill holes").click()
    ask(page, task="Fill holes")
    wait_for_end(page)
    seek(page, 14)


def main() -> None:
    pictures = {"chat": (chat, "light"), "compare": (compare, "dark"), "infill": (infill, "light")}
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder) / "log", ELBARTO_MODEL_PATH="") as server,
        sync_playwright() as playwright,
    ):
        server.wait_until_ready()
        found = next(filter(None, map(shutil.which, NAMES)), None)
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for name, (act, scheme) in pictures.items():
            size = {"width": 1240, "height": 860}
            page = browser.new_page(viewport=size, color_scheme=scheme, device_scale_factor=1.4)
            page.goto(server.url)
            page.wait_for_selector("#server[data-state=ok]")
            act(page)
            page.mouse.move(0, 0)
            page.wait_for_timeout(800)  # until colours have faded in
            page.screenshot(path=IMAGES / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
