"""A real browser in front of real servers. Debian's chromium is enough; without any browser these tests are skipped."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests import plugins, servers
from tests.servers import Server, running

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright (requirements-dev.txt)")

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# What browsers say about answers that a test provokes.
EXPECTED = ("Failed to load resource", "WebSocket connection to")


def pytest_configure(config: pytest.Config) -> None:
    plugins.use(config, servers)


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """For this folder alone: its event loop must be gone when asynchronous tests follow."""
    with sync_api.sync_playwright() as playwright:
        found = next(filter(None, map(shutil.which, NAMES)), None)
        try:
            # Containers have no user namespaces for the sandbox, and no large /dev/shm.
            browser = playwright.chromium.launch(
                executable_path=found, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
            )
        except sync_api.Error as error:
            pytest.skip(f"needs Chromium, installed or from `playwright install chromium`: {error}")
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """`open_page(server or address, **context options)`; the page asks nobody but its server, and has no errors."""
    contexts: list[Any] = []
    problems: list[str] = []

    def open_page(server: Server | str, state: str = "ok", **options: Any) -> Any:
        address = server if isinstance(server, str) else server.url
        context = browser.new_context(**{"viewport": {"width": 1360, "height": 900}, **options})
        contexts.append(context)
        context.set_default_timeout(1000 * servers.PATIENCE_S)
        page = context.new_page()
        own = urlsplit(address).netloc
        page.on("request", lambda request: ask(request.url, own))
        page.on("websocket", lambda socket: ask(socket.url, own))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: hear(message))
        page.goto(address)
        page.wait_for_selector(f"#server[data-state={state}]")
        return page

    def ask(url: str, own: str) -> None:
        if urlsplit(url).netloc not in (own, "") or urlsplit(url).scheme not in ("http", "ws", "blob"):
            problems.append(f"asked {url}")

    def hear(message: Any) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(EXPECTED):
            problems.append(message.text)

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture(scope="package")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The embedded model: what the page's own examples are made for."""
    with running(tmp_path_factory.mktemp("browsed") / "log", ELBARTO_MODEL_PATH="") as server:
        server.wait_until_ready()
        yield server
        server.stop()
