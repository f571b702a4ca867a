"""`elbarto chat`: with a scripted model, with a scripted HTTP server behind a terminal, and with a real engine."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from app.cli import main
from app.cli.chat import Conversation, Message
from app.cli.remote import RemoteError, RemoteModel
from app.errors import ConfigError, PromptTooLong
from app.settings import ROOT
from tests.tiny import CHECKPOINT

PATIENCE_S = 60.0


class ScriptedModel:
    """Answers with the pieces of `script` in turn; an exception among them is raised at its place."""

    def __init__(self, *script: list[str | BaseException]) -> None:
        self.script = list(script)
        self.asked: list[list[Message]] = []
        self.num_closed = 0

    def stream(self, messages: Sequence[Message]) -> Generator[str]:
        self.asked.append(list(messages))
        try:
            for piece in self.script.pop(0):
                if isinstance(piece, BaseException):
                    raise piece
                yield piece
        finally:
            self.num_closed += 1


def user(text: str) -> Message:
    return {"role": "user", "content": text}


def assistant(text: str) -> Message:
    return {"role": "assistant", "content": text}


def test_the_conversation_goes_along_with_every_question(capsys: pytest.CaptureFixture[str]) -> None:
    model = ScriptedModel(["Hi, ", "there."], ["Bye."])
    conversation = Conversation(model, is_interactive=False)
    conversation.ask("hello")
    conversation.ask("leave")
    assert model.asked == [[user("hello")], [user("hello"), assistant("Hi, there."), user("leave")]]
    assert capsys.readouterr().out == "Hi, there.\nBye.\n"


def test_an_interrupted_answer_stays_as_far_as_it_was_printed(capsys: pytest.CaptureFixture[str]) -> None:
    model = ScriptedModel(["Once ", KeyboardInterrupt(), "upon"], [KeyboardInterrupt()])
    conversation = Conversation(model, is_interactive=True)
    conversation.ask("a story")
    conversation.ask("another")  # not a word was printed: as if it had not been asked
    assert conversation.messages == [user("a story"), assistant("Once ")]
    assert model.num_closed == 2
    assert capsys.readouterr().out == "Once \n\n"


def test_an_error_leaves_a_terminal_open(capsys: pytest.CaptureFixture[str]) -> None:
    conversation = Conversation(ScriptedModel([PromptTooLong(16, 20)], ["yes"]), is_interactive=True)
    conversation.ask("a long story")
    conversation.ask("still there?")
    assert conversation.messages == [user("still there?"), assistant("yes")]
    assert "elbarto: error: This model's maximum context length is 16 tokens." in capsys.readouterr().err


@pytest.mark.parametrize("problem", [PromptTooLong(16, 20), KeyboardInterrupt()])
def test_without_a_terminal_an_error_or_an_interrupt_ends_the_command(problem: BaseException) -> None:
    conversation = Conversation(ScriptedModel(["a", problem]), is_interactive=False)
    with pytest.raises(type(problem)):
        conversation.ask("a long story")


class Handler(BaseHTTPRequestHandler):
    """OpenAI's two routes. `server.answers` holds the raw stream of each chat request in turn."""

    server: ScriptedServer

    def do_GET(self) -> None:
        self._respond(200, json.dumps({"data": [{"id": "scripted"}]}).encode())

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append({**body, "authorization": self.headers["Authorization"]})
        status, content = self.server.answers.pop(0)
        self._respond(status, content if isinstance(content, bytes) else b"")
        if not isinstance(content, bytes):
            content(self)

    def _respond(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None: ...


class ScriptedServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, bytes | Callable[[Handler], None]]] = []
        self.requests: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def chunk(**delta: str) -> bytes:
    return f"data: {json.dumps({'choices': [{'delta': delta}]})}\n\n".encode()


def answer(*pieces: str, end: bytes = b"data: [DONE]\n\n") -> tuple[int, bytes]:
    return 200, b":\n\n" + chunk(role="assistant") + b"".join(chunk(content=piece) for piece in pieces) + end


@pytest.mark.parametrize("suffix", ["", "/", "/v1", "/v1/"])
def test_a_server_is_asked_as_openais_api_has_it(server: ScriptedServer, suffix: str) -> None:
    server.answers.append(answer("Hi, ", "thère."))
    model = RemoteModel(server.url + suffix, "sk-key", max_tokens=9)
    assert list(model.stream([user("hello")])) == ["Hi, ", "thère."]
    assert server.requests == [
        {
            "model": "scripted",
            "messages": [user("hello")],
            "stream": True,
            "max_tokens": 9,
            "authorization": "Bearer sk-key",
        }
    ]


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        ((429, b'{"error": {"message": "The queue is full."}}'), "The queue is full."),
        ((502, b"<html>"), "the server answers with status 502"),
        (answer("Hi", end=b'data: {"error": {"message": "The engine failed."}}\n\n'), "The engine failed."),
        (answer("Hi", end=b""), "the connection ended before the answer was complete"),
    ],
)
def test_what_goes_wrong_at_the_server_is_an_error(
    server: ScriptedServer, reply: tuple[int, bytes], message: str
) -> None:
    server.answers.append(reply)
    model = RemoteModel(server.url, None, None)
    with pytest.raises(RemoteError, match=message):
        list(model.stream([user("hello")]))
    assert server.requests[0].keys() == {"model", "messages", "stream", "authorization"}
    assert server.requests[0]["authorization"] is None


def test_a_server_that_is_not_there_is_one_line_and_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    with ScriptedServer() as closed:
        url = closed.url
    assert main(["chat", "--url", url]) == 2
    assert capsys.readouterr().err.startswith(f"elbarto: error: no server answers at {url}/v1: ")


def test_a_bad_url_is_refused() -> None:
    with pytest.raises(ConfigError, match="--url must be a URL"):
        RemoteModel("127.0.0.1:8000", None, None)


def test_settings_of_an_engine_are_refused_with_a_url(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chat", "--url", "http://127.0.0.1:1", "--dtype", "float32"]) == 2
    assert "--dtype has no effect with --url" in capsys.readouterr().err


def start(*arguments: str, **pipes: Any) -> subprocess.Popen[bytes]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("ELBARTO_")}
    return subprocess.Popen([sys.executable, "-m", "app", "chat", *arguments], cwd=ROOT, env=environ, **pipes)


def test_lines_from_a_pipe(server: ScriptedServer) -> None:
    server.answers += [answer("one"), answer("two"), answer("three")]
    process = start("--url", server.url, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.communicate(b"a\n\nb\n/reset\nc\n/exit\nd\n", timeout=PATIENCE_S)
    assert (out, err, process.returncode) == (b"one\ntwo\nthree\n", b"", 0)
    assert [len(request["messages"]) for request in server.requests] == [1, 3, 1]


def test_with_an_engine_of_its_own() -> None:
    arguments = ("--model-path", str(CHECKPOINT), "--num-threads", "1", "--max-tokens", "4")
    process = start(*arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.communicate(b"a\nb\n", timeout=PATIENCE_S)
    assert process.returncode == 0, err
    assert out.count(b"\n") >= 2


class Terminal:
    """The command's side of a pseudo-terminal, as a user sees it."""

    def __init__(self, *arguments: str) -> None:
        self.keyboard, inner = pty.openpty()
        self.process = start(*arguments, stdin=inner, stdout=inner, stderr=inner)
        self.shown = b""
        os.close(inner)

    def type(self, text: str) -> None:
        os.write(self.keyboard, text.encode())

    def interrupt(self) -> None:
        """What Ctrl-C does in a terminal that controls its processes, as this one does not."""
        self.process.send_signal(signal.SIGINT)

    def wait_for(self, text: str) -> None:
        assert self.shows(text, PATIENCE_S), self.shown

    def shows(self, text: str, seconds: float) -> bool:
        """Whether `text` appears in time; what comes up to its end is not looked at again."""
        deadline = time.monotonic() + seconds
        while text.encode() not in self.shown:
            if not select.select([self.keyboard], [], [], max(0.0, deadline - time.monotonic()))[0]:
                return False
            self.shown += os.read(self.keyboard, 1024)
        self.shown = self.shown.partition(text.encode())[2]
        return True

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.keyboard)


@pytest.fixture
def terminal(server: ScriptedServer) -> Iterator[Terminal]:
    terminal = Terminal("--url", server.url)
    yield terminal
    terminal.close()


def test_in_a_terminal_ctrl_c_stops_the_answer_and_ctrl_d_leaves(server: ScriptedServer, terminal: Terminal) -> None:
    gone = threading.Event()

    def never_end(handler: Handler) -> None:
        try:
            while True:
                handler.wfile.write(chunk(content="word "))
                time.sleep(0.01)
        except OSError:
            gone.set()

    server.answers += [(200, never_end), answer("a full answer")]
    terminal.wait_for("Ctrl-D leaves.")
    terminal.wait_for("> ")
    terminal.type("a story\n")
    terminal.wait_for("word word ")
    terminal.interrupt()
    assert gone.wait(PATIENCE_S), "the connection stays open"
    terminal.wait_for("> ")
    terminal.type("half a line")
    terminal.wait_for("half a line")
    for _ in range(20):  # readline loses a signal that comes just before it waits for a key
        terminal.interrupt()
        if terminal.shows("> ", seconds=1):
            break
    terminal.type("another\n")
    terminal.wait_for("a full answer")
    terminal.wait_for("> ")
    terminal.type("\x04")
    assert terminal.process.wait(PATIENCE_S) == 0
    assert [request["messages"][-1] for request in server.requests] == [user("a story"), user("another")]
    assert server.requests[1]["messages"][1]["content"].startswith("word word ")
