"""The server under test: its process, as the operating system and its log show it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from app.settings import ROOT, Settings, to_environ
from bench.server import HOST, SERVE, wait_until_ready

MB = 2**20
COMPLAINT = re.compile(r"Traceback|CRITICAL|Booting worker|status=500\b")
SETTINGS = Settings(
    host=HOST,
    port=0,
    max_sequences=8,  # the KV cache of a slot takes memory once it is used
    prefix_cache_bytes=4 * MB,  # soon full: what grows afterwards is not the cache
    request_timeout_s=10.0,
)


@dataclass(frozen=True)
class Usage:
    """What the worker holds. `children` are programs that it has started, such as the parser of syntax trees."""

    rss_mb: float
    descriptors: int
    threads: int
    children: int


@dataclass(frozen=True)
class Target:
    """`worker` is the process id of the worker that has loaded the model."""

    port: int
    log: Path
    worker: int

    def usage(self) -> Usage:
        """Raises OSError if the worker has ended."""
        process = Path(f"/proc/{self.worker}")
        status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        return Usage(
            int(status["VmRSS"].split()[0]) / 1024,
            len(os.listdir(process / "fd")),
            int(status["Threads"]),
            len(_children(self.worker)),
        )

    def complaints(self) -> list[str]:
        """Lines of the log that no server under load should write."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [line for line in lines if COMPLAINT.search(line)][1:]  # the first boots the first worker


@contextmanager
def running_target(settings: Settings = SETTINGS) -> Iterator[Target]:
    """A server with the embedded model, ready. Its log is printed if it has complaints."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        environ = {**os.environ, **to_environ(settings), "PYTHONUNBUFFERED": "1"}
        with log.open("wb") as output:
            command = [sys.executable, *SERVE]
            process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=output, stderr=output)
        try:
            port = wait_until_ready(process, log)
            target = Target(port, log, _children(process.pid)[-1])
            yield target
            if target.complaints():
                print(log.read_text(errors="replace")[-20_000:], file=sys.stderr)
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()


def _children(pid: int) -> list[int]:
    """Also of its threads; a thread may end meanwhile."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):
            found += map(int, (task / "children").read_text().split())
    return sorted(found)
