"""What a soak or an attack has measured, and whether it was good."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.soak.target import Usage

# A server without requests may hold this many more descriptors than it did when it was warm.
SPARE_DESCRIPTORS = 4
MAX_SLOPE_MB = 1.0  # of memory, for 1,000 requests
MIN_REQUESTS = 20_000  # after the warm-up; with fewer, what the allocator does hides the slope
MAX_GROWTH_MB = 50.0


@dataclass(frozen=True)
class Sample:
    num_requests: int  # that had ended
    usage: Usage


@dataclass
class Measured:
    """`results` counts requests by kind and status; `problems` are lost requests and wrong answers, in words."""

    results: Counter[tuple[str, str]] = field(default_factory=Counter)
    attacks: Counter[tuple[str, str]] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    health_ms: list[float] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)  # from the end of the warm-up on
    warm: Usage | None = None
    last: Usage | None = None  # once nothing runs any more
    is_queue_empty: bool = False
    max_threads: int = 0  # that the server may have

    @property
    def num_requests(self) -> int:
        return sum(self.results.values())


def faults(measured: Measured) -> list[str]:
    """Everything that must not have happened."""
    found = list(measured.problems)
    for (kind, status), count in [*measured.results.items(), *measured.attacks.items()]:
        if status.startswith("5") or status == "hangs":
            found.append(f"{kind}: {count} x {status}")
    if not measured.is_queue_empty:
        found.append("requests of clients that have left are still running or waiting")
    if measured.warm is None or measured.last is None:
        return [*found, "the worker has ended"]
    if measured.last.descriptors > measured.warm.descriptors + SPARE_DESCRIPTORS:
        found.append(f"descriptors: {measured.warm.descriptors} when warm, {measured.last.descriptors} at the end")
    if measured.last.threads > measured.max_threads:
        found.append(f"threads: {measured.last.threads}, and {measured.max_threads} are allowed")
    if measured.last.children > max(1, measured.warm.children):
        found.append(f"programs: {measured.warm.children} when warm, {measured.last.children} at the end")
    return found + memory_faults(measured)


def memory_faults(measured: Measured) -> list[str]:
    """A short run shows growth only; a slope needs thousands of requests."""
    assert measured.warm is not None
    assert measured.last is not None
    slope, number = slope_mb(measured.samples), requests_after(measured.samples)
    if number >= MIN_REQUESTS:
        return [f"memory: + {slope:.2f} MB for 1,000 requests"] if slope > MAX_SLOPE_MB else []
    growth = measured.last.rss_mb - measured.warm.rss_mb
    return [f"memory: + {growth:.0f} MB since the warm-up"] if growth > MAX_GROWTH_MB else []


def slope_mb(samples: Sequence[Sample]) -> float:
    """Megabytes for 1,000 requests: the line of least squares."""
    numbers = [sample.num_requests / 1000 for sample in samples]
    if len(set(numbers)) < 2:
        return 0.0
    return statistics.linear_regression(numbers, [sample.usage.rss_mb for sample in samples]).slope


def requests_after(samples: Sequence[Sample]) -> int:
    return samples[-1].num_requests - samples[0].num_requests if samples else 0


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)] if values else math.nan


def as_text(measured: Measured) -> str:
    lines = ["", *_counts("requests", measured.results), "", *_counts("attacks", measured.attacks), ""]
    p50, p99 = (percentile(measured.health_ms, share) for share in (0.5, 0.99))
    lines.append(f"/health: {len(measured.health_ms)} times, p50 {p50:.0f} ms, p99 {p99:.0f} ms")
    if measured.warm and measured.last:
        for name in ("rss_mb", "descriptors", "threads", "children"):
            lines.append(
                f"{name}: {getattr(measured.warm, name):.0f} warm, {getattr(measured.last, name):.0f} at the end"
            )
    lines.append(
        f"memory: {slope_mb(measured.samples):+.2f} MB for 1,000 requests, over {requests_after(measured.samples)}"
    )
    curve = measured.samples[:: max(1, len(measured.samples) // 12)]
    lines.append("rss_mb over time: " + " ".join(f"{sample.usage.rss_mb:.0f}" for sample in curve))
    found = faults(measured)
    lines += ["", *(f"FAULT {fault}" for fault in found[:50])]
    lines.append(f"{measured.num_requests} requests, {len(found)} faults")
    return "\n".join(lines)


def _counts(title: str, counts: Counter[tuple[str, str]]) -> list[str]:
    kinds = sorted({kind for kind, _ in counts})
    rows = [title]
    for kind in kinds:
        statuses = {status: count for (name, status), count in sorted(counts.items()) if name == kind}
        rows.append(f"  {kind:<22}" + ", ".join(f"{status}: {count}" for status, count in statuses.items()))
    return rows
