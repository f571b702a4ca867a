"""GET /health (/v1/health for llama.cpp's clients) and /ready: without a key, and while the model loads."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify

from app.api.context import service
from app.errors import Unavailable
from app.serving.service import Health

blueprint = Blueprint("health", __name__)

STALLED_S = 30.0  # a step that takes longer may have to do with the next request, too


@blueprint.get("/health")
@blueprint.get("/v1/health")
def health() -> Response:
    """200 once requests are served, 503 before the model is loaded and while the server shuts down."""
    return _answer(service().health(), is_ready=True)


@blueprint.get("/ready")
def ready() -> Response:
    """200 if a new request would be taken now: also 503 while the queue is full, or a step takes very long."""
    health = service().health()
    is_full = health.running + health.waiting >= health.capacity
    return _answer(health, is_ready=not (is_full or health.step_age_s > STALLED_S))


def _answer(health: Health, is_ready: bool) -> Response:
    queue = {"running": health.running, "waiting": health.waiting, "capacity": health.capacity}
    body: dict[str, Any] = {"status": health.state, "queue": queue, "model": None, "device": None, "dtype": None}
    if health.replicas:
        body["replicas"] = [asdict(each) for each in health.replicas]
    if health.model is None or not is_ready:
        response = jsonify(body if health.model is None else body | {"status": "busy"})
        response.status_code = 503
        response.headers["Retry-After"] = str(Unavailable.retry_after)
        return response
    model = health.model
    return jsonify(body | {"status": "ok", "model": model.id, "device": model.device, "dtype": model.dtype})
