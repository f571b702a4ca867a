"""The API key: Bearer or X-Api-Key."""

from __future__ import annotations

import hmac

from flask import Flask, g, request

from app.api.context import http
from app.errors import Unauthorized

OPEN_ENDPOINTS = {"health.health", "pages.index", "pages.asset", "docs.page", "docs.asset", "docs.document"}
# Sockets that browsers open: they cannot set headers, so the key may come with the first message (app.api.sockets).
FIRST_MESSAGE_ENDPOINTS = {"steps.steps", "generations.steps"}


def require_key(app: Flask) -> None:
    """Guard every route but /health, the pages (they ask for it) and the CORS preflight, which cannot carry one."""

    @app.before_request
    def check() -> None:
        if request.method == "OPTIONS" or request.endpoint in OPEN_ENDPOINTS:
            return
        # A header may be there and empty (Continue sends an empty bearer beside x-api-key), so either may be right.
        given = [_bearer(request.headers.get("Authorization", "")), request.headers.get("X-Api-Key", "")]
        if request.endpoint in FIRST_MESSAGE_ENDPOINTS and not any(given):
            g.needs_key = True
        elif not any(map(is_key, given)):
            raise Unauthorized(
                "A valid API key is required: send it as `Authorization: Bearer KEY` or as `X-Api-Key: KEY`."
            )


def needs_key() -> bool:
    """Whether this request was accepted without a key, which must come with its first message."""
    return bool(g.get("needs_key", False))


def has_key() -> bool:
    """Whether the server has one. Every client then needs it."""
    return bool(http().config.api_key)


def is_key(given: str) -> bool:
    """False, too, where the server has no key, because a client cannot prove anything then."""
    expected = http().config.api_key
    return expected is not None and hmac.compare_digest(given.encode(errors="replace"), expected.encode())


def _bearer(header: str) -> str:
    scheme, _, key = header.partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""
