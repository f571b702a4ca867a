"""POST /v1/messages and /v1/messages/count_tokens."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, jsonify
from marshmallow import Schema

from app.api.anthropic.answers import MessageAnswer
from app.api.anthropic.requests import IGNORED, to_chat
from app.api.anthropic.schemas import CountTokensSchema, MessagesSchema
from app.api.chat import to_request
from app.api.chat_schemas import ChatSchema
from app.api.context import json_body, service
from app.api.ignored_fields import load_request
from app.api.schemas import load
from app.api.translation import Translation, named_as_sent

blueprint = Blueprint("messages", __name__)


@blueprint.post("/v1/messages")
def messages() -> Response:
    body, chat = _read(MessagesSchema())
    with named_as_sent(chat.names):
        request = to_request(load(ChatSchema(), chat.body))
        reply = service().chat(request)
    return MessageAnswer(reply, request, chat.warnings).respond(is_streamed=body["stream"])


@blueprint.post("/v1/messages/count_tokens")
def count_tokens() -> Response:
    _, chat = _read(CountTokensSchema())
    with named_as_sent(chat.names):
        return jsonify({"input_tokens": service().count_prompt(to_request(load(ChatSchema(), chat.body)))})


@blueprint.after_request
def repeat_id(response: Response) -> Response:
    """Under the name that Anthropic's SDKs read."""
    response.headers["request-id"] = g.request_id
    return response


def _read(schema: Schema) -> tuple[dict[str, Any], Translation]:
    sent = json_body()
    loaded = load_request(schema, sent, IGNORED)
    service().check_model(loaded.get("model"))
    chat = to_chat(sent, loaded)
    chat.warnings[:0] = loaded["warnings"]
    return loaded, chat
