"""An id for every request and one line in the log when it is over. No prompt text."""

from __future__ import annotations

import logging
import re
import time
import uuid
from dataclasses import dataclass, field

from flask import Flask, Response, g, request

logger = logging.getLogger("elbarto.request")

HEADER = "x-request-id"
# nginx's status for it. The client no longer reads it, but the log has it.
CLIENT_CLOSED_REQUEST = 499


@dataclass
class RequestRecord:
    """Filled in by the route; `status` may change after the headers, when the client leaves or a stream fails."""

    request_id: str
    route: str
    started: float = field(default_factory=time.monotonic)
    status: int = 0
    tokens: int | None = None
    tokens_per_forward: float | None = None
    is_written: bool = False

    def write(self) -> None:
        """Once: under gunicorn nobody closes a WebSocket's response, so its route writes the line itself."""
        if self.is_written:
            return
        self.is_written = True
        tokens = "-" if self.tokens is None else str(self.tokens)
        tpf = "-" if self.tokens_per_forward is None else f"{self.tokens_per_forward:.2f}"
        elapsed_ms = 1000 * (time.monotonic() - self.started)
        # Health is polled every few seconds by everything that watches a server.
        level = logging.DEBUG if self.route == "GET /health" and self.status == 200 else logging.INFO
        logger.log(
            level,
            "id=%s route=%s status=%d tokens=%s tpf=%s ms=%.0f",
            self.request_id,
            self.route,
            self.status,
            tokens,
            tpf,
            elapsed_ms,
        )


def record() -> RequestRecord:
    found = g.record
    assert isinstance(found, RequestRecord)
    return found


def register(app: Flask) -> None:
    @app.before_request
    def begin() -> None:
        given = request.headers.get(HEADER, "")
        g.request_id = given if re.fullmatch(r"[A-Za-z0-9_.-]{1,128}", given) else f"req-{uuid.uuid4().hex}"
        rule = request.url_rule
        g.record = RequestRecord(g.request_id, f"{request.method} {rule.rule if rule else '(unknown)'}")

    @app.after_request
    def end(response: Response) -> Response:
        response.headers[HEADER] = g.request_id
        finished = record()
        finished.status = finished.status or response.status_code
        response.call_on_close(finished.write)
        return response
