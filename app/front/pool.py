"""The threads that serve requests, where the system may not allow as many as are meant to be."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any


class Pool(ThreadPoolExecutor):
    """Where no further thread can be started, requests wait for those that are there."""

    def __init__(self, log: Any, max_workers: int) -> None:
        super().__init__(max_workers)
        self._log = log
        self._was_short = False

    def _adjust_thread_count(self) -> None:
        """Called once a request is queued."""
        try:
            super()._adjust_thread_count()
        except RuntimeError:
            if not self._threads:
                raise
            if not self._was_short:
                self._log.warning("No more than %d threads could be started; requests wait.", len(self._threads))
            self._was_short = True
