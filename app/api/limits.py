"""Bounds on the requests that reach the model: of each client, and on the memory of all together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, request

from app.api.auth import client_name
from app.api.context import held_until_end, http

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
    max_threads: int  # each may be reading one, which may be compressed
    max_requests: int
    max_model_len: int

    @property
    def bound(self) -> int:
        arriving = (self.max_arriving + 2 * self.max_threads) * self.max_body_bytes
        bodies = MAX_BODIES * self.max_body_bytes * BYTES_PER_BODY_BYTE
        return arriving + bodies + self.max_requests * self.max_model_len * BYTES_PER_TOKEN

    def __str__(self) -> str:
        return (
            f"requests hold at most {self.bound / 2**20:.0f} MiB of memory: {self.max_arriving} bodies that arrive, "
            f"{self.max_threads} that are read, {MAX_BODIES} that were read, and {self.max_requests} times "
            f"{self.max_model_len} tokens"
        )


def register(app: Flask) -> None:
    @app.before_request
    def begin() -> None:
        if _is_counted():
            count_request()
        elif request.endpoint in FREE_ENDPOINTS:
            # Tokenising megabytes takes seconds: these may not hold the threads that are kept for short requests.
            held_until_end().append(http().requests.take())

    @app.after_request
    def end(response: Response) -> Response:
        if _is_counted() and client_name():
            response.headers.update(http().limits.headers(client_name()))
        held = held_until_end()  # not read there: the response may be closed on another thread
        response.call_on_close(lambda: _release(held))
        return response


def count_request() -> None:
    """Count a request of this client, until it has ended. Raises ConcurrencyLimited or RateLimited."""
    held_until_end().append(http().limits.enter(client_name()))


def end_socket() -> None:
    """gunicorn does not close a WebSocket's response."""
    _release(held_until_end())


def _is_counted() -> bool:
    return request.method == "POST" and request.endpoint is not None and request.endpoint not in FREE_ENDPOINTS


def _release(held: list[Callable[[], None]]) -> None:
    for free in held:
        free()
