"""Sends mutated messages to a language server, and checks that each is answered as JSON-RPC demands.

    python -m tests.lsp.fuzz 20000 --seed 1

Headers are spelled in many ways. A message with a readable id and a method gets one answer with that id, one that is
neither a notification nor an answer gets one error without an id, and nothing else is answered.
"""

from __future__ import annotations

import argparse
import collections
import copy
import json
import random
import time
from collections.abc import Iterator
from typing import Any

from tests.lsp import fake_server
from tests.lsp.raw import NEOVIM, NEVER, PATIENCE_S, URI, Answer, Client, started

PLACE = {"textDocument": {"uri": URI}, "position": {"line": 1, "character": 11}}
RANGE = {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 4}}
TEXT = "def add(a, b):\n    return \ndef sub(a, b):\n    ...\n# sum of the list\n"
CHANGE = {"range": RANGE, "rangeLength": 4, "text": "😀\r\n"}
COMMANDS = ("suggest", "regenerate", "fillHole", "fillAllHoles", "rewriteSelection", "redenoise", "generateFromComment",
            "listHoles", "cancel", "accepted", "status")  # fmt: skip
ARGUMENT = {"uri": URI, "position": {"line": 3, "character": 5}, "range": RANGE, "hint": "add", "id": "1", "index": 0}
REQUESTS: list[tuple[str, Any]] = [
    ("textDocument/inlineCompletion", {**PLACE, "context": {"triggerKind": 1}}),
    ("textDocument/completion", {**PLACE, "context": {"triggerKind": 1}}),
    ("textDocument/codeAction", {"textDocument": {"uri": URI}, "range": RANGE, "context": {"diagnostics": []}}),
    ("codeAction/resolve", {"title": "x", "kind": "refactor.rewrite", "data": {"command": "fillHole", **ARGUMENT}}),
    ("initialize", {"processId": None, "rootUri": None, "capabilities": NEOVIM, "workspaceFolders": []}),
    *(("workspace/executeCommand", {"command": f"elbarto.ls.{name}", "arguments": [ARGUMENT]}) for name in COMMANDS),
]
NOTIFICATIONS: list[tuple[str, Any]] = [
    ("initialized", {}),
    ("textDocument/didOpen", {"textDocument": {"uri": URI, "languageId": "python", "version": 1, "text": TEXT}}),
    ("textDocument/didChange", {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [CHANGE]}),
    ("textDocument/didChange", {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [{"text": TEXT}]}),
    ("textDocument/didClose", {"textDocument": {"uri": URI}}),
    ("workspace/didChangeConfiguration", {"settings": {"elbarto": {"maxTokens": 48}}}),
    ("workspace/didChangeWorkspaceFolders", {"event": {"added": [{"uri": URI, "name": "a"}], "removed": []}}),
    ("window/workDoneProgress/cancel", {"token": "elbarto-1"}),
    ("$/cancelRequest", {"id": 3}),
    ("$/setTrace", {"value": "verbose"}),
    ("elbarto/didShow", {"id": "1", "index": 0}),
]
ODDITIES: list[Any] = [
    *(None, True, 0, -1, 1.5, 2**31, 2**70, float("nan"), "", "x", "\ud800", "\x00", [], [None], {}, {"a": {}}),
    *("file:///tmp/a.py", "shutdown", [[[[]]]], {"start": None}, "😀" * 50, "a" * 5000),
]
HEADERS = [
    *(b"Content-Length: %d\r\n\r\n", b"content-length:%d\r\n\r\n", b"Content-Length:  %d \r\n\r\n"),
    *(b"Content-Length: %d\r\nContent-Type: x\r\n\r\n", b"content-type: x; charset=utf8\nCONTENT-LENGTH: %d\n\n"),
]
BATCH = 50


class FuzzClient(Client):
    """Counts answers, and answers requests oddly."""

    def __init__(self, process: Any) -> None:
        self.counts: collections.Counter[Any] = collections.Counter()
        self.codes: collections.Counter[Any] = collections.Counter()
        self.random = random.Random(0)
        super().__init__(process)

    def _take(self, message: dict[str, Any]) -> None:
        if "method" not in message:
            self.counts[message["id"]] += 1
            self.codes[message["error"]["code"] if "error" in message else "result"] += 1
        super()._take(message)

    def _default(self, message: dict[str, Any]) -> Any:
        oddity = self.random.choice([value for value in ODDITIES if value == value])  # without NaN, which is no JSON
        return self.random.choice([{"applied": True}, None, [None], NEVER, oddity, [oddity], Answer(error=oddity)])


def messages(number: int, seed: int) -> Iterator[bytes]:
    """Bodies of messages, most of them spoiled in one to three places."""
    random_ = random.Random(seed)
    for index in range(number):
        id, kind = f"fuzz-{index}", random_.random()
        if kind < 0.6:
            method, params = random_.choice(REQUESTS)
            message: Any = {"jsonrpc": "2.0", "id": id, "method": method, "params": params}
        elif kind < 0.95:
            method, params = random_.choice(NOTIFICATIONS)
            message = {"jsonrpc": "2.0", "method": method, "params": params}
        else:
            message = {"jsonrpc": "2.0", "id": id, "result": {"applied": True}}
        message = json.loads(json.dumps(message))
        for _ in range(random_.choice([0, 1, 1, 2, 3])):
            message = _spoil(message, random_)
        body = json.dumps(message).encode()
        yield _spoil_bytes(body, random_) if random_.random() < 0.1 else body


def _spoil(value: Any, random_: random.Random) -> Any:
    """Replace, delete, double or rename one part, somewhere in the tree."""
    if not isinstance(value, dict | list) or not value or random_.random() < 0.1:
        return copy.deepcopy(random_.choice(ODDITIES))
    key = random_.choice(list(value) if isinstance(value, dict) else range(len(value)))
    if isinstance(value, dict) and "params" in value and random_.random() < 0.8:
        key = "params"  # a message with another envelope is refused before anything else
    how = random_.random()
    if how < 0.15:
        del value[key]
    elif how < 0.2 and isinstance(value, dict):
        value[random_.choice(["id", "method", "params", "x", "uri"])] = value.pop(key)
    elif how < 0.25 and isinstance(value, list):
        value.append(value[key])
    else:
        value[key] = _spoil(value[key], random_)
    return value


def _spoil_bytes(body: bytes, random_: random.Random) -> bytes:
    at = random_.randrange(len(body))
    return random_.choice([body[:at], body[:at] + bytes([random_.randrange(256)]) + body[at + 1 :], body[at:]])


def expected(body: bytes) -> tuple[bool, Any]:
    """Whether a message must be answered, and with which id."""
    try:
        message = json.loads(body, parse_constant=int)  # a ValueError: JSON has no NaN
    except (ValueError, RecursionError):
        return True, None
    if not isinstance(message, dict):
        return True, None
    id = message.get("id")
    has_id = isinstance(id, int | str) and not isinstance(id, bool)
    if "method" not in message:
        return not {"result", "error"} & message.keys(), id if has_id else None
    if "id" in message:
        return True, id if has_id else None
    method = message["method"]
    is_right = isinstance(method, str) and message.get("jsonrpc") == "2.0"
    return not is_right or method in {name for name, _ in REQUESTS} | {"shutdown"}, None


def fuzz(client: FuzzClient, number: int, seed: int) -> collections.Counter[Any]:
    """Returns how many messages were answered how. Fails for one that is not answered, or twice."""
    random_ = random.Random(seed + 1)
    due: collections.Counter[Any] = collections.Counter()
    sent: dict[Any, bytes] = {}
    for index, body in enumerate(messages(number, seed)):
        if b'"exit"' in body or b'"shutdown"' in body:
            continue
        must_answer, id = expected(body)
        if must_answer:
            due[id] += 1
            sent[id] = body
        client.send_body(body, random_.choice(HEADERS))
        if index % BATCH == BATCH - 1 or index == number - 1:
            _settle(client, due, sent)
            client.open(TEXT)
    return client.codes


def _settle(client: FuzzClient, due: collections.Counter[Any], sent: dict[Any, bytes]) -> None:
    """Wait until everything is answered."""
    client.command("status")  # everything before it has begun
    client.command("cancel")  # a request that waits for the client's answer would wait for ever
    deadline = time.monotonic() + PATIENCE_S
    while missing := due - collections.Counter(dict(client.counts)):
        assert time.monotonic() < deadline, [sent[id] for id in missing][:3]
        time.sleep(0.002)
    own = {id: count for id, count in dict(client.counts).items() if not isinstance(id, int) or id in due}
    extra = collections.Counter(own) - due
    assert not extra, (extra, [sent.get(id) for id in extra][:3])


def run(number: int, seed: int) -> collections.Counter[Any]:
    answers: dict[str, str | list[str]] = {"return ": "a + b"}
    with fake_server.running(answers=answers) as fake, started("--server", fake.url) as process:
        client = FuzzClient(process)
        client.initialize()
        return fuzz(client, number, seed)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("number", type=int)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    began = time.monotonic()
    codes = run(arguments.number, arguments.seed)
    print(f"{arguments.number} messages in {time.monotonic() - began:.0f} s; answers: {dict(codes)}")
