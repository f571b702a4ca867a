"""The log: its two formats, and that nothing waits for what reads it."""

from __future__ import annotations

import json
import logging
import os
import re
import select
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from app import logs
from app.logs import JsonFormatter, QueuedOutput, TextFormatter
from tests.doubles.app import root_logging_kept
from tests.waiting import PATIENCE_S, wait_until

LOST = re.compile(r"WARNING app\.logs: (\d+) lines were not logged: what reads this log was too slow")
CONTROLS = "a\nb\rc\x1b[31m\x7f\x9b\u2028\u202e\ud800 \N{SNOWMAN}"


def entry(message: str, *args: object, error: Exception | None = None, **extra: object) -> logging.LogRecord:
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("elbarto.test", logging.WARNING, __file__, 1, message, args, exc_info)
    record.__dict__.update(extra)
    return record


def raised(message: str) -> Exception:
    try:
        raise ValueError(message)
    except ValueError as error:
        return error


def test_text_is_one_line_without_control_characters() -> None:
    line = TextFormatter().format(entry("model %s", CONTROLS))

    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} WARNING elbarto\.test: model a", line)
    assert line.endswith(r": model a\nb\rc\x1b[31m\x7f\x9b\u2028\u202e" + "\ud800 \N{SNOWMAN}")


def test_a_traceback_cannot_forge_a_line() -> None:
    first, *rest = TextFormatter().format(entry("failed", error=raised("x\n2026-01-01 INFO forged: y\x1b"))).split("\n")

    assert first.endswith("failed")
    assert all(line.startswith("  ") for line in rest)
    assert any("forged: y\\x1b" in line for line in rest)


def test_json_is_one_object_a_line() -> None:
    fields = {"route": "GET /health", "status": 200, "tpf": 1.75, "tokens": None}
    line = JsonFormatter().format(entry("model %s", CONTROLS, error=raised("x"), fields=fields))

    assert line.isascii()
    assert line.isprintable()
    told = json.loads(line)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", told.pop("time"))
    assert told.pop("exception").endswith("ValueError: x")
    assert told == {
        "level": "warning",
        "logger": "elbarto.test",
        "message": f"model {CONTROLS}",
        "route": "GET /health",
        "status": 200,
        "tpf": 1.75,
    }


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def read_lines(fd: int, until: Callable[[str], bool]) -> list[str]:
    text = ""
    while not until(text):
        assert select.select([fd], [], [], PATIENCE_S)[0], f"this was all: {text[-500:]}"
        text += os.read(fd, 2**16).decode()
    return text.splitlines()


def test_a_pipe_that_nobody_reads_holds_nobody_up(pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "FLUSH_S", 0.05)
    read_end, write_end = pipe
    output = QueuedOutput(TextFormatter(), write_end, max_lines=100)
    started = time.monotonic()
    for number in range(2000):  # 400 KB, and the pipe takes 64
        output.handle(entry("line %d %s", number, "x" * 200))
    output.flush()
    logged_s = time.monotonic() - started
    dropped = output.dropped
    lines = read_lines(read_end, lambda text: text.endswith("\n") and sum(map(int, LOST.findall(text))) == dropped)
    output.close()

    assert logged_s < 30
    assert dropped > 1000
    assert sum(" line " in line for line in lines) == 2000 - dropped


def test_closing_writes_what_is_queued(pipe: tuple[int, int]) -> None:
    read_end, write_end = pipe
    output = QueuedOutput(TextFormatter(), write_end)
    for number in range(50):
        output.handle(entry("line %d", number))
    output.close()

    lines = read_lines(read_end, lambda text: text.count("\n") == 50)
    assert [line.rpartition(" ")[2] for line in lines] == [str(number) for number in range(50)]
    wait_until(lambda: not any(thread.name == "elbarto-log" for thread in threading.enumerate()))


def test_a_reader_that_has_gone_is_no_error() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    output = QueuedOutput(TextFormatter(), write_end)
    output.handle(entry("line"))
    output.flush()
    output.close()
    os.close(write_end)


@contextmanager
def forked() -> Iterator[bool]:
    """True in the child, which ends with the block."""
    child = os.fork()
    try:
        yield child == 0
    finally:
        if child == 0:
            os._exit(0)
    os.waitpid(child, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="macOS's frameworks do not survive a fork")
def test_a_forked_worker_logs_its_own_lines_once(pipe: tuple[int, int]) -> None:
    """gunicorn's master logs before it forks, and its thread is not there afterwards."""
    read_end, write_end = pipe
    output = QueuedOutput(TextFormatter(), write_end)
    output.handle(entry("master"))
    with forked() as is_child:
        if is_child:
            output.handle(entry("worker"))
            output.flush()
    output.close()

    lines = read_lines(read_end, lambda text: text.count("\n") >= 2)
    assert sorted(line.rpartition(" ")[2] for line in lines) == ["master", "worker"]


def test_configure_replaces_what_was_there(pipe: tuple[int, int]) -> None:
    read_end, write_end = pipe
    with root_logging_kept():
        logs.configure("info", "text", write_end)
        logs.configure("warning", "json", write_end)
        logging.getLogger("elbarto.some").info("not logged")
        logging.getLogger("elbarto.some").warning("logged")
        logs.flush()
        assert logs.dropped_lines() == 0
    (line,) = read_lines(read_end, lambda text: text.endswith("\n"))
    assert json.loads(line)["message"] == "logged"
