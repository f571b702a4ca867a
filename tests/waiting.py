"""How long tests wait for other threads and processes, and how."""

from __future__ import annotations

import time
from collections.abc import Callable

# Far more than any test needs: a test that waits this long has already failed.
PATIENCE_S = 20.0


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for a condition that another thread makes true without notification."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.001)
