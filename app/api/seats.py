"""Bounds on what may hold the server's threads for long."""

from __future__ import annotations

import threading
from collections.abc import Callable

from app.errors import Overloaded


class Seats:
    """`number` of them. Thread-safe."""

    def __init__(self, number: int, occupants: str) -> None:
        """`occupants` is what the error message calls those who sit."""
        self._free = number
        self._lock = threading.Lock()
        self._full = f"This server is overloaded: {number} {occupants}. Please try again later."

    def take(self) -> Callable[[], None]:
        """Returns the function that frees the seat, which may be called on any thread, and more than once.

        Raises Overloaded if all are taken.
        """
        with self._lock:
            if self._free <= 0:
                raise Overloaded(self._full)
            self._free -= 1
        is_taken = True

        def free() -> None:
            nonlocal is_taken
            with self._lock:
                self._free += is_taken
                is_taken = False

        return free
