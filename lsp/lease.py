"""A share in a server that the editors of this user have in common.

Three files in the user's runtime directory say all of it, and file locks end with the process that holds them, however
it ends: `keeper.lock` is held by the process that runs the server (lsp/keeper.py) and `users.lock` is shared by all
language servers that use it. When nobody holds `users.lock` any more, the keeper stops the server. `server.json` says
where it is, and the key that it wants: other users of the machine can reach the port, but not read the file.
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

from lsp.client import ModelClient
from lsp.connection import Located
from lsp.errors import LspError, ServerDown

try:
    import fcntl
except ImportError:  # Windows, where the server does not run either
    fcntl = None  # type: ignore[assignment]

ROOT = Path(__file__).resolve().parent.parent
START_S = 60.0  # until the port is open; the model may still be loading then
AGAIN_S = 30.0  # after a start that failed


class Lease:
    """This process's share. Not for several threads."""

    def __init__(self, server_python: str | None = None, runtime_dir: Path | None = None) -> None:
        self._python = server_python or _server_python()
        self._runtime_dir = runtime_dir
        self._users: IO[str] | None = None
        self._failed: tuple[float, str] | None = None

    @property
    def is_held(self) -> bool:
        return self._users is not None

    async def server(self) -> Located:
        """Where the shared server is, started if need be; raises LspError with what to do instead."""
        if fcntl is None:
            raise LspError("No server answers, and this system cannot start one: name one in elbarto.serverUrl.")
        if not (ROOT / "app" / "__main__.py").is_file():
            raise LspError(f"No server answers, and there is none in {ROOT} to start: name one in elbarto.serverUrl.")
        if self._failed and time.monotonic() - self._failed[0] < AGAIN_S:
            raise LspError(self._failed[1])
        directory = self.directory()
        deadline = time.monotonic() + START_S
        await self._join(directory, deadline)
        located = await self._running(directory, deadline)
        self._failed = None
        return located

    def leave(self) -> None:
        if self._users is not None:
            self._users.close()
            self._users = None

    def directory(self) -> Path:
        """Ours alone: one for each copy of the program and each Python."""
        base = self._runtime_dir or _user_dir()
        name = sha256(f"{ROOT}\n{self._python}".encode()).hexdigest()[:12]
        directory = base / f"server-{name}"
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = directory.stat()
        if found.st_uid != os.getuid() or found.st_mode & 0o077:
            raise LspError(f"{directory} must belong to you, and be closed to others (chmod 700), to start a server.")
        return directory

    async def _join(self, directory: Path, deadline: float) -> None:
        """Hold users.lock. A keeper that is stopping its server lets nobody in until it has gone."""
        if self._users is not None:
            return
        users = (directory / "users.lock").open("a")
        while not try_lock(users, is_shared=True):
            if time.monotonic() > deadline:
                users.close()
                raise ServerDown("The server of the last editor is still stopping.")
            await asyncio.sleep(0.1)
        self._users = users

    async def _running(self, directory: Path, deadline: float) -> Located:
        """Wait until the server's port is open."""
        while time.monotonic() < deadline:
            keeper = (directory / "keeper.lock").open("a")
            try:
                if try_lock(keeper):
                    self._check_last(directory)
                    (directory / "server.json").unlink(missing_ok=True)
                    self._start_keeper(directory, keeper)
            finally:
                keeper.close()  # the keeper has its own copy of it, and with it the lock
            if (located := read_state(directory)) and await _is_open(located):
                (directory / "failed").unlink(missing_ok=True)
                return located
            await asyncio.sleep(0.1)
        raise ServerDown(f"The server did not start within {START_S:.0f} s; its log is {directory / 'server.log'}.")

    def _check_last(self, directory: Path) -> None:
        """Raise what the last server died of, if it never came up; once, so that it is tried again later."""
        try:
            reason = (directory / "failed").read_text(encoding="utf-8")
        except FileNotFoundError:
            return
        (directory / "failed").unlink()
        message = f"The server cannot be started: {reason} Its log is {directory / 'server.log'}."
        if "No module named" in reason:
            message = (
                f"The server cannot be started with {self._python}: {reason} Install requirements.txt there, name "
                "another Python with --server-python, or a running server in elbarto.serverUrl."
            )
        self._failed = (time.monotonic(), message)
        raise LspError(message)

    def _start_keeper(self, directory: Path, lock: IO[str]) -> None:
        """A process of its own that outlives this one and every editor's process group."""
        with (directory / "server.log").open("w") as log:
            subprocess.Popen(
                [sys.executable, "-m", "lsp.keeper", str(directory), self._python],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(lock.fileno(),),
                start_new_session=True,
            )


def try_lock(file: IO[Any], is_shared: bool = False) -> bool:
    """Lock without waiting. Closing the file (by its last holder) unlocks it."""
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def unlock(file: IO[Any]) -> None:
    fcntl.flock(file, fcntl.LOCK_UN)


def read_state(directory: Path) -> Located | None:
    try:
        state = json.loads((directory / "server.json").read_text(encoding="utf-8"))
        return Located(str(state["url"]), str(state["key"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


async def _is_open(located: Located) -> bool:
    client = ModelClient(located.url)
    try:
        await client.health()
    except LspError:
        return False
    finally:
        await client.close()
    return True


def _user_dir() -> Path:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and os.access(runtime, os.W_OK):
        return Path(runtime) / "elbarto"
    return Path(tempfile.gettempdir()) / f"elbarto-{os.getuid()}"


def _server_python() -> str:
    """This Python, if it has what the server needs; otherwise the one that `make serve` has set up."""
    ours = ROOT / ".venv" / "bin" / "python"
    has_all = all(importlib.util.find_spec(name) for name in ("torch", "flask", "gunicorn"))
    return sys.executable if has_all or not ours.exists() else str(ours)
