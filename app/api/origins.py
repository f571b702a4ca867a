"""Which web pages may use the server: CORS for those, and a 403 for all others.

CORS alone prevents a page from reading an answer, not from sending a request: a form may post anywhere. And a page can
make its own name resolve to this server's address (DNS rebinding), so that all its requests are of one origin. Without
a key, the Host header must therefore be a name that nobody can own publicly, or one that the operator allows.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

from flask import Flask, request
from flask_cors import CORS

from app.api.proxies import SENT_HOST
from app.errors import ForeignHost, ForeignOrigin

HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?)\.?(?::(?P<port>\d*))?", re.IGNORECASE)
# Names that no public registry gives out: RFC 6761 and 6762, RFC 8375, ICANN's .internal, and home routers' own.
PRIVATE_SUFFIXES = (".localhost", ".local", ".lan", ".home.arpa", ".internal", ".home", ".fritz.box")
DEFAULT_PORTS = {"http": "80", "https": "443"}
# Load balancers ask under any name, and the answers tell a page nothing.
OPEN_TO_ANY_HOST = {"health.health", "health.ready"}


def allow_origins(
    app: Flask, origins: Sequence[str], expose_headers: Sequence[str], hosts: Collection[str] | None = ()
) -> None:
    """`origins` and `hosts` as in the settings. Clients other than browsers send no Origin, and are accepted.

    `hosts` are None where the Host header need not be checked: a page that pretends to be this server has no key.
    """
    patterns = [origin_pattern(origin) for origin in origins]
    own_names = {*(hosts or ()), *machine_names()}

    @app.before_request
    def refuse_others() -> None:
        if hosts is not None and request.endpoint not in OPEN_TO_ANY_HOST:
            for host in {request.environ.get(SENT_HOST) or "", request.environ.get("HTTP_HOST") or ""}:
                if not is_own_host(host, own_names):
                    raise ForeignHost(host)
        origin = request.headers.get("Origin")
        if (
            origin is None
            or is_own_origin(origin, request.environ.get("HTTP_HOST") or "")
            or request.method == "OPTIONS"
        ):
            return
        if not any(pattern.match(origin) for pattern in patterns):
            raise ForeignOrigin(origin)

    CORS(app, origins=patterns, expose_headers=list(expose_headers), max_age=600)


def origin_pattern(origin: str) -> re.Pattern[str]:
    """`http://localhost:*` is that host with or without a port; `vscode-webview://*` and `*` are any host."""
    pattern = re.escape(origin).replace(r":\*", r"(:\d+)?").replace(r"\*", r"[^/]*" if "://" in origin else ".*")
    return re.compile(pattern + r"\Z")


def is_own_origin(origin: str, host: str) -> bool:
    """Whether a page of this origin was loaded from this host.

    The scheme does not matter, as TLS may end at a proxy; nor does the port where Host has none: some proxies drop it.
    """
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return False
    asked = HOST.fullmatch(host)
    is_plain = origin == f"{parts.scheme}://{parts.netloc}" and "@" not in parts.netloc
    if asked is None or not is_plain or parts.scheme not in DEFAULT_PORTS or parts.hostname is None:
        return False
    if parts.hostname != asked["name"].lower().strip("[]"):
        return False
    return not asked["port"] or asked["port"] == (str(port) if port else DEFAULT_PORTS[parts.scheme])


def is_own_host(host: str, own_names: Collection[str]) -> bool:
    """Whether a server without a key is meant to have this name. HTTP/1.0 needs no Host."""
    if not host or "*" in own_names:
        return True
    match = HOST.fullmatch(host)
    if match is None:
        return False
    name = match["name"].lower()
    if "." not in name or name in own_names or name.endswith(PRIVATE_SUFFIXES) or _is_address(name.strip("[]")):
        return True
    return any(own.startswith("*.") and name.endswith(own[1:]) for own in own_names)


def machine_names() -> set[str]:
    return {socket.gethostname().lower()}


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
