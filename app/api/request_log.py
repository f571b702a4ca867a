"""An id for every request; at its end one log line without prompt text, its metrics and its span."""

from __future__ import annotations

import logging
import re
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, g, request

from app.serving.metrics import Answered, Metrics
from app.serving.tracing import Tracing

logger = logging.getLogger("elbarto.request")

HEADER = "x-request-id"
# nginx's status for a client that disconnected; it appears only in the log.
CLIENT_CLOSED_REQUEST = 499
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
# Monitoring asks for these every few seconds.
POLLED = {"GET /health", "GET /v1/health", "GET /ready", "GET /metrics"}
NOT_CHATS = ("completion", "infill", "edits", "generate")


@dataclass
class RequestRecord:
    """Filled in by the route; `status` may change after the headers, when the client disconnects or a stream fails."""

    request_id: str
    method: str
    route: str
    metrics: Metrics
    tracing: Tracing
    span: object = None
    started: float = field(default_factory=time.monotonic)
    status: int = 0
    code: str | None = None  # of the error that the client was told
    answered: Answered | None = None  # of requests that generate
    key: str | None = None  # the name of the client's key
    is_written: bool = False

    def fail(self, status: int, code: str | None) -> None:
        """The request ends with this error."""
        self.status, self.code = status, code or ("internal_error" if status == 500 else f"http_{status}")

    def write(self) -> None:
        """Report the request, once: gunicorn does not close a WebSocket's response, so its route calls this itself."""
        if self.is_written:
            return
        self.is_written = True
        elapsed_s = time.monotonic() - self.started
        self._count(elapsed_s)
        fields = self._fields(elapsed_s)
        text = " ".join(f"{name}={_as_text(value)}" for name, value in fields.items())
        is_dull = self.status == 200 and f"{self.method} {self.route}" in POLLED
        logger.log(logging.DEBUG if is_dull else logging.INFO, "%s", text, extra={"fields": fields})
        self.tracing.end(self.span, self._attributes(), self._failure())

    def _fields(self, elapsed_s: float) -> dict[str, Any]:
        """Of the log line. None: there is no such thing here."""
        answered = self.answered
        usage = answered.usage if answered else None
        first_s = answered.first_s if answered else None
        fields = {
            "id": self.request_id,
            "route": f"{self.method} {self.route}",
            "status": self.status,
            "tokens": usage.completion_tokens if usage else None,
            "tpf": round(usage.tpf, 2) if usage and usage.tpf else None,
            "ms": round(1000 * elapsed_s),
            "prompt": usage.prompt_tokens if usage else None,
            "cached": usage.cached_prompt_tokens if usage else None,
            "queue_ms": round(usage.queue_ms) if usage and usage.counters else None,
            "first_block_ms": None if first_s is None else round(1000 * first_s),
        }
        present = {"code": self.code, "key": self.key}
        return fields | {name: value for name, value in present.items() if value is not None}

    def _failure(self) -> str | None:
        """Why a generating request has no answer, or what error another one ended with."""
        if self.answered is None or self.answered.is_complete or self.code is not None:
            return self.code
        return "slow_reader" if self.answered.fell_behind else "client_gone"

    def _count(self, elapsed_s: float) -> None:
        self.metrics.count_request(self.method, self.route, self.status, elapsed_s)
        if self.code is not None:
            self.metrics.count_error(self.code)
        if self.answered is not None:
            self.metrics.count_answer(self.answered, elapsed_s, self._failure() or "")

    def _attributes(self) -> dict[str, Any]:
        """Of the span, by OpenTelemetry's semantic conventions where these have a name."""
        attributes: dict[str, Any] = {
            "http.request.method": self.method,
            "http.route": self.route,
            "http.response.status_code": self.status,
            "elbarto.request_id": self.request_id,
        }
        if self.answered is None:
            return attributes
        usage = self.answered.usage
        is_chat = "chat" in self.route or not any(word in self.route for word in NOT_CHATS)
        return attributes | {
            "gen_ai.operation.name": "chat" if is_chat else "text_completion",
            "gen_ai.provider.name": "elbarto",
            "gen_ai.response.model": self.answered.model,
            "gen_ai.response.finish_reasons": list(self.answered.finish_reasons),
            "gen_ai.usage.input_tokens": usage.prompt_tokens,
            "gen_ai.usage.output_tokens": usage.completion_tokens,
            "gen_ai.request.temperature": usage.params.temperature,
            "elbarto.tokens_per_forward": usage.tpf,
            "elbarto.cached_tokens": usage.cached_prompt_tokens,
        }


def record() -> RequestRecord:
    current = g.record
    assert isinstance(current, RequestRecord)
    return current


def register(app: Flask, metrics: Metrics, tracing: Tracing) -> None:
    @app.before_request
    def begin() -> None:
        sent_id = request.headers.get(HEADER, "")
        g.request_id = sent_id if re.fullmatch(r"[A-Za-z0-9_.-]{1,128}", sent_id) else f"req-{uuid.uuid4().hex}"
        rule = request.url_rule
        method = request.method if request.method in METHODS else "(unknown)"
        route = rule.rule if rule else "(unknown)"
        span = None if f"{method} {route}" in POLLED else tracing.begin(request.headers, method, route)
        g.record = RequestRecord(g.request_id, method, route, metrics, tracing, span)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers[HEADER] = g.request_id
        current = record()
        current.status = current.status or response.status_code
        response.call_on_close(current.write)
        return response


def _as_text(value: object) -> str:
    return "-" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)
