"""Finding a server, starting one, sharing it, and stopping it, however the editors end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from lsp.errors import LspError
from lsp.model_server.locator import ServerLocator
from lsp.model_server.shared_server import SharedServer
from tests.lsp import fake_server
from tests.lsp.raw import Client, language_server

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the server does not run there")
GRACE_S = "1"


@pytest.fixture
def python(tmp_path: Path) -> str:
    """A Python that runs the fake server for `-m app serve`."""
    script = tmp_path / "python"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} {Path(__file__).with_name("fake_app.py")} "$@"\n')
    script.chmod(0o755)
    return str(script)


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Path]:
    """A runtime directory for this test. Ends any process that a failed test leaves running."""
    directory = tmp_path / "runtime"
    directory.mkdir(mode=0o700)
    yield directory
    for state in directory.rglob("server.json"):
        os.kill(json.loads(state.read_text())["supervisor"], signal.SIGTERM)


def editor(stack: ExitStack, python: str, runtime: Path, **more: str) -> Client:
    """A language server with no URL, on a machine where nothing listens on the default port."""
    variables = {
        "XDG_RUNTIME_DIR": str(runtime),
        "ELBARTO_LSP_SERVER_GRACE_S": GRACE_S,
        "ELBARTO_LSP_DEADLINE_MS": "5000",
        **more,
    }
    client = stack.enter_context(language_server("--server-python", python, **variables))
    client.initialize(clientFeatures=["status"])
    return client


@pytest.fixture(autouse=True)
def default_port_is_free() -> None:
    try:
        httpx.get("http://127.0.0.1:8000/health", timeout=1)
    except httpx.HTTPError:
        return
    pytest.skip("a server runs on the default port")


def state(runtime: Path) -> dict[str, Any] | None:
    files = list(runtime.rglob("server.json"))
    return json.loads(files[0].read_text()) if files else None


def is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=1).status_code == 200
    except httpx.HTTPError:
        return False


def wait_until_down(url: str, seconds: float = 8) -> None:
    deadline = time.monotonic() + seconds
    while is_up(url):
        assert time.monotonic() < deadline, "still there"
        time.sleep(0.05)


def test_started_shared_and_stopped_when_the_last_editor_leaves(python: str, runtime: Path) -> None:
    with ExitStack() as stack:
        first = editor(stack, python, runtime)
        first.wait_until_ready()
        first.open("return ")
        assert first.complete(0, 7, invoked=False) == ["a + b"]
        second = editor(stack, python, runtime)
        second.wait_until_ready()
        url = first.command("status")["server"]
        assert second.command("status")["server"] == url
        assert url == (state(runtime) or {})["url"]

        assert first.stop() == 0
        time.sleep(2.5)
        assert is_up(url), "the second editor still uses it"
        second.process.kill()  # a crash, without a shutdown request
        wait_until_down(url)
        assert state(runtime) is None


def test_the_key_is_in_a_file_that_only_the_user_reads(python: str, runtime: Path) -> None:
    with ExitStack() as stack:
        editor(stack, python, runtime).wait_until_ready()
        (file,) = runtime.rglob("server.json")
        assert file.stat().st_mode & 0o077 == 0
        assert file.parent.stat().st_mode & 0o077 == 0
        found = state(runtime) or {}
        assert httpx.get(f"{found['url']}/v1/models").status_code == 401
        assert (
            httpx.get(f"{found['url']}/v1/models", headers={"Authorization": f"Bearer {found['key']}"}).status_code
            == 200
        )


def test_two_editors_that_start_at_once_share_one_server(python: str, runtime: Path) -> None:
    with ExitStack() as stack:
        clients = [editor(stack, python, runtime) for _ in range(3)]
        for client in clients:
            client.wait_until_ready()
        assert len({client.command("status")["server"] for client in clients}) == 1


def test_a_server_that_died_is_started_again(python: str, runtime: Path) -> None:
    with ExitStack() as stack:
        client = editor(stack, python, runtime)
        client.wait_until_ready()
        before = state(runtime) or {}
        os.kill(before["supervisor"], signal.SIGKILL)
        wait_until_down(before["url"])
        client.open("return ")
        client.complete(0, 7)
        client.wait_for(lambda: client.command("status")["state"] == "ready", 20)
        assert (state(runtime) or {})["supervisor"] != before["supervisor"]
        client.change("x = 1\nreturn ")
        assert client.complete(1, 7, invoked=False) == ["a + b"]


def test_a_server_that_cannot_start_is_one_message_that_helps(python: str, runtime: Path) -> None:
    with ExitStack() as stack:
        client = editor(stack, python, runtime, FAKE_APP_FAILS="1")
        (message,) = client.wait_for(client.messages)
        assert "No module named 'torch'" in message
        assert "--server-python" in message
        time.sleep(1)
        assert len(client.messages()) == 1
        assert client.command("status")["state"] == "error"


def test_a_server_on_the_default_port_is_used(monkeypatch: pytest.MonkeyPatch, runtime: Path) -> None:
    with fake_server.running() as fake:
        locator = ServerLocator(sys.executable, runtime, default_url=fake.url)
        address = asyncio.run(locator.locate(None, "key", may_start=True))
    assert (address.url, address.api_key) == (fake.url, "key")
    assert not list(runtime.iterdir()), "nothing was started"


def test_nothing_is_started_where_the_user_does_not_want_it(python: str, runtime: Path) -> None:
    with ExitStack() as stack:
        client = editor(stack, python, runtime, ELBARTO_LSP_START_SERVER="no")
        (message,) = client.wait_for(client.messages)
        assert message.startswith(
            "No server answers on http://127.0.0.1:8000. Start one (make serve), or set elbarto.serverUrl."
        )
        assert not list(runtime.iterdir())


def test_a_directory_that_others_can_write_is_refused(runtime: Path) -> None:
    shared_server = SharedServer(sys.executable, runtime)
    shared_server.directory().chmod(0o777)
    with pytest.raises(LspError, match="chmod 700"):
        shared_server.directory()
