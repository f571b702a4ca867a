"""Runs completed programs with their tests: in forked processes with limits, in a separate folder, without network.

training/evaluation/check_worker.py runs each program in a process with limits on CPU time, memory, file size and wall
time. This module starts that worker, without network if the system allows it, and restarts it if a program has killed
it.

This keeps a wrong program from hanging the run. It does not contain a hostile one: a program can read and write what
its user can, and start processes while it runs.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from bench.infill.problems import Problem
from training.evaluation.checks import CHECK_SECONDS, PASSED, WORKER

PATIENCE = 10.0  # additional time for the worker to answer
# Separate network, process ids and mounts; without root these need a user namespace.
NAMESPACES = ("unshare", "--net", "--ipc", "--pid", "--fork", "--kill-child")


class Sandbox:
    """A worker that checks one program after another. Use it in a `with` block."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._verdicts: dict[tuple[Problem, str], str] = {}

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop()
        self._folder.cleanup()

    @cached_property
    def isolation(self) -> tuple[str, ...]:
        """The command prefix that starts a program without network; empty if the system has none."""
        if shutil.which(NAMESPACES[0]) is None:
            return ()
        for command in (NAMESPACES, (*NAMESPACES, "--map-root-user")):
            done = subprocess.run([*command, sys.executable, "-I", "-S", "-c", ""], capture_output=True, timeout=20)
            if done.returncode == 0:
                return command
        return ()

    def passes(self, problem: Problem, text: str) -> bool | None:
        """Whether the completed program passes; None without a harness."""
        return self.verdict(problem, text) == PASSED if problem.harness else None

    def verdict(self, problem: Problem, text: str, seconds: float = CHECK_SECONDS) -> str:
        """ "passed", an exception's name, "timeout" or "died"."""
        if (problem, text) not in self._verdicts:
            self._verdicts[problem, text] = self._ask(problem, text, seconds)
        return self._verdicts[problem, text]

    def _ask(self, problem: Problem, text: str, seconds: float) -> str:
        harness = problem.harness
        assert harness is not None
        job = {
            "code": problem.program(text) + harness.tail,
            "setup": harness.setup,
            "prelude": harness.prelude,
            "name": harness.name,
            "constant": harness.constant,
            "checks": harness.checks,
            "seconds": seconds,
        }
        process = self._process or self._start()
        assert process.stdin
        assert process.stdout
        try:
            process.stdin.write(json.dumps(job).encode() + b"\n")
            process.stdin.flush()
            is_ready, _, _ = select.select([process.stdout], [], [], seconds + PATIENCE)
            line = process.stdout.readline() if is_ready else b""
        except BrokenPipeError:
            line = b""
        if not line:
            self._stop()
            return "died"
        return str(json.loads(line))

    def _start(self) -> subprocess.Popen[bytes]:
        folder = Path(self._folder.name)
        self._process = subprocess.Popen(
            [*self.isolation, sys.executable, "-I", "-S", str(WORKER)],
            cwd=folder,
            env={"TMPDIR": str(folder), "PYTHONHASHSEED": "0", "PATH": os.defpath},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        return self._process

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
