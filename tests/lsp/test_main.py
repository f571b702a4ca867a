"""`python -m lsp` at a terminal."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.lsp import fake_server
from tests.lsp.raw import ROOT, Client, environment


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lsp", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=30, input="")


def test_help_says_what_to_do() -> None:
    done = run("--help")
    assert done.returncode == 0
    for words in (
        "Your editor starts it",
        "docs/start/editor.md",
        "--tcp HOST:PORT",
        "ELBARTO_LSP_SERVER_URL",
        "ELBARTO_LSP_API_KEY",
    ):
        assert words in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--server", "spark:8000"], "must be a URL such as http://127.0.0.1:8000, got 'spark:8000'"),
        (["--tcp", "2087x"], "must be HOST:PORT, such as 127.0.0.1:2087, got '2087x'"),
        (["--serv", "http://a"], "unrecognized arguments: --serv"),
    ],
)
def test_wrong_arguments(arguments: list[str], words: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert words in done.stderr


def test_the_end_of_input_ends_it() -> None:
    done = run()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("--tcp", f"127.0.0.1:{taken.getsockname()[1]}")
    assert done.returncode == 2
    assert done.stderr.startswith("elbarto-lsp: error: cannot listen on 127.0.0.1:")


def test_tcp() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with fake_server.running(answers={"return ": "a + b"}) as fake:
        command = [sys.executable, "-m", "lsp", "--tcp", f"127.0.0.1:{port}", "--server", fake.url]
        process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL)
        try:
            with connect(port) as connection, connection.makefile("rwb") as stream:
                process.stdin = process.stdout = stream  # type: ignore[assignment]
                client = Client(process)
                client.initialize()
                client.wait_until_ready()
                client.open("return ")
                assert client.complete(0, 7) == ["a + b"]
                client.call("shutdown")
                client.notify("exit")
                assert process.wait(10) == 0
        finally:
            process.kill()
            process.wait()


def connect(port: int) -> socket.socket:
    deadline = time.monotonic() + 10
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_without_its_packages_it_says_how_to_get_them(tmp_path: Path) -> None:
    (tmp_path / "pygls.py").write_text("raise ModuleNotFoundError(\"No module named 'pygls'\", name='pygls')\n")
    command = [sys.executable, "-m", "lsp"]
    path = f"{tmp_path}:{ROOT}"
    done = subprocess.run(command, env=environment() | {"PYTHONPATH": path}, capture_output=True, text=True, timeout=30)
    assert done.returncode == 2
    assert "pip install -r requirements-lsp.txt" in done.stderr


def test_it_needs_neither_torch_nor_the_server() -> None:
    code = (
        "import lsp.server, lsp.model_server.supervisor, sys; "
        "assert not {'torch', 'app', 'flask', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=30)
