"""Commands in a separate process, and in a terminal."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from app.settings import ROOT
from tests.doubles import openai_server
from tests.doubles.openai_server import Handler, ScriptedServer, answer, chunk
from tests.tiny import CHECKPOINT

CHAT = (sys.executable, "-m", "app", "chat")
PATIENCE_S = 240.0


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    with openai_server.running() as scripted:
        yield scripted


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("ELBARTO_")}


def piped(typed: bytes, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*CHAT, *arguments], input=typed, cwd=ROOT, env=environment(), capture_output=True, timeout=PATIENCE_S
    )


def test_lines_from_a_pipe(scripted: ScriptedServer) -> None:
    scripted.answers += [answer("one"), answer("two"), answer("three")]
    done = piped(b"a\n\nb\n/reset\nc\n/exit\nd\n", "--url", scripted.url)
    assert (done.stdout, done.stderr, done.returncode) == (b"one\ntwo\nthree\n", b"", 0)
    assert [len(request["messages"]) for request in scripted.requests] == [1, 3, 1]


def test_with_an_engine_of_its_own() -> None:
    done = piped(b"a\nb\n", "--model-path", str(CHECKPOINT), "--num-threads", "1", "--max-tokens", "4")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(b"\n") >= 2


class Terminal:
    """The command's side of a pseudo-terminal, as a user sees it."""

    def __init__(self, *arguments: str) -> None:
        self.keyboard, inner = pty.openpty()
        self.process = subprocess.Popen(
            [*CHAT, *arguments], cwd=ROOT, env=environment(), stdin=inner, stdout=inner, stderr=inner
        )
        self.shown = b""
        os.close(inner)

    def type(self, text: str) -> None:
        os.write(self.keyboard, text.encode())

    def interrupt(self) -> None:
        """Send SIGINT, as Ctrl-C does in a controlling terminal, which this one is not."""
        self.process.send_signal(signal.SIGINT)

    def wait_for(self, text: str) -> None:
        assert self.shows(text, PATIENCE_S), self.shown

    def shows(self, text: str, seconds: float) -> bool:
        """Whether `text` appears in time; output up to its end is consumed."""
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
def terminal(scripted: ScriptedServer) -> Iterator[Terminal]:
    terminal = Terminal("--url", scripted.url)
    yield terminal
    terminal.close()


def test_in_a_terminal_ctrl_c_stops_the_answer_and_ctrl_d_leaves(scripted: ScriptedServer, terminal: Terminal) -> None:
    gone = threading.Event()

    def never_end(handler: Handler) -> None:
        try:
            while True:
                handler.wfile.write(chunk(content="word "))
                time.sleep(0.01)
        except OSError:
            gone.set()

    scripted.answers += [(200, never_end), answer("a full answer")]
    terminal.wait_for("Ctrl-D quits.")
    terminal.wait_for("> ")
    terminal.type("a story\n")
    terminal.wait_for("word word ")
    terminal.interrupt()
    deadline = time.monotonic() + PATIENCE_S
    while not gone.is_set() and time.monotonic() < deadline:
        terminal.shows("> ", seconds=0.1)  # a terminal that nobody reads is soon full, and the command waits for it
    assert gone.is_set(), "the connection stays open"
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
    assert [request["messages"][-1] for request in scripted.requests] == [
        {"role": "user", "content": "a story"},
        {"role": "user", "content": "another"},
    ]
    assert scripted.requests[1]["messages"][1]["content"].startswith("word word ")


@pytest.mark.parametrize("moment", ["argparse", "marshmallow", "torch", "transformers"])
def test_ctrl_c_while_something_is_imported_is_quiet(moment: str) -> None:
    """Torch and transformers are imported by the executor's thread."""
    code = (
        "import builtins, os, signal, sys; real = builtins.__import__\n"
        "def hooked(name, *rest, **more):\n"
        f"    name == {moment!r} and os.kill(os.getpid(), signal.SIGINT)\n"
        "    return real(name, *rest, **more)\n"
        "from app.cli import main; builtins.__import__ = hooked; sys.exit(main(['generate', 'hello']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=PATIENCE_S
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_a_python_without_the_packages_gets_a_hint() -> None:
    code = "import sys; sys.modules['marshmallow'] = None; from app.cli import main; sys.exit(main(['serve']))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=PATIENCE_S
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"elbarto: error: {sys.executable} has no package 'marshmallow': use ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["--version"],
        ["generate", "--help"],
        ["chat", "--help"],
        ["config"],
        ["config", "--show"],
        ["serve", "--prot", "1"],
        ["serve", "./absent"],
        ["generate", "x", "--model-path", "weights"],
        ["list"],
        ["eval", "--help"],
        ["eval", "humaneval", "--data", "sample", "--reference"],
    ],
    ids=" ".join,
)
def test_what_does_not_run_the_model_does_not_import_torch(arguments: list[str]) -> None:
    code = (
        "import atexit, sys; atexit.register(lambda: print('torch' in sys.modules)); from app.cli import main; main()"
    )
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.stdout.splitlines()[-1] == "False", done.stderr
