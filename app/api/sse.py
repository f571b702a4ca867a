"""Server-sent events: framing, keep-alive comments, and the last event of streams that fail."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
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


def frame(event: dict[str, Any] | str, is_named: bool = False) -> str:
    """`is_named`: the event's `type` is its name, too."""
    text = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    name = f"event: {event['type']}\n" if is_named and isinstance(event, dict) else ""
    return f"{name}data: {text.translate(LINE_ENDS)}\n\n"


def event_stream(
    events: Iterator[StreamEvent],
    keepalive_s: float,
    client: ClientConnection | None = None,
    is_named: bool = False,
) -> Response:
    """Send each event as it comes, by name if `is_named`, and a comment after `keepalive_s` without one (0: never).

    A comment is also sent where only writing shows whether the client is still there.
    """
    body = stream_with_context(_frames(events, keepalive_s, client, is_named))
    return Response(body, mimetype="text/event-stream", headers=HEADERS)


def _frames(
    events: Iterator[StreamEvent], keepalive_s: float, client: ClientConnection | None, is_named: bool
) -> Iterator[str]:
    last = time.monotonic()
    try:
        for event in events:
            now = time.monotonic()
            if event is not SILENCE:
                yield frame(event, is_named)
            elif (keepalive_s and now - last >= keepalive_s) or (
                client is not None and now - last >= PROBE_S and client.should_be_written_to()
            ):
                yield KEEPALIVE
            else:
                continue
            last = time.monotonic()
    except ApiError as error:  # The headers have been sent, so the error is an event.
        record().status = error.status
        yield frame(api_error_body(error))
    except Exception as error:
        record().status = 500
        yield frame(unexpected_error_body(error))
