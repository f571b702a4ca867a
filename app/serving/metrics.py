"""What the server counts, for Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from app.keys import ANONYMOUS, key_name
from app.messages.events import Counters
from app.serving.engine_client import EngineClient
from app.serving.metric_table import (
    BUILD,
    CAPACITY,
    COUNTERS,
    DISTRIBUTIONS,
    DROPPED,
    ENGINE_COUNTERS,
    ENGINE_GAUGES,
    MODEL,
    READY,
    RUNNING,
    WAITING,
    WAITING_BY_KEY,
    Declared,
)
from app.serving.work import Usage


@dataclass(frozen=True)
class Answered:
    """A generating request that has ended. `first_s` is from its arrival to its first text; None: there was none."""

    model: str
    usage: Usage
    finish_reasons: Sequence[str]
    holes_filled: int
    is_complete: bool
    fell_behind: bool  # its client read too slowly
    first_s: float | None


class Metrics:
    """The metrics of one server, in a registry of its own. Thread-safe."""

    def __init__(self, version: str = "0", dropped_lines: Callable[[], int] = lambda: 0) -> None:
        self._registry = CollectorRegistry()
        self._counters = {
            each.name: Counter(each.full_name, each.help, each.labels, registry=self._registry) for each in COUNTERS
        }
        self._distributions = {
            each.name: Histogram(each.full_name, each.help, each.labels, registry=self._registry, buckets=each.buckets)
            for each in DISTRIBUTIONS
        }
        self._version, self._dropped_lines = version, dropped_lines
        self._key_names: Callable[[], Iterable[str]] = lambda: [ANONYMOUS]
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)

    def follow(self, engine: EngineClient) -> None:
        """Read this engine at every scrape, too."""
        self._registry.register(_EngineCollector(engine, self._version, self._dropped_lines, self._waiting_by_key))

    def expect_keys(self, names: Callable[[], Iterable[str]]) -> None:
        """Clients have these keys, also those of whom nobody waits. Read at every scrape."""
        self._key_names = names

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """(body, content type) in the text format that the Accept header prefers."""
        encode, content_type = choose_encoder(accept)
        return encode(_WithoutCreationTimes(self._registry)), content_type

    # --- On the threads of requests ---

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        self._counters["http_requests"].labels(method, route, status).inc()
        self._distributions["http_request_duration_seconds"].labels(route).observe(seconds)

    def count_refusal(self, status: int) -> None:
        """A request was answered before the application saw it: it was no HTTP, too slow, or one too many."""
        self._counters["http_requests"].labels("(unknown)", "(refused)", status).inc()
        self.count_error(f"http_{status}")

    def count_error(self, code: str) -> None:
        self._counters["errors"].labels(code).inc()

    def count_answer(self, answered: Answered, total_s: float, abort_reason: str) -> None:
        """`abort_reason` is why it has no answer, if it has none."""
        usage = answered.usage
        self._counters["prompt_tokens"].inc(usage.prompt_tokens)
        self._counters["generation_tokens"].inc(usage.completion_tokens)
        self._counters["holes_filled"].inc(answered.holes_filled)
        if answered.first_s is not None:
            self._observe("time_to_first_token_seconds", answered.first_s)
        if not answered.is_complete:
            self._counters["request_aborts"].labels(abort_reason).inc()
            return
        for reason in answered.finish_reasons:
            self._counters["request_success"].labels(reason).inc()
        self._observe("e2e_request_latency_seconds", total_s)
        self._observe("request_prompt_tokens", usage.prompt_tokens)
        self._observe("request_generation_tokens", usage.completion_tokens)
        self._observe("request_tokens_per_forward", usage.tpf)

    # --- On the executor's thread ---

    def count_step(self, seconds: float) -> None:
        self._observe("step_seconds", seconds)

    def count_gap(self, seconds: float) -> None:
        """Between two blocks of one sequence."""
        self._observe("inter_block_latency_seconds", seconds)

    def count_sequence(self, counters: Counters) -> None:
        """A sequence has ended."""
        self._observe("request_queue_time_seconds", counters.queue_ms / 1000)
        if counters.steps:  # else it was removed earlier
            self._observe("request_prefill_time_seconds", counters.prefill_ms / 1000)
            self._observe("request_decode_time_seconds", counters.denoise_ms / 1000)

    def _waiting_by_key(self, by_client: Mapping[str, int]) -> Mapping[str, int]:
        waiting = dict.fromkeys(self._key_names(), 0)
        for client, number in by_client.items():
            name = key_name(client)
            waiting[name] = waiting.get(name, 0) + number
        return waiting

    def _observe(self, name: str, value: float) -> None:
        self._distributions[name].observe(value)


class _EngineCollector(Collector):
    """Reads the engine's state and totals: only a scrape pays for them."""

    def __init__(
        self,
        engine: EngineClient,
        version: str,
        dropped_lines: Callable[[], int],
        by_key: Callable[[Mapping[str, int]], Mapping[str, int]],
    ) -> None:
        self._engine, self._version, self._dropped_lines, self._by_key = engine, version, dropped_lines, by_key

    def collect(self) -> Iterator[Metric]:
        engine, stats = self._engine, self._engine.stats()
        running, waiting = engine.queue_lengths
        is_ready = engine.state == "ready"
        yield _gauge(RUNNING, running)
        yield _gauge(WAITING, waiting)
        yield _gauge(CAPACITY, engine.capacity)
        yield _gauge(READY, is_ready)
        yield _info(BUILD, self._version)
        yield _counter(DROPPED, self._dropped_lines())
        if is_ready:
            model = engine.info
            yield _info(MODEL, model.id, model.family, model.device, model.dtype, str(model.max_model_len))
        if stats is not None:
            yield _gauge(WAITING_BY_KEY, self._by_key(stats.waiting))
            yield from (_counter(each, each.read(stats)) for each in ENGINE_COUNTERS)
            yield from (_gauge(each, each.read(stats)) for each in ENGINE_GAUGES)


class _WithoutCreationTimes(Collector):
    """The registry without the series that say when each other one began, which nobody asks for."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterable[Metric]:
        for metric in self._registry.collect():
            metric.samples = [sample for sample in metric.samples if not sample.name.endswith("_created")]
            yield metric


Value = float | Mapping[str, float]


def _counter(declared: Declared, value: Value) -> CounterMetricFamily:
    family = CounterMetricFamily(declared.full_name, declared.help, labels=declared.labels)
    for labels, each in _values(value):
        family.add_metric(labels, each)
    return family


def _gauge(declared: Declared, value: Value) -> GaugeMetricFamily:
    family = GaugeMetricFamily(declared.full_name, declared.help, labels=declared.labels)
    for labels, each in _values(value):
        family.add_metric(labels, each)
    return family


def _info(declared: Declared, *labels: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(declared.full_name, declared.help, labels=declared.labels)
    family.add_metric(labels, 1)
    return family


def _values(value: Value) -> list[tuple[tuple[str, ...], float]]:
    if isinstance(value, Mapping):
        return [((label,), each) for label, each in value.items()]
    return [((), value)]
