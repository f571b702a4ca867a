"""`python -m lsp.model_server.supervisor DIRECTORY PYTHON`: run a server on loopback for as long as it is used.

Started by shared_server.py, which explains the files. It inherits `supervisor.lock`, held, as an open file.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from lsp.model_server.shared_server import ROOT, try_lock, unlock

POLL_S = 0.5
STOP_S = 10.0
GRACE_VARIABLE = "ELBARTO_LSP_SERVER_GRACE_S"  # for tests


def main(directory: Path, python: str) -> int:
    signal.signal(signal.SIGTERM, _exit)
    # A restarted editor should find the server still running.
    grace_s = float(os.environ.get(GRACE_VARIABLE) or 10)
    port, key = _free_port(), secrets.token_urlsafe(24)
    server = _start(python, port, key)
    has_answered = False
    try:
        _write_state(directory, port, key)
        users = (directory / "users.lock").open("a")
        last_used = time.monotonic()
        while server.poll() is None:
            time.sleep(POLL_S)
            has_answered = has_answered or _is_open(port)
            if not try_lock(users):
                last_used = time.monotonic()
            elif time.monotonic() - last_used >= grace_s:
                return 0  # still locked: no editor can join while the server stops
            else:
                unlock(users)
        if not has_answered:
            (directory / "failed").write_text(_last_line(directory), encoding="utf-8")
        return 1
    finally:
        (directory / "server.json").unlink(missing_ok=True)
        _stop(server)


def _start(python: str, port: int, key: str) -> subprocess.Popen[bytes]:
    """Serve the embedded model, whatever model the environment and .env name: an empty value means the default."""
    where = ["--host", "127.0.0.1", "--port", str(port), "--model-path", "", "--model-revision", ""]
    environ = {**os.environ, "ELBARTO_API_KEY": key, "ELBARTO_CONFIG": "", "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [python, "-m", "app", "serve", *where],
        cwd=ROOT,
        env=environ,
        stdin=subprocess.DEVNULL,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,
    )


def _die_with_parent() -> None:
    """Linux: have the kernel terminate the server when this process is killed (PR_SET_PDEATHSIG)."""
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _write_state(directory: Path, port: int, key: str) -> None:
    """Write server.json atomically, readable only by the user."""
    partial = directory / "server.json.part"
    partial.unlink(missing_ok=True)
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump({"url": f"http://127.0.0.1:{port}", "key": key, "supervisor": os.getpid()}, file)
    partial.replace(directory / "server.json")


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(STOP_S)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _last_line(directory: Path) -> str:
    lines = (directory / "server.log").read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "it exited immediately."


def _exit(signum: int, frame: FrameType | None) -> None:
    sys.exit(128 + signum)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
