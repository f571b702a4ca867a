"""The API key: Bearer or X-Api-Key."""

from __future__ import annotations

import hmac

from flask import Flask, request

from app.errors import Unauthorized

OPEN_ENDPOINTS = {"health.health"}


def require_key(app: Flask, api_key: str) -> None:
    """Guard every route but /health and the CORS preflight, which cannot carry a key."""
    expected = api_key.encode()

    @app.before_request
    def check() -> None:
        if request.method == "OPTIONS" or request.endpoint in OPEN_ENDPOINTS:
            return
        # A header may be there and empty (Continue sends an empty bearer beside x-api-key), so either may be right.
        given = [_bearer(request.headers.get("Authorization", "")), request.headers.get("X-Api-Key", "")]
        if not any(hmac.compare_digest(key.encode(), expected) for key in given):
            raise Unauthorized(
                "A valid API key is required: send it as `Authorization: Bearer KEY` or as `X-Api-Key: KEY`."
            )


def _bearer(header: str) -> str:
    scheme, _, key = header.partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""
