"""What signals do to a real server, and its management port (docs/operations.md)."""

from __future__ import annotations

import os
import pty
import re
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.servers import PATIENCE_S, SERVE, SLOW, Server, environment, running, wait_for


def worker_of(server: Server) -> int:
    return int(server.text.rpartition("Booting worker with pid: ")[2].split()[0])


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def ready(tmp_path: Path) -> Iterator[Server]:
    with running(tmp_path / "log") as server:
        server.wait_until_ready()
        yield server


def test_new_requests_are_told_while_the_server_ends(ready: Server) -> None:
    """A load balancer sees a 503 with Retry-After, not a reset."""
    with ready.open_stream(**SLOW) as stream:
        next(stream)
        ready.process.send_signal(signal.SIGTERM)
        wait_for(lambda: httpx.get(f"{ready.url}/ready").status_code == 503, "a server that ends")

        refused = httpx.post(f"{ready.url}/v1/chat/completions", json={"messages": [{"role": "user", "content": "Hi"}]})

        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "shutting_down")
        assert int(refused.headers["retry-after"]) >= 1
        assert refused.headers["connection"] == "close"
        # A second signal does not wait for the stream.
        ready.process.send_signal(signal.SIGTERM)
        *_, last = stream
    assert last["error"]["code"] == "shutting_down"
    assert ready.process.wait(PATIENCE_S) == 0
    assert "Traceback" not in ready.text


def test_a_master_that_is_killed_takes_its_worker_along(ready: Server) -> None:
    worker = worker_of(ready)
    with ready.open_stream(**SLOW) as stream:
        next(stream)
        os.kill(ready.process.pid, signal.SIGKILL)
        *_, last = stream
    assert last["error"]["code"] == "shutting_down"
    wait_for(lambda: not Path(f"/proc/{worker}").exists(), "the worker's end")


def test_a_hangup_reads_the_settings_again(tmp_path: Path) -> None:
    settings = tmp_path / "settings.yaml"
    settings.write_text("gen_length: 8\n")
    with running(tmp_path / "log", (*SERVE, "--config", str(settings))) as server:
        server.wait_until_ready()
        first = worker_of(server)
        assert server.chat(ignore_eos=True)["usage"]["completion_tokens"] == 8

        settings.write_text("gen_length: many\n")
        server.process.send_signal(signal.SIGHUP)
        server.wait_for_log("The settings were not reloaded; the server keeps the old ones")
        assert "gen_length" in server.text
        assert server.chat(ignore_eos=True)["usage"]["completion_tokens"] == 8
        assert worker_of(server) == first

        settings.write_text("gen_length: 12\n")
        server.process.send_signal(signal.SIGHUP)
        server.wait_for_log("The settings were reloaded; the worker is replaced")
        wait_for(lambda: worker_of(server) != first, "another worker")
        assert not Path(f"/proc/{first}").exists(), "one model in memory at a time"
        server.wait_until_ready()
        assert server.chat(ignore_eos=True)["usage"]["completion_tokens"] == 12
        server.stop()


def test_a_terminal_that_is_closed_ends_its_server(tmp_path: Path) -> None:
    process, terminal = pty.fork()
    if process == 0:
        os.execve(sys.executable, [*SERVE], environment())
    output = b""
    while not re.search(rb"ready to serve", output):
        output += os.read(terminal, 65536)
    os.close(terminal)

    wait_for(lambda: os.waitpid(process, os.WNOHANG)[0] == process, "the server's end")


def test_the_management_port_has_health_readiness_and_metrics_alone_and_without_a_key(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path / "log", ELBARTO_MANAGEMENT_PORT=str(port), ELBARTO_API_KEY="secret") as server:
        server.wait_until_ready()
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            assert client.get("/health").json()["status"] == "ok"
            assert client.get("/ready").status_code == 200
            assert "elbarto:ready 1.0" in client.get("/metrics").text
            assert client.get("/v1/models").status_code == 404
        server.stop()
