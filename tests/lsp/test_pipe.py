"""The language server over a bare pipe, against a slow model server: which requests are answered, and with what."""

from __future__ import annotations

import time

import pytest

from tests.lsp.fake_server import FakeServer
from tests.lsp.raw import NEOVIM, URI, Client, language_server

ADD = "def add(a, b):\n    return \n"


@pytest.fixture
def answers() -> dict[str, str | list[str]]:
    return {"return ": ["a + b", "b + a", "sum((a, b))"], "return a": " + b", "total = ": "sum(values)"}


def test_three_candidates_when_invoked_and_one_while_typing(client: Client, fake: FakeServer) -> None:
    client.open(ADD)
    assert client.complete(1, 11, invoked=False) == ["a + b"]
    assert client.complete(1, 11) == ["a + b", "b + a", "sum((a, b))"]
    assert [record.body["n"] for record in fake.infills] == [1, 3]


def test_the_range_is_empty_and_the_candidate_a_single_line_before_text(client: Client, fake: FakeServer) -> None:
    client.open("x = f( + 1\n")
    answer = client.answer(client.ask(0, 6))
    assert fake.infills[0].body["segments"][1]["hole"]["single_line"] is True
    for item in answer["result"]["items"]:
        assert item["range"]["start"] == item["range"]["end"] == {"line": 0, "character": 6}


def test_an_automatic_request_in_the_middle_of_a_line(client: Client, fake: FakeServer) -> None:
    fake.answers["print("] = "total"
    client.open("print( + offset, file=stream)\n")
    assert client.complete(0, 6, invoked=False) == ["total"]


def test_a_second_request_at_the_same_place_shares_the_first_ones_work(client: Client, fake: FakeServer) -> None:
    fake.delay_s = 0.3
    client.open(ADD)
    ids = [client.ask(1, 11, invoked=False) for _ in range(5)]
    answers = [client.answer(id)["result"]["items"][0]["insertText"] for id in ids]
    assert answers == ["a + b"] * 5
    assert len(fake.infills) == 1


def test_a_newer_request_replaces_the_older_one(client: Client, fake: FakeServer) -> None:
    fake.delay_s = 0.5
    client.open(ADD)
    first = client.ask(1, 11)
    fake.wait_for(lambda: fake.infills)
    client.change("def add(a, b):\n    return a\n")
    second = client.ask(1, 12)
    assert client.answer(first)["result"] is None
    assert [item["insertText"] for item in client.answer(second)["result"]["items"]] == [" + b"]
    fake.wait_for(lambda: fake.infills[0].is_aborted)
    assert fake.infills[0].steps < 10


def test_a_cancelled_request_is_answered_so_and_hangs_up(client: Client, fake: FakeServer) -> None:
    fake.delay_s = 5
    client.open(ADD)
    id = client.ask(1, 11)
    fake.wait_for(lambda: fake.infills)
    client.notify("$/cancelRequest", id=id)
    assert client.answer(id)["error"]["code"] == -32800
    record = fake.infills[0]
    cancelled_at = record.steps
    fake.wait_for(lambda: record.is_aborted)
    assert record.steps <= cancelled_at + 1, "no more than the step that was under way"
    assert client.command("status")["running"] == 0


def test_one_of_two_who_wait_cancels_and_the_other_is_answered(client: Client, fake: FakeServer) -> None:
    fake.delay_s = 0.3
    client.open(ADD)
    first, second = client.ask(1, 11), client.ask(1, 11)
    client.notify("$/cancelRequest", id=first)
    assert client.answer(first)["error"]["code"] == -32800
    assert client.answer(second)["result"]["items"]
    assert not fake.infills[0].is_aborted


def test_a_burst_of_two_hundred_requests(client: Client, fake: FakeServer) -> None:
    """All are answered, the last one with its suggestion, and few of them reach the model."""
    fake.delay_s = 1  # longer than a busy machine may delay the test
    text = "x = 1\n" * 20 + "return "
    client.open(text)
    ids = []
    with client.at_once():
        for number in range(200):
            text += "y"
            client.change(text)
            ids.append(client.ask(20, 7 + number + 1, invoked=False))
    answers = [client.answer(id, 20) for id in ids]
    assert all("error" not in answer for answer in answers)
    assert [answer["result"] for answer in answers[:-1]] == [None] * 199
    assert [item["insertText"] for item in answers[-1]["result"]["items"]] == ["pass"]
    assert len(fake.infills) < 20


def test_requests_in_other_documents_do_not_replace_each_other(client: Client, fake: FakeServer) -> None:
    fake.delay_s = 0.2
    other = "file:///tmp/b.py"
    client.open(ADD)
    client.open(ADD, other)
    first, second = client.ask(1, 11), client.ask(1, 11, uri=other)
    assert client.answer(first)["result"]["items"]
    assert client.answer(second)["result"]["items"]


def test_what_was_typed_meanwhile_is_taken_off(client: Client, fake: FakeServer) -> None:
    fake.delay_s = 0.3
    client.open(ADD)
    id = client.ask(1, 11)
    fake.wait_for(lambda: fake.infills)
    client.change(ADD.replace("return ", "return a +"))
    (item,) = client.answer(id)["result"]["items"]
    assert (item["insertText"], item["range"]["start"]["character"]) == (" b", 14)


def test_an_answer_to_another_text_is_null(client: Client, fake: FakeServer) -> None:
    fake.delay_s = 0.3
    client.open(ADD)
    id = client.ask(1, 11)
    fake.wait_for(lambda: fake.infills)
    client.change(ADD.replace("return ", "return x"))
    assert client.answer(id)["result"] is None


def test_typing_on_is_answered_from_the_cache(client: Client, fake: FakeServer) -> None:
    client.open(ADD)
    assert client.complete(1, 11) == ["a + b", "b + a", "sum((a, b))"]
    client.change(ADD.replace("return ", "return a"))
    assert client.complete(1, 12, invoked=False) == [" + b"]
    assert len(fake.infills) == 1
    client.change(ADD.replace("return ", "return a") + "x = 1\n")
    assert client.complete(1, 12, invoked=False) == [" + b"]
    assert len(fake.infills) == 2, "another suffix is another text"


def test_after_an_accepted_completion_the_next_is_there_already(client: Client, fake: FakeServer) -> None:
    client.open("total = ")
    item = client.answer(client.ask(0, 8, invoked=False))["result"]["items"][0]
    fake.answers["total = sum(values)"] = "\nprint(total)"
    client.change("total = sum(values)")
    client.command("accepted", **item["command"]["arguments"][0])
    fake.wait_for(lambda: len(fake.infills) == 2 and fake.infills[1].is_done)
    assert client.complete(0, 19, invoked=False) == ["\nprint(total)"]
    assert len(fake.infills) == 2


def test_an_empty_list_where_there_is_nothing_to_suggest(client: Client, fake: FakeServer) -> None:
    fake.answers["return "] = "  \n"
    client.open(ADD)
    assert client.complete(1, 11) == []


def test_crlf_goes_to_the_model_as_lf_and_comes_back(client: Client, fake: FakeServer) -> None:
    fake.answers["def f():"] = "\n    return 1"
    client.open("x = 1\r\ndef f():\r\n")
    assert client.complete(1, 8) == ["\r\n    return 1"]
    segments = fake.infills[0].body["segments"]
    assert not any("\r" in part for part in segments if isinstance(part, str))


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 14), ("utf-16", 9), ("utf-32", 8)])
def test_positions_in_every_encoding(fake: FakeServer, encoding: str, column: int) -> None:
    """After characters of two, three and four bytes, below a form feed and a U+2028."""
    fake.answers["é€😀 = "] = "1"
    capabilities = {**NEOVIM, "general": {"positionEncodings": [encoding]}}
    with language_server("--server", fake.url) as client:
        assert client.initialize(capabilities)["positionEncoding"] == encoding
        client.wait_until_ready()
        client.open("# \f page\n# \u2028 line\n  é€😀 = \n")
        id = client.ask(2, column)
        items = client.answer(id)["result"]["items"]
        assert [item["insertText"] for item in items] == ["1"], fake.infills[0].body
        assert items[0]["range"]["start"] == {"line": 2, "character": column}


def test_a_selected_item_of_the_popup_is_completed(client: Client, fake: FakeServer) -> None:
    client.open("def add(a, b):\n    retu\n")
    fake.answers["return"] = " a + b"
    info = {"range": {"start": {"line": 1, "character": 4}, "end": {"line": 1, "character": 8}}, "text": "return"}
    answer = client.answer(client.ask(1, 8, selectedCompletionInfo=info))
    (item,) = answer["result"]["items"]
    assert item["insertText"] == "return a + b"
    assert item["range"] == info["range"]


def test_a_deadline_gives_a_draft_that_is_refined_for_the_next_time(fake: FakeServer) -> None:
    fake.delay_s = 0.15
    with language_server("--server", fake.url, ELBARTO_LSP_DEADLINE_MS="60") as client:
        client.initialize()
        client.wait_until_ready()
        client.open(ADD)
        assert client.complete(1, 11, invoked=False) == ["a + b"]
        fake.wait_for(lambda: len(fake.infills) == 2 and fake.infills[1].is_done)
        assert [record.body["time_budget_ms"] for record in fake.infills] == [60, 240]
        assert client.complete(1, 11, invoked=False) == ["a + b"]
        time.sleep(0.1)
        assert len(fake.infills) == 2


def test_other_open_documents_are_sent_along(client: Client, fake: FakeServer) -> None:
    fake.infill_context = 4000
    client.command("reconnect")
    client.wait_until_ready()
    client.open("def helper(values):\n    return 1\n", "file:///tmp/helper.py")
    client.open(ADD)
    client.complete(1, 11)
    assert fake.infills[0].body["context"] == [{"filename": "helper.py", "text": "def helper(values):\n    return 1"}]


def test_a_server_that_parses_gets_the_language_and_the_whole_file(client: Client, fake: FakeServer) -> None:
    text = "import os\r\n" + "x = 1\r\n" * 400 + "y = \r\n" + "z = 2\r\n" * 400
    client.open(text)
    client.complete(401, 4)
    assert "syntax" not in fake.infills[0].body, "a server of before it"

    fake.infill_syntax = ("python", "tsx")
    client.command("reconnect")
    client.wait_until_ready()
    client.change(text.replace("import os", "import re"))
    client.complete(401, 4)
    body = fake.infills[1].body
    around = body["syntax"]
    before, _, after = body["segments"]
    assert around["language"] == "python"
    assert around["before"].startswith("import re\nx = 1\n")
    assert around["before"] + before + after + around["after"] == client.texts[URI][1].replace("\r\n", "\n")

    client.open("x = ", "file:///tmp/a.lua", "lua")
    client.complete(0, 4, uri="file:///tmp/a.lua")
    client.open("x = ", "file:///tmp/a.tsx", "typescriptreact")
    client.complete(0, 4, uri="file:///tmp/a.tsx")
    assert "syntax" not in fake.infills[2].body
    assert fake.infills[3].body["syntax"] == {"language": "tsx", "before": "", "after": ""}


def test_regenerate_pins_what_was_typed_and_gives_others(client: Client, fake: FakeServer) -> None:
    client.open(ADD)
    client.complete(1, 11)
    client.change(ADD.replace("return ", "return a"))
    fake.answers["return "] = "a * b"
    items = client.command("regenerate", uri="file:///tmp/a.py", position={"line": 1, "character": 12})["items"]
    assert [item["insertText"] for item in items] == [" * b"]
    hole = fake.infills[-1].body["segments"][1]["hole"]
    assert hole["pinned"] == [{"text": "a", "at": "start"}]
    assert isinstance(fake.infills[-1].body["seed"], int)


def test_suggest_is_a_request_by_hand_for_clients_without_one(client: Client, fake: FakeServer) -> None:
    client.open(ADD)
    items = client.command("suggest", uri="file:///tmp/a.py", position={"line": 1, "character": 11})["items"]
    assert [item["insertText"] for item in items] == ["a + b", "b + a", "sum((a, b))"]
    assert client.complete(1, 11, invoked=False) == ["a + b", "b + a", "sum((a, b))"]
    assert len(fake.infills) == 1


def test_progress_after_a_second_that_can_be_cancelled(client: Client, fake: FakeServer) -> None:
    fake.delay_s = 20
    client.open(ADD)
    id = client.ask(1, 11)
    begin = client.wait_for(lambda: [one for one in client.of("$/progress") if one["value"]["kind"] == "begin"])
    assert begin[0]["value"]["cancellable"] is True
    client.notify("window/workDoneProgress/cancel", token=begin[0]["token"])
    assert client.answer(id)["error"]["code"] == -32800
    fake.wait_for(lambda: fake.infills[0].is_aborted)
    client.wait_for(lambda: [one for one in client.of("$/progress") if one["value"]["kind"] == "end"])


def test_the_status_tells_what_is_going_on(client: Client, fake: FakeServer) -> None:
    client.open(ADD)
    client.complete(1, 11)
    states = [state["state"] for state in client.of("elbarto/status")]
    assert states[-3:] == ["ready", "busy", "ready"]
    last = client.of("elbarto/status")[-1]
    assert (last["model"], last["server"], last["tpf"]) == ("fake", fake.url, 1.5)
    assert last["ms"] > 0


def test_a_client_that_asks_for_nothing_gets_nothing_of_our_own(fake: FakeServer) -> None:
    with language_server("--server", fake.url) as client:
        client.initialize()
        client.wait_until_ready()
        client.open(ADD)
        client.complete(1, 11)
        assert {one["method"] for one in client.notifications} <= {"window/logMessage"}


def test_it_ends_when_the_editor_says_so_and_when_it_is_gone(fake: FakeServer) -> None:
    with language_server("--server", fake.url) as client:
        client.initialize()
        client.wait_until_ready()
        assert client.stop() == 0
    with language_server("--server", fake.url) as client:
        client.initialize()
        client.open(ADD)
        fake.delay_s = 30
        client.wait_until_ready()
        client.ask(1, 11)
        fake.wait_for(lambda: fake.infills)
        assert client.process.stdin is not None
        client.process.stdin.close()  # as when an editor crashes
        client.process.wait()
        fake.wait_for(lambda: fake.infills[-1].is_aborted)
