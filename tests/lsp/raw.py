"""A minimal language client over a bare pipe, which sends and receives single messages."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tests.lsp import starter
from tests.lsp.starter import ROOT, Started

# For conditions that become true within a second on an idle machine; this one may be busy.
PATIENCE_S = 60.0
URI = "file:///tmp/a.py"
INLINE = {"inlineCompletion": {"dynamicRegistration": False}}
NEOVIM: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-8", "utf-16", "utf-32"]},
    "textDocument": INLINE
    | {"codeAction": {"dataSupport": True, "resolveSupport": {"properties": ["edit", "command"]}}},
    "workspace": {"workspaceEdit": {"documentChanges": True}, "applyEdit": True, "configuration": True},
    "window": {"workDoneProgress": True},
}


def environment(**variables: str) -> dict[str, str]:
    """This process's environment, without settings of the language server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ELBARTO_")}
    return {**kept, "PYTHONPATH": str(ROOT), **variables}


NEVER = object()  # what a handler returns that does not answer


class Answer(dict[str, Any]):
    """An answer with other fields than a result, as a handler may return it."""


class Client:
    """Requests and answers by id, or None where an answer has none.

    The server's own requests are answered by `handlers`, or with null.
    """

    def __init__(self, process: Started | subprocess.Popen[bytes]) -> None:
        self.process = process
        self.answers: dict[Any, dict[str, Any]] = {}
        self.notifications: list[dict[str, Any]] = []
        self.requests: list[dict[str, Any]] = []
        self.handlers: dict[str, Callable[[Any], Any]] = {}
        self.texts: dict[str, tuple[int, str]] = {}
        self._id = 0
        self._is_held_back = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def send(self, message: dict[str, Any]) -> None:
        self.send_body(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def send_body(self, body: bytes, header: bytes = b"Content-Length: %d\r\n\r\n") -> None:
        """Send a message that may be none."""
        with self._lock:
            assert self.process.stdin is not None
            self.process.stdin.write(header % len(body) + body)
            if not self._is_held_back:
                self.process.stdin.flush()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Buffer the messages sent inside, and write them together at the end."""
        self._is_held_back = True
        yield
        self._is_held_back = False
        with self._lock:
            assert self.process.stdin is not None
            self.process.stdin.flush()

    def notify(self, method: str, **params: Any) -> None:
        self.send({"method": method, "params": params})

    def request(self, method: str, **params: Any) -> int:
        self._id += 1
        self.send({"id": self._id, "method": method, "params": params})
        return self._id

    def call(self, method: str, **params: Any) -> Any:
        """The result of a request; fails for an error response."""
        answer = self.answer(self.request(method, **params))
        assert "error" not in answer, answer
        return answer["result"]

    def command(self, command: str, seconds: float = 10, **argument: Any) -> Any:
        id = self.request("workspace/executeCommand", command=f"elbarto.ls.{command}", arguments=[argument])
        answer = self.answer(id, seconds)
        assert "error" not in answer, answer
        return answer["result"]

    def answer(self, id: int | None, seconds: float = PATIENCE_S) -> dict[str, Any]:
        return self.wait_for(lambda: self.answers.get(id), seconds)

    def wait_for(self, condition: Callable[[], Any], seconds: float = PATIENCE_S) -> Any:
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            assert time.monotonic() < deadline, (self.notifications[-5:], self.process.poll())
            time.sleep(0.005)
        return value

    def initialize(self, capabilities: dict[str, Any] = NEOVIM, name: str = "raw", **options: Any) -> dict[str, Any]:
        answer = self.call(
            "initialize", processId=None, rootUri=None, clientInfo={"name": name}, capabilities=capabilities,
            initializationOptions=options,
        )  # fmt: skip
        self.notify("initialized")
        return dict(answer["capabilities"])

    def open(self, text: str, uri: str = URI, language: str = "python") -> None:
        self.texts[uri] = (1, text)
        item = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", textDocument=item)

    def change(self, text: str, uri: str = URI) -> None:
        """Send the whole text as one change."""
        version = self.texts[uri][0] + 1
        self.texts[uri] = (version, text)
        document = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", textDocument=document, contentChanges=[{"text": text}])

    def ask(self, line: int, character: int, invoked: bool = True, uri: str = URI, **context: Any) -> int:
        """Request an inline completion; returns the request's id."""
        return self.request(
            "textDocument/inlineCompletion",
            textDocument={"uri": uri},
            position={"line": line, "character": character},
            context={"triggerKind": 1 if invoked else 2, **context},
        )

    def complete(self, line: int, character: int, invoked: bool = True, **more: Any) -> list[str] | None:
        answer = self.answer(self.ask(line, character, invoked, **more))
        assert "error" not in answer, answer
        result = answer["result"]
        return None if result is None else [item["insertText"] for item in result["items"]]

    def messages(self) -> list[str]:
        """The messages shown to the user."""
        return [one["params"]["message"] for one in self.notifications if one["method"] == "window/showMessage"]

    def of(self, method: str) -> list[Any]:
        return [one["params"] for one in self.notifications if one["method"] == method]

    def wait_until_ready(self, seconds: float = PATIENCE_S) -> None:
        self.wait_for(lambda: self.command("status")["state"] == "ready", seconds)

    def stop(self) -> int:
        if self.process.poll() is None:
            self.call("shutdown")
            self.notify("exit")
        return self.process.wait(PATIENCE_S)

    def _read(self) -> None:
        assert self.process.stdout is not None
        stream = self.process.stdout
        while header := stream.readline():
            length = 0
            while header.strip():
                name, _, value = header.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
                header = stream.readline()
            self._take(json.loads(stream.read(length)))

    def _take(self, message: dict[str, Any]) -> None:
        if "method" not in message:
            self.answers[message["id"]] = message
        elif "id" not in message:
            self.notifications.append(message)
        else:
            self.requests.append(message)
            result = self.handlers.get(message["method"], self._default)(message)
            if result is not NEVER:
                self.send({"id": message["id"], **(result if isinstance(result, Answer) else {"result": result})})

    def _default(self, message: dict[str, Any]) -> Any:
        if message["method"] == "workspace/configuration":
            return [None for _ in message["params"]["items"]]
        if message["method"] == "workspace/applyEdit":
            return self.apply(message["params"]["edit"])
        return None

    def apply(self, edit: dict[str, Any]) -> dict[str, Any]:
        """Act as an editor: refuse edits of other versions, apply, report the change. Columns are code points here."""
        for change in edit["documentChanges"]:
            uri, version = change["textDocument"]["uri"], change["textDocument"]["version"]
            if version != self.texts[uri][0]:
                return {"applied": False, "failureReason": "other version"}
            self.change(apply_edits(self.texts[uri][1], change["edits"]), uri)
        return {"applied": True}


def apply_edits(text: str, edits: list[dict[str, Any]]) -> str:
    places = []
    for edit in edits:
        start, end = (_offset(text, edit["range"][side]) for side in ("start", "end"))
        places.append((start, end, edit["newText"]))
    for start, end, new in sorted(places, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _offset(text: str, position: dict[str, int]) -> int:
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: position["line"]]) + position["character"]


@contextmanager
def language_server(*arguments: str, stderr: Any = None, **variables: str) -> Iterator[Client]:
    """`python -m lsp` on pipes."""
    with started(*arguments, stderr=stderr, **variables) as process:
        yield Client(process)


@contextmanager
def started(*arguments: str, stderr: Any = None, **variables: str) -> Iterator[Started]:
    process = starter.start(arguments, environment(**variables), stderr)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        with suppress(BrokenPipeError):  # data that was never flushed
            process.stdin.close()
        process.stdout.close()
