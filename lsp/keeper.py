"""`python -m lsp.keeper DIRECTORY PYTHON`: run a server on the loopback interface for as long as somebody uses it.

Started by lsp/lease.py, which explains the files. It holds `keeper.lock` from its parent, as an open file.
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
from dataclasses import fields
from pathlib import Path
from types import FrameType

from lsp.lease import ROOT, try_lock, unlock
from lsp.options import Options, variable

POLL_S = 0.5
STOP_S = 10.0
GRACE_VARIABLE = "ELBARTO_KEEPER_GRACE_S"


def main(directory: Path, python: str) -> int:
    signal.signal(signal.SIGTERM, _exit)
    # An editor that is restarted finds the server still there.
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
                return 0  # still locked: nobody comes in while the server stops
            else:
                unlock(users)
        if not has_answered:
            (directory / "failed").write_text(_last_line(directory), encoding="utf-8")
        return 1
    finally:
        (directory / "server.json").unlink(missing_ok=True)
        _stop(server)


def _start(python: str, port: int, key: str) -> subprocess.Popen[bytes]:
    """The embedded model, whatever the environment and .env say of others; empty means the default."""
    where = ["--host", "127.0.0.1", "--port", str(port), "--model-path", "", "--model-revision", ""]
    # The server refuses to start with a variable that it does not know; those of the language server are such.
    ours = {variable(item) for item in fields(Options)} | {"ELBARTO_SERVER_PYTHON", GRACE_VARIABLE}
    environ = {name: value for name, value in os.environ.items() if name not in ours}
    environ |= {"ELBARTO_API_KEY": key, "ELBARTO_CONFIG": "", "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [python, "-m", "app", "serve", *where],
        cwd=ROOT,
        env=environ,
        stdin=subprocess.DEVNULL,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,
    )


def _die_with_parent() -> None:
    """Linux: the server is told to end when the keeper is killed outright."""
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _write_state(directory: Path, port: int, key: str) -> None:
    """Whole or not at all, and for the user's eyes only."""
    partial = directory / "server.json.part"
    partial.unlink(missing_ok=True)
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump({"url": f"http://127.0.0.1:{port}", "key": key, "keeper": os.getpid()}, file)
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
    return lines[-1] if lines else "it ended at once."


def _exit(signum: int, frame: FrameType | None) -> None:
    sys.exit(128 + signum)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
