"""Bounds on what may hold the server's threads for long."""

from __future__ import annotations

import threading
from collections.abc import Callable

from app.errors import Overloaded


class Seats:
    """`number` of them, or of whatever else is bounded. Thread-safe."""

    def __init__(self, number: int, occupants: str) -> None:
        """`occupants` is what the error message calls those who sit."""
        self._free = number
        self._lock = threading.Lock()
        self._full = f"This server is overloaded: {number} {occupants}. Please try again later."

    def take(self, number: int = 1) -> Callable[[], None]:
        """Returns the function that frees the seats, which may be called on any thread, and more than once.

        Raises Overloaded if there are not as many.
        """
        with self._lock:
            if self._free < number:
                raise Overloaded(self._full)
            self._free -= number
        is_taken = True

        def free() -> None:
            nonlocal is_taken
            with self._lock:
                self._free += number if is_taken else 0
                is_taken = False

        return free
