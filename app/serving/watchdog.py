"""Notices an engine that has stopped: a step that hangs, or a thread that has died.

A device can hang in a kernel, and a thread cannot be ended from outside. The process can: gunicorn starts another.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Protocol

from app.errors import EngineBroken

logger = logging.getLogger(__name__)

INTERVAL_S = 1.0


class Watched(Protocol):
    """What the watchdog asks of an executor."""

    @property
    def thread(self) -> threading.Thread: ...

    @property
    def is_expected_to_run(self) -> bool:
        """Whether the model is loaded, and nobody has ended the executor."""
        ...

    @property
    def step_age_s(self) -> float:
        """How long the step that runs now has been running; 0 between steps."""
        ...


class Watchdog:
    """Calls `on_failure` once, on a thread of its own."""

    def __init__(self, watched: Watched, step_timeout_s: float, on_failure: Callable[[BaseException], None]) -> None:
        self._watched = watched
        self._step_timeout_s = step_timeout_s
        self._on_failure = on_failure
        self._ended = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, name="elbarto-watchdog", daemon=True).start()

    def stop(self) -> None:
        self._ended.set()

    def fault(self) -> str | None:
        """What is wrong with the executor now."""
        if not self._watched.is_expected_to_run:
            return None
        if not self._watched.thread.is_alive():
            return "the executor's thread has ended"
        if self._watched.step_age_s > self._step_timeout_s:
            return f"a step has not ended within {self._step_timeout_s:g} s (ELBARTO_STEP_TIMEOUT_S)"
        return None

    def _run(self) -> None:
        while not self._ended.wait(min(INTERVAL_S, self._step_timeout_s / 4)):
            if fault := self.fault():
                frame = sys._current_frames().get(self._watched.thread.ident or 0)
                where = "".join(traceback.format_stack(frame)) if frame else "(it has no stack)\n"
                logger.critical("%s; it is here:\n%s", fault, where)
                self._on_failure(EngineBroken(fault))
                return
