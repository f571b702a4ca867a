"""GET /health, and /v1/health for llama.cpp's clients. They need no key, and answer while the model loads."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from app.api.context import service
from app.errors import Unavailable

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
@blueprint.get("/v1/health")
def health() -> Response:
    """200 once requests are served, 503 before the model is loaded and while the server shuts down."""
    health = service().health()
    queue = {"running": health.running, "waiting": health.waiting, "capacity": health.capacity}
    body: dict[str, Any] = {"status": health.state, "queue": queue, "model": None, "device": None, "dtype": None}
    if health.model is None:
        response = jsonify(body)
        response.status_code = 503
        response.headers["Retry-After"] = str(Unavailable.retry_after)
        return response
    model = health.model
    return jsonify(body | {"status": "ok", "model": model.id, "device": model.device, "dtype": model.dtype})
