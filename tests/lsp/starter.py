"""Starts language servers quickly, by forking a process that has already imported everything.

Dozens of tests would otherwise each wait a second for the imports. The fork runs the same `main`, with the same
arguments, environment and pipes, as `python -m lsp`; tests/lsp/test_main.py runs the real command.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

ROOT = Path(__file__).resolve().parents[2]


class Started:
    """The part of subprocess.Popen that the tests use."""

    def __init__(self, pid: int, stdin: BinaryIO, stdout: BinaryIO) -> None:
        self.pid, self.stdin, self.stdout = pid, stdin, stdout
        self._status: int | None = None

    def poll(self) -> int | None:
        if self._status is None:
            self._status = _ask({"poll": self.pid})
        return self._status

    def wait(self, timeout: float = 60) -> int:
        deadline = time.monotonic() + timeout
        while (status := self.poll()) is None:
            assert time.monotonic() < deadline, f"process {self.pid} does not end"
            time.sleep(0.005)
        return status

    def kill(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)


def start(arguments: Sequence[str], environ: Mapping[str, str], stderr: Any = None) -> Started:
    """`python -m lsp` with these arguments, on pipes."""
    child_in, stdin = os.pipe()
    stdout, child_out = os.pipe()
    error = 2 if stderr is None else stderr.fileno()
    pid = _ask({"arguments": list(arguments), "environ": dict(environ)}, [child_in, child_out, error])
    os.close(child_in)
    os.close(child_out)
    assert pid is not None
    return Started(pid, os.fdopen(stdin, "wb", 2**20), os.fdopen(stdout, "rb"))


@functools.cache
def _starter() -> socket.socket:
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", "tests.lsp.starter", str(theirs.fileno())]
    process = subprocess.Popen(command, cwd=ROOT, pass_fds=[theirs.fileno()])
    theirs.close()

    def stop() -> None:
        ours.close()
        process.wait(10)

    atexit.register(stop)
    return ours


def _ask(order: Mapping[str, Any], files: Sequence[int] = ()) -> int | None:
    control = _starter()
    socket.send_fds(control, [json.dumps(order).encode() + b"\n"], files)
    answer = json.loads(_line(control)[0])
    assert answer is None or isinstance(answer, int)
    return answer


def _line(control: socket.socket) -> tuple[bytes, list[int]]:
    """A message and the file descriptors sent with it; empty at the end."""
    message, files, _, _ = socket.recv_fds(control, 2**16, 3)
    while message and not message.endswith(b"\n"):
        message += control.recv(2**16)
    return message, list(files)


def main(control: socket.socket) -> int:
    import lsp.__main__
    import lsp.model_server.locator
    import lsp.server

    while True:
        message, files = _line(control)
        if not message:
            return 0
        order = json.loads(message)
        answer: int | None
        if "poll" in order:
            pid, status = os.waitpid(order["poll"], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if pid else None
        else:
            answer = os.fork()
            if answer == 0:
                control.close()
                _become(order["environ"], files)
                return lsp.__main__.main(order["arguments"])
            for file in files:
                os.close(file)
        control.sendall(json.dumps(answer).encode() + b"\n")


def _become(environ: Mapping[str, str], files: Sequence[int]) -> None:
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(environ)


if __name__ == "__main__":
    sys.exit(main(socket.socket(fileno=int(sys.argv[1]))))
