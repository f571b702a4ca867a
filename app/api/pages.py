"""GET /: the page that shows denoising, with its scripts, styles and fonts. It loads nothing from other servers."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, send_from_directory

WEB = Path(__file__).resolve().parent.parent / "web"
# Only content from this server is allowed, and no page may frame it; 'self' includes the WebSocket.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def index() -> Response:
    return send_page(WEB, "index.html")


@blueprint.get("/web/<path:name>")
def asset(name: str) -> Response:
    return send_page(WEB, name)


def send_page(directory: Path, name: str, policy: str = POLICY) -> Response:
    """Browsers revalidate the file each time, and usually get a 304."""
    return with_policy(send_from_directory(directory, name, mimetype=TYPES.get(Path(name).suffix), max_age=0), policy)


def with_policy(response: Response, policy: str) -> Response:
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
