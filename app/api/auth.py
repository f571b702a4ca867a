"""The API key: Bearer or X-Api-Key."""

from __future__ import annotations

import hmac

from flask import Flask, g, request

from app.api.context import http
from app.errors import Unauthorized

OPEN_ENDPOINTS = {
    *("health.health", "health.ready"),
    *("pages.index", "pages.asset", "docs.page", "docs.asset", "docs.document"),
}
# Sockets that browsers open: they cannot set headers, so the key may come with the first message (app.api.sockets).
FIRST_MESSAGE_ENDPOINTS = {"steps.steps", "generations.steps"}


def require_key(app: Flask) -> None:
    """Require the key on every route except /health, the pages (they ask for it) and CORS preflights."""

    @app.before_request
    def check() -> None:
        if request.method == "OPTIONS" or request.endpoint in OPEN_ENDPOINTS:
            return
        # Either header may be empty (Continue sends an empty bearer along with x-api-key), so both are tried.
        keys = [_bearer(request.headers.get("Authorization", "")), request.headers.get("X-Api-Key", "")]
        if request.endpoint in FIRST_MESSAGE_ENDPOINTS and not any(keys):
            g.needs_key = True
        elif not any(map(is_key, keys)):
            raise Unauthorized(
                "A valid API key is required: send it as `Authorization: Bearer KEY` or as `X-Api-Key: KEY`."
            )


def needs_key() -> bool:
    """Whether this request was accepted without a key, which must come with its first message."""
    return bool(g.get("needs_key", False))


def has_key() -> bool:
    """Whether the server has a key, which every client must then send."""
    return bool(http().config.api_key)


def is_key(key: str) -> bool:
    """Whether this is the server's key; False if the server has none."""
    expected = http().config.api_key
    return expected is not None and hmac.compare_digest(key.encode(errors="replace"), expected.encode())


def _bearer(header: str) -> str:
    scheme, _, key = header.partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""
