"""Server-sent events: framing, keep-alive comments, and the last event of streams that fail."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Response, stream_with_context

from app.api.client_connection import ClientConnection
from app.api.errors import api_error_body, unexpected_error_body
from app.api.request_log import record
from app.errors import ApiError
from app.serving.generation import SILENCE, Silence

# The last event of a complete stream. A stream that fails, or whose client disconnects, ends without it.
DONE = "[DONE]"
# A bare comment: Continue drops data that arrives with ": ping", and llama.cpp's clients know this form.
KEEPALIVE = ":\n\n"
# Between comments to a client that sends no more.
PROBE_S = 1.0
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


# Clients that split text into lines treat these as line ends, and would split a frame there.
LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}

StreamEvent = dict[str, Any] | str | Silence


def frame(event: dict[str, Any] | str) -> str:
    text = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    return f"data: {text.translate(LINE_ENDS)}\n\n"


def named_frame(event: dict[str, Any] | str) -> str:
    """With the event's `type` as its name, too."""
    assert isinstance(event, dict)
    return f"event: {event['type']}\n{frame(event)}"


@dataclass(frozen=True)
class Framing:
    """How a stream's events are written; `keepalive` is sent when nothing has been for a while."""

    mimetype: str
    frame: Callable[[dict[str, Any] | str], str]
    keepalive: str


SSE = Framing("text/event-stream", frame, KEEPALIVE)
NAMED_SSE = Framing("text/event-stream", named_frame, KEEPALIVE)


def event_stream(
    events: Iterator[StreamEvent], keepalive_s: float, client: ClientConnection | None = None, framing: Framing = SSE
) -> Response:
    """Send each event as it comes, and a keep-alive after `keepalive_s` without one (0: never).

    A keep-alive is also sent where only writing shows whether the client is still there.
    """
    body = stream_with_context(_frames(events, keepalive_s, client, framing))
    return Response(body, mimetype=framing.mimetype, headers=HEADERS)


def _frames(
    events: Iterator[StreamEvent], keepalive_s: float, client: ClientConnection | None, framing: Framing
) -> Iterator[str]:
    last = time.monotonic()
    try:
        for event in events:
            now = time.monotonic()
            if event is not SILENCE:
                yield framing.frame(event)
            elif (keepalive_s and now - last >= keepalive_s) or (
                client is not None and now - last >= PROBE_S and client.should_be_written_to()
            ):
                yield framing.keepalive
            else:
                continue
            last = time.monotonic()
    except ApiError as error:  # The headers have been sent, so the error is an event.
        record().fail(error.status, error.code)
        yield framing.frame(api_error_body(error))
    except Exception as error:
        record().fail(500, None)
        yield framing.frame(unexpected_error_body(error))
