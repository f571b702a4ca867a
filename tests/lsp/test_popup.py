"""Completion as a popup, for editors without ghost text."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lsp.fake_server import FakeServer
from tests.lsp.raw import URI, Client, language_server

SNIPPETS = {"textDocument": {"completion": {"completionItem": {"snippetSupport": True}}}}


@pytest.fixture
def answers() -> dict[str, str | list[str]]:
    return {"ret": "urn {a: $b}", "    for": " x in y:\n        z(x)\n        z(y)"}


def items(client: Client, line: int, character: int) -> list[dict[str, Any]]:
    position = {"line": line, "character": character}
    result = client.call("textDocument/completion", textDocument={"uri": URI}, position=position)
    assert result["isIncomplete"] is True
    return list(result["items"])


def test_only_one_of_the_two_is_offered(fake: FakeServer) -> None:
    with language_server("--server", fake.url) as client:
        capabilities = client.initialize(SNIPPETS)
        assert "completionProvider" in capabilities
        assert "inlineCompletionProvider" not in capabilities
    with language_server("--server", fake.url) as client:
        capabilities = client.initialize()
        assert "completionProvider" not in capabilities
        assert capabilities["inlineCompletionProvider"] == {}


def test_the_word_at_the_cursor_belongs_to_the_item(fake: FakeServer) -> None:
    with language_server("--server", fake.url) as client:
        client.initialize(SNIPPETS)
        client.wait_until_ready()
        client.open("ret")
        (item,) = items(client, 0, 3)
        assert (item["label"], item["filterText"]) == ("return {a: $b}", "ret")
        assert (item["insertText"], item["insertTextFormat"]) == ("return {a: \\$b\\}", 2)
        assert "textEdit" not in item, "Neovim would keep only its first line"


def test_later_lines_are_dedented_for_editors_that_indent_snippets(fake: FakeServer) -> None:
    with language_server("--server", fake.url) as client:
        client.initialize(SNIPPETS)
        client.wait_until_ready()
        client.open("def f():\n    for")
        (item,) = items(client, 1, 7)
        assert item["insertText"] == "for x in y:\n    z(x)\n    z(y)"


def test_plain_text_for_editors_without_snippets(fake: FakeServer) -> None:
    with language_server("--server", fake.url) as client:
        client.initialize({"textDocument": {"completion": {}}})
        client.wait_until_ready()
        client.open("def f():\n    for")
        (item,) = items(client, 1, 7)
        assert item["insertText"] == "for x in y:\n        z(x)\n        z(y)"
        assert item.get("insertTextFormat") is None
