"""Ollama's routes: /api/chat, /api/generate, /api/tags, /api/show, /api/ps and /api/version."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from app.api import chat as chats
from app.api import completions
from app.api.chat_schemas import ChatSchema
from app.api.completion_schemas import CompletionSchema
from app.api.context import http, json_body, service
from app.api.ignored_fields import load_request
from app.api.ollama import models
from app.api.ollama.answers import ChatAnswer, GeneratedAnswer, line, loaded_answer, message
from app.api.ollama.requests import to_chat, to_completion, to_question
from app.api.ollama.schemas import OllamaChatSchema, OllamaGenerateSchema, OllamaShowSchema
from app.api.schemas import load
from app.api.translation import Translation, named_as_sent
from app.serving.requests import ChatRequest

blueprint = Blueprint("ollama", __name__)

# Of the API that these routes follow: clients refuse servers that are too old for them.
VERSION = "0.13.0"


@blueprint.post("/api/chat")
def chat() -> Response:
    sent = json_body()
    body = load_request(OllamaChatSchema(), sent, ("options",))
    models.check_model(body.get("model"))
    if not body["messages"]:
        return _loaded(message(""), body)
    translation = to_chat(sent, body, service().model)
    translation.warnings[:0] = body["warnings"]
    with named_as_sent(translation.names):
        request = _chat_request(translation)
        reply = service().chat(request)
    return ChatAnswer(reply, request, translation.warnings).respond(is_streamed=body["stream"])


@blueprint.post("/api/generate")
def generate() -> Response:
    """With `raw` or a `suffix` a completion, else a chat of one question."""
    sent = json_body()
    body = load_request(OllamaGenerateSchema(), sent, ("options",))
    models.check_model(body.get("model"))
    if not body["prompt"] and not body.get("suffix"):
        return _loaded({"response": ""}, body)
    is_completion = body["raw"] or bool(body.get("suffix"))
    translation = (to_completion if is_completion else to_question)(sent, body, service().model)
    translation.warnings[:0] = body["warnings"]
    with named_as_sent(translation.names):
        if is_completion:
            completion = completions.to_request(load(CompletionSchema(), translation.body), is_fim=False)
            answer = GeneratedAnswer(service().completion(completion), translation.warnings)
        else:
            answer = GeneratedAnswer(service().chat(_chat_request(translation)), translation.warnings)
    return answer.respond(is_streamed=body["stream"])


@blueprint.get("/api/tags")
def tags() -> Response:
    return jsonify({"models": [models.tag()]})


@blueprint.get("/api/ps")
def ps() -> Response:
    return jsonify({"models": [models.running()]})


@blueprint.post("/api/show")
def show() -> Response:
    body = load(OllamaShowSchema(), json_body())
    return jsonify(models.shown(body.get("model", body.get("name"))))


@blueprint.get("/api/version")
def version() -> Response:
    return jsonify({"version": VERSION, "elbarto_version": http().config.version})


def _chat_request(translation: Translation) -> ChatRequest:
    return chats.to_request(load(ChatSchema(), translation.body))


def _loaded(content: dict[str, Any], body: dict[str, Any]) -> Response:
    answer = loaded_answer(content)
    return Response(line(answer), mimetype="application/x-ndjson") if body["stream"] else jsonify(answer)
