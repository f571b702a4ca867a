"""Runs programs with their checks: in forked processes with limits, in a separate folder, isolated if possible.

sandbox_worker.py runs each program in a process with limits on CPU time, memory, file size, processes and wall time.
This module starts that worker in namespaces of its own and restarts it if a program has killed it. In these namespaces
a program has no network, sees no other process, and can write only to its folder, which is in memory; whatever it
leaves running is ended with it. What its user can read, a program can read as well, but not send anywhere.

Where the system does not allow namespaces, only the limits apply: `kept_from` says what programs are kept from.
"""

from __future__ import annotations

import functools
import json
import os
import random
import select
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

WORKER = Path(__file__).with_name("sandbox_worker.py")
PASSED, DIED = "passed", "died"
SECONDS = 10.0  # wall time, generous for a busy machine
PATIENCE = 10.0  # additional time for the worker to answer
START_SECONDS = 60.0
EVERYTHING = frozenset({"network", "processes", "files"})
# Separate network, process ids and mounts; without root these need a user namespace.
NAMESPACES = ("unshare", "--net", "--ipc", "--pid", "--mount", "--fork", "--kill-child")
# Ids of users that do not exist: each worker's processes are counted apart.
FIRST_USER, NUM_USERS = 1_900_000_000, 100_000_000


class Sandbox:
    """A worker that checks one program after another. Use it in a `with` block, from one thread.

    `python` runs the programs. Without `with_packages` they have the standard library only.
    """

    def __init__(self, python: str = sys.executable, with_packages: bool = False) -> None:
        self._command = (python, "-I") if with_packages else (python, "-I", "-S")
        self._process: subprocess.Popen[bytes] | None = None
        self._kept_from: frozenset[str] = frozenset()

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop()
        self._folder.cleanup()

    @property
    def kept_from(self) -> frozenset[str]:
        """What programs have no access to, of EVERYTHING. Starts the worker; raises OSError."""
        if self._process is None:
            self._start()
        return self._kept_from

    def run(self, job: Mapping[str, Any], seconds: float = SECONDS) -> tuple[str, str]:
        """What came of a job (see sandbox_worker.py): "passed", an exception's name, "timeout" or "died"; a message."""
        process = self._process or self._start()
        assert process.stdin
        try:
            process.stdin.write(json.dumps({**job, "seconds": seconds}).encode() + b"\n")
            process.stdin.flush()
            line = _line(process, seconds + PATIENCE)
        except BrokenPipeError:
            line = b""
        if not line:
            self._stop()
            return DIED, ""
        said, _, message = str(json.loads(line)).partition("\n")
        return said, message

    def kill(self) -> None:
        """End the program that is running, from another thread: its verdict is "died"."""
        if (process := self._process) is not None:
            process.kill()

    def _start(self) -> subprocess.Popen[bytes]:
        """Raises OSError."""
        folder = Path(self._folder.name)
        isolation = namespaces()
        user = random.SystemRandom().randrange(NUM_USERS) + FIRST_USER
        self._process = subprocess.Popen(
            [*isolation, *self._command, str(WORKER), "namespaces" if isolation else "limits", str(user)],
            cwd=folder,
            env={
                "TMPDIR": str(folder),
                "HOME": str(folder),
                "PYTHONHASHSEED": "0",
                "OMP_NUM_THREADS": "1",
                "OPENBLAS_NUM_THREADS": "1",
                "PATH": os.defpath,
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        line = _line(self._process, START_SECONDS)
        if not line:
            self._stop()
            raise OSError("the process that runs programs has ended while it started")
        self._kept_from = frozenset(json.loads(line))
        return self._process

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


@functools.cache
def namespaces() -> tuple[str, ...]:
    """The command prefix that starts a program in namespaces of its own; empty if the system has none."""
    if shutil.which(NAMESPACES[0]) is None:
        return ()
    for command in (NAMESPACES, (*NAMESPACES, "--map-root-user")):
        done = subprocess.run([*command, sys.executable, "-I", "-S", "-c", ""], capture_output=True, timeout=20)
        if done.returncode == 0:
            return command
    return ()


def _line(process: subprocess.Popen[bytes], seconds: float) -> bytes:
    assert process.stdout
    is_ready, _, _ = select.select([process.stdout], [], [], seconds)
    return process.stdout.readline() if is_ready else b""
