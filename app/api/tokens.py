"""POST /tokenize and /detokenize, in vLLM's and llama.cpp's formats."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from app.api.context import json_body, service
from app.api.ignored_fields import load_request
from app.api.rendering import requested_rendering
from app.api.token_schemas import DetokenizeSchema, TokenizeSchema
from app.api.tools import requested_tools

blueprint = Blueprint("tokens", __name__)


@blueprint.post("/tokenize")
def tokenize() -> Response:
    body = load_request(TokenizeSchema(), json_body())
    if body.get("messages"):
        tools = requested_tools(body, None)
        tokens = service().tokenize_messages(body["messages"], requested_rendering(body, None, tools), tools)
    else:
        tokens = service().tokenize(body["prompt"] if "prompt" in body else body["content"], body["add_special_tokens"])
    return jsonify({"tokens": tokens, "count": len(tokens), "max_model_len": service().model.max_model_len})


@blueprint.post("/detokenize")
def detokenize() -> Response:
    text = service().detokenize(load_request(DetokenizeSchema(), json_body())["tokens"])
    return jsonify({"prompt": text, "content": text})
