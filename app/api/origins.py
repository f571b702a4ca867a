"""Which web pages may use the server: CORS for those, and a 403 for all others.

CORS alone prevents a page from reading an answer, not from sending a request: a form may post anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask import Flask, request
from flask_cors import CORS

from app.errors import ForeignOrigin


def allow_origins(app: Flask, origins: Sequence[str], expose_headers: Sequence[str]) -> None:
    """`origins` as in the settings. Clients other than browsers send no Origin, and are accepted."""
    patterns = [origin_pattern(origin) for origin in origins]

    @app.before_request
    def refuse_others() -> None:
        origin = request.headers.get("Origin")
        if origin is None or origin == request.host_url.rstrip("/") or request.method == "OPTIONS":
            return
        if not any(pattern.match(origin) for pattern in patterns):
            raise ForeignOrigin(origin)

    CORS(app, origins=patterns, expose_headers=list(expose_headers), max_age=600)


def origin_pattern(origin: str) -> re.Pattern[str]:
    """`http://localhost:*` is that host with or without a port; `vscode-webview://*` and `*` are any host."""
    pattern = re.escape(origin).replace(r":\*", r"(:\d+)?").replace(r"\*", r"[^/]*" if "://" in origin else ".*")
    return re.compile(pattern + r"\Z")
