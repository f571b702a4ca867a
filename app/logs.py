"""Logging for the server: one format for gunicorn and the application, written by a thread of its own.

Whoever logs only queues a line. If standard error stalls (a pipe that nobody reads, a full disk on the other side), the
queue fills up and further lines are dropped and counted; requests go on.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import re
import select
import threading
import time
from contextlib import suppress
from typing import Any, Literal

Format = Literal["text", "json"]

STDERR = 2
MAX_LINES = 10_000  # that wait to be written
FLUSH_S = 2.0
# Control characters, and those that change the direction of text: what a client sent must not forge a line.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def configure(level: str, format: Format, fd: int = STDERR) -> None:
    """Make this the process's only log."""
    root = logging.getLogger()
    for handler in root.handlers[:]:
        root.removeHandler(handler)
        handler.close()
    root.addHandler(QueuedOutput(JsonFormatter() if format == "json" else TextFormatter(), fd))
    root.setLevel(level.upper())


def flush() -> None:
    """Wait for what is queued to be written, for at most FLUSH_S: before a process ends without Python's clean-up."""
    for handler in logging.getLogger().handlers:
        handler.flush()


def dropped_lines() -> int:
    """Lines that this process did not log."""
    outputs = [handler for handler in logging.getLogger().handlers if isinstance(handler, QueuedOutput)]
    return sum(output.dropped for output in outputs)


class TextFormatter(logging.Formatter):
    """One line a message, without control characters. A traceback follows on indented lines."""

    def format(self, record: logging.LogRecord) -> str:
        time_text = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.created))
        line = f"{time_text},{int(record.msecs):03d} {record.levelname} {record.name}: {record.getMessage()}"
        lines = [printable(line)]
        if trace := _trace(self, record):
            lines += ["  " + printable(each) for each in trace.split("\n")]
        return "\n".join(lines)


class JsonFormatter(logging.Formatter):
    """One JSON object a line, in ASCII. A request's line has its fields too."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "time": _utc(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry |= {name: value for name, value in getattr(record, "fields", {}).items() if value is not None}
        if trace := _trace(self, record):
            entry["exception"] = trace
        return json.dumps(entry, default=str)


def printable(text: str) -> str:
    """The text with control characters written out."""
    return _CONTROLS.sub(lambda found: ascii(found[0])[1:-1], text)


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    parts = [formatter.formatException(record.exc_info)] if record.exc_info else []
    if record.stack_info:
        parts.append(formatter.formatStack(record.stack_info))
    return "\n".join(parts)


def _utc(seconds: float) -> str:
    whole, milliseconds = divmod(int(seconds * 1000), 1000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(whole))}.{milliseconds:03d}Z"


class QueuedOutput(logging.Handler):
    """Formats on the calling thread, and writes to a file descriptor on a thread of its own.

    Python's stream objects are avoided: a thread that stalls in one holds its lock, also while the process exits.
    """

    def __init__(self, formatter: logging.Formatter, fd: int = STDERR, max_lines: int = MAX_LINES) -> None:
        super().__init__()
        self.setFormatter(formatter)
        self.dropped = 0
        self._fd, self._max_lines = fd, max_lines
        self._has_stalled = False
        self._pid = 0  # of the process that the queue and its thread belong to
        self._lines: queue.Queue[str | threading.Event | None] = queue.Queue()

    def emit(self, record: logging.LogRecord) -> None:
        """Called with the handler's lock held."""
        try:
            line = self.format(record)
        except Exception:
            self.handleError(record)
            return
        if self._pid != os.getpid():
            self._begin()
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self.dropped += 1

    def flush(self) -> None:
        """Wait for what is queued, for at most FLUSH_S; not again if that was in vain, as at the end of a process."""
        if self._pid != os.getpid() or self._has_stalled:
            return
        written = threading.Event()
        with suppress(queue.Full):
            self._lines.put(written, timeout=FLUSH_S)
        self._has_stalled = not written.wait(FLUSH_S)

    def close(self) -> None:
        self.flush()
        if self._pid == os.getpid():
            self._pid = 0
            with suppress(queue.Full):  # if it is, the thread goes on waiting; it is a daemon
                self._lines.put_nowait(None)
        super().close()

    def _begin(self) -> None:
        """At the first line of a process. After a fork the parent's thread is not here, and its lines are not ours."""
        self._pid, self.dropped, self._has_stalled = os.getpid(), 0, False
        self._lines = queue.Queue(self._max_lines)
        threading.Thread(target=self._write, args=(self._lines,), name="elbarto-log", daemon=True).start()

    def _write(self, lines: queue.Queue[str | threading.Event | None]) -> None:
        told = 0  # of the dropped ones
        while (line := lines.get()) is not None:
            if isinstance(line, threading.Event):
                line.set()
            else:
                write_all(self._fd, line)
                self._has_stalled = False
            dropped = self.dropped
            if dropped > told and lines.empty():
                notice = _warning(f"{dropped - told} lines were not logged: what reads this log was too slow")
                write_all(self._fd, self.format(notice))
                told = dropped


def write_all(fd: int, line: str) -> None:
    """Blocks while the other side is full. What cannot be written is lost."""
    data = memoryview((line + "\n").encode("utf-8", errors="backslashreplace"))
    while data:
        try:
            data = data[os.write(fd, data) :]
        except BlockingIOError:
            select.select([], [fd], [], 1.0)
        except OSError:
            return


def _warning(message: str) -> logging.LogRecord:
    return logging.LogRecord(__name__, logging.WARNING, __file__, 0, message, None, None)
