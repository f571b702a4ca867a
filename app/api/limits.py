"""Bounds on the requests that reach the model: of each client, and on the memory of all together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, g, request

from app.api.auth import client_name
from app.api.context import http
from app.errors import ApiError

# POST routes that do not reach the model. WebSockets are counted when they have sent their request.
FREE_ENDPOINTS = {"tokens.tokenize", "tokens.detokenize", "messages.count_tokens", "ollama.show"}
# Requests in progress may have this many of the largest bodies together. Usual ones are hundreds of times smaller.
MAX_BODIES = 8
# What JSON becomes when it is read, at worst: `[` and `]` are 2 bytes, and a list of 88 (tests/api/test_limits.py).
BYTES_PER_BODY_BYTE = 64
# A sequence has the ids of its prompt and its canvas, as Python's integers, and what is final.
BYTES_PER_TOKEN = 128


@dataclass(frozen=True)
class RequestMemory:
    """The most memory that requests hold while they arrive, wait and run, without the engine's own."""

    max_body_bytes: int
    max_arriving: int  # bodies
    max_requests: int
    max_model_len: int

    @property
    def bound(self) -> int:
        arriving = self.max_arriving * self.max_body_bytes
        bodies = MAX_BODIES * self.max_body_bytes * BYTES_PER_BODY_BYTE
        return arriving + bodies + self.max_requests * self.max_model_len * BYTES_PER_TOKEN

    def __str__(self) -> str:
        return (
            f"requests hold at most {self.bound / 2**20:.0f} MiB of memory: {self.max_arriving} bodies that arrive, "
            f"{MAX_BODIES} that are read, and {self.max_requests} times {self.max_model_len} tokens"
        )


def register(app: Flask) -> None:
    @app.before_request
    def begin() -> None:
        if _is_counted():
            largest, length = http().config.max_body_bytes, request.content_length
            _enter(largest if length is None else min(length, largest))

    @app.after_request
    def end(response: Response) -> Response:
        if _is_counted():
            response.headers.update(http().limits.headers(client_name()))
            response.call_on_close(_leaver())
        return response


def enter_socket() -> None:
    """Count a WebSocket's request. Raises ConcurrencyLimited, RateLimited or Overloaded."""
    _enter(g.socket_bytes)


def leave() -> None:
    """The WebSocket's request has ended."""
    _leaver()()


def _is_counted() -> bool:
    return request.method == "POST" and request.endpoint is not None and request.endpoint not in FREE_ENDPOINTS


def _enter(body_bytes: int) -> None:
    free_body = http().bodies.take(body_bytes)
    try:
        leave_limits = http().limits.enter(client_name())
    except ApiError:
        free_body()
        raise
    g.held = (free_body, leave_limits)


def _leaver() -> Callable[[], None]:
    """Releases what the request holds, also on another thread."""
    held: tuple[Callable[[], None], ...] = g.get("held", ())

    def release() -> None:
        for free in held:
            free()

    return release
