"""Starts programs without waiting for their imports, by forking a process that has already imported everything.

A server spends seconds importing torch and transformers, and the suite starts dozens. A program that is started here
has the same arguments, environment, directory and output as a separate command.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

ROOT = Path(__file__).resolve().parents[1]
MAX_ORDER = 2**18


class Started:
    """The part of subprocess.Popen that the tests use. The starter waits for the process, which is its child."""

    def __init__(self, starter: Starter, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._starter = starter

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self._starter.ask({"poll": self.pid})
        return self.returncode

    def wait(self, timeout: float) -> int:
        deadline = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
            time.sleep(0.01)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Starter:
    """Forks processes that call `main(arguments)` of a module, which has the slow imports at its top.

    The forking process is started by the first `start` and ends with this process. `environ` is its environment, for
    variables that libraries read at import.
    """

    def __init__(self, module: str, **environ: str) -> None:
        self._module, self._environ = module, environ
        self._control: socket.socket | None = None
        self._lock = threading.Lock()

    def start(
        self, arguments: Sequence[str], environ: Mapping[str, str], output: BinaryIO, in_new_group: bool = False
    ) -> Started:
        """`output` receives the program's stdout and stderr."""
        order = {"arguments": list(arguments), "environ": dict(environ), "in_new_group": in_new_group}
        pid = self.ask(order, [output.fileno()])
        assert pid is not None
        return Started(self, pid)

    def ask(self, order: Mapping[str, Any], files: Sequence[int] = ()) -> int | None:
        with self._lock:
            self._control = self._control or self._begin()
            socket.send_fds(self._control, [json.dumps(order).encode() + b"\n"], files)
            answer = json.loads(_receive(self._control)[0])
        assert answer is None or isinstance(answer, int)
        return answer

    def _begin(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "tests.starter", self._module, str(theirs.fileno())]
        environ = {**os.environ, **self._environ}
        process = subprocess.Popen(command, cwd=ROOT, env=environ, pass_fds=[theirs.fileno()])
        theirs.close()

        def stop() -> None:
            ours.close()
            process.kill()  # the tests have stopped its processes
            process.wait()

        atexit.register(stop)
        return ours


def _receive(control: socket.socket) -> tuple[bytes, list[int]]:
    """A line and the file descriptors sent with it; empty once the other side is gone."""
    line, files, _, _ = socket.recv_fds(control, MAX_ORDER, 1)
    while line and not line.endswith(b"\n"):
        line += control.recv(MAX_ORDER)
    return line, list(files)


def main(module: str, control: socket.socket) -> int:
    program = importlib.import_module(module)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is for pytest, which then closes the socket
    while True:
        line, files = _receive(control)
        if not line:
            return 0
        order = json.loads(line)
        answer: int | None
        if "poll" in order:
            pid, status = os.waitpid(order["poll"], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if pid else None
        else:
            answer = os.fork()
            if answer == 0:
                control.close()
                _become(order, files[0])
                return int(program.main(order["arguments"]))
            os.close(files[0])
        control.sendall(json.dumps(answer).encode() + b"\n")


def _become(order: Mapping[str, Any], output: int) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if order["in_new_group"]:
        os.setsid()
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    os.environ.clear()
    os.environ.update(order["environ"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], socket.socket(fileno=int(sys.argv[2]))))
