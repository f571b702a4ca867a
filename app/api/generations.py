"""GET /v1/generations and WS /v1/generations/{id}/steps: the requests in progress, and how they are denoised."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, jsonify, request
from flask_sock import Sock
from simple_websocket import Server

from app.api import sockets
from app.api.auth import has_key
from app.api.context import http, service
from app.api.following import follow, without_text
from app.api.proxies import is_forwarded
from app.api.step_events import Event
from app.errors import WatchingRefused
from app.serving.generation import SILENCE, Silence

blueprint = Blueprint("generations", __name__)
sock = Sock()

LOOPBACK = ("127.", "::1", "::ffff:127.")


@blueprint.before_request
def check_access() -> None:
    """With an API key: only clients that have it. Without: only clients on this machine."""
    if http().config.watch == "off":
        raise WatchingRefused("Watching is disabled on this server (ELBARTO_WATCH).")
    if not has_key() and not _is_local():
        raise WatchingRefused(
            "This server has no API key (ELBARTO_API_KEY), so its requests can be watched only from the same machine."
        )


@blueprint.get("/v1/generations")
def list_generations() -> Response:
    with_text = _with_text()
    return jsonify({"object": "list", "data": [request.body(with_text) for request in http().in_flight.all()]})


@sock.route("/v1/generations/<generation_id>/steps", bp=blueprint)  # type: ignore[untyped-decorator]
def steps(ws: Server, generation_id: str) -> None:
    sockets.serve_events(ws, lambda: Following(generation_id))


class Following:
    """Another client's steps. Closing ends the subscription, not the request."""

    def __init__(self, generation_id: str) -> None:
        running, text = http().in_flight.find(generation_id), service().token_text()
        self._free_seat = http().followers.take()  # last: if there is nothing to follow, nobody calls `close`
        self._events = follow(running, text)
        self._with_text = _with_text()

    def events(self) -> Iterator[Event | Silence]:
        for event in self._events:
            yield event if event is SILENCE or self._with_text else without_text(event)

    def close(self) -> None:
        self._free_seat()
        close = getattr(self._events, "close", None)
        if close:
            close()


def _with_text() -> bool:
    return http().config.watch == "full"


def _is_local() -> bool:
    """A proxy makes every client look local, so then none counts as local."""
    return not is_forwarded(request.environ) and (request.remote_addr or "").startswith(LOOPBACK)
