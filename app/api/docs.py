"""GET /openapi.json, and GET /docs, the page that shows it (RapiDoc, shipped with its licence), with the guides."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from flask import Blueprint, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from app.api.context import http
from app.api.guides import render_guide
from app.api.openapi.document import Json, make_document
from app.api.pages import POLICY, send_page, with_policy
from app.api.proxies import SENT_PATH

ASSETS = Path(__file__).resolve().parent / "openapi" / "assets"
# RapiDoc adds inline styles and data: images to the page. Scripts still come only from this server.
DOCS_POLICY = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'").replace(
    "img-src 'self'", "img-src 'self' data:"
)

blueprint = Blueprint("docs", __name__)


@blueprint.get("/openapi.json")
def document() -> Response:
    """Its server is the path under which a proxy shows this one."""
    config = http().config
    shown = _document(config.version, bool(config.api_key))
    return jsonify(shown | {"servers": [{"url": f"{request.script_root}/"}]})


@blueprint.get("/docs")
def page() -> BaseResponse:
    """Its addresses are relative to one without a slash at the end."""
    sent = request.environ.get(SENT_PATH, "")
    num_slashes = len(sent) - len(sent.rstrip("/"))
    if num_slashes:
        return redirect("../" * num_slashes + "docs", 308)
    return send_page(ASSETS, "index.html", DOCS_POLICY)


@blueprint.get("/docs/<path:name>")
def asset(name: str) -> Response:
    if name.endswith(".md"):
        return with_policy(render_guide(http().config.guides, name), DOCS_POLICY)
    return send_page(ASSETS, name, DOCS_POLICY)


@cache
def _document(version: str, has_key: bool) -> Json:
    return make_document(version, has_key)
