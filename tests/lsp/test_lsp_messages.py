"""Messages that are hard or impossible to read: every request is answered, and the session goes on."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lsp.editor import lifetime
from lsp.editor.framing import read_body
from tests.lsp.fake_server import FakeServer
from tests.lsp.raw import NEOVIM, NEVER, URI, Answer, Client, language_server
from tests.lsp.test_main import connect

ADD = "def add(a, b):\n    return "
PLACE = {"textDocument": {"uri": URI}, "position": {"line": 1, "character": 11}}
NOWHERE = {"line": 0, "character": 0}
COMPLETION = "textDocument/inlineCompletion"


@pytest.fixture
def fresh(fake: FakeServer) -> Iterator[Client]:
    """A language server that has received nothing yet."""
    with language_server("--server", fake.url) as client:
        yield client


@pytest.mark.parametrize(
    ("body", "code", "id"),
    [
        (b"", -32700, None),
        (b"{", -32700, None),
        (b'{"jsonrpc": "2.0", "id": 900, "method": "shutdown"', -32700, None),
        (b'"\xff"', -32700, None),
        (b"[" * 100_000, -32700, None),
        (b'{"jsonrpc": "2.0", "id": 900, "method": "shutdown", "params": NaN}', -32700, None),
        (b'{"jsonrpc": "2.0", "id": 900, "method": "shutdown", "params": [-1e999]}', -32700, None),
        (b"[]", -32600, None),
        (b"null", -32600, None),
        (b"{}", -32600, None),
        (b'{"jsonrpc": "2.0", "id": 900}', -32600, 900),
        (b'{"id": 900, "method": "shutdown"}', -32600, 900),
        (b'{"jsonrpc": "1.0", "id": "x", "method": "shutdown"}', -32600, "x"),
        (b'{"jsonrpc": "2.0", "id": 900, "method": ["shutdown"]}', -32600, 900),
        (b'{"jsonrpc": "2.0", "id": null, "method": "shutdown"}', -32600, None),
        (b'{"jsonrpc": "2.0", "id": {}, "method": "shutdown"}', -32600, None),
        (b'{"jsonrpc": "2.0", "id": true, "method": "shutdown"}', -32600, None),
        (b'{"jsonrpc": "2.0", "method": "shutdown"}', -32600, None),
        (b'{"jsonrpc": "2.0", "id": 900, "method": "initialize", "params": {"capabilities": {}}}', -32600, 900),
        (b'{"jsonrpc": "2.0", "id": 900, "method": "exit"}', -32601, 900),
        (b'{"jsonrpc": "2.0", "id": 900, "method": "textDocument/noSuchThing"}', -32601, 900),
        (b'{"jsonrpc": "2.0", "id": 900, "method": "textDocument/inlineCompletion", "params": []}', -32602, 900),
        (b'{"jsonrpc": "2.0", "id": 900, "method": "textDocument/inlineCompletion"}', -32602, 900),
    ],
)
def test_a_message_that_cannot_be_read(session: Client, body: bytes, code: int, id: Any) -> None:
    session.answers.clear()
    session.send_body(body)
    assert session.answer(id)["error"]["code"] == code
    assert session.complete(1, 11) == ["a + b"], "and the next one can"


@pytest.fixture(scope="module")
def session() -> Iterator[Client]:
    """One session for messages that leave nothing behind."""
    from tests.lsp import fake_server

    with fake_server.running(answers={"return ": "a + b"}) as fake, language_server("--server", fake.url) as client:
        client.initialize()
        client.wait_until_ready()
        client.open(ADD)
        yield client


def test_what_is_wrong_is_named(session: Client) -> None:
    request = session.request(COMPLETION, **PLACE | {"position": {"line": None, "character": 0}})
    message = session.answer(request)["error"]["message"]
    assert message == "params.position.line: invalid value for type, expected int, got null"


@pytest.mark.parametrize("context", [{}, {"context": None}, {"context": {"triggerKind": 0}}, {"context": {}}])
def test_a_completion_of_an_unknown_kind_counts_as_invoked(session: Client, context: dict[str, Any]) -> None:
    answer = session.answer(session.request(COMPLETION, **PLACE, **context))
    assert [item["insertText"] for item in answer["result"]["items"]] == ["a + b"]


def test_odd_diagnostics_do_not_cost_the_code_actions(session: Client) -> None:
    odd = {"range": {"start": {"line": None, "character": 0}, "end": NOWHERE}, "message": "x"}
    where = {"textDocument": {"uri": URI}, "range": {"start": NOWHERE, "end": {"line": 1, "character": 0}}}
    kinds = [
        [action["kind"] for action in session.call("textDocument/codeAction", **where, context={"diagnostics": odds})]
        for odds in ([odd, odd], [])
    ]
    assert kinds[0] == kinds[1] != []


def test_a_change_that_cannot_be_read_stops_completions_of_another_text(session: Client) -> None:
    session.open(ADD, "file:///tmp/changed.py")
    assert session.complete(1, 11, uri="file:///tmp/changed.py") == ["a + b"]
    document = {"uri": "file:///tmp/changed.py", "version": 2}
    session.notify("textDocument/didChange", textDocument=document, contentChanges=[{"range": 5, "text": "x"}])
    assert session.complete(1, 11, uri="file:///tmp/changed.py") is None
    session.open(ADD, "file:///tmp/changed.py")
    assert session.complete(1, 11, uri="file:///tmp/changed.py") == ["a + b"]


def test_before_initialize_and_after_shutdown(fresh: Client) -> None:
    assert fresh.answer(fresh.request(COMPLETION, **PLACE))["error"]["code"] == -32002
    fresh.open(ADD)
    fresh.initialize()
    fresh.call("shutdown")
    assert fresh.answer(fresh.request(COMPLETION, **PLACE))["error"]["code"] == -32600
    fresh.notify("exit")
    assert fresh.process.wait() == 0


ODD = {
    "processId": "none",
    "trace": "compact",
    "clientInfo": {},
    "workspaceFolders": 5,
    "capabilities": NEOVIM
    | {
        "general": {"positionEncodings": ["utf-9", 5]},
        "window": 5,
        "textDocument": {
            "inlineCompletion": {},
            "documentSymbol": {"symbolKind": {"valueSet": [1, 99]}},
        },
    },
}


@pytest.mark.parametrize("params", [ODD, None, [], {}, {"capabilities": None}, {"processId": -1, "rootUri": 7}])
def test_an_odd_initialize(fresh: Client, params: Any) -> None:
    fresh.send({"id": 900, "method": "initialize", "params": params})
    capabilities = fresh.answer(900)["result"]["capabilities"]
    fresh.notify("initialized")
    fresh.wait_until_ready()
    assert ("inlineCompletionProvider" in capabilities) == (params is ODD), "what could be read counts"
    fresh.open(ADD)
    if params is ODD:
        assert fresh.complete(1, 11) == ["a + b"]


def error(code: Any = -32603, **more: Any) -> Answer:
    return Answer(error={"code": code, "message": "no"}, **more)


@pytest.mark.parametrize(
    "answer",
    [None, 5, [], {}, [5], [{"maxTokens": "48"}], error(), error(result=None), error("x"), Answer(error=7), Answer(),
     Answer(error=None, result=[None])],
    ids=json.dumps,
)  # fmt: skip
def test_answers_about_the_configuration(fresh: Client, answer: Any) -> None:
    """It works with the defaults, and the first completion is there."""
    fresh.handlers["workspace/configuration"] = lambda _: answer
    fresh.initialize()
    fresh.wait_until_ready(10)
    fresh.open(ADD)
    for settings in ({"settings": None}, {"settings": []}, {"settings": {"elbarto": None}}, {}):
        fresh.notify("workspace/didChangeConfiguration", **settings)
    assert fresh.complete(1, 11) == ["a + b"]


def test_a_configuration_that_never_comes_or_late(fresh: Client) -> None:
    fresh.handlers["workspace/configuration"] = lambda _: NEVER
    fresh.initialize()
    fresh.wait_until_ready(10)
    fresh.open(ADD)
    assert fresh.complete(1, 11) == ["a + b"]
    (request,) = [one for one in fresh.requests if one["method"] == "workspace/configuration"]
    fresh.send({"id": request["id"], "result": [{"statistics": True}]})
    fresh.wait_for(lambda: fresh.command("status")["statistics"])


def test_an_edit_whose_answer_cannot_be_read_fails(session: Client) -> None:
    session.open("def f():\n    ...\n", "file:///tmp/hole.py")
    session.handlers["workspace/applyEdit"] = lambda _: {"applied": "perhaps", "failedChange": []}
    place = {"uri": "file:///tmp/hole.py", "position": {"line": 1, "character": 5}}
    request = session.request("workspace/executeCommand", command="elbarto.ls.fillHole", arguments=[place])
    assert session.answer(request)["error"]["code"] == -32602
    del session.handlers["workspace/applyEdit"]


@pytest.mark.parametrize(
    "header",
    [
        "content-length: %d\r\n\r\n",
        "CONTENT-LENGTH:%d\r\n\r\n",
        "Content-Length:   %d  \r\n\r\n",
        "Content-Length : %d\r\n\r\n",
        "Content-Length: %d\n\n",
        "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: %d\r\n\r\n",
        "Content-Length: %d\r\ncontent-type: text/plain; charset=utf8\r\n\r\n",
        "\r\nContent-Length: %d\r\n\r\n",
        "Warning: no message\r\n\r\nContent-Length: x\r\n\r\nContent-Length: %d\r\n\r\n",
        "x" * 100_000 + "\r\nContent-Length: %d\r\n\r\n",
    ],
)
def test_spellings_of_headers(header: str) -> None:
    async def bodies() -> list[bytes | None]:
        reader = asyncio.StreamReader()
        reader.feed_data(((header % 2) + "{}" + (header % 2) + "[]").encode())
        reader.feed_eof()
        return [await read_body(reader) for _ in range(3)]

    assert asyncio.run(bodies()) == [b"{}", b"[]", None]


def test_a_header_in_lower_case_over_the_pipe(session: Client) -> None:
    body = json.dumps({"jsonrpc": "2.0", "id": 901, "method": "no/such"}).encode()
    session.send_body(body, b"content-type: x\ncontent-length:%d\n\n")
    assert session.answer(901)["error"]["code"] == -32601


# --- The end ---


@pytest.fixture
def editor() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "600"]) as process:
        yield process
        process.kill()


def begin(client: Client, editor: subprocess.Popen[bytes]) -> None:
    client.call("initialize", processId=editor.pid, rootUri=None, capabilities=NEOVIM)
    client.notify("initialized")


@pytest.mark.parametrize(("is_shut_down", "status"), [(False, 1), (True, 0)])
def test_it_ends_after_its_editor(
    fresh: Client, editor: subprocess.Popen[bytes], is_shut_down: bool, status: int
) -> None:
    """The pipe stays open: a wrapper may hold it."""
    begin(fresh, editor)
    if is_shut_down:
        fresh.call("shutdown")
    editor.send_signal(signal.SIGKILL)
    assert fresh.process.wait() == status


def test_the_end_of_an_editor_is_noticed_where_the_system_does_not_tell(
    monkeypatch: pytest.MonkeyPatch, editor: subprocess.Popen[bytes]
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(lifetime, "POLL_S", 0.01)
    editor.kill()
    editor.wait()
    lifetime._wait(editor.pid)


def test_a_process_that_is_not_here_is_not_watched(fresh: Client, editor: subprocess.Popen[bytes]) -> None:
    editor.kill()
    editor.wait()
    begin(fresh, editor)
    fresh.wait_until_ready()
    assert fresh.process.poll() is None


@pytest.mark.parametrize("how", [Client.notify, None])
def test_an_end_without_shutdown(fresh: Client, how: Callable[..., None] | None) -> None:
    fresh.initialize()
    fresh.wait_until_ready()
    if how:
        how(fresh, "exit")
    else:
        assert fresh.process.stdin is not None
        fresh.process.stdin.close()
    assert fresh.process.wait() == 1


def test_over_tcp(fake: FakeServer, editor: subprocess.Popen[bytes]) -> None:
    """The editor's process is watched there too, and a second client is turned away."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with language_server("--server", fake.url, "--tcp", f"127.0.0.1:{port}") as on_pipes, connect(port) as connection:
        process, stream = on_pipes.process, connection.makefile("rwb")
        client = Client(OverSocket(process, stream))  # type: ignore[arg-type]
        begin(client, editor)
        client.wait_until_ready()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
        editor.kill()
        assert process.wait() == 1


class OverSocket:
    def __init__(self, process: Any, stream: Any) -> None:
        self.stdin = self.stdout = stream
        self.poll = process.poll
