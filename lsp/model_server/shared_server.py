"""A model server shared by all editors of this user, started when the first of them needs it.

Three files in the user's runtime directory coordinate them, with file locks, which are released when their process
ends, even in a crash: `supervisor.lock` is held by the process that runs the server (supervisor.py), and `users.lock`
is shared by all language servers that use it. Once no process holds `users.lock`, the supervisor stops the server.
`server.json` has the URL and the API key: other users of the machine can reach the port, but not read the file.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from lsp.errors import LspError, ServerDown
from lsp.model_server.client import ModelClient
from lsp.model_server.connection import ServerAddress

try:
    import fcntl
except ImportError:  # Windows, where the server does not run either
    fcntl = None  # type: ignore[assignment]

ROOT = Path(__file__).resolve().parents[2]
START_S = 60.0  # until the port is open; the model may still be loading then
RETRY_S = 30.0  # no new attempt sooner after a failed start


class SharedServer:
    """This process's use of the shared server. Not thread-safe."""

    def __init__(self, server_python: str | None = None, runtime_dir: Path | None = None) -> None:
        self._python = server_python or _server_python()
        self._runtime_dir = runtime_dir
        self._users: IO[str] | None = None
        self._failed: tuple[float, str] | None = None

    @property
    def is_joined(self) -> bool:
        return self._users is not None

    async def address(self) -> ServerAddress:
        """The server's address, started if necessary; raises LspError with instructions for the user."""
        if fcntl is None:
            raise LspError("No server answers, and this system cannot start one: set elbarto.serverUrl.")
        if not (ROOT / "app" / "__main__.py").is_file():
            raise LspError(f"No server answers, and {ROOT} has none to start: set elbarto.serverUrl.")
        if self._failed and time.monotonic() - self._failed[0] < RETRY_S:
            raise LspError(self._failed[1])
        directory = self.directory()
        deadline = time.monotonic() + START_S
        await self._join(directory, deadline)
        address = await self._running(directory, deadline)
        self._failed = None
        return address

    def leave(self) -> None:
        if self._users is not None:
            self._users.close()
            self._users = None

    def directory(self) -> Path:
        """The directory of the three files: private, and separate for each copy of the program and each Python."""
        base = self._runtime_dir or _user_dir()
        name = sha256(f"{ROOT}\n{self._python}".encode()).hexdigest()[:12]
        directory = base / f"server-{name}"
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = directory.stat()
        if found.st_uid != os.getuid() or found.st_mode & 0o077:
            raise LspError(f"To start a server, {directory} must be owned by you and private (chmod 700).")
        return directory

    async def _join(self, directory: Path, deadline: float) -> None:
        """Hold users.lock. A supervisor holds it exclusively while it stops its server."""
        if self._users is not None:
            return
        users = (directory / "users.lock").open("a")
        while not try_lock(users, is_shared=True):
            if time.monotonic() > deadline:
                users.close()
                raise ServerDown("The previous editor's server is still stopping.")
            await asyncio.sleep(0.1)
        self._users = users

    async def _running(self, directory: Path, deadline: float) -> ServerAddress:
        """Start a supervisor unless one runs, and wait until the server's port is open."""
        while time.monotonic() < deadline:
            supervisor = (directory / "supervisor.lock").open("a")
            try:
                if try_lock(supervisor):
                    self._check_last_start(directory)
                    (directory / "server.json").unlink(missing_ok=True)
                    self._start_supervisor(directory, supervisor)
            finally:
                supervisor.close()  # the supervisor inherited the file, and with it the lock
            if (address := read_state(directory)) and await ModelClient.answers(address.url):
                (directory / "failed").unlink(missing_ok=True)
                return address
            await asyncio.sleep(0.1)
        raise ServerDown(f"The server did not start within {START_S:.0f} s; its log is {directory / 'server.log'}.")

    def _check_last_start(self, directory: Path) -> None:
        """Raise the reason if the last server failed to start; only once, so that a later call tries again."""
        try:
            reason = (directory / "failed").read_text(encoding="utf-8")
        except FileNotFoundError:
            return
        (directory / "failed").unlink()
        message = f"The server cannot be started: {reason} Its log is {directory / 'server.log'}."
        if "No module named" in reason:
            message = (
                f"The server cannot be started with {self._python}: {reason} Install requirements.txt there, specify "
                "another Python with --server-python, or a running server in elbarto.serverUrl."
            )
        self._failed = (time.monotonic(), message)
        raise LspError(message)

    def _start_supervisor(self, directory: Path, lock: IO[str]) -> None:
        """A separate session, so that it outlives this process and the editor's process group."""
        with (directory / "server.log").open("w") as log:
            subprocess.Popen(
                [sys.executable, "-m", "lsp.model_server.supervisor", str(directory), self._python],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(lock.fileno(),),
                start_new_session=True,
            )


def try_lock(file: IO[Any], is_shared: bool = False) -> bool:
    """Lock without waiting. The lock is released when its last holder closes the file."""
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def unlock(file: IO[Any]) -> None:
    fcntl.flock(file, fcntl.LOCK_UN)


def read_state(directory: Path) -> ServerAddress | None:
    try:
        state = json.loads((directory / "server.json").read_text(encoding="utf-8"))
        return ServerAddress(str(state["url"]), str(state["key"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _user_dir() -> Path:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and os.access(runtime, os.W_OK):
        return Path(runtime) / "elbarto"
    return Path(tempfile.gettempdir()) / f"elbarto-{os.getuid()}"


def _server_python() -> str:
    """This Python if it has the server's requirements, otherwise that of the .venv made by `make serve`."""
    venv_python = ROOT / ".venv" / "bin" / "python"
    has_all = all(importlib.util.find_spec(name) for name in ("torch", "flask", "gunicorn"))
    return sys.executable if has_all or not venv_python.exists() else str(venv_python)
