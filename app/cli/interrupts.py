"""What Ctrl-C does.

An exception in the middle of an import may leave Python's import lock held, so that other threads wait for ever, and it
prints tracebacks of libraries. So while a command imports and loads, Ctrl-C ends the process without one.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

EXIT_CODE = 130  # as shells report it


def end_at_once() -> Callable[[], None]:
    """Ctrl-C ends the process from now on. Returns a function that brings the present behaviour back."""
    if threading.current_thread() is not threading.main_thread():  # only that one may set handlers
        return lambda: None
    before = signal.signal(signal.SIGINT, _end)
    return lambda: _set(before)


def raise_exceptions() -> None:
    """Ctrl-C is a KeyboardInterrupt again, for a command that does something about it."""
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _set(handler: Any) -> None:
    signal.signal(signal.SIGINT, handler)


def _end(number: int, frame: Any) -> None:
    os._exit(EXIT_CODE)
