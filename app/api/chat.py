"""POST /v1/chat/completions."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from app.api.chat_answers import ChatAnswer
from app.api.chat_schemas import ChatSchema
from app.api.context import json_body, service
from app.api.ignored_fields import load_request
from app.api.rendering import requested_rendering
from app.api.schemas import SHARED_FIELDS, check_logprobs
from app.api.structured import requested_grammar
from app.api.tools import requested_tools
from app.errors import RequestError
from app.messages.decoding import Decoding
from app.messages.options import Overrides
from app.serving.requests import ChatRequest

blueprint = Blueprint("chat", __name__)

REQUEST_FIELDS = {
    *SHARED_FIELDS,
    *("messages", "prompt_token_ids", "n", "gen_length", "steps_per_block", "ignore_eos", "stop_token_ids"),
}


@blueprint.post("/v1/chat/completions")
def chat_completions() -> Response:
    body = load_request(ChatSchema(), json_body())
    service().check_model(body.get("model"))
    request = to_request(body)
    return ChatAnswer(service().chat(request), request, body).respond(is_streamed=body["stream"])


def to_request(body: dict[str, Any]) -> ChatRequest:
    """From a validated body; raises RequestError."""
    watch, scored = body["stream_mode"] == "steps", body["logprobs"]
    _check(body, watch)
    fields = {name: value for name, value in body.items() if name in REQUEST_FIELDS}
    grammar = requested_grammar(body)
    tools = requested_tools(body, grammar)
    return ChatRequest(
        max_tokens=body.get("max_completion_tokens", body.get("max_tokens")),
        decoding=Overrides.pick(Decoding, body),
        grammar=None if tools else grammar,  # with both, calls are forced and there is no text
        tools=tools,
        rendering=requested_rendering(body, grammar, tools),
        # Log probabilities are taken from the steps.
        watch=watch or scored,
        alternatives=body["top_logprobs"] if scored else body["alternatives"],
        **fields,
    )


def _check(body: dict[str, Any], watch: bool) -> None:
    """Raise RequestError for fields that need, or exclude, others."""
    if watch and not body["stream"]:
        raise RequestError('stream_mode "steps" needs "stream": true.', "stream_mode")
    if watch and body["logprobs"]:
        raise RequestError('logprobs are not sent with stream_mode "steps", whose events have confidences.', "logprobs")
    if body["alternatives"] and not watch:
        raise RequestError('alternatives need "stream_mode": "steps".', "alternatives")
    check_logprobs(body.get("n", 1), body["top_logprobs"], "n times top_logprobs", "top_logprobs")
    if body["top_logprobs"] and not body["logprobs"]:
        raise RequestError('top_logprobs need "logprobs": true.', "top_logprobs")
