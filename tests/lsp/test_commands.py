"""Commands and code actions over a bare pipe: their edits, and when nothing may be edited."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.lsp.fake_server import FakeServer
from tests.lsp.raw import NEOVIM, URI, Client, apply_edits, language_server

TWO = "def mean(values):\n    total = ...\n    count = ___\n    return total / count\n"
FILLED = "def mean(values):\n    total = sum(values)\n    count = len(values)\n    return total / count\n"


@pytest.fixture
def answers() -> dict[str, str | list[str]]:
    return {
        "total = ": "sum(values)",
        "count = ": "len(values)",
        "def f():\n    ": "return 1",
        "# above\n": "x = 1",
    }


def at(line: int, character: int) -> dict[str, int]:
    return {"line": line, "character": character}


def actions(client: Client, line: int, character: int, end: tuple[int, int] | None = None, **more: Any) -> list[Any]:
    where = {"start": at(line, character), "end": at(*(end or (line, character)))}
    found = client.call(
        "textDocument/codeAction", textDocument={"uri": URI}, range=where, context={"diagnostics": [], **more}
    )
    return list(found)


def test_all_holes_in_one_request_and_one_edit(client: Client, fake: FakeServer) -> None:
    client.open(TWO)
    assert client.command("fillAllHoles", uri=URI, position=at(1, 0)) == {"applied": True, "edits": 2}
    assert client.texts[URI][1] == FILLED
    edits = [one for one in client.requests if one["method"] == "workspace/applyEdit"]
    assert len(edits) == 1, "so that one undo takes both back"
    (change,) = edits[0]["params"]["edit"]["documentChanges"]
    assert change["textDocument"]["version"] == 1
    assert len(fake.infills) == 1
    holes = [part["hole"] for part in fake.infills[0].body["segments"] if isinstance(part, dict)]
    assert [hole["single_line"] for hole in holes] == [True, True]


def test_a_server_that_parses_gets_the_whole_file(client: Client, fake: FakeServer) -> None:
    fake.infill_syntax = ("python",)
    client.command("reconnect")
    client.wait_until_ready()
    above, below = "x = 1\n" * 300, "y = 2\n" * 300
    client.open(above + TWO + below)
    client.command("fillAllHoles", uri=URI, position=at(301, 0))
    (record,) = fake.infills
    syntax, (first, _, between, _, last) = record.body["syntax"], record.body["segments"]
    assert syntax["language"] == "python"
    assert syntax["before"] + first == above + "def mean(values):\n    total = "
    assert between == "\n    count = "
    assert last + syntax["after"] == "\n    return total / count\n" + below
    assert syntax["before"]
    assert syntax["after"]


def test_drafts_hole_by_hole(client: Client, fake: FakeServer) -> None:
    client.open(TWO)
    client.command("fillAllHoles", uri=URI)
    drafts = client.of("elbarto/draft")
    assert [(draft["done"], len(draft["holes"])) for draft in drafts] == [(False, 1), (False, 2), (True, 2)]
    assert drafts[0]["holes"][0]["text"] == "len(values)", "any hole may be full first"
    assert drafts[1]["holes"][0]["range"] == {"start": at(1, 12), "end": at(1, 15)}


def test_one_hole_with_a_hint_and_pinned_text(client: Client, fake: FakeServer) -> None:
    client.open(TWO)
    result = client.command("fillHole", uri=URI, position=at(2, 0), hint="how many", pinned=["len"])
    assert result == {"applied": True, "edits": 1}
    assert client.texts[URI][1] == TWO.replace("___", "len(values)")
    hole = fake.infills[0].body["segments"][1]["hole"]
    assert (hole["hint"], hole["pinned"]) == ("how many", ["len"])


def test_an_empty_body_gets_its_own_line(client: Client, fake: FakeServer) -> None:
    client.open("def f():\nx = 1\n")
    client.command("fillHole", uri=URI, position=at(0, 4))
    assert client.texts[URI][1] == "def f():\n    return 1\nx = 1\n"


def test_holes_far_from_each_other_are_filled_one_after_another(client: Client, fake: FakeServer) -> None:
    client.open("total = ...\n" + "x = 12345678\n" * 300 + "count = ...\n")
    assert client.command("fillAllHoles", uri=URI)["edits"] == 2
    assert len(fake.infills) == 2
    assert len([one for one in client.requests if one["method"] == "workspace/applyEdit"]) == 1


def test_the_edit_moves_with_what_is_typed_elsewhere(client: Client, fake: FakeServer) -> None:
    fake.delay_s = 0.4
    client.open(TWO)
    id = client.request("workspace/executeCommand", command="elbarto.ls.fillAllHoles", arguments=[{"uri": URI}])
    fake.wait_for(lambda: fake.infills)
    client.change("# above\n" + TWO)
    assert client.answer(id)["result"]["applied"] is True
    assert client.texts[URI][1] == "# above\n" + FILLED


def test_nothing_is_applied_when_a_hole_has_changed(client: Client, fake: FakeServer) -> None:
    fake.delay_s = 0.4
    client.open(TWO)
    id = client.request("workspace/executeCommand", command="elbarto.ls.fillAllHoles", arguments=[{"uri": URI}])
    fake.wait_for(lambda: fake.infills)
    changed = TWO.replace("___", "1")
    client.change(changed)
    result = client.answer(id)["result"]
    assert result == {"applied": False, "reason": "The text there has changed in the meantime; nothing was applied."}
    assert client.texts[URI][1] == changed


def test_a_cancelled_command_stops_and_hangs_up(client: Client, fake: FakeServer) -> None:
    """With plain pygls the response says so, but the command continues."""
    fake.delay_s = 5
    client.open(TWO)
    id = client.request("workspace/executeCommand", command="elbarto.ls.fillAllHoles", arguments=[{"uri": URI}])
    fake.wait_for(lambda: fake.infills)
    client.notify("$/cancelRequest", id=id)
    assert client.answer(id)["error"]["code"] == -32800
    fake.wait_for(lambda: fake.infills[0].is_aborted)
    assert client.texts[URI][1] == TWO


def test_the_command_to_cancel(client: Client, fake: FakeServer) -> None:
    fake.delay_s = 5
    client.open(TWO)
    id = client.request("workspace/executeCommand", command="elbarto.ls.fillAllHoles", arguments=[{"uri": URI}])
    fake.wait_for(lambda: fake.infills)
    assert client.command("cancel") == {"cancelled": 1}
    assert client.answer(id)["error"]["code"] == -32800
    fake.wait_for(lambda: fake.infills[0].is_aborted)


def test_progress_of_a_command_can_be_cancelled(client: Client, fake: FakeServer) -> None:
    fake.delay_s = 20
    client.open(TWO)
    id = client.request("workspace/executeCommand", command="elbarto.ls.fillAllHoles", arguments=[{"uri": URI}])
    begin = client.wait_for(lambda: [one for one in client.of("$/progress") if one["value"]["kind"] == "begin"])
    assert begin[0]["value"]["title"] == "El Barto: filling all holes"
    client.notify("window/workDoneProgress/cancel", token=begin[0]["token"])
    assert client.answer(id)["error"]["code"] == -32800
    fake.wait_for(lambda: fake.infills[0].is_aborted)


def test_where_there_is_no_hole_the_user_is_told(client: Client, fake: FakeServer) -> None:
    client.open("x = 1\n")
    result = client.command("fillHole", uri=URI, position=at(0, 0))
    assert result["applied"] is False
    assert result["reason"] in client.messages()
    assert not fake.infills


@pytest.mark.parametrize(
    "argument",
    [{}, {"uri": 1}, {"uri": URI}, {"uri": URI, "position": "here"},
     {"uri": URI, "position": {"line": "a", "character": 0}},
     {"uri": URI, "position": {"line": 0, "character": 0}, "hint": 3}],
)  # fmt: skip
def test_arguments_that_are_wrong(client: Client, argument: dict[str, Any]) -> None:
    client.open(TWO)
    id = client.request("workspace/executeCommand", command="elbarto.ls.fillHole", arguments=[argument])
    error = client.answer(id)["error"]
    assert error["code"] == -32602
    assert "elbarto.ls.fillHole" in error["message"]


def test_another_version_than_the_one_meant(client: Client) -> None:
    client.open(TWO)
    assert client.command("fillAllHoles", uri=URI, version=7)["applied"] is False


def test_rewrite_selection_takes_whole_lines_and_something_new(client: Client, fake: FakeServer) -> None:
    text = "def f():\n    x = 1\n    return x\n\ny = 2\n"
    client.open(text)
    fake.answers["def f():\n    "] = ["x = 1\n    return x", "return 1"]
    result = client.command("rewriteSelection", uri=URI, range={"start": at(1, 6), "end": at(2, 8)})
    assert result == {"applied": True, "edits": 1}
    assert client.texts[URI][1] == "def f():\n    return 1\n\ny = 2\n"


def test_redenoise_asks_for_the_unsure_tokens_of_the_selection(client: Client, fake: FakeServer) -> None:
    client.open("a = 1\nb = two + 3\n")
    fake.answers["two"] = "2"
    client.command("redenoise", uri=URI, range={"start": at(1, 4), "end": at(1, 7)})
    assert client.texts[URI][1] == "a = 1\nb = 2 + 3\n"
    body = fake.infills[0].body
    assert (body["mode"], body["threshold"], body["spans"]) == ("redenoise", 0.5, [[10, 13]])


def test_redenoise_of_the_last_completion_keeps_what_the_user_changed_in_it(client: Client, fake: FakeServer) -> None:
    client.open("total = ")
    item = client.answer(client.ask(0, 8))["result"]["items"][0]
    client.change("total = sum(values)")
    client.command("accepted", **item["command"]["arguments"][0])
    client.change("total = sum(names)")
    fake.answers["sum("] = "max("
    client.command("redenoise", uri=URI)
    assert client.texts[URI][1] == "total = max(names)"
    (record,) = [record for record in fake.infills if record.path == "/v1/edits"]
    assert "names" not in [record.body["text"][start:end] for start, end in record.body["spans"]]


def test_generate_from_comment_writes_block_by_block_below_it(client: Client, fake: FakeServer) -> None:
    fake.chat = "Here it is:\n```python\ndef add(a, b):\n    # sum\n    return a + b\n```\nI hope it helps."
    client.open("x = 1\n\n    # Add two numbers.\ny = 2\n")
    result = client.command("generateFromComment", uri=URI, position=at(2, 8))
    assert result["applied"] is True
    assert result["edits"] == 3
    expected = "    # Add two numbers.\n    def add(a, b):\n        # sum\n        return a + b\ny = 2\n"
    assert client.texts[URI][1] == "x = 1\n\n" + expected
    assert "Add two numbers." in fake.records[-1].body["messages"][0]["content"]


def test_generating_goes_on_below_what_is_typed_above(client: Client, fake: FakeServer) -> None:
    fake.chat, fake.chat_delay_s = "```python\na = 1\nb = 2\nc = 3\n```", 0.05
    client.open("# Three variables.\n")
    id = client.request(
        "workspace/executeCommand",
        command="elbarto.ls.generateFromComment",
        arguments=[{"uri": URI, "position": at(0, 3)}],
    )
    client.wait_for(lambda: "a = 1" in client.texts[URI][1])
    client.change("import os\n" + client.texts[URI][1])
    assert client.answer(id)["result"]["applied"] is True
    assert client.texts[URI][1] == "import os\n# Three variables.\na = 1\nb = 2\nc = 3\n"


def test_generating_can_be_cancelled(client: Client, fake: FakeServer) -> None:
    fake.chat, fake.chat_delay_s = "```python\n" + "x = 1\n" * 200, 0.05
    client.open("# Variables.\n")
    id = client.request(
        "workspace/executeCommand",
        command="elbarto.ls.generateFromComment",
        arguments=[{"uri": URI, "position": at(0, 3)}],
    )
    client.wait_for(lambda: "x = 1" in client.texts[URI][1])
    client.notify("$/cancelRequest", id=id)
    assert client.answer(id)["error"]["code"] == -32800
    fake.wait_for(lambda: fake.records[-1].is_aborted)


def test_code_actions_are_resolved_lazily(client: Client, fake: FakeServer) -> None:
    client.open(TWO)
    found = actions(client, 1, 13)
    assert [action["title"] for action in found] == [
        "Fill this hole (El Barto)",
        "Fill all 2 holes of mean (El Barto)",
    ]
    assert all("edit" not in action and "command" not in action for action in found)
    assert not fake.infills
    resolved = client.call("codeAction/resolve", **found[1])
    (change,) = resolved["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": URI, "version": 1}
    assert apply_edits(TWO, change["edits"]) == FILLED


def test_a_selection_can_be_rewritten(client: Client) -> None:
    client.open(TWO)
    titles = [action["title"] for action in actions(client, 1, 0, (3, 4))]
    assert titles == [
        "Fill this hole (El Barto)",
        "Fill all 2 holes in the selection (El Barto)",
        "Rewrite selection (El Barto)",
        "Re-denoise unsure tokens in the selection (El Barto)",
    ]


def test_no_action_where_nothing_is_to_do_or_another_kind_is_wanted(client: Client) -> None:
    client.open(TWO)
    assert actions(client, 3, 0) != [], "the function has holes"
    assert actions(client, 1, 13, only=["source.organizeImports"]) == []
    assert actions(client, 1, 13, only=["refactor"]) != []
    client.open("x = 1\n", URI)
    assert actions(client, 0, 0) == []


def test_a_cursor_that_is_a_selection_of_one_character_is_a_cursor(client: Client, fake: FakeServer) -> None:
    client.open(TWO)
    titles = [action["title"] for action in actions(client, 1, 12, end=(1, 13))]
    assert titles == [action["title"] for action in actions(client, 1, 12)]
    assert "Fill all 2 holes of mean (El Barto)" in titles


def test_an_action_for_a_hole_that_is_gone_is_refused(client: Client, fake: FakeServer) -> None:
    client.open(TWO)
    action = actions(client, 1, 13)[0]
    client.change(TWO.replace("...", "123"))
    answer = client.answer(client.request("codeAction/resolve", **action))
    assert answer["error"]["code"] == -32801
    assert not fake.infills


def test_an_action_for_a_hole_that_stayed_is_for_the_new_version(client: Client, fake: FakeServer) -> None:
    client.open(TWO)
    action = actions(client, 1, 13)[0]
    client.change(TWO + "# below\n")
    resolved = client.call("codeAction/resolve", **action)
    assert resolved["edit"]["documentChanges"][0]["textDocument"]["version"] == 2


def test_clients_that_do_not_resolve_get_a_command(fake: FakeServer) -> None:
    capabilities = {**NEOVIM, "textDocument": {"codeAction": {}}}
    with language_server("--server", fake.url) as client:
        client.initialize(capabilities)
        client.wait_until_ready()
        client.open(TWO)
        action = actions(client, 1, 13)[1]
        client.call("workspace/executeCommand", **{k: v for k, v in action["command"].items() if k != "title"})
        assert client.texts[URI][1] == FILLED


def test_unsure_spans_are_told_and_move_with_the_text(client: Client, fake: FakeServer) -> None:
    fake.confidences = {"sum": 0.3}
    client.open(TWO)
    client.command("fillAllHoles", uri=URI)
    published = client.wait_for(lambda: client.of("elbarto/confidence"))[-1]
    assert published["version"] == 2
    assert published["spans"] == [{"range": {"start": at(1, 12), "end": at(1, 15)}, "confidence": 0.3}]
    client.change("x = 1\n" + FILLED)
    published = client.wait_for(lambda: [one for one in client.of("elbarto/confidence") if one["version"] == 3])[-1]
    assert published["spans"][0]["range"]["start"] == at(2, 12)
    client.change("x = 1\n" + FILLED.replace("sum", "sun"))
    published = client.wait_for(lambda: [one for one in client.of("elbarto/confidence") if one["version"] == 4])[-1]
    assert published["spans"] == [], "what the user has changed is his"


def test_unsure_spans_as_hints_and_as_tokens(fake: FakeServer) -> None:
    fake.confidences = {"sum": 0.3}
    for mode in ("hints", "tokens"):
        with language_server("--server", fake.url) as client:
            capabilities = client.initialize(settings={"confidence": mode})
            client.wait_until_ready()
            client.open(TWO)
            client.command("fillAllHoles", uri=URI)
            time.sleep(0.1)
            if mode == "hints":
                assert capabilities["inlayHintProvider"]
                where = {"start": at(0, 0), "end": at(9, 0)}
                (hint,) = client.call("textDocument/inlayHint", textDocument={"uri": URI}, range=where)
                assert (hint["position"], hint["label"]) == (at(1, 15), "30%")
            else:
                assert capabilities["semanticTokensProvider"]["legend"]["tokenTypes"] == ["elbartoUnsure"]
                tokens = client.call("textDocument/semanticTokens/full", textDocument={"uri": URI})
                assert tokens["data"] == [1, 12, 3, 0, 0]


def test_unsure_spans_are_placeholders_where_the_client_takes_snippets(fake: FakeServer) -> None:
    fake.confidences = {"values": 0.3}
    with language_server("--server", fake.url, ELBARTO_LSP_PLACEHOLDERS="1") as client:
        client.initialize(clientFeatures=["inlineSnippets"])
        client.wait_until_ready()
        client.open("total = ")
        item = client.answer(client.ask(0, 8))["result"]["items"][0]
        assert item["insertText"] == {"kind": "snippet", "value": "sum(${1:values})$0"}


def test_list_holes(client: Client, fake: FakeServer) -> None:
    client.open(TWO)
    holes = client.command("listHoles", uri=URI)["holes"]
    assert [(hole["text"], hole["kind"]) for hole in holes] == [("...", "value"), ("___", "blank")]
    assert not fake.infills
