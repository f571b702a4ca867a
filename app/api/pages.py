"""GET /: the page that shows denoising, with its scripts, styles and fonts. Nothing in it comes from elsewhere."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, send_from_directory

WEB = Path(__file__).resolve().parent.parent / "web"
# Only what this server sends runs or shows, and nothing may frame it; 'self' covers the WebSocket as well.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def index() -> Response:
    return _send("index.html")


@blueprint.get("/web/<path:name>")
def asset(name: str) -> Response:
    return _send(name)


def _send(name: str) -> Response:
    """Browsers ask again each time, and mostly hear that nothing has changed (304)."""
    response = send_from_directory(WEB, name, mimetype=TYPES.get(Path(name).suffix), max_age=0)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
