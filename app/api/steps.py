"""WS /v1/steps: the requests of the HTTP endpoints, answered with every denoising step (docs/reference/steps.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import Blueprint
from flask_sock import Sock
from simple_websocket import Server

from app.api import sockets
from app.api.chat import to_request
from app.api.chat_schemas import MAX_ALTERNATIVES, ChatSchema
from app.api.completion_schemas import CompletionSchema
from app.api.completions import to_request as to_completion_request
from app.api.context import service
from app.api.ignored_fields import load_request
from app.api.infill import to_request as to_infill_request
from app.api.infill_schemas import InfillSchema
from app.api.running import RunningAnswer, answer_head
from app.api.schemas import Integer
from app.api.step_encoders import step_encoder
from app.api.step_events import Event
from app.errors import RequestError, Unsupported
from app.serving.generation import Silence
from app.serving.infill.infill import Infill
from app.serving.reply import Reply

blueprint = Blueprint("steps", __name__)
sock = Sock()


@sock.route("/v1/steps", bp=blueprint)  # type: ignore[untyped-decorator]
def steps(ws: Server) -> None:
    sockets.serve(ws, answer)


def answer(request: dict[str, Any]) -> StepsAnswer:
    """The request's fields determine which endpoint it is for."""
    if "segments" in request:
        return infill_steps(request)
    return completion_steps(request) if "prompt" in request else chat_steps(request)


class StepsAnswer(RunningAnswer):
    """Work on one prompt, with every denoising step."""

    def __init__(self, work: Reply | Infill, kind: str, prefix: str, with_proposals: bool) -> None:
        """`kind` is the events' `object` without ".steps", `prefix` the id's."""
        head = answer_head(prefix, work.model.id)
        super().__init__(work, head)
        self._encoder = step_encoder(work, head, service().token_text(), with_proposals)
        self._object = f"{kind}.steps"

    def events(self) -> Iterator[Event | Silence]:
        """Raises ConnectionAbortedError if the client disconnected before the work was complete."""
        yield from self._encoder.events(self.updates(), self._object)
        if not self.is_complete:
            raise ConnectionAbortedError("the client disconnected")


class WatchedInfillSchema(InfillSchema):
    """An infill over the WebSocket."""

    alternatives = Integer(0, MAX_ALTERNATIVES, load_default=0)


class WatchedCompletionSchema(CompletionSchema):
    """A completion over the WebSocket."""

    alternatives = Integer(0, MAX_ALTERNATIVES, load_default=0)


def chat_steps(request: dict[str, Any]) -> StepsAnswer:
    body = load_request(ChatSchema(), {**request, "stream": True, "stream_mode": "steps"})
    service().check_model(body.get("model"))
    return StepsAnswer(service().chat(to_request(body)), "chat.completion", "chatcmpl", body["alternatives"] > 0)


def infill_steps(request: dict[str, Any]) -> StepsAnswer:
    body = load_request(WatchedInfillSchema(), request)
    service().check_model(body.get("model"))
    infill = service().infill(to_infill_request({**body, "watch": True}))
    return StepsAnswer(infill, "infill", "infill", body["alternatives"] > 0)


def completion_steps(request: dict[str, Any]) -> StepsAnswer:
    """The steps that continue a plain prompt, or that fill the hole in it."""
    body = load_request(WatchedCompletionSchema(), {**request, "stream": True})
    service().check_model(body.get("model"))
    completion = to_completion_request(body, is_fim=False)
    if len(completion.prompts) != 1:
        raise RequestError(f"prompt must be one prompt here, got {len(completion.prompts)}.", "prompt")
    for field in ("echo", "logprobs"):
        if body.get(field):
            raise Unsupported(f"{field} is not supported here; /v1/completions has it.", field)
    (work,) = service().completion(replace(completion, watch=True, alternatives=body["alternatives"])).works
    kind, prefix = ("text_completion", "cmpl") if isinstance(work, Reply) else ("infill", "infill")
    return StepsAnswer(work, kind, prefix, body["alternatives"] > 0)
