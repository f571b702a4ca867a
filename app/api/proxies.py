"""Where a request really came from, and which route it is for: proxies, a path in front of ours, and slashes.

WSGI middleware, because Flask chooses the route before it calls any of its hooks.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# What the client sent, where a proxy's headers or the rules for slashes changed it.
SENT_HOST, SENT_PATH = "elbarto.sent_host", "elbarto.sent_path"
FORWARDED = ("HTTP_FORWARDED", *(f"HTTP_X_FORWARDED_{name}" for name in ("FOR", "HOST", "PROTO", "PREFIX")))


class Addresses:
    """Takes a trusted proxy's word for the client's address and ours, and makes one path of its many spellings."""

    def __init__(self, wsgi: Wsgi, trusted_proxies: Sequence[str], root_path: str) -> None:
        """`trusted_proxies` are addresses, networks or `*`; `root_path` is where a proxy shows this server."""
        self._wsgi = wsgi
        self._trusted = [parse_network(text) for text in trusted_proxies if text != "*"]
        self._trusts_all = "*" in trusted_proxies
        self._root_path = root_path.rstrip("/")

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        environ[SENT_HOST], environ[SENT_PATH] = environ.get("HTTP_HOST", ""), environ.get("PATH_INFO", "")
        prefixes = [self._root_path]
        if self._is_trusted(environ.get("REMOTE_ADDR", "")):
            prefixes.insert(0, _first(environ, "HTTP_X_FORWARDED_PREFIX").rstrip("/"))
            self._believe(environ)
        if not _strip(environ, prefixes):
            return _to_the_page(environ, start_response)
        environ["PATH_INFO"] = one_spelling(environ.get("PATH_INFO", ""))
        return self._wsgi(environ, start_response)

    def _is_trusted(self, address: str) -> bool:
        if self._trusts_all:
            return True
        parsed = _parse_address(address)
        return parsed is not None and any(parsed in network for network in self._trusted)

    def _believe(self, environ: Environ) -> None:
        """The client is the last address that no trusted proxy has: what stands before it, anyone can have written."""
        addresses = [text.strip() for text in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if text.strip()]
        strangers = [text for text in addresses if not self._is_trusted(text)]
        if addresses:
            environ["REMOTE_ADDR"] = strangers[-1] if strangers else addresses[0]
        scheme = _first(environ, "HTTP_X_FORWARDED_PROTO").lower()
        if scheme in ("http", "https"):
            environ["wsgi.url_scheme"] = scheme
        host = _first(environ, "HTTP_X_FORWARDED_HOST")
        if host:
            environ["HTTP_HOST"] = host


def one_spelling(path: str) -> str:
    """Without doubled slashes, and without one at the end: base URLs are typed with them."""
    path = re.sub("/{2,}", "/", path)
    return path.rstrip("/") or "/"


def is_forwarded(environ: Environ) -> bool:
    """Whether a proxy passed the request on, trusted or not."""
    return any(environ.get(name) for name in FORWARDED)


def parse_network(text: str) -> Network:
    """An address or a network. Raises ValueError."""
    return ipaddress.ip_network(text, strict=False)


def _parse_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text.strip().strip("[]"))
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _first(environ: Environ, name: str) -> str:
    return str(environ.get(name, "")).partition(",")[0].strip()


def _strip(environ: Environ, prefixes: Sequence[str]) -> bool:
    """Move a prefix to SCRIPT_NAME; a proxy may have taken it off already. False: its own slash is missing."""
    path = environ.get("PATH_INFO", "")
    for prefix in filter(None, prefixes):
        if path == prefix:
            return False
        if path.startswith(prefix + "/"):
            environ["PATH_INFO"] = path[len(prefix) :]
            environ["SCRIPT_NAME"] = prefix
            return True
    if is_forwarded(environ):
        environ["SCRIPT_NAME"] = next(filter(None, prefixes), "")
    return True


def _to_the_page(environ: Environ, start_response: Any) -> Iterable[bytes]:
    """The page's addresses are relative to its own, which needs the slash at its end."""
    name = environ["PATH_INFO"].rpartition("/")[2]
    start_response("308 PERMANENT REDIRECT", [("Location", f"{name}/"), ("Content-Length", "0")])
    return []
