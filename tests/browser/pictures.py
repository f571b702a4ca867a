"""Takes the pictures of docs/images: `python -m tests.browser.pictures`, on a quiet machine, because they show speeds.

One of them alone: `python -m tests.browser.pictures denoising`.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from app.settings import ROOT
from tests.browser.conftest import NAMES
from tests.browser.driving import ask, seek, wait_for_end
from tests.servers import running

IMAGES = ROOT / "docs" / "images"
FIRST_MS, FRAME_MS, LAST_MS = 1500, 280, 3500


def chat(page: Any) -> None:
    """A reply half done, and a token that was not certain."""
    ask(page)
    wait_for_end(page)
    seek(page, 30)
    page.locator(".cell.final").get_by_text("range").first.click()


def compare(page: Any) -> None:
    page.check("#compare")
    ask(page, decode_mode_b="threshold")
    wait_for_end(page)
    seek(page, 15)


def infill(page: Any) -> None:
    ask(page, task="Fill holes")
    wait_for_end(page)
    seek(page, 14)


def denoising(page: Any) -> None:
    """The stage of an infill, step by step, as docs/images/denoising.gif."""
    page.set_viewport_size({"width": 1180, "height": 630})  # too low for a canvas that fills the window
    ask(page, task="Fill holes")
    wait_for_end(page)
    page.mouse.move(0, 0)
    hidden = [".status", ".lane header", ".speed", ".timeline", ".files"]
    page.evaluate("names => names.forEach((name) => (document.querySelector(name).hidden = true))", hidden)
    top, bottom = (page.locator(name).bounding_box() for name in (".lead", ".foot"))
    clip = {"x": top["x"] - 16, "y": top["y"] - 10, "width": top["width"] + 32}
    clip["height"] = bottom["y"] + bottom["height"] + 10 - clip["y"]
    frames = []
    for step in range(int(page.locator("#scrub").get_attribute("max")) + 1):
        seek(page, step)
        page.wait_for_timeout(600)  # until colours have faded in
        picture = Image.open(io.BytesIO(page.screenshot(clip=clip)))
        frames.append(picture.convert("RGB").quantize(128, dither=Image.Dither.NONE))
    durations = [FIRST_MS, *[FRAME_MS] * (len(frames) - 2), LAST_MS]
    frames[0].save(IMAGES / "denoising.gif", save_all=True, append_images=frames[1:], duration=durations, loop=0)


def main(names: list[str]) -> None:
    pictures = {
        "chat": (chat, "light"),
        "compare": (compare, "dark"),
        "infill": (infill, "light"),
        "denoising": (denoising, "light"),
    }
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder) / "log", ELBARTO_MODEL_PATH="") as server,
        sync_playwright() as playwright,
    ):
        server.wait_until_ready()
        found = next(filter(None, map(shutil.which, NAMES)), None)
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for name in names or pictures:
            act, scheme = pictures[name]
            size = {"width": 1240, "height": 860}
            page = browser.new_page(viewport=size, color_scheme=scheme, device_scale_factor=1.4)
            page.goto(server.url)
            page.wait_for_selector("#server[data-state=ok]")
            act(page)
            if name == "denoising":  # it has written its file itself
                continue
            page.mouse.move(0, 0)
            page.wait_for_timeout(800)  # until colours have faded in
            page.screenshot(path=IMAGES / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
