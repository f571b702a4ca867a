"""What a 404 says: the slip in the address, if it is a common one, and where the routes are listed."""

from __future__ import annotations

from difflib import get_close_matches

from flask import current_app, request

from app.api.proxies import SENT_PATH

LONGEST = 100  # characters; a longer path resembles no route


def not_found_message() -> str:
    path, method = request.path, request.method
    sent = request.environ.get(SENT_PATH) or path
    message = f"There is no route {method} {sent}"
    if path.startswith("/v1/v1/") or path == "/v1/v1":
        return f"{message}: the base URL has /v1 twice. {_instead(path[len('/v1') :])}/docs lists the routes."
    if _exists("/v1" + path):
        return f"{message}: the base URL lacks /v1. Use /v1{path}. /docs lists the routes."
    nearest = _nearest(path)
    suggestion = f"Did you mean {nearest}? " if nearest else ""
    return f"{message}. {suggestion}/docs lists the routes."


def _instead(path: str) -> str:
    return f"Use {path}. " if _exists(path) else ""


def _exists(path: str) -> bool:
    return bool(current_app.url_map.bind("").allowed_methods(path))


def _nearest(path: str) -> str | None:
    rules = {rule.rule for rule in current_app.url_map.iter_rules() if not rule.arguments}
    found = get_close_matches(path, rules, n=1, cutoff=0.75) if len(path) <= LONGEST else []
    return found[0] if found else None
