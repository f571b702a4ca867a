"""WS /v1/steps: a request as the HTTP endpoints take it, answered with every denoising step (docs/steps.md)."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import Blueprint
from flask_sock import Sock
from simple_websocket import Server

from app.api import sockets
from app.api.chat import ChatAnswer, to_request
from app.api.completion_schemas import CompletionSchema
from app.api.completions import to_request as to_completion_request
from app.api.context import service
from app.api.infill import InfillAnswer
from app.api.infill import to_request as to_infill_request
from app.api.infill_events import InfillTeller
from app.api.infill_schemas import InfillSchema
from app.api.request_log import record
from app.api.schemas import MAX_ALTERNATIVES, ChatSchema, Integer, load
from app.api.step_events import Event, ReplyTeller
from app.api.traffic import traffic
from app.errors import RequestError, Unsupported
from app.serving.completion import hole_of, infill_request
from app.serving.generation import Silence
from app.serving.infill.requests import InfillRequest
from app.serving.reply import Reply

blueprint = Blueprint("steps", __name__)
sock = Sock()


@sock.route("/v1/steps", bp=blueprint)  # type: ignore[untyped-decorator]
def steps(ws: Server) -> None:
    sockets.serve(ws, answer)


def answer(request: dict[str, Any]) -> sockets.Answer:
    """Which endpoint a request is meant for shows in its fields."""
    if "segments" in request:
        return infill_steps(request)
    return completion_steps(request) if "prompt" in request else ChatSteps(request)


class ChatSteps:
    """A chat request's steps."""

    def __init__(self, request: dict[str, Any]) -> None:
        body = load(ChatSchema(), {**request, "stream": True, "stream_mode": "steps"})
        service().check_model(body.get("model"))
        self._answer = ChatAnswer(service().chat(to_request(body)), body)

    def events(self) -> Iterator[Event | Silence]:
        return self._answer.step_events()

    def close(self) -> None:
        self._answer.close()


class WatchedInfillSchema(InfillSchema):
    """An infill over the WebSocket."""

    alternatives = Integer(0, MAX_ALTERNATIVES, load_default=0)


def infill_steps(request: dict[str, Any]) -> InfillSteps:
    body = load(WatchedInfillSchema(), request)
    service().check_model(body.get("model"))
    return InfillSteps(to_infill_request({**body, "watch": True}))


class InfillSteps:
    """An infill's steps."""

    def __init__(self, call: InfillRequest) -> None:
        self._answer = InfillAnswer(service().infill(call))
        self._with_proposals = call.alternatives > 0

    def events(self) -> Iterator[Event | Silence]:
        return InfillTeller(
            self._answer.head, self._answer.infill, service().token_text(), self._with_proposals
        ).events(self._answer.events())

    def close(self) -> None:
        self._answer.close()


class WatchedCompletionSchema(CompletionSchema):
    """A completion over the WebSocket."""

    alternatives = Integer(0, MAX_ALTERNATIVES, load_default=0)


def completion_steps(request: dict[str, Any]) -> sockets.Answer:
    """Of a plain prompt's continuation, or of the hole in it."""
    body = load(WatchedCompletionSchema(), {**request, "stream": True})
    service().check_model(body.get("model"))
    call = to_completion_request(body, is_fim=False)
    if len(call.prompts) != 1:
        raise RequestError(f"prompt must be one prompt here, got {len(call.prompts)}.", "prompt")
    for field in ("echo", "logprobs"):
        if body.get(field):
            raise Unsupported(f"{field} is not supported here; /v1/completions has it.", field)
    call = replace(call, watch=True, alternatives=body["alternatives"])
    hole = hole_of(service(), call, call.prompts[0])
    if hole is None:
        return PromptSteps(service().complete(call), call.alternatives > 0)
    return InfillSteps(replace(infill_request(call, hole), watch=True))


class PromptSteps:
    """A plain prompt's continuation."""

    def __init__(self, reply: Reply, with_proposals: bool) -> None:
        self._reply, self._with_proposals = reply, with_proposals
        self._head = {"id": f"cmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": reply.model.id}
        self._leave = traffic().enter(self._head, reply)

    def events(self) -> Iterator[Event | Silence]:
        head = {**self._head, "object": "text_completion.steps"}
        return ReplyTeller(head, self._reply, service().token_text(), self._with_proposals).events()

    def close(self) -> None:
        self._leave()
        self._reply.abort()
        record().tokens = self._reply.completion_tokens
        record().tokens_per_forward = self._reply.tokens_per_forward or None
