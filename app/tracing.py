"""Spans for OpenTelemetry: a request, and the queue, prefill and denoising of its sequences.

Imported only if tracing is turned on. Spans of sequences are made when they end, from the times that they counted.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from opentelemetry import context, propagate, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode

from app.messages.events import Counters

NAME = "elbarto-serve"


@dataclass
class TracedRequest:
    span: Span
    token: Any  # of the context that the request's thread had before


class OpenTelemetry:
    """The `Tracing` of app.serving.tracing, with a tracer of its own: no global one is set."""

    def __init__(self, processor: SpanProcessor, version: str) -> None:
        resource = Resource.create({SERVICE_VERSION: version})
        if str(resource.attributes[SERVICE_NAME]).startswith("unknown_service"):  # OTEL_SERVICE_NAME is not set
            resource = resource.merge(Resource({SERVICE_NAME: NAME}))
        provider = TracerProvider(resource=resource)
        provider.add_span_processor(processor)
        self._tracer = provider.get_tracer(NAME, version)

    @classmethod
    def over_otlp(cls, version: str) -> OpenTelemetry:
        """The exporter reads its own variables, OTEL_EXPORTER_OTLP_*."""
        return cls(BatchSpanProcessor(OTLPSpanExporter()), version)

    def begin(self, headers: Iterable[tuple[str, str]], method: str, route: str) -> TracedRequest:
        # Extraction looks names up as written; HTTP's have no case.
        parent = propagate.extract({name.lower(): value for name, value in headers}, Context())
        span = self._tracer.start_span(f"{method} {route}", parent, SpanKind.SERVER)
        return TracedRequest(span, context.attach(trace.set_span_in_context(span, Context())))

    def end(self, request: object, attributes: Mapping[str, Any], error: str | None) -> None:
        if not isinstance(request, TracedRequest):
            return
        request.span.set_attributes(attributes)
        if error is not None:
            request.span.set_attribute("error.type", error)
            if attributes["http.response.status_code"] >= 500:
                request.span.set_status(StatusCode.ERROR)
        request.span.end()
        context.detach(request.token)

    def current(self) -> Context | None:
        place = context.get_current()
        return place if trace.get_current_span(place).get_span_context().is_valid else None

    def sequence_ended(self, place: object, index: int, counters: Counters) -> None:
        if not isinstance(place, Context):
            return
        end = time.time_ns()
        submitted = end - _ns(counters.total_ms)
        admitted = submitted + _ns(counters.queue_ms)
        prefilled = admitted + _ns(counters.prefill_ms)
        shared = {"elbarto.sequence": index}
        self._span("queue", place, submitted, admitted, shared)
        if not counters.steps and not counters.prefill_forwards:
            return  # it was removed while it waited
        prompt = {"elbarto.prompt_tokens": counters.prompt_tokens, "elbarto.cached_tokens": counters.cached_tokens}
        prefill = {"elbarto.prefill_tokens": counters.prefill_tokens, "elbarto.forwards": counters.prefill_forwards}
        self._span("prefill", place, admitted, prefilled, shared | prompt | prefill)
        denoise = {
            "elbarto.steps": counters.steps,
            "elbarto.forwards": counters.forwards,
            "elbarto.generated_tokens": counters.generated_tokens,
            "elbarto.drafts_tried": counters.drafts_tried,
            "elbarto.drafts_accepted": counters.drafts_accepted,
        }
        self._span("denoise", place, prefilled, max(prefilled, end), shared | denoise)

    def _span(self, name: str, place: Context, start: int, end: int, attributes: Mapping[str, Any]) -> None:
        self._tracer.start_span(name, place, attributes=attributes, start_time=start).end(end)


def _ns(milliseconds: float) -> int:
    return round(1_000_000 * milliseconds)
