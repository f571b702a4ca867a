"""Commands that ask a model, over the real API with a fake engine, and with an engine of their own."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from app.cli import main
from tests.doubles.app import close_client, make_client, service_of
from tests.doubles.engine import FakeEngine, says
from tests.doubles.infill import CANVAS_MODEL, InfillEngine
from tests.doubles.tokenizer import ByteTokenizer

Serve = Callable[..., str]
HOLES = "def is_even(n):\n    return ___\n\n\ndef add(a, b):\n    ...\n"
FILLED = "def is_even(n):\n    return n % 2 == 0\n\n\ndef add(a, b):\n    return a + b\n"


@pytest.fixture
def clients() -> Iterator[list[FlaskClient]]:
    """What the fixtures below have made; it is closed after the test."""
    clients: list[FlaskClient] = []
    yield clients
    for client in clients:
        close_client(client)


@pytest.fixture
def serve(clients: list[FlaskClient]) -> Iterator[Serve]:
    """Serves a fake engine over HTTP and returns the address."""
    servers = []

    def call(engine: FakeEngine, **settings: Any) -> str:
        client = make_client(engine, info=CANVAS_MODEL, log_level="error", **settings)
        clients.append(client)
        server = make_server("127.0.0.1", 0, client.application, threaded=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.port}"

    yield call
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(params=["server", "own engine"])
def model(
    request: pytest.FixtureRequest, serve: Serve, clients: list[FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., list[str]]:
    """The arguments for a model: on a server, or in this process."""

    def call(engine: FakeEngine) -> list[str]:
        if request.param == "server":
            return ["--url", serve(engine)]
        clients.append(make_client(engine, info=CANVAS_MODEL, log_level="error"))
        service = service_of(clients[-1])
        own = SimpleNamespace(
            wait_until_ready=lambda: None,
            close=lambda: None,
            **{name: getattr(service, name) for name in ("chat", "infill", "edit", "token_text")},
        )
        monkeypatch.setattr("app.create_service", lambda settings: own)
        return []

    return call


def type_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def fills(*texts: str) -> InfillEngine:
    """An engine that puts these texts into the holes."""
    return InfillEngine(fills=lambda hole, num_masks, params: texts[hole])


@pytest.mark.parametrize("argument", [[], ["-"]])
def test_the_prompt_comes_from_stdin(
    model: Any, argument: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = FakeEngine(script=says("Hi."))
    type_in(monkeypatch, "Write\nadd(a, b).")
    assert main(["generate", *argument, "--system", "Be brief.", *model(engine)]) == 0
    assert capsys.readouterr() == ("Hi.\n", "")
    prompt = ByteTokenizer().decode(list(engine.added[0].prompt_ids), False, False)
    assert "Be brief." in prompt
    assert "Write\nadd(a, b)." in prompt


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_prompt_is_refused(
    text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, text)
    assert main(["generate"]) == main(["generate", text]) == 2
    assert capsys.readouterr().err == "elbarto: error: the prompt is empty\n" * 2


def test_a_reply_that_was_cut_says_so(model: Any, capsys: pytest.CaptureFixture[str]) -> None:
    engine = FakeEngine(script=says("a long answer, longer than that"))
    assert main(["generate", "x", "--max-tokens", "4", *model(engine)]) == 0
    printed = capsys.readouterr()
    assert printed.out == "a lo\n"
    assert printed.err == "elbarto: the reply was cut at its maximum length (--max-tokens)\n"


def test_a_reply_as_json(model: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "x", "--json", *model(FakeEngine(script=says("Hi.")))]) == 0
    body = json.loads(capsys.readouterr().out)
    assert (body["text"], body["finish_reason"], body["warnings"]) == ("Hi.", "stop", [])
    assert body["stats"]["steps"] >= 1


def test_watching_draws_the_steps(
    model: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert main(["generate", "x", "--watch", "--delay", "0", *model(FakeEngine(script=says("Hello there.")))]) == 0
    drawn = capsys.readouterr().out
    assert "░" in drawn
    assert drawn.endswith("\r\x1b[JHello there.\n")


def test_watching_on_a_pipe_prints_the_reply_alone(model: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "x", "--watch", *model(FakeEngine(script=says("Hello there.")))]) == 0
    assert capsys.readouterr() == ("Hello there.\n", "")


def test_request_options_go_to_the_server(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    engine = FakeEngine(script=says("Hi."))
    assert main(["generate", "x", "--temperature", "0.5", "--url", serve(engine)]) == 0
    assert engine.added[0].params.temperature == 0.5
    capsys.readouterr()
    assert main(["generate", "x", "--dtype", "float32", "--url", "http://127.0.0.1:1"]) == 2
    assert "--dtype has no effect with --url" in capsys.readouterr().err


def test_a_file_is_filled_after_a_diff(model: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(HOLES.replace("\n", "\r\n").encode())
    arguments = model(fills("n % 2 == 0", "return a + b"))
    assert main(["fill", str(file), *arguments]) == 0
    printed = capsys.readouterr()
    changes = [line for line in printed.out.splitlines()[2:] if line[:1] in "+-"]
    assert changes == ["-    return ___", "+    return n % 2 == 0", "-    ...", "+    return a + b"]
    assert printed.err == "elbarto: nothing is written; --write does\n"
    assert b"___" in file.read_bytes()
    assert main(["fill", str(file), "--write", *arguments]) == 0
    assert file.read_bytes() == FILLED.replace("\n", "\r\n").encode()


@pytest.mark.parametrize(("answer", "is_written"), [("y\n", True), ("\n", False), ("", False)])
def test_in_a_terminal_the_user_decides(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, is_written: bool
) -> None:
    file = tmp_path / "a.py"
    file.write_text(HOLES)
    type_in(monkeypatch, answer)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert main(["fill", str(file), "--url", serve(fills("n % 2 == 0", "return a + b"))]) == 0
    assert (file.read_text() == FILLED) == is_written


def test_only_the_holes_of_some_lines(serve: Serve, tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text(HOLES)
    url = serve(fills("return a + b"))
    assert main(["fill", str(file), "--write", "--lines", "5-6", "--url", url]) == 0
    assert file.read_text() == HOLES.replace("...", "return a + b")


def test_fill_as_a_filter(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    url = serve(fills("n % 2 == 0", "return a + b"))
    type_in(monkeypatch, HOLES)
    assert main(["fill", "-", "--url", url]) == 0
    assert capsysbinary.readouterr().out.decode() == FILLED


def test_holes_that_do_not_fit_together_are_filled_in_parts(serve: Serve, tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("a = ___\n" + 150 * "# filler\n" + "b = ___\n")
    engine = InfillEngine(fills=lambda hole, num_masks, params: "1")
    assert main(["fill", str(file), "--write", "--url", serve(engine)]) == 0
    assert file.read_text().replace("# filler\n", "") == "a = 1\nb = 1\n"
    assert len(engine.canvases) > 1


def test_lines_are_rewritten(model: Any, tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("def add(a, b):\n    return a - b\n")
    arguments = model(fills("return a + b"))
    assert main(["edit", str(file), "--mode", "rewrite", "--lines", "2", "--write", *arguments]) == 0
    assert file.read_text() == "def add(a, b):\n    return a + b\n"


def test_doubtful_tokens_are_denoised_again(model: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.py"
    file.write_text("x = a - b\ny = 2\n")
    engine = InfillEngine(fills=lambda hole, num_masks, params: "?" * num_masks, fit=lambda window: 0.1)
    assert main(["edit", str(file), "--lines", "1", "--write", *model(engine)]) == 0
    first, second = file.read_text().splitlines()
    assert first != "x = a - b"
    assert second == "y = 2"


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["fill", "a.py"], "a.py has no holes there: write ___ or ... where code is missing"),
        (["fill", "absent.py"], "absent.py cannot be read: No such file or directory"),
        (["edit", "a.py", "--lines", "1-9"], "--lines is 1-9; the file has 2 lines"),
        (["edit", "a.py", "--lines", "1", "--lines", "1-2"], "--lines 1-2 meets another one"),
        (["edit", "a.py", "--mode", "rewrite"], "--mode rewrite needs --lines: which lines to write anew"),
        (["edit", "a.py", "--hint", "x"], "--hint has no effect with --mode redenoise"),
        (["edit", "empty.py"], "empty.py has no text"),
        (["edit", "latin.py"], "latin.py is not UTF-8"),
    ],
)
def test_what_cannot_be_changed(
    argv: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.py").write_text("a = 1\nb = 2\n")
    Path("empty.py").write_text("\n")
    Path("latin.py").write_bytes(b"# \xe9\n")
    assert main([*argv, "--url", "http://127.0.0.1:1"]) == 2
    assert capsys.readouterr().err == f"elbarto: error: {message}\n"


def test_a_file_that_changed_meanwhile_is_not_written(
    serve: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.py"
    file.write_text("a = ___\n")

    def fill(hole: int, num_masks: int, params: Any) -> str:
        file.write_text("a = 3\n")
        return "1"

    assert main(["fill", str(file), "--write", "--url", serve(InfillEngine(fills=fill))]) == 2
    assert file.read_text() == "a = 3\n"
    assert "has changed meanwhile" in capsys.readouterr().err


def test_ps_shows_state_and_requests(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    engine = FakeEngine(script=says("a long answer"), gated=True)
    url = serve(engine)
    asking = threading.Thread(target=main, args=(["generate", "x", "--max-tokens", "12", "--json", "--url", url],))
    asking.start()
    engine.wait_until_stepping()
    assert main(["ps", "--url", url]) == 0
    lines = capsys.readouterr().out.splitlines()
    engine.allow()
    asking.join()
    assert lines[0] == f"{url}: ok, fake-model (float32 on cpu), 1 running, 0 waiting"
    assert lines[2].split() == ["id", "endpoint", "seconds", "progress"]
    assert lines[3].startswith("chatcmpl-")
    assert lines[3].endswith("0 of 12 tokens")


def test_ps_says_why_it_shows_no_requests(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ps", "--url", serve(FakeEngine(), watch="off")]) == 0
    assert "Its requests are not shown: Watching is disabled" in capsys.readouterr().out


def test_ps_without_a_server(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ps", "--url", "http://127.0.0.1:1"]) == 2
    assert capsys.readouterr().err.startswith("elbarto: error: cannot reach a server at http://127.0.0.1:1/v1: ")
