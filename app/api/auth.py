"""The API key: Bearer or X-Api-Key."""

from __future__ import annotations

import hmac

from flask import Flask, current_app, g, request

from app.errors import Unauthorized

OPEN_ENDPOINTS = {"health.health", "pages.index", "pages.asset"}
# Sockets that browsers open: they cannot set headers, so the key may come with the first message (app.api.sockets).
FIRST_MESSAGE_ENDPOINTS = {"steps.steps"}
KEY = "API_KEY"


def require_key(app: Flask, api_key: str) -> None:
    """Guard every route but /health, the page (it asks for the key) and the CORS preflight, which cannot carry one."""
    app.config[KEY] = api_key

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
    """Whether this request was let in without a key, to bring it with its first message."""
    return bool(g.get("needs_key", False))


def is_key(given: str) -> bool:
    """False, too, where the server has no key: nobody can prove anything then."""
    expected = current_app.config.get(KEY)
    return expected is not None and hmac.compare_digest(given.encode(errors="replace"), expected.encode())


def _bearer(header: str) -> str:
    scheme, _, key = header.partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""
