"""What the server is, in vLLM's formats: GET /version and /tokenizer_info."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from app.api.context import http, service

blueprint = Blueprint("about", __name__)


@blueprint.get("/version")
def version() -> Response:
    return jsonify({"version": http().config.version})


@blueprint.get("/tokenizer_info")
@blueprint.get("/v1/tokenizer_info")
def tokenizer_info() -> Response:
    """As in a checkpoint's tokenizer_config.json, with the model's context as the longest length."""
    return jsonify({**service().tokenizer.config, "model_max_length": service().model.max_model_len})
