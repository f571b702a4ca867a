"""Runs the programs of a run, several at a time, each in a sandbox."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.errors import ConfigError
from app.evaluation.problems import Benchmark, Problem
from app.evaluation.sandbox import EVERYTHING, Sandbox
from app.evaluation.store import Key, Record

NO_PROGRAM = "no program"
END_SECONDS = 5.0  # for a sandbox to be taken down


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Of one program, and how many run at a time."""

    seconds: float
    memory_bytes: int
    file_bytes: int
    num_workers: int
    python: str = sys.executable

    @classmethod
    def of(cls, benchmark: Benchmark, num_workers: int, python: str, seconds: float | None) -> Limits:
        return cls(
            seconds=seconds or benchmark.seconds,
            memory_bytes=benchmark.memory_bytes,
            file_bytes=benchmark.file_bytes,
            num_workers=num_workers,
            python=python,
        )


@dataclass(frozen=True)
class Program:
    """A program to check, of an answer to a problem that has a harness."""

    key: Key
    problem: Problem
    text: str


def require_isolation(python: str, is_waived: bool) -> None:
    """Raise ConfigError if `python` cannot be started, or if programs would not be kept from everything they must."""
    with Sandbox(python, with_packages=True) as sandbox:
        try:
            missing = EVERYTHING - sandbox.kept_from
        except OSError as error:
            raise ConfigError(f"programs cannot be run with {python}: {error}") from None
    if missing and not is_waived:
        raise ConfigError(
            f"this system does not let programs be kept from {', '.join(sorted(missing))}, which takes `unshare` and "
            "Linux namespaces; run this in a container or a virtual machine, and say --unisolated"
        )


def check(programs: Sequence[Program], limits: Limits) -> Iterator[Record]:
    """A record of what came of each program, in the order in which they end. However it ends, so do the programs."""
    waiting: queue.SimpleQueue[Program] = queue.SimpleQueue()
    done: queue.SimpleQueue[Record | BaseException] = queue.SimpleQueue()
    for program in programs:
        waiting.put(program)
    sandboxes = [Sandbox(limits.python, with_packages=True) for _ in range(min(limits.num_workers, len(programs)))]
    stop = threading.Event()
    threads = [
        threading.Thread(target=_work, args=(sandbox, limits, waiting, done, stop), daemon=True)
        for sandbox in sandboxes
    ]
    for thread in threads:
        thread.start()
    try:
        for _ in programs:
            item = done.get()
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        for sandbox in sandboxes:
            sandbox.kill()
        for thread in threads:
            thread.join(END_SECONDS)


def _work(
    sandbox: Sandbox,
    limits: Limits,
    waiting: queue.SimpleQueue[Program],
    done: queue.SimpleQueue[Record | BaseException],
    stop: threading.Event,
) -> None:
    try:
        with sandbox:
            while not stop.is_set():
                done.put(_verdict(sandbox, limits, waiting.get_nowait()))
    except queue.Empty:
        return
    except OSError as error:
        done.put(ConfigError(f"programs cannot be run with {limits.python}: {error}"))
    except BaseException as error:  # for the thread that waits
        done.put(error)


def _verdict(sandbox: Sandbox, limits: Limits, program: Program) -> Record:
    task_id, number = program.key
    if not program.text:
        return {"task_id": task_id, "sample": number, "verdict": NO_PROGRAM}
    job = {
        "harness": program.problem.harness,
        "code": program.text,
        "data": program.problem.data,
        "cpu_seconds": max(1, round(limits.seconds)),
        "memory_bytes": limits.memory_bytes,
        "file_bytes": limits.file_bytes,
    }
    verdict, message = sandbox.run(job, limits.seconds)
    return {"task_id": task_id, "sample": number, "verdict": verdict, **({"message": message} if message else {})}
