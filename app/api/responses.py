"""POST /v1/responses: OpenAI's Responses API, by way of the chat service."""

from __future__ import annotations

from flask import Blueprint, Response

from app.api.chat import to_request
from app.api.chat_schemas import ChatSchema
from app.api.context import json_body, service
from app.api.ignored_fields import load_request
from app.api.responses_answers import ResponseAnswer
from app.api.responses_schemas import ResponsesSchema
from app.api.responses_translation import to_chat
from app.api.schemas import load
from app.api.translation import named_as_sent

blueprint = Blueprint("responses", __name__)


@blueprint.post("/v1/responses")
def create_response() -> Response:
    raw = json_body()
    sent = load_request(ResponsesSchema(), raw)
    service().check_model(sent.get("model"))
    chat = to_chat(raw, sent)
    with named_as_sent(chat.names):
        request = to_request(load(ChatSchema(), chat.body))
        reply = service().chat(request)
    return ResponseAnswer(reply, request, sent, [*sent["warnings"], *chat.warnings]).respond(is_streamed=sent["stream"])
