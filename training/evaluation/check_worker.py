"""Runs answers with their checks, each in a separate forked process. `checks.py` starts this file as a script.

Reads one JSON object per line and writes one verdict per line. Forking avoids starting an interpreter per answer, and
still isolates the next answer from an endless loop, an exit, exhausted memory or a changed global.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import resource
import select
import shutil
import signal
import sys
import tempfile
import warnings
from typing import Any, NoReturn

CPU_SECONDS = 2
MAX_MEMORY_BYTES = 1 << 30
MAX_FILE_BYTES = 1 << 20
assert pathlib  # imported once, for checks that write a file


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(verdict(json.loads(line))), flush=True)


def verdict(job: dict[str, Any]) -> str:
    """ "passed", the name of the exception, "timeout", or "died" if the process ended without a verdict."""
    folder = tempfile.mkdtemp()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _run(job, folder, writing)
    os.close(writing)
    try:
        ready, _, _ = select.select([reading], [], [], job["seconds"])
        return (os.read(reading, 200).decode() or "died") if ready else "timeout"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)  # including any processes that the answer started
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reading)
        shutil.rmtree(folder, ignore_errors=True)


def _run(job: dict[str, Any], folder: str, writing: int) -> NoReturn:
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_FILE_BYTES, MAX_FILE_BYTES))
    os.chdir(folder)
    tempfile.tempdir = folder
    try:
        _check(job)
        said = "passed"
    except BaseException as error:  # SystemExit and KeyboardInterrupt from an answer are failures like any other
        said = type(error).__name__
    os.write(writing, said.encode()[:200])
    os._exit(0)


def _check(job: dict[str, Any]) -> None:
    """The answer has its own globals: `f`, `k` and the prelude's names are visible to the checks only."""
    warnings.simplefilter("ignore")
    scope: dict[str, Any] = {"__name__": "answer"}
    exec(job["setup"], scope)
    exec(job["code"], scope)
    checks = dict(scope)
    exec(job["prelude"], checks)
    checks["f"], checks["k"] = scope[job["name"]], job["constant"]
    for check in job["checks"]:
        if not eval(check, checks):
            raise AssertionError(check)


if __name__ == "__main__":
    main()
