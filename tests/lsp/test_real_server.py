"""Each group of features against the real server with the embedded model: it writes Python, in the right place.

The exact output of a small model does not matter here, so the tests check only that the result can be parsed and that
the text around it is unchanged. Rules and edge cases are tested against the fake server.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import servers
from tests.lsp import neovim
from tests.lsp.raw import URI, Client, language_server

ADD = "def add(a, b):\n    return \n"
TWO = "def factorial(n):\n    result = ...\n    for i in range(2, n + 1):\n        ___\n    return result\n"
CLAMP = (
    "def clamp(value, low, high):\n    if value < low:\n        return low\n    if value > high:\n        return high\n"
    "    return value\n"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """`python -m app serve` under gunicorn, with the embedded model and every default."""
    log = tmp_path_factory.mktemp("real") / "log"
    with servers.running(log, ELBARTO_MODEL_PATH="", ELBARTO_DTYPE="") as server:
        server.wait_until_ready()
        yield server
        server.stop()


@pytest.fixture(scope="module")
def shared(server: servers.Server) -> Iterator[Client]:
    with language_server("--server", server.url) as client:
        client.initialize(clientFeatures=["status", "draft", "confidence"])
        client.wait_until_ready()
        yield client
        assert client.messages() == []
        assert client.stop() == 0


@pytest.fixture
def client(shared: Client) -> Iterator[Client]:
    """One language server for all tests, with a separate document for each."""
    yield shared
    shared.notify("textDocument/didClose", textDocument={"uri": URI})


def at(line: int, character: int) -> dict[str, int]:
    return {"line": line, "character": character}


def complete(client: Client, line: int, character: int, invoked: bool) -> list[str]:
    answer = client.answer(client.ask(line, character, invoked))
    return [item["insertText"] for item in answer["result"]["items"]]


def test_ghost_text(client: Client) -> None:
    client.open(ADD)
    (ghost,) = complete(client, 1, 11, invoked=False)
    assert ghost.strip()
    ast.parse(ADD.replace("return ", "return " + ghost))

    first, *_ = complete(client, 1, 11, invoked=True)
    ast.parse(ADD.replace("return ", "return " + first))  # the others are samples, with any text


def test_several_suggestions(client: Client) -> None:
    client.open("x = \n")  # where no model is sure
    several = complete(client, 0, 4, invoked=True)
    assert 1 < len(several) <= 3
    assert len(set(several)) == len(several)
    assert all(text.strip() for text in several)


def test_what_is_typed_along_is_answered_without_the_server(client: Client) -> None:
    client.open(ADD)
    ghost = complete(client, 1, 11, invoked=False)[0]
    sent = client.command("status")["requests"]["sent"]
    client.change(ADD.replace("return ", "return " + ghost[0]))
    assert complete(client, 1, 12, invoked=False)[0] == ghost[1:]
    assert client.command("status")["requests"]["sent"] == sent


def test_fill_this_hole(client: Client) -> None:
    client.open("def add(a, b):\n    return ...\n")
    assert client.command("fillHole", uri=URI, position=at(1, 12)) == {"applied": True, "edits": 1}
    text = client.texts[URI][1]
    assert re.fullmatch(r"def add\(a, b\):\n    return [^\n]+\n", text)
    assert "..." not in text
    ast.parse(text)


def test_fill_all_holes_of_a_function_in_one_edit(client: Client) -> None:
    client.open(TWO)
    before = len(client.requests)
    assert client.command("fillAllHoles", uri=URI, position=at(1, 0)) == {"applied": True, "edits": 2}
    edits = [one for one in client.requests[before:] if one["method"] == "workspace/applyEdit"]
    assert len(edits) == 1, "one edit is one undo"
    text = client.texts[URI][1]
    assert re.fullmatch(
        r"def factorial\(n\):\n    result = .+\n    for i in range\(2, n \+ 1\):\n        .+\n    return result\n",
        text,
        re.S,
    )
    assert "..." not in text
    assert "___" not in text
    ast.parse(text)


def test_rewrite_changes_the_selected_lines_alone(client: Client) -> None:
    client.open(CLAMP)
    selected = {"start": at(1, 0), "end": at(2, 18)}
    assert client.command("rewriteSelection", uri=URI, range=selected)["applied"]
    text = client.texts[URI][1]
    lines = CLAMP.splitlines(keepends=True)
    assert text.startswith(lines[0])
    assert text.endswith("".join(lines[3:]))
    assert text != CLAMP


def test_redenoise_mends_what_the_model_is_not_sure_of(client: Client) -> None:
    """`c` is undefined here, which even a small model knows; whatever replaces it, the rest of the line stays."""
    text = "def add(a, b):\n    total = a + c\n    return total\n"
    client.open(text)
    selected = {"start": at(1, 0), "end": at(1, 17)}
    assert client.command("redenoise", uri=URI, range=selected) == {"applied": True, "edits": 1}
    mended = client.texts[URI][1]
    assert mended != text
    assert re.fullmatch(r"def add\(a, b\):\n    [^\n]+\n    return total\n", mended)
    ast.parse(mended)


def test_generate_from_comment_writes_below_it(client: Client) -> None:
    order = "# Write a function that returns the largest of a list of numbers\n"
    client.open(order + "\n")
    assert client.command("generateFromComment", uri=URI, position=at(0, 5))["applied"]
    text = client.texts[URI][1]
    assert text.startswith(order)
    assert [type(node) for node in ast.parse(text).body] == [ast.FunctionDef]


def test_cancelling_ends_the_work_on_the_server(server: servers.Server, client: Client) -> None:
    closed = len(re.findall(r"POST /v1/infill status=499", server.text))
    client.open("def f():\n" + "    x = ___\n" * 12)
    command = client.request(
        "workspace/executeCommand", command="elbarto.ls.fillAllHoles", arguments=[{"uri": URI, "scope": "file"}]
    )
    servers.wait_for(lambda: server.queue[0], "the request on the server")
    client.notify("$/cancelRequest", id=command)
    assert client.answer(command)["error"]["code"] == -32800
    server.wait_for_queue(0, 0)
    assert len(re.findall(r"POST /v1/infill status=499", server.text)) > closed


@pytest.fixture(scope="module")
def editor(server: servers.Server) -> Iterator[neovim.Neovim]:
    with neovim.running(server.url) as editor:
        yield editor


def test_ghost_text_in_neovim(editor: neovim.Neovim, tmp_path: Path) -> None:
    editor.edit(tmp_path / "ghost.py", ADD)
    editor.keys("jA")
    ghost = editor.wait_for(editor.settled_ghost)
    editor.keys("<Tab>")
    editor.wait_for(lambda: editor.lines()[1] == "    return " + ghost[0])
    editor.keys("<Esc>")


def test_all_holes_in_neovim_and_one_undo_takes_both_back(editor: neovim.Neovim, tmp_path: Path) -> None:
    editor.keys("<Esc>")
    editor.edit(tmp_path / "holes.py", TWO)
    assert editor.command("fillAllHoles", position={"line": 1, "character": 0}) == {"applied": True, "edits": 2}
    assert "___" not in "\n".join(editor.lines())
    ast.parse("\n".join(editor.lines()))
    editor.keys("u")
    editor.wait_for(lambda: editor.lines() == TWO.splitlines())
