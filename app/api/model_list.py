"""GET /v1/models, also at llama.cpp's /models, and /v1/models/{id}."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from app.api.context import service
from app.errors import ModelNotFound

blueprint = Blueprint("models", __name__)


@blueprint.get("/models")
@blueprint.get("/v1/models")
def list_models() -> Response:
    return jsonify({"object": "list", "data": [_card()]})


@blueprint.get("/v1/models/<path:model_id>")
def retrieve_model(model_id: str) -> Response:
    card = _card()
    if model_id != card["id"]:
        raise ModelNotFound(model_id, card["id"])
    return jsonify(card)


def _card() -> dict[str, Any]:
    model, capabilities = service().model, service().infill_capabilities
    return {
        "id": model.id,
        "object": "model",
        "created": service().created,
        "owned_by": "elbarto",
        "max_model_len": model.max_model_len,
        "family": model.family,
        "block_length": model.block_length,
        "mask_token_id": model.mask_token_id,
        "infill_modes": list(capabilities.modes),
        "infill_context": capabilities.context,
        "infill_syntax": service().syntax_languages,
    }
