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
from app.api.schemas import ChatSchema, load
from app.api.step_events import Event

blueprint = Blueprint("steps", __name__)
sock = Sock()


@sock.route("/v1/steps", bp=blueprint)  # type: ignore[untyped-decorator]
def steps(ws: Server) -> None:
    sockets.serve(ws, answer)


def answer(request: dict[str, Any]) -> sockets.Answer:
    """Which endpoint a request is meant for shows in its fields."""
    return ChatSteps(request)


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
