"""Runs answers with their checks, each in a separate forked process. `sandbox.py` starts this file as a script.

The first line that it writes is the list of what its processes are kept from. Then it reads one JSON object per line
and writes one verdict per line. Forking avoids starting an interpreter per answer, and still isolates the next answer
from an endless loop, an exit, exhausted memory or a changed global.

A job: {"harness": a name of harness.HARNESSES, "code", "data", "seconds"}, and limits other than DEFAULTS.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import pathlib
import resource
import select
import shutil
import signal
import sys
import tempfile
from typing import Any, NoReturn

DEFAULTS = {"cpu_seconds": 2, "memory_bytes": 1 << 30, "file_bytes": 1 << 20}
MAX_PROCESSES = 64  # threads count as well
MAX_SAID = 400
assert pathlib  # imported once, for checks that write a file


def _sibling(name: str) -> Any:
    """A module of this folder, which is not on sys.path in isolated mode."""
    spec = importlib.util.spec_from_file_location(name, pathlib.Path(__file__).with_name(f"{name}.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


enclosure = _sibling("enclosure")
harness = _sibling("harness")


def main() -> None:
    """The arguments: "namespaces" if this process has its own ones, and the id of a user that nobody else uses."""
    has_namespaces, user = sys.argv[1] == "namespaces", int(sys.argv[2])
    folder = os.environ["TMPDIR"]
    kept_from = ["network", "processes"] if has_namespaces else []
    if has_namespaces and enclosure.make_files_read_only(folder):
        kept_from.append("files")
    os.chdir(folder)
    print(json.dumps(kept_from), flush=True)
    for line in sys.stdin:
        print(json.dumps(verdict(json.loads(line), user if has_namespaces else None)), flush=True)


def verdict(job: dict[str, Any], user: int | None) -> str:
    """ "passed", the exception's name and message, "timeout", or "died" if the process ended without a verdict."""
    folder = tempfile.mkdtemp()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _run(job, folder, writing, user)
    os.close(writing)
    try:
        ready, _, _ = select.select([reading], [], [], job["seconds"])
        said = os.read(reading, 4 * MAX_SAID).decode("utf-8", "replace") if ready else "timeout"
    finally:
        status = _end(child)
        os.close(reading)
        shutil.rmtree(folder, ignore_errors=True)
    has_no_time = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU
    return said or ("timeout" if has_no_time else "died")


def _end(child: int) -> int:
    """End the answer's process and those that it started; returns the status that the first one ended with."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError):
            kill(child, signal.SIGKILL)
    if os.getpid() == 1:  # all the others in this namespace are the answer's, in whatever session
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(ChildProcessError):
        while os.getpid() == 1:  # orphans, which are the first process's to wait for
            os.waitpid(-1, 0)
    return status


def _run(job: dict[str, Any], folder: str, writing: int, user: int | None) -> NoReturn:
    process = os.getpid()
    try:
        os.setsid()
        nowhere = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nowhere, standard)
        limits = {**DEFAULTS, **{name: job[name] for name in DEFAULTS if name in job}}
        resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu_seconds"], limits["cpu_seconds"] + 1))
        resource.setrlimit(resource.RLIMIT_AS, (limits["memory_bytes"],) * 2)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limits["file_bytes"],) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if user is not None:
            resource.setrlimit(resource.RLIMIT_NPROC, (MAX_PROCESSES,) * 2)
            enclosure.drop_rights(user, folder)
        os.chdir(folder)
        tempfile.tempdir = folder
        harness.HARNESSES[job["harness"]](job["code"], job["data"])
        said = "passed"
    except BaseException as error:  # SystemExit and KeyboardInterrupt from an answer are failures like any other
        said = _describe(error)
    if os.getpid() == process:  # and not one that the answer has forked
        os.write(writing, said.encode("utf-8", "replace"))
    os._exit(0)


def _describe(error: BaseException) -> str:
    """Its name, and on a second line its message. An exception of the answer's own may fail to have one."""
    try:
        return f"{type(error).__name__}\n{error}"[:MAX_SAID]
    except BaseException:
        return type(error).__name__


if __name__ == "__main__":
    main()
