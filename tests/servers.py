"""Real servers for the tests: the user's commands in separate processes, over real sockets.

The conftest.py of each directory whose tests use the fixtures registers this module: see tests/plugins.py. All then
share the servers of a session.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.settings import ROOT, SETTINGS
from tests.reference import CHECKPOINT
from tests.starter import Started, Starter

# For conditions that become true within a few seconds on an idle machine; this one may be busy.
PATIENCE_S = 60.0
SERVE = (sys.executable, "-m", "app", "serve")
BARE_GUNICORN = (sys.executable, "-m", "gunicorn", "wsgi:app")
API_KEY = "sk-test-key"
# Limits of `server`: replies in one batch, and those plus the queue.
RUNNING = 2
CAPACITY = 5
HELLO = [{"role": "user", "content": "hello"}]

_ids = itertools.count()
# Variables that a server's libraries read at import, before the starter forks.
_starter = Starter("tests.server_program", HF_HUB_OFFLINE="1", OMP_DYNAMIC="false", PYTHONUNBUFFERED="1")


@dataclass
class Server:
    """A server process. `log` has all its output; `process` is gunicorn's master."""

    process: subprocess.Popen[bytes] | Started
    log: Path
    api_key: str | None = None
    client: httpx.Client = field(init=False)
    url: str = field(init=False)

    def __post_init__(self) -> None:
        self.url = wait_for(self._listening, f"the port of {self}")
        headers = {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}
        self.client = httpx.Client(base_url=self.url, timeout=PATIENCE_S, trust_env=False, headers=headers)

    def __str__(self) -> str:
        return f"the server with this log:\n{self.text}"

    @property
    def text(self) -> str:
        return self.log.read_text(encoding="utf-8")

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def queue(self) -> tuple[int, int]:
        """Sequences (running, waiting)."""
        queue = self.client.get("/health").json()["queue"]
        return queue["running"], queue["waiting"]

    def post(self, path: str = "/v1/chat/completions", **body: Any) -> httpx.Response:
        return self.client.post(path, json=body)

    def chat(self, **body: Any) -> dict[str, Any]:
        """The JSON response of a successful chat request; by default the message is a greeting."""
        response = self.post(**with_prompt(body))
        assert response.status_code == 200, response.text
        return response.json()

    def stream(self, **body: Any) -> list[dict[str, Any]]:
        """All chunks of a successful streamed chat request, which ends with [DONE]."""
        with self.open_stream(**body) as events:
            *chunks, done = events
        assert done == "[DONE]"
        return chunks

    @contextmanager
    def open_stream(self, **body: Any) -> Iterator[Iterator[Any]]:
        """The events of a streamed chat request, as they arrive; leaving the block early closes the connection."""
        with self.client.stream("POST", "/v1/chat/completions", json={**with_prompt(body), "stream": True}) as response:
            assert response.status_code == 200, response.read()
            assert response.headers["content-type"].startswith("text/event-stream")
            yield events(response.iter_lines())

    def connect(self, path: str = "/v1/chat/completions", **body: Any) -> tuple[socket.socket, str]:
        """A bare connection that has sent a request (by default a chat), and the request's id."""
        request_id = f"test-{os.getpid()}-{next(_ids)}"
        content = json.dumps(with_prompt(body) if path.endswith("chat/completions") else body).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: test\r\nx-request-id: {request_id}\r\n"
        head += f"Authorization: Bearer {self.api_key}\r\n" if self.api_key else ""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)
        connection.sendall(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)
        return connection, request_id

    def wait_until_ready(self) -> None:
        wait_for(lambda: self.is_ready(), f"/health 200 of {self}", unless=self.has_ended)

    def is_ready(self) -> bool:
        try:
            return self.client.get("/health").status_code == 200
        except httpx.TransportError:  # gunicorn is between two workers
            return False

    def wait_for_queue(self, running: int, waiting: int) -> None:
        wait_for(lambda: self.queue == (running, waiting), f"{running} running and {waiting} waiting")

    def wait_for_log(self, pattern: str) -> re.Match[str]:
        found: re.Match[str] = wait_for(lambda: re.search(pattern, self.text), f"{pattern!r} in the log of {self}")
        return found

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def stop(self) -> None:
        """Send SIGTERM, as a service manager does; the server must exit cleanly, without a logged traceback."""
        self.client.close()
        self.process.send_signal(signal.SIGTERM)  # no effect if it has already exited
        assert self.process.wait(PATIENCE_S) == 0, self.text
        assert "Traceback" not in self.text, self.text

    def _listening(self) -> str | None:
        found = re.search(r"Listening at: (http://[\d.]+:\d+)", self.text)
        assert found or not self.has_ended(), self.text
        return found[1].replace("0.0.0.0", "127.0.0.1") if found else None


# A request of thousands of forwards, which takes many seconds unless it is aborted.
SLOW = {"gen_length": 2000, "steps": 2000, "block_length": 1, "ignore_eos": True}


def environment(**variables: str) -> dict[str, str]:
    """The environment of a server, without the user's settings from the environment or from .env."""
    settings = {info.variable: "" for info in SETTINGS.values()}  # empty means the default, and overrides .env
    settings |= {"ELBARTO_CONFIG": "", "ELBARTO_HOST": "127.0.0.1", "ELBARTO_PORT": "0"}
    settings |= {"ELBARTO_MODEL_PATH": str(CHECKPOINT), "ELBARTO_DTYPE": "float32", "ELBARTO_NUM_THREADS": "1"}
    settings |= {"HF_HUB_OFFLINE": "1", "PYTHONUNBUFFERED": "1"}
    return {**os.environ, **settings, **variables}


@contextmanager
def running(
    log: Path, command: Sequence[str] = SERVE, in_new_group: bool = False, is_forked: bool = True, **variables: str
) -> Iterator[Server]:
    """A server whose port is open; the model may still be loading. It is killed if the caller has not stopped it.

    It is forked from a process with all imports done (tests/starter.py) or, for tests of the start itself, started as
    users do, which takes seconds of CPU time.
    """
    with log.open("wb") as output:
        process: subprocess.Popen[bytes] | Started
        if is_forked:
            process = _starter.start(command[1:], environment(**variables), output, in_new_group)
        else:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment(**variables),
                stdout=output,
                stderr=output,
                start_new_session=in_new_group,
            )
    server = None
    try:
        server = Server(process, log, variables.get("ELBARTO_API_KEY"))
        yield server
    finally:
        if server:
            server.client.close()
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(PATIENCE_S)
        finally:
            process.kill()


def ended(log: Path, command: Sequence[str] = SERVE, is_forked: bool = True, **variables: str) -> tuple[int, str]:
    """Run a command to its end; returns its exit code and output. `is_forked` is as in `running`."""
    with log.open("wb") as output:
        if is_forked:
            process = _starter.start(command[1:], environment(**variables), output)
            try:
                code = process.wait(PATIENCE_S)
            finally:
                process.kill()
        else:
            code = subprocess.run(
                command, cwd=ROOT, env=environment(**variables), stdout=output, stderr=output, timeout=PATIENCE_S
            ).returncode
    return code, log.read_text(encoding="utf-8")


def with_prompt(body: dict[str, Any]) -> dict[str, Any]:
    return body if "messages" in body or "prompt_token_ids" in body else {"messages": HELLO, **body}


def events(lines: Iterable[str]) -> Iterator[Any]:
    """The data of server-sent events: objects, and the string [DONE]. Comments are left out."""
    for line in lines:
        assert not line or line.startswith(("data: ", ":")), line
        if line.startswith("data: "):
            data = line.removeprefix("data: ")
            yield data if data == "[DONE]" else json.loads(data)


def content(chunks: Iterable[Any], index: int = 0) -> str:
    """The text of one choice."""
    choices = [choice for chunk in chunks if chunk != "[DONE]" for choice in chunk["choices"]]
    return "".join(choice["delta"].get("content") or "" for choice in choices if choice["index"] == index)


def wait_for(condition: Callable[[], Any], what: str, unless: Callable[[], bool] = lambda: False) -> Any:
    """The condition's value, once it is true."""
    started = time.monotonic()
    while not (value := condition()):
        waited_s = time.monotonic() - started
        assert waited_s < PATIENCE_S, f"waited in vain for {what}"
        assert not unless(), f"no use waiting for {what}"
        time.sleep(min(0.2, 0.02 + waited_s / 10))
    return value


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`python -m app serve` with small batches, a short queue and otherwise default settings."""
    log = tmp_path_factory.mktemp("server") / "log"
    variables = {"ELBARTO_MAX_SEQUENCES": str(RUNNING), "ELBARTO_MAX_QUEUE": str(CAPACITY - RUNNING)}
    with running(log, **variables) as server:
        server.wait_until_ready()
        yield server
        server.stop()


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`gunicorn wsgi:app` with a key, strict model names, small bodies and no keep-alives."""
    log = tmp_path_factory.mktemp("guarded") / "log"
    variables = {
        "ELBARTO_API_KEY": API_KEY,
        "ELBARTO_STRICT_MODEL": "1",
        "ELBARTO_MAX_SEQUENCES": str(RUNNING),
        "ELBARTO_MAX_BODY_BYTES": "10000",
        "ELBARTO_SSE_KEEPALIVE_S": "0",
        "ELBARTO_CORS_ORIGINS": "https://chat.example",
    }
    with running(log, BARE_GUNICORN, **variables) as server:
        server.wait_until_ready()
        yield server
        server.stop()


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The embedded model with default settings."""
    log = tmp_path_factory.mktemp("embedded") / "log"
    with running(log, ELBARTO_MODEL_PATH="") as server:
        server.wait_until_ready()
        yield server
        server.stop()
