"""An id for every request, and one log line at its end, without prompt text."""

from __future__ import annotations

import logging
import re
import time
import uuid
from dataclasses import dataclass, field

from flask import Flask, Response, g, request

logger = logging.getLogger("elbarto.request")

HEADER = "x-request-id"
# nginx's status for a client that disconnected; it appears only in the log.
CLIENT_CLOSED_REQUEST = 499


@dataclass
class RequestRecord:
    """Filled in by the route; `status` may change after the headers, when the client disconnects or a stream fails."""

    request_id: str
    route: str
    started: float = field(default_factory=time.monotonic)
    status: int = 0
    tokens: int | None = None
    tokens_per_forward: float | None = None
    is_written: bool = False

    def write(self) -> None:
        """Log the line, once: gunicorn does not close a WebSocket's response, so its route calls this itself."""
        if self.is_written:
            return
        self.is_written = True
        tokens = "-" if self.tokens is None else str(self.tokens)
        tpf = "-" if self.tokens_per_forward is None else f"{self.tokens_per_forward:.2f}"
        elapsed_ms = 1000 * (time.monotonic() - self.started)
        # Monitoring polls /health every few seconds.
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
    current = g.record
    assert isinstance(current, RequestRecord)
    return current


def register(app: Flask) -> None:
    @app.before_request
    def begin() -> None:
        sent_id = request.headers.get(HEADER, "")
        g.request_id = sent_id if re.fullmatch(r"[A-Za-z0-9_.-]{1,128}", sent_id) else f"req-{uuid.uuid4().hex}"
        rule = request.url_rule
        g.record = RequestRecord(g.request_id, f"{request.method} {rule.rule if rule else '(unknown)'}")

    @app.after_request
    def end(response: Response) -> Response:
        response.headers[HEADER] = g.request_id
        current = record()
        current.status = current.status or response.status_code
        response.call_on_close(current.write)
        return response
