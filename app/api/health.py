"""GET /health: open to all, answers while the model loads."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from app.api.context import service

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def health() -> Response:
    """200 once requests are served, 503 before the model is loaded and while the server shuts down."""
    executor = service().executor
    running, waiting = executor.queue_lengths
    queue = {"running": running, "waiting": waiting, "capacity": executor.capacity}
    body: dict[str, Any] = {"status": "ok" if executor.state == "ready" else executor.state, "queue": queue}
    if executor.state != "ready":
        response = jsonify(body | {"model": None, "device": None, "dtype": None})
        response.status_code = 503
        response.headers["Retry-After"] = "5"
        return response
    model = executor.backend.info
    return jsonify(body | {"model": model.id, "device": model.device, "dtype": model.dtype})
