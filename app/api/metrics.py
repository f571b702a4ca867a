"""GET /metrics, for Prometheus. It answers while the model loads, and needs the key if there is one."""

from __future__ import annotations

from flask import Blueprint, Response, request

from app.api.context import service

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
def metrics() -> Response:
    body, content_type = service().metrics.exposition(request.headers.get("Accept", ""))
    return Response(body, content_type=content_type)
