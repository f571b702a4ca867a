"""The replicas that this process's router of Ray Serve knows. Serve makes the router, so listeners meet it here.

Not in the router's module: Serve pickles the router's class by value, and the copy shares no globals with this process.
"""

from __future__ import annotations

from collections.abc import Callable

_listeners: list[Callable[[frozenset[str]], None]] = []


def listen(listener: Callable[[frozenset[str]], None]) -> None:
    _listeners.append(listener)


def tell(names: frozenset[str]) -> None:
    for listener in _listeners:
        listener(names)
