"""The API keys, as Bearer or X-Api-Key, and who a client is."""

from __future__ import annotations

from flask import Flask, g, request

from app.api.context import http
from app.api.request_log import record
from app.errors import Unauthorized
from app.keys import client_with

OPEN_ENDPOINTS = {
    *("health.health", "health.ready"),
    *("pages.index", "pages.asset", "docs.page", "docs.asset", "docs.document"),
}
# Sockets that browsers open: they cannot set headers, so the key may come with the first message (app.api.sockets).
FIRST_MESSAGE_ENDPOINTS = {"steps.steps", "generations.steps"}


def require_key(app: Flask) -> None:
    """Require a key, if the server has any, except for OPEN_ENDPOINTS (pages ask for it) and CORS preflights."""

    @app.before_request
    def check() -> None:
        if not has_key():
            g.client_name = f"address {request.remote_addr}"
            return
        if request.method == "OPTIONS" or request.endpoint in OPEN_ENDPOINTS:
            return
        # Either header may be empty (Continue sends an empty bearer along with x-api-key), so both are tried.
        keys = [_bearer(request.headers.get("Authorization", "")), request.headers.get("X-Api-Key", "")]
        if request.endpoint in FIRST_MESSAGE_ENDPOINTS and not any(keys):
            g.needs_key = True
        elif not any(map(accept_key, keys)):
            raise Unauthorized(
                "A valid API key is required: send it as `Authorization: Bearer KEY` or as `X-Api-Key: KEY`."
            )


def needs_key() -> bool:
    """Whether this request was accepted without a key, which must come with its first message."""
    return bool(g.get("needs_key", False))


def has_key() -> bool:
    """Whether the server has keys, of which every client must then send one."""
    return http().keys.are_required


def accept_key(key: str) -> bool:
    """Whether this is one of the server's keys. If so, this request's client is the one who has it."""
    name = http().keys.name_of(key)
    if name is not None:
        g.client_name = client_with(name)
        record().key = name
    return name is not None


def client_name() -> str:
    """Whose request this is: a key's name, or an address on a server without keys. Empty until the key is known."""
    name: str = g.get("client_name", "")
    return name


def _bearer(header: str) -> str:
    scheme, _, key = header.partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""
