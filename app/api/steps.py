"""WS /v1/steps: a request as the HTTP endpoints take it, answered with every denoising step (docs/steps.md)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint
from flask_sock import Sock
from simple_websocket import Server

from app.api import sockets
from app.api.chat import ChatAnswer, to_call
from app.api.context import service
from app.api.infill import InfillAnswer
from app.api.infill import to_call as to_infill_call
from app.api.infill_events import InfillTeller
from app.api.infill_schemas import InfillSchema
from app.api.schemas import MAX_ALTERNATIVES, ChatSchema, Integer, load
from app.api.step_events import Event

blueprint = Blueprint("steps", __name__)
sock = Sock()


@sock.route("/v1/steps", bp=blueprint)  # type: ignore[untyped-decorator]
def steps(ws: Server) -> None:
    sockets.serve(ws, answer)


def answer(request: dict[str, Any]) -> sockets.Answer:
    """Which endpoint a request is meant for shows in its fields."""
    return InfillSteps(request) if "segments" in request else ChatSteps(request)


class ChatSteps:
    """A chat request's steps."""

    def __init__(self, request: dict[str, Any]) -> None:
        body = load(ChatSchema(), {**request, "stream": True, "stream_mode": "steps"})
        service().check_model(body.get("model"))
        self._answer = ChatAnswer(service().chat(to_call(body)), body)

    def events(self) -> Iterator[Event | None]:
        return self._answer.step_events()

    def close(self) -> None:
        self._answer.close()


class WatchedInfillSchema(InfillSchema):
    """An infill over the WebSocket."""

    alternatives = Integer(0, MAX_ALTERNATIVES, load_default=0)


class InfillSteps:
    """An infill's steps."""

    def __init__(self, request: dict[str, Any]) -> None:
        body = load(WatchedInfillSchema(), request)
        service().check_model(body.get("model"))
        self._answer = InfillAnswer(service().infill(to_infill_call({**body, "watch": True})))
        self._with_proposals = body["alternatives"] > 0

    def events(self) -> Iterator[Event | None]:
        return InfillTeller(self._answer, service().token_text(), self._with_proposals).events()

    def close(self) -> None:
        self._answer.close()
