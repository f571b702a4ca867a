"""Few file descriptors, and no directory for temporary files."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from app.errors import StartError
from app.front import resources
from app.front.resources import (
    OTHER_DESCRIPTORS,
    OTHER_THREADS,
    check_threads,
    fit_connections,
    temporary_directory,
)

THREADS = 100


class Limits:
    """The system's, which a test must not change for the others."""

    def __init__(self, soft: int, hard: int) -> None:
        self.now = (soft, hard)

    def getrlimit(self, which: int) -> tuple[int, int]:
        assert which == resource.RLIMIT_NOFILE
        return self.now

    def setrlimit(self, which: int, limits: tuple[int, int]) -> None:
        self.now = limits


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> Limits:
    limits = Limits(1024, 4096)
    monkeypatch.setattr(resource, "getrlimit", limits.getrlimit)
    monkeypatch.setattr(resource, "setrlimit", limits.setrlimit)
    return limits


def test_enough_is_left_alone(limits: Limits) -> None:
    assert fit_connections(1024 - OTHER_DESCRIPTORS, THREADS) == (1024 - OTHER_DESCRIPTORS, "")
    assert limits.now == (1024, 4096)


def test_no_limit_is_enough(limits: Limits) -> None:
    limits.now = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)

    assert fit_connections(10**6, THREADS) == (10**6, "")


def test_the_soft_limit_is_raised_as_far_as_needed(limits: Limits) -> None:
    assert fit_connections(1152, THREADS) == (1152, "")
    assert limits.now == (1152 + OTHER_DESCRIPTORS, 4096)


def test_fewer_connections_where_the_hard_limit_is_low(limits: Limits) -> None:
    limits.now = (256, 300)

    connections, line = fit_connections(1152, THREADS)

    assert connections == 300 - OTHER_DESCRIPTORS
    assert line == "This process may open 300 files (ulimit -n): 236 connections at once instead of 1152."
    assert limits.now == (300, 300)


def test_fewer_than_the_threads_are_refused(limits: Limits) -> None:
    limits.now = (64, 64)

    with pytest.raises(StartError, match=r"may open 64 files \(ulimit -n\), and needs 164: raise the limit, or lower"):
        fit_connections(1152, THREADS)


def test_as_many_threads_as_are_needed() -> None:
    before = threading.active_count()

    check_threads(50)

    assert threading.active_count() == before


def test_too_few_threads_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    before, start = threading.active_count(), threading.Thread.start

    def limited(thread: threading.Thread) -> None:
        if threading.active_count() - before >= 20:
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", limited)

    with pytest.raises(StartError, match=rf"may start 20 threads, and needs {100 + OTHER_THREADS}: raise the limit"):
        check_threads(100)
    assert threading.active_count() == before


@pytest.fixture
def no_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`tmp_path` is made before; it needs the directory."""

    def none() -> str:
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", none)
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setenv("TMPDIR", "/absent")


@pytest.mark.process
@pytest.mark.usefixtures("no_tmp")
def test_shared_memory_is_used_for_everything_without_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "SHARED_MEMORY", str(tmp_path))

    assert temporary_directory() == str(tmp_path)
    shown = subprocess.run(
        [sys.executable, "-c", "import tempfile; print(tempfile.gettempdir())"], capture_output=True, text=True
    )
    assert shown.stdout.strip() == tempfile.tempdir == str(tmp_path)


@pytest.mark.usefixtures("no_tmp")
def test_without_any_directory_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "SHARED_MEMORY", "/absent/shm")

    with pytest.raises(StartError, match="this user may write neither to /tmp nor to /absent/shm; mount one of them"):
        temporary_directory()


def test_the_usual_directory_where_there_is_no_shared_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "SHARED_MEMORY", "/absent/shm")

    assert temporary_directory() == tempfile.gettempdir()
