"""The end of the editor's process, after which a language server should not remain.

LSP: "If the parent process is not alive then the server should exit its process." The end of input alone does not tell:
a wrapper (ssh, a terminal multiplexer) may hold the pipe open.
"""

from __future__ import annotations

import logging
import os
import select
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress

logger = logging.getLogger(__name__)

POLL_S = 1.0
GRACE_S = 5.0  # to close the session; a write to a pipe that nobody reads may last for ever


def watch_process(process_id: int, on_end: Callable[[], object], status: Callable[[], int]) -> None:
    """Call `on_end` in a thread once that process has ended; exit with `status()` if this one does not soon after.

    A process that is not on this machine, as when the server runs in a container, is not watched.
    """
    if not _is_running(process_id):
        logger.warning("the editor's process %d is not on this machine, so that its end is not noticed", process_id)
        return

    def watch() -> None:
        _wait(process_id)
        logger.warning("the editor's process %d has ended", process_id)
        on_end()
        time.sleep(GRACE_S)
        os._exit(status())

    threading.Thread(target=watch, name="elbarto-editor", daemon=True).start()


def _is_running(process_id: int) -> bool:
    if sys.platform == "win32" or process_id <= 0:  # On Windows, os.kill ends processes; 0 and below are groups.
        return False
    try:
        os.kill(process_id, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True


def _wait(process_id: int) -> None:
    """Linux tells the end at once, also of a process that its parent has not waited for."""
    if sys.platform == "linux":
        with suppress(OSError):
            descriptor = os.pidfd_open(process_id)
            try:
                poll = select.poll()
                poll.register(descriptor, select.POLLIN)
                poll.poll()
                return
            finally:
                os.close(descriptor)
    while _is_running(process_id):
        time.sleep(POLL_S)
