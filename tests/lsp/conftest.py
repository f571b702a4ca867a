"""A fake model server, and a language server connected to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.lsp import fake_server
from tests.lsp.fake_server import FakeServer
from tests.lsp.raw import Client, language_server


@pytest.fixture
def answers() -> dict[str, str | list[str]]:
    """The fake server's answers by the end of the prefix. Modules override this."""
    return {"return ": "a + b"}


@pytest.fixture
def fake(answers: dict[str, str | list[str]]) -> Iterator[FakeServer]:
    with fake_server.running(answers=answers) as server:
        yield server


@pytest.fixture
def client(fake: FakeServer) -> Iterator[Client]:
    """A client of a language server that is ready."""
    with language_server("--server", fake.url) as client:
        client.initialize(clientFeatures=["status", "draft", "confidence"])
        client.wait_until_ready()
        yield client
