"""OpenTelemetry's spans, with its in-memory exporter."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

import app
from app.errors import ConfigError
from app.tracing import OpenTelemetry
from tests.api.wire import post
from tests.doubles.app import close_client, make_client
from tests.doubles.engine import FakeEngine, says

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
Make = Callable[[FakeEngine], FlaskClient]


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def traced(exporter: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    tracing = OpenTelemetry(SimpleSpanProcessor(exporter), "1.2.3")
    monkeypatch.setattr(app, "start_tracing", lambda environ: tracing)
    made: list[tuple[FlaskClient, FakeEngine]] = []

    def make(engine: FakeEngine) -> FlaskClient:
        made.append((make_client(engine), engine))
        return made[-1][0]

    yield make
    for client, engine in made:
        engine.allow()
        close_client(client)


def spans(exporter: InMemorySpanExporter) -> dict[str, list[ReadableSpan]]:
    found: dict[str, list[ReadableSpan]] = {}
    for span in exporter.get_finished_spans():
        found.setdefault(span.name, []).append(span)
    return found


@pytest.mark.parametrize("streamed", [False, True])
def test_a_request_with_its_sequences(traced: Make, exporter: InMemorySpanExporter, streamed: bool) -> None:
    client = traced(FakeEngine(says("abcdefgh"), drafts=1))
    headers = {"traceparent": f"00-{TRACE}-{PARENT}-01", "x-request-id": "one"}
    post(client, headers=headers, stream=streamed, n=2)
    found = spans(exporter)
    (request,) = found.pop("POST /v1/chat/completions")

    assert format(request.context.trace_id, "032x") == TRACE
    assert request.parent is not None
    assert format(request.parent.span_id, "016x") == PARENT
    assert request.kind is SpanKind.SERVER
    assert request.resource.attributes["service.name"] == "elbarto-serve"
    assert request.resource.attributes["service.version"] == "1.2.3"
    told: dict[str, Any] = dict(request.attributes or {})
    assert told["http.response.status_code"] == 200
    assert told["elbarto.request_id"] == "one"
    assert told["gen_ai.response.model"] == "fake-model"
    assert told["gen_ai.operation.name"] == "chat"
    assert told["gen_ai.usage.output_tokens"] == 18
    assert told["gen_ai.response.finish_reasons"] == ("stop", "stop")
    assert {name: len(each) for name, each in found.items()} == {"queue": 2, "prefill": 2, "denoise": 2}
    for queue, prefill, denoise in zip(found["queue"], found["prefill"], found["denoise"], strict=True):
        assert {span.parent.span_id for span in (queue, prefill, denoise)} == {request.context.span_id}
        assert queue.start_time <= queue.end_time == prefill.start_time <= prefill.end_time == denoise.start_time
        assert denoise.start_time < denoise.end_time
        assert queue.end_time - queue.start_time == pytest.approx(1e6, rel=0.01)  # FakeEngine's queue_ms is 1
    assert found["denoise"][0].attributes["elbarto.drafts_tried"] > 0


def test_no_text_is_in_a_span(traced: Make, exporter: InMemorySpanExporter) -> None:
    client = traced(FakeEngine(says("reply-secret")))
    post(client, messages=[{"role": "user", "content": "prompt-secret"}], stop=["stop-secret"])
    client.get("/v1/models/model-secret", buffered=True)

    assert len(exporter.get_finished_spans()) == 5
    assert not any("secret" in span.to_json() for span in exporter.get_finished_spans())


def test_errors_and_what_is_not_traced(traced: Make, exporter: InMemorySpanExporter) -> None:
    client = traced(FakeEngine(failing_steps=1))
    for path in ("/health", "/metrics"):
        assert client.get(path, buffered=True).status_code == 200
    assert exporter.get_finished_spans() == ()
    post(client)
    post(client, n=0)
    failed, refused = spans(exporter)["POST /v1/chat/completions"]

    assert failed.attributes["error.type"] == "engine_failed"
    assert failed.status.status_code is StatusCode.ERROR
    assert refused.attributes["error.type"] == "invalid_value"
    assert refused.status.status_code is StatusCode.UNSET  # the client's error


def test_a_trace_that_is_not_sampled_is_not_exported(traced: Make, exporter: InMemorySpanExporter) -> None:
    client = traced(FakeEngine())
    post(client, headers={"traceparent": f"00-{TRACE}-{PARENT}-00"})

    assert exporter.get_finished_spans() == ()


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"OTEL_SERVICE_NAME": "x"},
        {"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"},
        {"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"},
    ],
)
def test_off(environ: dict[str, str]) -> None:
    assert not isinstance(app.start_tracing(environ), OpenTelemetry)


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "OTEL_TRACES_EXPORTER is 'zipkin'; allowed: otlp or none"),
        (
            {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
            "OTEL_EXPORTER_OTLP_PROTOCOL is 'grpc'; allowed: http/protobuf",
        ),
    ],
)
def test_what_is_not_supported_is_refused(environ: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        app.start_tracing(environ)
    assert str(refused.value) == message


def test_without_the_packages_the_error_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "app.tracing")
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(ConfigError, match=r"OTEL_TRACES_EXPORTER.*opentelemetry.*requirements-tracing\.txt"):
        app.start_tracing({"OTEL_TRACES_EXPORTER": "otlp"})


@pytest.mark.process
def test_it_is_not_imported_when_off() -> None:
    script = "import sys, app, app.api; app.start_tracing({}); print('opentelemetry' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "False\n"
