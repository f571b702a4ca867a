"""The client profiles of pytest-lsp, with inline completion added, which is newer than they are."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from tests.lsp.fake_server import FakeServer
from tests.lsp.raw import URI, environment

TWO = "def mean(values):\n    total = ...\n    count = ___\n    return total / count\n"
PROFILES = {"neovim": "Neovim", "visual_studio_code": "Visual Studio Code"}


@pytest.fixture
def answers() -> dict[str, str | list[str]]:
    return {"return ": ["a + b", "b + a", "a"], "total = ": "sum(values)", "count = ": "len(values)"}


@pytest_asyncio.fixture(params=PROFILES)
async def client(request: pytest.FixtureRequest, fake: FakeServer) -> AsyncIterator[LanguageClient]:
    command = [sys.executable, "-m", "lsp", "--server", fake.url]
    config = ClientServerConfig(server_command=command, server_env=environment())
    client = await config.start()
    assert isinstance(client, LanguageClient)
    capabilities = client_capabilities(request.param)
    assert capabilities.text_document is not None
    capabilities.text_document.inline_completion = types.InlineCompletionClientCapabilities()
    info = types.ClientInfo(PROFILES[request.param])
    parameters = types.InitializeParams(capabilities, process_id=None, root_uri=None, client_info=info)
    await client.initialize_session(parameters)
    for _ in range(2000):
        status = await client.workspace_execute_command_async(types.ExecuteCommandParams("elbarto.ls.status"))
        if status["state"] == "ready":
            break
        await asyncio.sleep(0.02)
    yield client
    await client.shutdown_session()
    await client.stop()
    fake.stop()


def opened(client: LanguageClient, text: str) -> None:
    item = types.TextDocumentItem(URI, "python", 1, text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))


async def ask(client: LanguageClient, line: int, character: int, kind: types.InlineCompletionTriggerKind) -> list[str]:
    parameters = types.InlineCompletionParams(
        types.InlineCompletionContext(kind), types.TextDocumentIdentifier(URI), types.Position(line, character)
    )
    result = await client.text_document_inline_completion_async(parameters)
    assert isinstance(result, types.InlineCompletionList)
    return [str(item.insert_text) for item in result.items]


@pytest.mark.asyncio
async def test_inline_completion(client: LanguageClient, request: pytest.FixtureRequest) -> None:
    opened(client, "def add(a, b):\n    return \n")
    automatic = await ask(client, 1, 11, types.InlineCompletionTriggerKind.Automatic)
    invoked = await ask(client, 1, 11, types.InlineCompletionTriggerKind.Invoked)
    is_neovim = "neovim" in request.node.name
    assert automatic == (["a + b", "b + a"] if is_neovim else ["a + b"])
    assert invoked == ["a + b", "b + a", "a"]


@pytest.mark.asyncio
async def test_a_code_action_with_two_holes(client: LanguageClient) -> None:
    opened(client, TWO)
    cursor = types.Range(types.Position(1, 13), types.Position(1, 13))
    parameters = types.CodeActionParams(types.TextDocumentIdentifier(URI), cursor, types.CodeActionContext([]))
    found = await client.text_document_code_action_async(parameters)
    assert found is not None
    action = found[1]
    assert isinstance(action, types.CodeAction)
    resolved = await client.code_action_resolve_async(action)
    assert resolved.edit is not None
    (change,) = resolved.edit.document_changes or ()
    assert isinstance(change, types.TextDocumentEdit)
    assert [edit.new_text for edit in change.edits if isinstance(edit, types.TextEdit)] == [
        "sum(values)",
        "len(values)",
    ]
